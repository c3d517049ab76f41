"""Keeps pages with what was read on them, and tells the ledger of pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from pipeline.records import Outcome, Page, PageReading
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.page_images import keep_image
from pipeline.store.placing import SameWriting, card_lock, place_card
from pipeline.store.storable import storable

_CHUNK = 200
"""Pages fetched at a time; SQLite refuses a query over a thousand rows or so by their keys."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """Where an image was taken in before."""

    batch: str
    file: str
    page: int

    def __str__(self) -> str:
        return f"the same image as page {self.page} of {self.file} in batch {self.batch}"


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page in the store."""

    outcome: Outcome
    reason: str
    cards: tuple[tuple[str, int], ...]
    """Number and copy of each card on it."""


class CardOnPage(TypedDict):
    """A card in a row of the ledger."""

    card: str
    copy: int


class PageRow(TypedDict):
    """A row of the ledger, as `compassion pages --json` prints it."""

    file: str
    page: int
    sha256: str
    outcome: str
    cards: list[CardOnPage]
    reason: str


def seen(sha256: str) -> SeenPage | None:
    """Return where this very image was taken in before, in any batch; None when it is new.

    A page that couldn't be read doesn't count: it is tried anew.
    """
    if not sha256:
        return None
    row = (
        models.Page.objects.filter(sha256=sha256)
        .exclude(outcome__in=(Outcome.UNREADABLE, Outcome.DUPLICATE))
        .order_by("pk")
        .first()
    )
    return SeenPage(row.batch_id, row.file, row.number) if row else None


def keep_page(
    batch: str,
    position: int,
    page: Page,
    reading: PageReading,
    received: date,
    same_writing: SameWriting,
) -> KeptPage:
    """Keep one page with all that was read on it, in one transaction; its image is on the disk before.

    Pages must be kept in the order of the batch, because copy numbers follow it. A page that the batch has
    already is left as it is, and an image that was taken in meanwhile makes the page a duplicate; what is
    returned says so.
    """
    keep_image(page)
    file = storable(page.file)
    taken = reading.outcome not in (Outcome.UNREADABLE, Outcome.DUPLICATE)
    with transaction.atomic():
        lock(
            [
                f"page:{batch}:{file}:{page.number}",
                f"image:{page.sha256}",
                *(card_lock(card.identity.number) for card in reading.cards),
            ]
        )
        if row := models.Page.objects.filter(batch=batch, file=file, number=page.number).first():
            return kept(row)
        before = seen(page.sha256) if taken else None
        row = models.Page.objects.create(
            batch_id=batch,
            position=position,
            file=file,
            number=page.number,
            sha256=page.sha256,
            suffix=page.suffix,
            received=received,
            outcome=(Outcome.DUPLICATE if before else reading.outcome).value,
            reason=storable(str(before) if before else reading.reason),
            created=timezone.now(),
        )
        if taken and not before:
            for place, card in enumerate(reading.cards):
                place_card(row, place, card, same_writing)
        return kept(row)


def kept(row: models.Page) -> KeptPage:
    """Describe a page of the store."""
    cards = row.sightings.order_by("place").values_list("card__number", "card__copy")
    return KeptPage(Outcome(row.outcome), row.reason, tuple(cards))


def page_rows(batch: str | None = None) -> Iterator[PageRow]:
    """Yield the ledger of a batch's pages, or of all, in the order that they were taken in."""
    pages = models.Page.objects.filter(batch__origin="").order_by("batch__created", "batch_id", "position", "pk")
    if batch is not None:
        pages = pages.filter(batch=batch)
    sightings = Prefetch("sightings", queryset=models.Sighting.objects.select_related("card").defer("ink"))
    for row in pages.prefetch_related(sightings).iterator(chunk_size=_CHUNK):
        yield {
            "file": row.file,
            "page": row.number,
            "sha256": row.sha256,
            "outcome": row.outcome,
            "cards": _cards(row.sightings.all()),
            "reason": row.reason,
        }


def _cards(sightings: Iterable[models.Sighting]) -> list[CardOnPage]:
    in_order = sorted(sightings, key=lambda sighting: sighting.place)
    return [{"card": sighting.card.number, "copy": sighting.card.copy} for sighting in in_order]
