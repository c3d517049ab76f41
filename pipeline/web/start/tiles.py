"""What waits today, by role, with numbers that lead there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from pipeline.store import batch_ledger, exceptions, questions, review_queue
from pipeline.store.merge_history import merge_waiting
from pipeline.web.access import WebRequest
from pipeline.web.page import PARTS


@dataclass(frozen=True, slots=True)
class Count:
    """How much of something waits."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to do."""

    heading: str
    url: str
    text: str
    waiting: tuple[Count, ...] = ()


Counting = Callable[[str], list[tuple[int, str, str]]]
"""Of an organisation: a number, and what it counts, one and several."""


def _merging(code: str) -> list[tuple[int, str, str]]:
    waits = merge_waiting(code)
    return [
        (waits.sources, "new source to merge", "new sources to merge"),
        (questions.questions_open(code), "open question", "open questions"),
    ]


_WORDS: dict[str, tuple[str, str, Counting]] = {
    "print": ("Print blank cards", "Make a PDF of cards for a ward.", lambda code: []),
    "scan": (
        "Scan what came back",
        "Drop scans, and see that every sheet is accounted for.",
        lambda code: [(batch_ledger.waiting(code), "batch to close", "batches to close")],
    ),
    "exceptions": (
        "Exceptions",
        "Pages that need a hand to be placed.",
        lambda code: [(exceptions.waiting_exceptions(code), "page to place", "pages to place")],
    ),
    "review": (
        "Review",
        "Answers that the machine was not sure of.",
        lambda code: [(review_queue.waiting(code), "answer to settle", "answers to settle")],
    ),
    "import": ("Import web forms", "Take in what was sent electronically.", lambda code: []),
    "merge": ("Merge", "Join what is one nomination, and answer questions.", _merging),
    "register": ("Register", "Every nomination, with its pictures and its history.", lambda code: []),
    "people": ("People and roles", "Who may do what, and who did what.", lambda code: []),
}
"""For each part: its heading, what it is for, and what counts what waits there."""


def tiles_for(request: WebRequest) -> list[Tile]:
    """Return what concerns somebody's roles, in the order of the work."""
    code = request.organisation.code
    tiles = []
    for part, _, name, roles in PARTS:
        if request.roles & set(roles):
            heading, text, count = _WORDS[part]
            waiting = tuple(
                Count(number, one if number == 1 else several) for number, one, several in count(code) if number
            )
            tiles.append(Tile(heading, reverse(name, args=[code]), text, waiting))
    return tiles
