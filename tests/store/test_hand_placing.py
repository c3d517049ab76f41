"""What people say of pages that no machine could place: kept at once, read later, and never undone."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forms.errors import MissingDependencyError, UsageError
from pipeline.records import CardReading, HandPlacing, HandReading, Outcome, PageReading
from pipeline.store import jobs, models, read_placed
from pipeline.store.again import keep_again, kept_images
from pipeline.store.batches import open_batch
from pipeline.store.cards import current_cards
from pipeline.store.decisions import decide
from pipeline.store.exceptions import (
    State,
    exception_of,
    exceptions_in,
    next_exception,
    open_exceptions,
    waiting_exceptions,
)
from pipeline.store.hand_placing import check_number, place_by_hand, set_aside
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page, page_rows
from pipeline.store.printing import record_run
from pipeline.workers import Desk, Task
from tests.store.builders import (
    RECEIVED,
    TEMPLATE,
    Organisation,
    card_number,
    make_card_reading,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)

SIZE = (1000, 1400)
WHOLE = ((0.0, 0.0), (999.0, 0.0), (999.0, 1399.0), (0.0, 1399.0))
FAR = ((510.0, 710.0), (990.0, 710.0), (990.0, 1390.0), (510.0, 1390.0))
LOST = PageReading(Outcome.EXCEPTION, "its code can't be read")


@pytest.fixture
def home(store: Path) -> Path:
    for code in ("RXW", "RYZ"):
        save_profile(make_profile(organisation=Organisation(code, code, "Leading with Compassion")))
    return store


@pytest.fixture
def batch(home: Path) -> str:
    return open_batch("/scans", organisation="RXW").id


def keep(batch: str, number: int = 1, reading: PageReading = LOST) -> int:
    keep_page(batch, number, make_page(number), reading, RECEIVED, same_writing)
    return models.Page.objects.get(batch=batch, number=number).pk


def place(page: int, number: str = card_number(), *, more: bool = False, by: str = "Ann", organisation: str = "RXW",
          corners: object = WHOLE, turn: int = 0) -> int:  # fmt: skip
    placing = HandPlacing(number, corners, turn)  # type: ignore[arg-type]
    return place_by_hand(page, placing, SIZE, by, organisation, more=more)


class Readers:
    """Stand in for the readers: what they make of a placing."""

    def __init__(self) -> None:
        self.reason = ""
        self.changes: dict[str, object] = {}
        self.dies = False
        self.asked: list[HandPlacing] = []

    def card(self, placing: HandPlacing) -> CardReading:
        changes = {"number": placing.number, "corners_px": placing.corners_px, **self.changes}
        return make_card_reading(**changes)

    def __call__(self, tasks: Iterator[Task], *_: object, **__: object) -> Iterator[tuple[Task, PageReading]]:
        for task in tasks:
            if self.dies:
                raise KeyboardInterrupt
            assert task.known is not None
            self.asked += task.placings
            told = tuple(
                HandReading(one.key, None if self.reason else self.card(one), self.reason) for one in task.placings
            )
            yield task, replace(task.known, by_hand=told)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    readers = Readers()
    monkeypatch.setattr(read_placed, "read_pages", readers)
    monkeypatch.setattr(read_placed, "same_writing", same_writing)
    return readers


def read() -> int:
    return len(list(read_placed.read_placed(Desk())))


def states() -> dict[State, list[int]]:
    return {state: [row.key for row in exceptions_in("RXW", state)] for state in State}


def test_a_page_waits_for_a_person_then_to_be_read_then_has_its_card(batch: str, readers: Readers) -> None:
    page = keep(batch)
    (waiting,) = open_exceptions("RXW")
    assert (waiting.key, waiting.file, waiting.page, waiting.reason) == (page, "stack.pdf", 1, LOST.reason)
    place(page, "rxw 7k3f9qz 1 " + card_number()[-1].lower())
    assert states() == {State.OPEN: [], State.READING: [page], State.ASIDE: []}
    assert read_placed.placed_waiting() == [page]
    assert read() == 1
    assert states() == {State.OPEN: [], State.READING: [], State.ASIDE: []}
    (row,) = page_rows()
    assert (row["outcome"], row["reason"], row["cards"]) == ("cards", "", [{"card": card_number(), "copy": 1}])
    (card,) = current_cards()
    assert card.filled
    assert models.NominationSource.objects.get().source == f"card:{card_number()}"
    said = models.PagePlacing.objects.get()
    assert (said.by, said.fault, said.sighting.card.number) == ("Ann", "", card_number())  # type: ignore[union-attr]
    assert read() == 0


def test_what_was_said_outlives_a_crash_before_it_was_read(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page)
    readers.dies = True
    with pytest.raises(KeyboardInterrupt):
        read()
    assert states()[State.READING] == [page]
    assert not models.Card.objects.exists()
    readers.dies = False
    assert read() == 1
    assert [row["outcome"] for row in page_rows()] == ["cards"]


def test_two_workers_keep_a_card_once(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page)
    task = read_placed.placed_task(page)
    assert task is not None
    ((_, reading),) = readers(iter([task]))
    for _ in range(2):
        read_placed.keep_placed(page, reading, same_writing)
    assert models.Sighting.objects.count() == 1


def test_a_placing_that_could_not_be_read_waits_for_a_person_again(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page)
    readers.reason = "the code says otherwise"
    read()
    (waiting,) = open_exceptions("RXW")
    assert (waiting.fault, waiting.reason, waiting.by) == ("the code says otherwise", LOST.reason, "Ann")
    assert waiting.placing is not None
    assert waiting.placing.number == card_number()
    readers.reason = ""
    place(page, card_number(2), by="Bob")
    read()
    assert [row["cards"] for row in page_rows()] == [[{"card": card_number(2), "copy": 1}]]
    assert list(models.PagePlacing.objects.values_list("by", flat=True).order_by("pk")) == ["Ann", "Bob"]


def test_a_newer_word_wins_even_while_the_older_is_read(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page)
    task = read_placed.placed_task(page)
    assert task is not None
    place(page, card_number(2))
    ((_, reading),) = readers(iter([task]))
    read_placed.keep_placed(page, reading, same_writing)
    assert not models.Card.objects.exists()
    read()
    assert [card.number for card in current_cards()] == [card_number(2)]


def test_the_card_that_was_read_is_left_alone(batch: str, readers: Readers) -> None:
    page = keep(batch, reading=replace(LOST, cards=(make_card_reading(number=card_number(5)),)))
    before = list(models.ReadingRun.objects.values())
    assert open_exceptions("RXW")[0].cards == (card_number(5),)
    place(page, card_number(6), corners=FAR)
    read()
    assert list(models.ReadingRun.objects.order_by("pk").values())[:1] == before
    assert [(card.number, card.page) for card in current_cards()] == [(card_number(5), 1), (card_number(6), 1)]
    assert models.Page.objects.get(pk=page).outcome == "cards"


def test_no_card_is_placed_on_another(batch: str, readers: Readers) -> None:
    seen = make_card_reading(number=card_number(5))
    page = keep(batch, reading=replace(LOST, cards=(seen,)))
    place(page, card_number(6), corners=FAR)
    readers.changes = {"corners_px": seen.corners_px}
    read()
    assert [card.number for card in current_cards()] == [card_number(5)]
    (waiting,) = open_exceptions("RXW")
    assert f"{card_number(5)} lies there" in waiting.fault


def test_a_page_with_more_to_place_goes_on_waiting(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page, card_number(1), corners=WHOLE, more=True)
    read()
    assert states()[State.OPEN] == [page]
    place(page, card_number(2), corners=FAR)
    readers.changes = {"corners_px": FAR}
    read()
    assert not open_exceptions("RXW") or open_exceptions("RXW")[0].fault
    assert models.PagePlacing.objects.count() == 2


def test_a_number_seen_with_other_writing_is_the_next_copy(batch: str, readers: Readers) -> None:
    keep(batch, 1, make_page_reading(make_card_reading()))
    page = keep(batch, 2)
    (seen,) = check_number("RXW", card_number()).seen
    assert (seen.file, seen.page, seen.received, seen.copy) == ("stack.pdf", 1, RECEIVED, 1)
    readers.changes = {"writing": "b"}
    place(page)
    read()
    assert [(card.copy, card.page) for card in current_cards()] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", "Type the number"),
        ("RXW-7K3F9QZ-0012", "not a whole card number"),
        (card_number()[:-1] + ("A" if card_number()[-1] != "A" else "B"), "mistaken for another"),
        (card_number(1, "RYZ"), "a card of another organisation"),
    ],
)
def test_a_wrong_number_is_refused(batch: str, number: str, fault: str) -> None:
    page = keep(batch)
    with pytest.raises(UsageError, match=fault):
        place(page, number)
    assert not models.PagePlacing.objects.exists()


def test_the_print_run_tells_the_template(batch: str, readers: Readers) -> None:
    assert check_number("RXW", card_number()).printed_at is None
    record_run("RXW", "7K3F9QZ", 20, TEMPLATE, ward="W21")
    typed = check_number("RXW", card_number())
    assert (typed.ward, typed.template, typed.fingerprint) == ("W21", "nomination", TEMPLATE.fingerprint)
    place(keep(batch))
    read()
    assert [placing.fingerprint for placing in readers.asked] == [TEMPLATE.fingerprint]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"turn": 45}, "not by 45"),
        ({"corners": WHOLE[::-1]}, "clockwise"),
        ({"by": " "}, "Say who"),
    ],
)
def test_what_makes_no_sense_is_refused(batch: str, changes: dict[str, object], fault: str) -> None:
    page = keep(batch)
    with pytest.raises(UsageError, match=fault):
        place(page, **changes)  # type: ignore[arg-type]


def test_set_aside_with_a_reason_it_no_longer_waits(batch: str, readers: Readers) -> None:
    pages = [keep(batch, number) for number in (1, 2, 3)]
    assert waiting_exceptions("RXW") == 3
    with pytest.raises(UsageError, match="Say why"):
        set_aside(pages[1], " ", "Ann")
    set_aside(pages[1], "Only a torn-off corner", "Ann")
    assert states() == {State.OPEN: [pages[0], pages[2]], State.READING: [], State.ASIDE: [pages[1]]}
    aside = exception_of("RXW", pages[1])
    assert aside is not None
    assert (aside.aside, aside.by) == ("Only a torn-off corner", "Ann")
    assert [row["outcome"] for row in page_rows()] == ["exception"] * 3
    assert next_exception("RXW", pages[0]) == pages[2]
    assert next_exception("RXW", pages[2]) == pages[0]
    place(pages[1])
    assert read() == 1
    assert [row["outcome"] for row in page_rows()] == ["exception", "cards", "exception"]


def test_a_page_that_has_its_cards_can_not_be_placed_again(batch: str, readers: Readers) -> None:
    page = keep(batch)
    place(page)
    read()
    with pytest.raises(UsageError, match="no longer waits"):
        place(page, card_number(2))
    with pytest.raises(UsageError, match="no longer waits"):
        set_aside(page, "why", "Ann")


class TestReadAgain:
    """`read --again` reads placed cards too, and undoes nothing."""

    def again(self, readers: Readers, *readings: PageReading) -> None:
        for image, reading in zip(kept_images(), readings, strict=True):
            told = tuple(HandReading(one.key, readers.card(one)) for one in image.placings)
            keep_again(image.key, replace(reading, by_hand=told), same_writing)

    def test_a_placed_card_stays(self, batch: str, readers: Readers) -> None:
        place(keep(batch))
        read()
        decide(f"card:{card_number()}", "impact", "As I say.", "Ann", make_layouts())
        readers.changes = {"fields": make_fields(action="Otherwise.")}
        self.again(readers, LOST)
        (row,) = page_rows()
        assert (row["outcome"], row["reason"]) == ("cards", "")
        assert models.ReadingRun.objects.count() == 2
        assert models.Sighting.objects.count() == 1

    def test_machines_do_not_rename_it(self, batch: str, readers: Readers) -> None:
        place(keep(batch), corners=FAR)
        read()
        other = make_card_reading(number=card_number(9), corners_px=FAR)
        self.again(readers, make_page_reading(other))
        assert [card.number for card in current_cards()] == [card_number()]
        beside = make_card_reading(number=card_number(9), corners_px=((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)))
        self.again(readers, make_page_reading(beside))
        assert [card.number for card in current_cards()] == [card_number(), card_number(9)]

    def test_what_waits_is_read_with_it(self, batch: str, readers: Readers) -> None:
        place(keep(batch))
        self.again(readers, LOST)
        assert [card.number for card in current_cards()] == [card_number()]
        assert read_placed.placed_waiting() == []

    def test_an_exception_with_a_card_stays_one(self, batch: str, readers: Readers) -> None:
        half = replace(LOST, cards=(make_card_reading(number=card_number(5)),))
        page = keep(batch, reading=half)
        self.again(readers, half)
        assert states()[State.OPEN] == [page]
        set_aside(page, "torn", "Ann")
        self.again(readers, half)
        assert states()[State.ASIDE] == [page]


def test_pages_of_others_are_theirs(batch: str, home: Path) -> None:
    keep(batch)
    theirs = open_batch("/theirs", organisation="RYZ").id
    keep(theirs, 2, replace(LOST, cards=(make_card_reading(),)))
    nobodys = open_batch("/nobodys").id
    keep(nobodys, 3, replace(LOST, cards=(make_card_reading(writing="c"),)))
    keep(nobodys, 4)
    assert [row.page for row in open_exceptions("RXW")] == [1, 3]
    assert [row.page for row in open_exceptions("RYZ")] == [2]
    assert open_exceptions("RYZ")[0].cards == ()


def test_many_exceptions_cost_no_more_than_those_that_are_looked_at(batch: str, home: Path) -> None:
    pages = [keep(batch, number) for number in range(1, 7)]
    for page in pages[:3]:
        set_aside(page, "torn", "Ann")
    with CaptureQueriesContext(connection) as asked:
        waiting, aside = open_exceptions("RXW"), exceptions_in("RXW", State.ASIDE)
        assert (len(waiting), len(aside)) == (3, 3)
        assert [row.key for row in waiting[:2]] == pages[3:5]
        assert [row.key for row in aside[:2]] == pages[2:0:-1], "the newest first"
    assert len(asked) <= 2 * 6, "none for a page of its own"
    assert waiting[2].key == pages[5]
    with pytest.raises(IndexError):
        waiting[3]


def test_the_worker_reads_what_was_placed(
    batch: str, readers: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "give_way", lambda: None)
    monkeypatch.setattr(jobs, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(jobs, "reading_desk", lambda home: Desk())
    told: list[str] = []
    place(keep(batch))
    jobs.work(told.append, once=True)
    assert told == [f"Read what a person placed: {card_number()}."]

    def missing(*_: object, **__: object) -> None:
        raise MissingDependencyError("Tesseract is missing.")

    monkeypatch.setattr(jobs, "read_placed", missing)
    page = keep(batch, 2)
    place(page, card_number(2))
    with caplog.at_level(logging.WARNING):
        jobs.work(told.append, once=True)
    assert "Tesseract is missing" in caplog.text
    assert read_placed.placed_waiting() == [page]
    assert models.Page.objects.get(pk=page).received == date(2026, 11, 20)
