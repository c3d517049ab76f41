"""What merges leave in the store, and what they leave alone."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forms.errors import UsageError
from forms.organisation import Organisation
from pipeline.store import models
from pipeline.store.decisions import decide, decide_pair
from pipeline.store.explain import explain
from pipeline.store.merging import open_questions, undo_merge
from pipeline.store.organisations import save_profile
from pipeline.store.register import nominations_of, register_of
from pipeline.store.setup import open_store
from tests.store.builders import card_number, make_layouts, make_profile
from tests.store.fixtures import close_store
from tests.store.sources import SENT, groups, make_sent_card, make_submission, merged, register, send, take

ROOT = Path(__file__).parent.parent.parent
CARD = f"card:{card_number()}"
STORY = "She sat with my mother all night, held her hand and sang the songs of her childhood in Polish."
ANOTHER = "Priya noticed that dad could not reach his tea, found a straw, and stayed for the football."
MISREAD = "SHE SAT WITH MY MOTHER ALL NIGHT HELD HER HAND AND SANG THE SONQS OF HER CHILDHOOD IN POLISH"
IMPACT = "MOTHER SLEPT IN PEACE AND NONE OF US WERE AFRAID ANY LONGER OF THE MORNING"


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def send_card(index: int = 1, **values: Any) -> None:
    told = {"action": MISREAD, "impact": IMPACT, "nominator_name": "JO BLOGGS", **values}
    send(make_sent_card(number=card_number(index), page=index, values=told))


def send_doubtful() -> None:
    """Two submissions that may be one, or two."""
    take(
        make_submission(1, nominator_name="", nominator_contact="", date=""),
        make_submission(2, nominator_name="", nominator_contact="", date="", action=doubtful_story(), impact="Thanks."),
    )


def doubtful_story() -> str:
    return "She sat with my mother all night and held her hand. Later she brought soup and a blanket from home."


def everything() -> dict[str, Any]:
    """All that a merge changes."""
    sources = models.NominationSource.objects.order_by("key").values_list("key", "nomination", "merged_in")
    links = models.Link.objects.filter(until=None).order_by("one__key", "other__key")
    told = links.values_list("one__key", "other__key", "state", "weight", "probability")
    return {
        "sources": [(key, nomination, run is None) for key, nomination, run in sources],
        "links": list(told),
        "register": nominations_of("RXW"),
        "questions": open_questions(["RXW"]),
    }


def test_a_story_told_on_a_card_and_a_form_is_one() -> None:
    send_card()
    take(make_submission(1), make_submission(2, action=ANOTHER, impact="It made his day.", nominator_name="Tom Finch"))
    result = merged()
    assert result.counts() == {"new": 2, "joined": 1, "split": 0, "unchanged": 0}
    assert groups() == {frozenset({"msforms:1", CARD}), frozenset({"msforms:2"})}
    both = next(row for row in nominations_of("RXW") if len(row.sources) == 2)
    assert (both.channel, both.action) == ("both", STORY)
    assert merged().counts() == {"new": 0, "joined": 0, "split": 0, "unchanged": 2}
    assert models.MergeRun.objects.count() == 1


def test_what_comes_later_joins_and_the_earliest_gives_the_id() -> None:
    take(make_submission(1))
    merged()
    (first,) = register()
    send(make_sent_card(values={"action": MISREAD, "impact": IMPACT}, received=SENT.date() - timedelta(2)))
    assert merged().counts() == {"new": 0, "joined": 1, "split": 0, "unchanged": 0}
    ((second, sources),) = register().items()
    assert (sources, second != first) == ((CARD, "msforms:1"), True)
    for name in (first, second, "msforms:1", CARD, card_number()):
        told = explain(name)
        assert (told["nomination_id"], told["earlier_ids"]) == (second, [first])
    assert [move["to"] for move in told["merges"]] == [second]


def test_nothing_is_lost_or_counted_twice() -> None:
    send_card()
    send_card(2, nominee_first_name="", nominee_last_name="", nominee_team="", action="", impact="X")
    take(*(make_submission(n, action=f"{n} {ANOTHER}") for n in range(1, 6)))
    merged()
    told = [source for sources in register().values() for source in sources]
    assert sorted(told) == sorted(models.NominationSource.objects.values_list("source", flat=True))


def test_organisations_are_never_mixed() -> None:
    save_profile(make_profile(organisation=Organisation("RL1", "Robert Jones", "Compassion")))
    take(make_submission(1))
    take(make_submission(1), organisation="RL1")
    assert merged("RXW", "RL1").counts() == {"new": 2, "joined": 0, "split": 0, "unchanged": 0}
    assert groups("RXW") == groups("RL1") == {frozenset({"msforms:1"})}
    with pytest.raises(UsageError, match="Several organisations have a 'msforms:1'"):
        explain("msforms:1")
    assert explain("msforms:1", "RL1")["organisation"] == "RL1"


def test_an_edit_that_changes_everything_splits() -> None:
    send_card()
    take(make_submission(1))
    merged()
    edited = {"action": ANOTHER, "impact": "It made his day.", "nominee_last_name": "Smith"}
    take(make_submission(1, nominee_first_name="Susan", nominator_name="Tom", nominator_contact="", **edited))
    assert merged().counts()["split"] == 1
    assert groups() == {frozenset({CARD}), frozenset({"msforms:1"})}


@pytest.mark.parametrize("same", [True, False])
def test_decisions_win_over_every_merge_and_undo(same: bool) -> None:
    one, other = make_submission(1), make_submission(2)
    if same:
        other = make_submission(2, action=ANOTHER, nominee_first_name="Susan", nominee_last_name="Smith")
    take(one, other)
    merged()
    assert len(groups()) == (2 if same else 1)
    decide_pair("msforms:1", "msforms:2", same=same, by="Ann")
    merged()
    assert len(groups()) == (1 if same else 2)
    after = everything()
    send_card(3, action=ANOTHER.upper(), nominee_first_name="ALAN")
    merged()
    undo_merge()
    merged()
    undo_merge()
    assert {key: value for key, value in after.items() if key == "links"} == {"links": everything()["links"]}
    merged()
    assert explain("msforms:1")["decisions"][0]["by"] == "Ann"
    decide_pair("msforms:1", "msforms:2", same=not same, by="Bob")
    merged()
    assert any(group >= {"msforms:1", "msforms:2"} for group in groups()) is not same


def test_values_decided_stand() -> None:
    send_card()
    take(make_submission(1))
    merged()
    decide(CARD, "impact", "As decided.", "Ann", make_layouts())
    decide("msforms:1", "nominee_staff", "S00124", "Ann", make_layouts())
    for _ in range(2):
        merged()
        (row,) = nominations_of("RXW")
        assert (row.impact, row.nominee_staff_id) == ("As decided.", "S00124")
        undo_merge()


def test_questions_are_asked_until_they_are_answered() -> None:
    send_doubtful()
    merged()
    (question,) = open_questions(["RXW"])
    assert question.sources == ("msforms:1", "msforms:2")
    assert {row.status for row in nominations_of("RXW")} == {"question"}
    assert explain("msforms:1")["questions"][0]["reasons"] == list(question.reasons)
    decide_pair("msforms:2", "msforms:1", same=False, by="Ann")
    assert open_questions(["RXW"]) == []
    assert {row.status for row in nominations_of("RXW")} == {"complete"}
    merged()
    assert register_of("RXW").questions == ()


def test_withdrawn_by_a_person() -> None:
    send_card()
    take(make_submission(1))
    merged()
    decide(CARD, "withdrawn", "yes", "Ann", make_layouts())
    assert [row.status for row in nominations_of("RXW")] == ["withdrawn"]
    decide(CARD, "withdrawn", "no", "Ann", make_layouts())
    assert [row.status for row in nominations_of("RXW")] == ["complete"]


def test_undo_restores_what_was_and_merging_again_what_came_of_it() -> None:
    with pytest.raises(UsageError, match="no merge to take back"):
        undo_merge()
    take(make_submission(1), make_submission(2, action=ANOTHER))
    steps = [everything()]
    for index in (1, 2, 3):
        merged()
        steps.append(everything())
        send_card(index, **({"action": ANOTHER.upper()} if index == 2 else {}))
    merged()
    for index in (3, 2, 1):
        last = everything()
        undo_merge()
        now = everything()
        assert now["links"] == steps[index]["links"]
        nominations = {key: nomination for key, nomination, _ in now["sources"]}
        assert {key: nominations[key] for key, *_ in steps[index]["sources"]} == {
            key: nomination for key, nomination, _ in steps[index]["sources"]
        }
        if index == 3:
            merged()
            assert everything() == last
            undo_merge()
    undo_merge()
    assert {waiting for *_, waiting in everything()["sources"]} == {True}
    with pytest.raises(UsageError, match="no merge to take back"):
        undo_merge()


def test_a_merge_without_anything_new_is_not_what_undo_takes_back() -> None:
    take(make_submission(1))
    merged()
    merged()
    assert undo_merge().waiting == 1


# --- any order -------------------------------------------------------------------------------------------------------

Step = Callable[[], object]


def pieces(seed: int) -> list[Step]:
    """Sources of a few nominations told in several ways, in pieces, with edits."""
    stories = (STORY, ANOTHER, doubtful_story(), "He carried all trays up when the lift was broken, and never moaned.")
    names = (("Priya", "Patel"), ("Susan", "Smith"), ("Sue", "Smith"), ("Alan", "Jones"))
    steps: list[Step] = []
    for n, story in enumerate(stories):
        first, last = names[n]
        for twin in range(3):
            number = 1 + 3 * n + twin
            said = {
                "nominee_first_name": first, "nominee_last_name": last, "action": story,
                "nominator_name": "" if twin == 1 else "Jo Bloggs", "impact": "We were glad.",
                "received_at": datetime(2026, 11, 18 + (number * 7 + seed) % 9, 9, number, tzinfo=UTC),
            }  # fmt: skip
            old, new = make_submission(number, **said), make_submission(number, **{**said, "impact": "So glad."},
                                                                        revision="2026-12-01")  # fmt: skip
            steps.append(lambda old=old: take(old))  # type: ignore[misc]
            if twin == 2:
                steps.append(lambda new=new: take(new, file="later.xlsx"))  # type: ignore[misc]
        told = {"action": story.upper(), "impact": "WE WERE GLAD", "nominee_first_name": first.upper(),
                "nominee_last_name": last.upper(), "nominator_name": "JO BLOGGS"}  # fmt: skip
        steps.append(lambda n=n, told=told: send_card(n + 1, **told))  # type: ignore[misc]
    return steps


@pytest.mark.parametrize("store_url", [None], ids=["sqlite"])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.soak)])
def test_any_order_and_any_portions_give_the_same_register(seed: int, organisation: Path, tmp_path: Path) -> None:
    for step in pieces(seed):
        step()
    merged()
    expected = [(row, row.nomination_id) for row in nominations_of("RXW")]
    asked = set(map(str, open_questions(["RXW"])))
    assert any(len(row.sources) > 1 for row, _ in expected)
    close_store()
    chance = random.Random(seed)
    for attempt in range(1 + (seed > 0)):
        open_store(tmp_path / f"home{attempt}", create=True)
        save_profile(make_profile())
        steps = pieces(seed)
        chance.shuffle(steps)
        for step in steps:
            step()
            if chance.random() < 0.2:
                merged()
            if chance.random() < 0.05 and models.MergeRun.objects.filter(undone_at=None).exists():
                undo_merge()
        merged()
        now = [(row, row.nomination_id) for row in nominations_of("RXW")]
        assert [told[1] for told in now] == [told[1] for told in expected]
        for (row, _), (other, _) in zip(now, expected, strict=True):
            assert [source.id for source in row.sources] == [source.id for source in other.sources]
            assert (row.action, row.impact, row.status) == (other.action, other.impact, other.status)
        assert set(map(str, open_questions(["RXW"]))) == asked
        close_store()


# --- at once, and killed -----------------------------------------------------------------------------------------

_MERGE = """
import sys
from pathlib import Path
from pipeline.store.setup import open_store
open_store(Path(sys.argv[1]), sys.argv[2] or None)
from tests.store.sources import merged
print("begins", flush=True)
merged("RXW", "RL1")
"""


def merge_elsewhere(home: Path, url: str | None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _MERGE, str(home), url or ""], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def merge_that_began(home: Path, url: str | None) -> "tuple[subprocess.Popen[str], float]":
    process = merge_elsewhere(home, url)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process, time.monotonic()


NAMES = [f"{letter}{end}" for letter in "BCDFGHKLMN" for end in ("arton", "ewes", "illing", "ostock", "undley", "yre")]


def take_many() -> None:
    save_profile(make_profile(organisation=Organisation("RL1", "Robert Jones", "Compassion")))
    for code in ("RXW", "RL1"):
        take(
            *(
                make_submission(
                    n, nominee_last_name=f"Smith{chr(97 + n // 2 % 26)}{n // 52}", action=f"{ANOTHER} {n // 2}"
                )
                for n in range(1, 81)
            ),
            organisation=code,
        )


def both() -> list[Any]:
    return [nominations_of(code) for code in ("RXW", "RL1")]


@pytest.mark.slow
def test_two_merges_at_once(store: Path, store_url: str | None) -> None:
    take_many()
    with ThreadPoolExecutor() as pool:
        processes = [merge_elsewhere(store, store_url) for _ in range(2)]
        list(pool.map(lambda process: process.communicate(timeout=120), processes))
    assert [process.returncode for process in processes] == [0, 0]
    assert models.MergeRun.objects.count() == 1
    once = both()
    assert merged("RXW", "RL1").counts()["new"] == 0
    assert both() == once
    assert undo_merge().waiting == 160


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((0.5, 0.85), marks=pytest.mark.slow, id="twice"),
        pytest.param((0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95), marks=pytest.mark.soak, id="often"),
    ],
)
def test_killed_at_any_moment_the_next_merge_ends_alike(
    store: Path, store_url: str | None, parts: tuple[float, ...]
) -> None:
    take_many()
    process, began = merge_that_began(store, store_url)
    process.communicate(timeout=120)
    seconds = time.monotonic() - began
    expected = both()
    undo_merge()
    killed = 0
    for part in parts:
        process, began = merge_that_began(store, store_url)
        time.sleep(max(0.0, began + part * seconds - time.monotonic()))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        killed += process.returncode == -signal.SIGKILL
        close_store()
        open_store(store, store_url)
        merged("RXW", "RL1")
        assert both() == expected
        while models.MergeRun.objects.filter(undone_at=None).exists():
            undo_merge()
        assert not models.NominationSource.objects.filter(merged_in__isnull=False).exists()
    assert killed, "each had ended before"
