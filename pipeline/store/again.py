"""Gives back kept pages to be read again, and keeps what was read then beside what was read before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import dist

from django.db import transaction
from django.db.models import QuerySet

from pipeline.records import CardReading, HandPlacing, Outcome, Page, PageReading
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.hand_readings import keep_hand_readings, locks_of, next_place, not_placed_by_hand, placings_of
from pipeline.store.page_images import image_path
from pipeline.store.pages import KeptPage, kept
from pipeline.store.placing import SameWriting, place_card, read_anew
from pipeline.store.storable import storable


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A page of the store with its image."""

    key: int
    """To hand to `keep_again`."""
    batch: str
    page: Page
    """With a reason, and no data, when its image is gone from the home."""
    received: date
    """The day its cards came in."""
    placings: tuple[HandPlacing, ...] = ()
    """Cards that people placed on it."""


def count_kept_images(batch: str | None = None) -> int:
    """Return how many pages `kept_images` will give."""
    return _rows(batch).count()


def kept_images(batch: str | None = None) -> Iterator[KeptImage]:
    """Yield the pages of a batch, or of all, that have an image, in the order that they were taken in."""
    for row in _rows(batch).iterator(chunk_size=500):
        yield kept_image(row)


def kept_image(row: models.Page) -> KeptImage:
    """Return a page with its image."""
    data, reason = b"", ""
    try:
        data = image_path(row.sha256, row.suffix).read_bytes()
    except OSError as error:
        reason = f"its image is not in the home: {error.strerror}"
    page = Page(row.file, row.number, data, row.sha256, row.suffix, reason)
    return KeptImage(row.pk, row.batch_id, page, row.received, placings_of(row))


def _rows(batch: str | None) -> QuerySet[models.Page]:
    rows = models.Page.objects.exclude(suffix="").exclude(outcome=Outcome.DUPLICATE.value)
    if batch is not None:
        rows = rows.filter(batch=batch)
    return rows.order_by("batch__created", "batch_id", "position", "pk")


def keep_again(key: int, reading: PageReading, same_writing: SameWriting) -> KeptPage:
    """Add what was read of a page this time.

    A card that was seen on it before stays the copy that it is; a card that is new on it is placed like any
    other. A card that isn't found this time keeps what was read before; so does one of which the same readers say
    the same again. Decisions stand, and so does what people said of where cards lie and which they are.
    """
    with transaction.atomic():
        lock(locks_of(key, reading))
        row = models.Page.objects.get(pk=key)
        before = list(row.sightings.select_related("card").order_by("place"))
        place = next_place(row)
        for card in not_placed_by_hand(row, reading):
            sighting = _nearest(before, card)
            if sighting is None:
                place_card(row, place, card, same_writing)
                place += 1
                continue
            before.remove(sighting)
            read_anew(sighting, card)
        _save_outcome(row, reading)
        keep_hand_readings(row, reading, same_writing)
        return kept(row)


def _nearest(sightings: Sequence[models.Sighting], card: CardReading) -> models.Sighting | None:
    """Return the sighting of that number that lay nearest: two copies may lie on one page."""
    same = [sighting for sighting in sightings if sighting.card.number == card.identity.number]
    return min(same, key=lambda sighting: _distance(sighting, card), default=None)


def _distance(sighting: models.Sighting, card: CardReading) -> float:
    corners = sighting.runs.get(newest=True).corners_px
    return sum(dist(one, other) for one, other in zip(corners, card.corners_px, strict=True))


def _save_outcome(row: models.Page, reading: PageReading) -> None:
    """A page that has cards keeps them; one that couldn't be read this time keeps what it was.

    One of whose cards some could be placed and some could not waits for a person, until that person has been.
    """
    if row.outcome == Outcome.EXCEPTION.value == reading.outcome.value:
        row.reason = storable(reading.reason)
    elif row.sightings.exists():
        placed = row.sightings.filter(placings__isnull=False).exists()
        row.outcome, row.reason = Outcome.CARDS.value, "" if placed else storable(reading.reason)
    elif reading.outcome is not Outcome.UNREADABLE:
        row.outcome, row.reason = reading.outcome.value, storable(reading.reason)
    row.save(update_fields=["outcome", "reason"])
