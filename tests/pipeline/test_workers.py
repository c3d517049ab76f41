"""Many pages in processes of their own: in order, and a page that kills its reader is alone in waiting for a person."""

import datetime
import io
import os
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from PIL import Image as Pictures

from pipeline.lists import Lists, make_lists
from pipeline.records import Image, Outcome, Page, PageReading
from pipeline.workers import Desk, Task, make_reader, read_pages, read_task
from tests.pipeline.paper import STAFF, WARDS, cut_card, scan

DAY = datetime.date(2026, 3, 31)
DEADLY = "DIE"


class DeadlyLists(dict[str, Lists]):
    """Ends the process that asks for one organisation's lists, as a fault in a library or a lack of memory would."""

    def get(self, organisation: str, default: Lists | None = None) -> Lists | None:  # type: ignore[override]
        if organisation == DEADLY:
            os._exit(9)
        return super().get(organisation, default)


def page(image: Image, number: int) -> Page:
    stream = io.BytesIO()
    Pictures.fromarray(image).save(stream, "PNG")
    return Page("stack.pdf", number, stream.getvalue(), f"{number:064d}", ".png")


@cache
def card(number: int, organisation: str = "RXW") -> Image:
    return scan(cut_card(number, organisation), dpi=150.0, skew=1.0).image


BLANK = np.full((400, 300), 250, np.uint8)


def tasks(*images: Image) -> list[Task]:
    return [Task(page(image, n), DAY, position=n) for n, image in enumerate(images, start=1)]


def gist(read: Iterator[tuple[Task, PageReading]]) -> list[tuple[int, str, list[str]]]:
    return [
        (task.position, reading.outcome.value, [card.identity.number for card in reading.cards])
        for task, reading in read
    ]


def expected() -> list[tuple[int, str, list[str]]]:
    return [
        (1, "cards", [cut_card(0).number()]),
        (2, "blank", []),
        (3, "cards", [cut_card(1).number()]),
        (4, "blank", []),
        (5, "cards", [cut_card(0).number()]),
    ]


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(lists={"RXW": make_lists(STAFF, WARDS)})


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_pages_come_back_in_order(workers: int, desk: Desk) -> None:
    pages = tasks(card(0), BLANK, card(1), BLANK, card(0))
    assert gist(read_pages(pages, desk, workers)) == expected()


@pytest.mark.slow
def test_a_page_that_kills_its_worker_is_alone_in_waiting(desk: Desk) -> None:
    deadly = Desk(lists=DeadlyLists(desk.lists))
    read = read_pages(tasks(card(0), BLANK, card(0, DEADLY), card(1), BLANK, card(0)), deadly, workers=2)
    found = dict(enumerate(read, start=1))
    assert [task.position for task, _ in found.values()] == [1, 2, 3, 4, 5, 6]
    outcomes = [reading.outcome.value for _, reading in found.values()]
    assert outcomes == ["cards", "blank", "exception", "cards", "blank", "cards"]
    assert "a person must place it" in found[3][1].reason


def test_what_is_known_or_was_never_taken_in_is_not_read(desk: Desk) -> None:
    reader = make_reader(desk)
    twin = PageReading(Outcome.DUPLICATE, "the same as page 1")
    assert read_task(Task(Page("a", 1, b"rubbish"), DAY, known=twin), reader) == twin
    torn = read_task(Task(Page("a", 0, reason="it is encrypted"), DAY), reader)
    assert (torn.outcome, torn.reason) == (Outcome.UNREADABLE, "it is encrypted")


def test_bytes_that_are_no_picture_are_unreadable(desk: Desk) -> None:
    whole = page(card(0), 1).data
    for data in (b"", b"no picture at all", whole[: len(whole) // 2]):
        reading = read_task(Task(Page("a", 1, data), DAY), make_reader(desk))
        assert reading.outcome == Outcome.UNREADABLE
        assert reading.reason


def test_a_fault_of_the_program_is_one_pages_misfortune(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> PageReading:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.workers.read_page", fail)
    (_, first), (_, second) = read_pages([*tasks(BLANK), Task(Page("a", 2, reason="torn"), DAY)], desk, 1)
    assert (first.outcome, second.outcome) == (Outcome.EXCEPTION, Outcome.UNREADABLE)
    assert "a person must place it" in first.reason
