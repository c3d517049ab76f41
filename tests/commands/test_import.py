"""`compassion import`, from real files to the register."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from forms.errors import ExitCode
from pipeline.store import models
from pipeline.store.register import nominations_of
from tests.commands.test_commands import run, write_profile
from tests.store.sources import make_sent_card, send, source_names
from tests.submissions.exports import (
    answers,
    csv_text,
    google,
    kobo,
    msforms,
    odk,
    write_csv,
    write_xlsx,
)

FEW = [answers(), answers(nominee_first_name="Alan", action="He found a straw for dad.")]
TABLES = {"msforms": msforms, "google": google, "odk": odk, "kobo": kobo}


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    assert run(store, "load", write_profile(tmp_path / "profile"))[0] == 0
    return store


def bring_in(home: Path, *arguments: object, code: int = 0, organisation: str = "RXW") -> Any:
    ended, told, complaint = run(home, "import", *arguments, "--organisation", organisation, "--json")
    assert ended == code, complaint
    return json.loads(told)


def counted(told: Any) -> tuple[int, int, int, int, int]:
    return told["rows"], told["new"], told["changed"], told["unchanged"], len(told["refused"])


def actions() -> set[str]:
    return {row.action for row in nominations_of("RXW")}


@pytest.mark.parametrize("kind", TABLES)
def test_each_kind_of_form(home: Path, tmp_path: Path, kind: str) -> None:
    file = write_csv(tmp_path / "Compassion (1).csv", TABLES[kind](FEW), ";" if kind == "kobo" else ",")
    told = bring_in(home, file)
    assert (told["kind"], told["source"], counted(told)) == (kind, "Compassion", (2, 2, 0, 0, 0))
    assert actions() == {row["action"] for row in FEW}
    assert all(name.startswith(f"{kind}:") for name in source_names())
    row = next(row for row in nominations_of("RXW") if row.nominee_first_name == "Sue")
    assert (row.nominator_type, row.date, row.nominee_team) == ("patient", "2026-09-20", "Ward 7")
    assert row.consent == ("share_with_nominee", "stay_anonymous")
    assert row.nominator_name == "", "she wishes to stay anonymous"
    assert counted(bring_in(home, file)) == (2, 0, 0, 2, 0)


def test_the_same_rows_as_workbook_and_as_text(home: Path, tmp_path: Path) -> None:
    bring_in(home, write_xlsx(tmp_path / "Compassion(1-2).xlsx", msforms(FEW)))
    told = bring_in(home, write_csv(tmp_path / "Compassion(1-2).csv", msforms(FEW), encoding="cp1252"))
    assert counted(told) == (2, 0, 0, 2, 0)


def test_next_months_export_is_the_same_form(home: Path, tmp_path: Path) -> None:
    bring_in(home, write_csv(tmp_path / "Compassion(1-1).csv", msforms(FEW[:1])))
    edited = [answers(action="She sat with mum, and sang."), FEW[1]]
    told = bring_in(home, write_csv(tmp_path / "Compassion(1-2).csv", msforms(edited)))
    assert counted(told) == (2, 1, 1, 0, 0)
    assert actions() == {"She sat with mum, and sang.", FEW[1]["action"]}
    old = bring_in(home, write_csv(tmp_path / "Compassion(1-1) (1).csv", msforms(FEW[:1])))
    assert counted(old) == (1, 0, 0, 1, 0)
    assert "She sat with mum, and sang." in actions()


def test_two_forms_and_two_organisations(home: Path, tmp_path: Path) -> None:
    other = {"organisation.toml": 'code = "RL1"\nname = "Robert Jones"\nscheme = "Compassion"\n'}
    assert run(home, "load", write_profile(tmp_path / "other", **other))[0] == 0
    file = write_csv(tmp_path / "Compassion.csv", msforms(FEW))
    bring_in(home, file)
    bring_in(home, file, "--source", "Ward 7")
    bring_in(home, file, organisation="RL1")
    assert source_names() == ["msforms:1", "msforms:2", "msforms:Ward 7:1", "msforms:Ward 7:2"]
    assert source_names("RL1") == ["msforms:1", "msforms:2"]
    saying = ("decide", "--source", "msforms:1", "--field", "impact", "--value", "Joy.", "--by", "Ann")
    code, _, complaint = run(home, *saying)
    assert (code, "--organisation CODE" in complaint) == (ExitCode.USAGE, True)
    assert run(home, *saying, "--organisation", "RL1")[0] == 0
    assert sorted(row.impact for row in nominations_of("RL1")) == ["Joy.", FEW[1]["impact"]]
    assert "Joy." not in {row.impact for row in nominations_of("RXW")}
    pair = ("decide", "--apart", "msforms:1", "msforms:2", "--by", "Ann")
    assert run(home, *pair)[0] == ExitCode.USAGE
    assert run(home, *pair, "--organisation", "RXW")[0] == 0


def without_id(table: Iterable[list[str]], row: int) -> list[list[str]]:
    rows = [list(cells) for cells in table]
    rows[row][0] = ""
    return rows


def test_refused_rows(home: Path, tmp_path: Path) -> None:
    told = bring_in(home, write_csv(tmp_path / "a.csv", without_id(msforms(FEW), 2)), code=ExitCode.NEEDS_PERSON)
    assert counted(told) == (2, 1, 0, 0, 1)
    assert told["refused"] == [{"row": 3, "column": "ID", "reason": "it has no id"}]
    told = bring_in(home, write_csv(tmp_path / "b.csv", without_id(msforms(FEW[:1]), 1)), code=ExitCode.NOTHING_READ)
    assert counted(told) == (1, 0, 0, 0, 1)
    code, told, complaint = run(home, "import", tmp_path / "a.csv", "--organisation", "RXW")
    assert code == ExitCode.NEEDS_PERSON
    assert "1 refused" in told
    assert "Row 3 was not taken, column 'ID': it has no id." in complaint


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 50, b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0locked"])
def test_files_that_hold_no_rows(home: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    code, told, complaint = run(home, "import", tmp_path / name, "--organisation", "RXW", "--json")
    assert (code, told) == (ExitCode.NOTHING_READ, "")
    assert name in complaint
    assert not models.ImportRun.objects.exists()


def test_bytes_that_are_no_text(home: Path, tmp_path: Path) -> None:
    """UTF-8 but for single bytes: that row is refused, and the name of the file may be odd too."""
    text = csv_text(odk(FEW)).encode()
    text = text.replace(b"all night", b"all n\xefght", 1)
    text = text.replace(b"She", "Shé 🙂".encode(), 1).replace(b"collect:x", b"collect:\xff", 1)
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odk \xe9.csv"))
    file.write_bytes(text)
    assert counted(bring_in(home, file, code=ExitCode.NEEDS_PERSON)) == (2, 1, 0, 0, 1)
    assert counted(bring_in(home, file, code=ExitCode.NEEDS_PERSON)) == (2, 0, 0, 1, 1)
    assert run(home, "import", file, "--organisation", "RXW")[0] == ExitCode.NEEDS_PERSON


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.csv"], ExitCode.USAGE, "There is no file"),
        (["good.csv", "none.csv"], ExitCode.USAGE, "There is no file"),
        (["."], ExitCode.USAGE, "There is no file"),
        (["good.csv", "--source", " "], ExitCode.USAGE, "Name the form"),
        (["good.csv", "--source", "x" * 151], ExitCode.USAGE, "at most 150"),
        (["readings.json", "--source", "x"], ExitCode.USAGE, "holds readings"),
        (["good.csv", "--map", "bad.toml"], ExitCode.BAD_CONFIGURATION, "bad.toml"),
        (["good.csv", "--map", "none.toml"], ExitCode.USAGE, "none.toml"),
        (["readings.json"], ExitCode.NOTHING_READ, "holds no readings"),
    ],
)
def test_what_cannot_be_imported(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "good.csv", msforms(FEW))
    (tmp_path / "readings.json").write_text("[\n]\n")
    (tmp_path / "bad.toml").write_text('[fields]\naction = "No such column"\ncolour = "x"\n')
    ended, told, complaint = run(home, "import", *arguments, "--organisation", "RXW")
    assert (ended, told) == (code, "")
    assert message in complaint
    assert not models.ImportRun.objects.exists()


def test_an_organisation_that_was_never_loaded(home: Path, tmp_path: Path) -> None:
    code, _, complaint = run(home, "import", write_csv(tmp_path / "a.csv", msforms(FEW)), "--organisation", "XXX")
    assert (code, "never loaded" in complaint) == (ExitCode.USAGE, True)


def test_without_a_story_a_mapping_is_printed_that_works_when_filled_in(home: Path, tmp_path: Path) -> None:
    table = msforms(FEW)
    table[0] = ["What?" if "lead with compassion" in name else name for name in table[0]]
    file = write_csv(tmp_path / "Odd form.csv", table)
    code, mapping, complaint = run(home, "import", file, "--organisation", "RXW", "--json")
    assert code == ExitCode.USAGE
    assert "no column tells what the nominee did" in complaint
    filled = tmp_path / "mapping.toml"
    filled.write_text(mapping.replace('\naction = ""', '\naction = "What?"'), encoding="utf-8")
    told = bring_in(home, file, "--map", filled)
    assert (counted(told), told["mapping"]["action"]) == ((2, 2, 0, 0, 0), ["What?"])
    assert actions() == {row["action"] for row in FEW}
    # It is kept for the next export, without --map.
    more = msforms([*FEW, answers(action="They sang.")])
    more[0] = table[0]
    assert counted(bring_in(home, write_csv(tmp_path / "Odd form (1).csv", more))) == (3, 1, 0, 2, 0)
    assert "They sang." in actions()


def test_another_mapping_and_the_first_again(home: Path, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", msforms(FEW[:1]))
    bring_in(home, file)
    by_question = {name: name for name in ("action", "impact")}
    question = {
        "action": "How did this person lead with compassion?",
        "impact": "What was the impact on you and/or others?",
    }
    maps = {}
    for name, swapped in (("right", by_question), ("wrong", {"action": "impact", "impact": "action"})):
        maps[name] = tmp_path / f"{name}.toml"
        lines = [f'{field} = "{question[asked]}"' for field, asked in swapped.items()]
        maps[name].write_text("\n".join(["[fields]", *lines, ""]))
    assert counted(bring_in(home, file, "--map", maps["wrong"])) == (1, 0, 1, 0, 0)
    assert actions() == {FEW[0]["impact"]}
    assert counted(bring_in(home, file)) == (1, 0, 0, 1, 0)
    assert counted(bring_in(home, file, "--map", maps["right"])) == (1, 0, 1, 0, 0)
    assert actions() == {FEW[0]["action"]}


def test_an_older_export_with_the_mapping_again_changes_nothing(home: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "map.toml"
    by_hand.write_text('[fields]\naction = "How did this person lead with compassion?"\n')
    old = write_csv(tmp_path / "a (1).csv", msforms(FEW))
    new = write_csv(tmp_path / "a (2).csv", msforms([answers(action="Edited."), FEW[1]]))
    for file in (old, new, old):
        bring_in(home, file, "--map", by_hand)
    assert "Edited." in actions()


def test_several_files_one_of_them_bad(home: Path, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", msforms(FEW))
    (bad := tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04broken")
    last = write_csv(tmp_path / "b.csv", odk(FEW))
    code, told, complaint = run(home, "import", first, bad, last, "--organisation", "RXW", "--json")
    assert (code, "bad.xlsx" in complaint) == (ExitCode.NEEDS_PERSON, True)
    together = json.loads(told)
    assert counted(together) == (4, 4, 0, 0, 0)
    assert [one["kind"] for one in together["files"]] == ["msforms", "odk"]
    code, told, _ = run(home, "import", bad, bad, "--organisation", "RXW", "--json")
    assert code == ExitCode.NOTHING_READ


def test_readings_from_another_site(home: Path, tmp_path: Path) -> None:
    send(make_sent_card())
    assert run(home, "export", "--readings", tmp_path / "r.json")[0] == 0
    other = {"organisation.toml": 'code = "RXW"\nname = "The centre"\nscheme = "Compassion"\n'}
    centre = tmp_path / "centre"
    assert run(centre, "load", write_profile(tmp_path / "other", **other))[0] == 0
    told = bring_in(centre, tmp_path / "r.json")
    assert (told["kind"], counted(told)) == ("readings", (1, 1, 0, 0, 0))
    assert counted(bring_in(centre, tmp_path / "r.json")) == (1, 0, 0, 1, 0)
    assert run(centre, "export", "--readings", tmp_path / "again.json")[0] == 0
    assert (tmp_path / "again.json").read_text() == (tmp_path / "r.json").read_text()
    assert run(centre, "pages", "--json")[1].strip() == "[]"
    assert run(centre, "read", "--again", "--json")[0] == 0
    assert run(centre, "export", "--readings", tmp_path / "after.json")[0] == 0
    assert (tmp_path / "after.json").read_text() == (tmp_path / "r.json").read_text()


def test_readings_of_an_older_form_and_the_day_they_came_in(home: Path, tmp_path: Path) -> None:
    send(make_sent_card(batch="box", received=None))
    run(home, "export", "--readings", tmp_path / "r.json")
    rows = json.loads((tmp_path / "r.json").read_text())
    for row in rows:
        del row["received"]
    (tmp_path / "r.json").write_text(json.dumps(rows))
    centre = tmp_path / "centre"
    assert run(centre, "load", write_profile(tmp_path / "profile"))[0] == 0
    bring_in(centre, tmp_path / "r.json", "--received", "2026-02-03")
    assert [row.received_at for row in nominations_of("RXW")] == ["2026-02-03"]


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_part_of_a_readings_file(home: Path, tmp_path: Path, cut: float) -> None:
    for index in range(1, 4):
        send(make_sent_card(number=make_sent_card().number, copy=index, page=index, values={"action": "abc" * index}))
    run(home, "export", "--readings", tmp_path / "r.json")
    data = (tmp_path / "r.json").read_bytes()
    (tmp_path / "r.json").write_bytes(data[: int(len(data) * cut)])
    centre = tmp_path / "centre"
    assert run(centre, "load", write_profile(tmp_path / "profile"))[0] == 0
    code, _, complaint = run(centre, "import", tmp_path / "r.json", "--organisation", "RXW")
    assert (code, "only a part of one" in complaint) == (ExitCode.NOTHING_READ, True)
    assert nominations_of("RXW") == []


def test_it_is_told_in_words(home: Path, tmp_path: Path) -> None:
    code, told, complaint = run(
        home, "import", write_csv(tmp_path / "Compassion.csv", msforms(FEW)), "--organisation", "RXW"
    )
    assert code == 0
    assert told == ("Compassion.csv: Microsoft form 'Compassion', 2 rows: 2 new, 0 changed, 0 unchanged, 0 refused.\n")
    assert "nominee_first_name   Nominee's first name" in complaint


def test_rejected_in_odk_is_withdrawn(home: Path, tmp_path: Path) -> None:
    table = odk(FEW)
    bring_in(home, write_csv(tmp_path / "Compassion.csv", table))
    table[1][table[0].index("ReviewState")] = "rejected"
    told = bring_in(home, write_csv(tmp_path / "Compassion (1).csv", table))
    assert counted(told) == (2, 0, 1, 1, 0)
    assert {row.nominee_first_name: str(row.status) for row in nominations_of("RXW")} == {
        "Sue": "withdrawn", "Alan": "complete",
    }  # fmt: skip


def test_an_edit_in_kobo_is_never_outdated_by_an_older_export(home: Path, tmp_path: Path) -> None:
    table = kobo(FEW)
    place = {name: number for number, name in enumerate(table[0])}
    table[1][place["_uuid"]] = table[1][place["rootUuid"]]
    old = write_csv(tmp_path / "Compassion.csv", table, ";")
    table[1][place["_uuid"]] = "another"
    table[1][place["card/action"]] = "Edited."
    bring_in(home, write_csv(tmp_path / "Compassion (1).csv", table, ";"))
    assert counted(bring_in(home, old)) == (2, 0, 0, 2, 0)
    assert "Edited." in actions()
