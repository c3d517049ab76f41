"""`compassion merge`, and the register that comes of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forms.errors import ExitCode
from pipeline.simulate.nominations.files import write_world
from pipeline.simulate.nominations.plan import Plan, Shares
from pipeline.simulate.nominations.simulation import simulate
from pipeline.simulate.nominations.world import FormKind
from pipeline.sources import nomination_id
from pipeline.store.register import nominations_of
from tests.commands.test_commands import read_csv, run, write_profile
from tests.store.builders import card_number
from tests.store.sources import make_sent_card, make_submission, send, take

CARD = f"card:{card_number()}"
ALICE = {
    "nominee_first_name": "Alice", "nominee_last_name": "Jones", "action": "He carried up every tray.",
    "impact": "Dinner was hot.", "nominator_name": "Tom Finch", "nominator_contact": "tom@example.org",
}  # fmt: skip
DOUBTFUL = {"nominator_name": "", "nominator_contact": "", "date": ""}


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    """A story told on a card and a form, one that may be the same as another, and one that stands alone."""
    assert run(store, "load", write_profile(tmp_path / "profile"))[0] == 0
    doubtful = (
        "She sat with my mother and held her hand. "
        "Later she brought soup and a blanket from home, and called the chaplain."
    )
    first = make_submission(1)
    send(make_sent_card(values={name: str(first.values[name]).upper() for name in ("action", "impact")}))
    susan = {"nominee_first_name": "Susan", "nominee_last_name": "Smith", **DOUBTFUL}
    take(
        first, make_submission(2, **ALICE), make_submission(3, **susan),
        make_submission(4, **{**susan, "action": doubtful, "impact": "Thanks."}),
    )  # fmt: skip
    return store


def merge(home: Path, *arguments: object) -> Any:
    code, told, complaint = run(home, "merge", *arguments, "--json")
    assert code == 0, complaint
    return json.loads(told)


def registered(home: Path, path: Path) -> Any:
    assert run(home, "export", "--register", "--organisation", "RXW", "--out", path)[0] == 0
    return json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else read_csv(path)


def test_it_joins_asks_and_tells(home: Path, tmp_path: Path) -> None:
    told = merge(home)
    assert {name: told[name] for name in ("new", "joined", "unchanged")} == {"new": 4, "joined": 1, "unchanged": 0}
    (question,) = told["questions"]
    assert (question["organisation"], question["sources"]) == ("RXW", ["msforms:3", "msforms:4"])
    assert 0.1 < question["probability"] < 0.99
    assert any("same nominee" in reason for reason in question["reasons"])
    rows = {row["nomination_id"]: row for row in registered(home, tmp_path / "register.json")}
    assert sorted(row["status"] for row in rows.values()) == ["complete", "complete", "question", "question"]
    (both,) = (row for row in rows.values() if row["channel"] == "both")
    assert [source["id"] for source in both["sources"]] == [CARD, "msforms:1"] or both["sources"]
    assert both["nomination_id"] in {nomination_id(CARD), *rows}
    again = merge(home, "--organisation", "RXW")
    assert (again["new"], again["joined"], again["unchanged"]) == (0, 0, 4)
    assert again["questions"] == told["questions"]


def test_questions_are_answered(home: Path, tmp_path: Path) -> None:
    merge(home)
    assert run(home, "decide", "--same", "msforms:4", "msforms:3", "--by", "Ann")[0] == 0
    told = merge(home)
    assert (told["joined"], told["questions"]) == (1, [])
    assert len(registered(home, tmp_path / "register.csv")) == 3


def test_withdrawn(home: Path, tmp_path: Path) -> None:
    merge(home)
    code, told, _ = run(home, "decide", "--source", CARD, "--field", "withdrawn", "--value", "Yes", "--by", "Ann")
    assert (code, "withdrawn is 'yes'" in told) == (0, True)
    rows = registered(home, tmp_path / "register.json")
    assert [row["channel"] for row in rows if row["status"] == "withdrawn"] == ["both"]


def test_explained(home: Path) -> None:
    merge(home)
    told = merge(home, "--explain", CARD)
    assert {source["id"] for source in told["sources"]} == {CARD, "msforms:1"}
    assert merge(home, "--explain", told["nomination_id"]) == told
    assert all(merge(home, "--explain", earlier) == told for earlier in told["earlier_ids"])
    assert told["links"][0]["reasons"]
    code, lines, _ = run(home, "merge", "--explain", card_number())
    assert code == 0
    for words in (
        f"Nomination {told['nomination_id']} of RXW", "also known as N-", "read on", "by ppocr 6s",
        "version 1, row 2 of Compassion(1-2).xlsx", "Why they are one nomination", "same nominee on the staff list +",
        "* action", "Merges",
    ):  # fmt: skip
        assert words in lines
    code, _, complaint = run(home, "merge", "--explain", "N-AAAAAAAAAAAA")
    assert (code, "There is no nomination" in complaint) == (ExitCode.USAGE, True)


def test_explaining_keeps_private_names_private(home: Path) -> None:
    take(make_submission(9, consent=("stay_anonymous",), **ALICE))
    for told in (merge(home, "--explain", "msforms:9"), run(home, "merge", "--explain", "msforms:9")[1]):
        assert "Tom Finch" not in str(told)
        assert "tom@example.org" not in str(told)
    assert "Tom Finch" in run(home, "merge", "--explain", "msforms:9", "--with-anonymous")[1]


def test_undo(home: Path, tmp_path: Path) -> None:
    code, _, complaint = run(home, "merge", "--undo")
    assert (code, "no merge to take back" in complaint) == (ExitCode.USAGE, True)
    before = registered(home, tmp_path / "a.json")
    merge(home)
    after = registered(home, tmp_path / "b.json")
    told = merge(home, "--undo")
    assert (told["moved_back"], told["waiting"]) == (1, 5)
    assert registered(home, tmp_path / "c.json") == before
    merge(home)
    assert registered(home, tmp_path / "d.json") == after


@pytest.mark.parametrize(
    "arguments",
    [
        ["--undo", "--organisation", "RXW"],
        ["--undo", "--estimate"],
        ["--explain", "x", "--undo"],
        ["--with-anonymous"],
        ["--organisation", "XXX"],
    ],
)
def test_wrong_usage(home: Path, arguments: list[str]) -> None:
    code, told, _ = run(home, "merge", *arguments)
    assert (code, told) == (ExitCode.USAGE, "")


def test_too_little_to_estimate_from(home: Path) -> None:
    merge(home)
    code, _, complaint = run(home, "merge", "--estimate")
    assert (code, "200 are needed" in complaint) == (ExitCode.USAGE, True)


def test_contradictions_are_told(home: Path) -> None:
    merge(home)
    for word, one, other in (("same", 1, 2), ("same", 2, 3), ("apart", 1, 3)):
        assert run(home, "decide", f"--{word}", f"msforms:{one}", f"msforms:{other}", "--by", "Ann")[0] == 0
    told = merge(home)
    assert len(told["contradictions"]) == 1
    code, _, complaint = run(home, "merge")
    assert (code, "contradicts newer decisions" in complaint) == (0, True)


def test_told_in_words(home: Path) -> None:
    code, told, _ = run(home, "merge")
    assert code == 0
    assert told.startswith("4 new nominations, 1 joined to another, 0 unchanged. 1 open questions.\n")
    assert "msforms:3 and msforms:4: the same, with a probability of" in told
    assert "compassion decide --same" in told


def test_the_workbook(home: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    merge(home)
    path = tmp_path / "register.xlsx"
    assert run(home, "export", "--register", "--organisation", "RXW", "--out", path)[0] == 0
    book = load_workbook(path)
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    sizes = {title: len(told) - 1 for title, told in rows.items()}
    assert sorted(sizes.values()) == [1, 3, 4, 5], "a question, people thanked, nominations and sources"
    asked = next(told for told in rows.values() if "probability" in told[0])
    assert asked[1][:2] == ("msforms:3", "msforms:4")
    assert set(asked[1][2:4]) <= {row.nomination_id for row in nominations_of("RXW")}
    origin = next(told for told in rows.values() if "file" in told[0])
    assert {row[1] for row in origin[1:]} == {CARD, *(f"msforms:{n}" for n in range(1, 5))}


# --- a whole simulated organisation ----------------------------------------------------------------------------------


def plain(code: str) -> list[Any]:
    return [
        replace(row, sources=tuple(source.id for source in row.sources))  # type: ignore[arg-type]
        for row in nominations_of(code)
    ]


@pytest.mark.slow
def test_a_simulated_organisation(store: Path, tmp_path: Path) -> None:
    """In two orders, with the older exports before and after, the same register; then weights of its own."""
    shares = Shares(card=0.3, electronic=0.2, card_and_form=0.4, twice_on_form=0.03, edited=0.07)
    world = simulate(Plan(count=600, organisations=1, seed=5, shares=shares))
    write_world(world, tmp_path / "world")
    (organisation,) = world.organisations
    code = organisation.code
    folder = tmp_path / "world" / code
    first, later = (sorted((folder / name).iterdir()) for name in ("first", "later"))
    everything = []
    readings = folder / "readings.json"
    # An edited row of a Google form has no id that tells: it is another source, which the merge joins.
    edited = sum(one.form is FormKind.GOOGLE and one.first_version is not None for one in organisation.submissions)
    for number, files in enumerate(([readings, *first, *later], [*later, *first, readings])):
        home = tmp_path / f"home{number}"
        assert run(home, "load", folder / "organisation")[0] == 0
        for file in files:
            ended, _, complaint = run(home, "import", file, "--organisation", code)
            assert ended in (0, ExitCode.NEEDS_PERSON), complaint
            if number:
                merge(home)
        told = merge(home)
        everything.append((plain(code), told["questions"]))
        assert len(everything[-1][0]) < len(organisation.sources)
        assert sum(len(row.sources) for row in everything[-1][0]) == len(organisation.sources) + edited
    assert everything[0] == everything[1]
    assert len(everything[0][0]) == pytest.approx(organisation.nominations, rel=0.05)
    ended, told, complaint = run(home, "merge", "--estimate", "--json")
    assert (ended, "Weights worked out anew" in complaint) == (0, True)
    assert len(nominations_of(code)) == pytest.approx(organisation.nominations, rel=0.05)
    assert merge(home)["unchanged"] == len(nominations_of(code))
