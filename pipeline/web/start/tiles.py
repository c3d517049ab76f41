"""What waits today, by role, with numbers that lead there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from pipeline.web.access import WebRequest
from pipeline.web.page import PARTS


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to do."""

    heading: str
    url: str
    text: str
    waiting: int = 0


WORDS: dict[str, tuple[str, str, Callable[[str], int] | None]] = {
    "print": ("Print blank cards", "Make a PDF of cards for a ward.", None),
    "scan": ("Scan what came back", "Drop scans, and see that every sheet is accounted for.", None),
    "exceptions": ("Exceptions", "Pages that need a hand to be placed.", None),
    "review": ("Review", "Answers that the machine was not sure of.", None),
    "import": ("Import web forms", "Take in what was sent electronically.", None),
    "merge": ("Merge", "Join what is one nomination, and answer questions.", None),
    "register": ("Register", "Every nomination, with its pictures and its history.", None),
    "people": ("People and roles", "Who may do what, and who did what.", None),
}
"""For each part: its heading, what it is for, and what counts what waits there."""


def tiles_for(request: WebRequest) -> list[Tile]:
    """Return what concerns somebody's roles, in the order of the work."""
    code = request.organisation.code
    tiles = []
    for part, _, name, roles in PARTS:
        if request.roles & set(roles):
            heading, text, count = WORDS[part]
            tiles.append(Tile(heading, reverse(name, args=[code]), text, count(code) if count else 0))
    return tiles
