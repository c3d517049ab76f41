"""Builders of what the merge works on: plain ones, changed where a test says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.merge import Decided, Merged, merge
from pipeline.records import Value
from pipeline.statement import Answer, People, Source, StaffEntry, Standing, Statement

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 11, 23, tzinfo=LONDON)
NIGHT = (
    "Priya sat with my mother through the night before her operation, held her hand, found her a warm blanket and "
    "explained every step of the anaesthetic until she was calm enough to sleep. "
    "In the morning she walked beside the trolley to the theatre doors although her shift had already ended."
)
GARDEN = (
    "When grandad wanted to see the garden once more, the nurse pushed his bed outside among the roses, fetched "
    "lemonade and a radio, and rang my brother in Canada so that everybody could listen to the cricket together. "
    "He talked about that afternoon until he died."
)
LETTERS = (
    "After the stroke I could no longer spell. Each evening he brought newspapers and crosswords, drew alphabet "
    "cards by himself and cheered at every word I managed, so that I wrote a postcard to my granddaughter at Easter."
)
FAREWELL = (
    "She arranged a wedding on the ward within two days: flowers, cake, a borrowed veil, the chaplain and even a "
    "violin, because the bride's father had only that weekend left. Every relative thanks her for those photographs."
)
STORIES = (NIGHT, GARDEN, LETTERS, FAREWELL)
WARDS = {
    "W07": "Ward 7",
    "W12": "Ward 12",
    "ICU": "Intensive Care",
    "EDU": "Emergency Department",
    "SRG": "Surgical Assessment Unit",
}


def make_answer(value: Value, standing: Standing = Standing.ELECTRONIC) -> Answer:
    return Answer(value, standing if value else Standing.BLANK)


def make_statement(key: str = "msforms:1", **changes: Any) -> Statement:
    """A submission or, when its key begins with `card:`, a card surely read. Fields of the card and of the record are
    changed by name; a field may be an `Answer`."""
    paper = key.startswith("card:")
    told: dict[str, Any] = {
        "nominee_first_name": "Priya",
        "nominee_last_name": "Patel",
        "nominee_team": "",
        "nominator_type": "carer",
        "action": NIGHT,
        "impact": "",
        "nominator_name": "Jo Bloggs",
        "nominator_contact": "",
        "date": "2026-11-20",
        "consent": (),
    }
    record: dict[str, Any] = {
        "source": Source(key, "simulated", "simulated"),
        "key": f"{changes.get('organisation', 'RXW')}/{key}",
        "organisation": "RXW",
        "received_at": MONDAY if paper else MONDAY + timedelta(hours=10),
        "paper": paper,
    }
    for name, value in changes.items():
        (told if name in told else record)[name] = value
    standing = Standing.ACCEPTED if paper else Standing.ELECTRONIC
    answers = {
        name: value if isinstance(value, Answer) else make_answer(value, standing) for name, value in told.items()
    }
    return Statement(answers=answers, **record)


def review(value: Value) -> Answer:
    """What was read and waits for a person."""
    return Answer(value, Standing.REVIEW)


def staff(staff_id: str, first: str, last: str, ward: str = "") -> StaffEntry:
    return StaffEntry(staff_id, first, last, ward)


def make_people(*members: StaffEntry, wards: Mapping[str, str] = WARDS) -> People:
    return People(members, dict(wards))


def merged(*told: Statement, people: People | None = None, decisions: Sequence[Decided] = ()) -> Merged:
    """Merge statements, each organisation with the same lists."""
    lists = people or make_people()
    return merge(told, {said.organisation: lists for said in told}, decisions)


def groups_of(found: Merged) -> set[frozenset[str]]:
    """Which sources are one nomination, by keys."""
    return {frozenset(said.key for said in members) for members in found.groups}


def asked_of(found: Merged) -> set[frozenset[str]]:
    """Which sources a person is asked about, by keys."""
    return {frozenset((link.one.key, link.other.key)) for link in found.questions}


def verdict(one: Statement, other: Statement, people: People | None = None) -> str:
    """What becomes of two sources alone: `one` nomination, `two`, or `asked`."""
    found = merged(one, other, people=people)
    if len(found.groups) == 1:
        return "one"
    return "asked" if found.questions else "two"
