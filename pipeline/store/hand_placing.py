"""Keeps what people say of pages that no machine could place, until it is read, and for ever after."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from forms.numbers import parse_number
from pipeline.page_corners import TURNS, corners_fault
from pipeline.records import HandPlacing, Outcome
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.hand_readings import page_lock, waiting_placing
from pipeline.store.page_owners import shown_file
from pipeline.store.printing import run_of
from pipeline.store.storable import storable


@dataclass(frozen=True, slots=True)
class SeenOn:
    """Where a number was seen before."""

    file: str
    """Or that it is among another organisation's scans."""
    page: int
    received: date
    copy: int


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A card number that a person typed, and what is known of it."""

    number: str
    printed_at: datetime | None
    """When it was printed here; None for a number of another site's print run."""
    ward: str
    template: str
    """Name of the template it was printed from; empty when that isn't known here."""
    fingerprint: str
    seen: tuple[SeenOn, ...]
    """Pages with that number, the newest first: what is placed now becomes another copy, or the same card again."""


def check_number(organisation: str, text: str) -> TypedNumber:
    """Return what is known of a number that was typed. Raises UsageError, saying what is wrong with it."""
    number = parse_number(text)
    if number is None:
        raise UsageError(
            f"'{text.strip()}' is not a whole card number. Type all four parts with the check character at the end, "
            f"such as {organisation}-7K3F9QZ-0012-H; one of the characters may be mistaken for another."
            if text.strip()
            else "Type the number that is printed on the card."
        )
    if number.organisation != organisation:
        raise UsageError(
            f"{number} is a card of another organisation ({number.organisation}), not of {organisation}. Set the page "
            "aside, and give the paper to them."
        )
    run = run_of(str(number))
    rows = models.Sighting.objects.filter(card__number=str(number)).select_related("page__batch", "card")
    seen = tuple(
        SeenOn(shown_file(organisation, row.page), row.page.number, row.page.received, row.card.copy)
        for row in rows.order_by("-pk")[:10]
    )
    return TypedNumber(
        str(number),
        run.printed_at if run else None,
        run.ward if run else "",
        run.template if run else "",
        run.fingerprint if run else "",
        seen,
    )


def place_by_hand(
    page: int, placing: HandPlacing, size: tuple[int, int], by: str, organisation: str, *, more: bool = False
) -> int:
    """Keep where a person says that a card lies on a page; the page then waits to be read.

    `size` is the page's width and height; `more` says that another of its cards is still to be placed. Raises
    UsageError when the number or the corners are wrong, or when the page no longer waits for a person.
    """
    typed = check_number(organisation, placing.number)
    if placing.turn not in TURNS:
        raise UsageError(f"A page is turned by {', '.join(map(str, TURNS))} degrees, not by {placing.turn}.")
    if fault := corners_fault(placing.corners_px, size):
        raise UsageError(f"The corners can't be used: {fault}.")
    said = {
        "number": typed.number,
        "corners_px": [[round(x, 2), round(y, 2)] for x, y in placing.corners_px],
        "turn": placing.turn,
        "fingerprint": placing.fingerprint,
    }
    return _say(page, by, placing=said, more=more)


def set_aside(page: int, reason: str, by: str, seen: int | None = None) -> int:
    """Keep that a page can't or needn't be read, and why.

    `seen` is the key of the placing that whoever says so had before them. Raises UsageError when no reason is given,
    or when another placing waits to be read: nobody's work is dropped by somebody who didn't see it.
    """
    if not reason.strip():
        raise UsageError("Say why the page is set aside.")
    with transaction.atomic():
        lock([page_lock(page)])
        row = models.Page.objects.filter(pk=page).first()
        waiting = waiting_placing(row) if row else None
        if waiting is not None and waiting.pk != seen:
            raise UsageError(
                f"{waiting.by} has placed a card here meanwhile, which is being read. If you set the page aside now, "
                "that card is not read."
            )
        return _say(page, by, reason=storable(reason.strip()))


def _say(page: int, by: str, **said: object) -> int:
    if not by.strip():
        raise UsageError("Say who places the page.")
    with transaction.atomic():
        lock([page_lock(page)])
        row = models.Page.objects.filter(pk=page).first()
        if row is None or row.outcome != Outcome.EXCEPTION.value:
            raise UsageError("This page no longer waits for a person: somebody has placed it, or it was read again.")
        return models.PagePlacing.objects.create(page=row, by=storable(by.strip()), at=timezone.now(), **said).pk
