"""Gives back kept pages to be read again, and keeps what was read then beside what was read before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import dist

from django.db import transaction
from django.db.models import QuerySet

from pipeline.records import CardReading, Outcome, Page, PageReading
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.page_images import image_path
from pipeline.store.pages import KeptPage, kept
from pipeline.store.placing import SameWriting, add_nomination, add_run, card_lock, let_speak, place_card
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


def count_kept_images(batch: str | None = None) -> int:
    """Return how many pages `kept_images` will give."""
    return _rows(batch).count()


def kept_images(batch: str | None = None) -> Iterator[KeptImage]:
    """Yield the pages of a batch, or of all, that have an image, in the order that they were taken in."""
    for row in _rows(batch).iterator(chunk_size=500):
        data, reason = b"", ""
        try:
            data = image_path(row.sha256, row.suffix).read_bytes()
        except OSError as error:
            reason = f"its image is not in the home: {error.strerror}"
        yield KeptImage(
            row.pk, row.batch_id, Page(row.file, row.number, data, row.sha256, row.suffix, reason), row.received
        )


def _rows(batch: str | None) -> QuerySet[models.Page]:
    rows = models.Page.objects.exclude(suffix="").exclude(outcome=Outcome.DUPLICATE.value)
    if batch is not None:
        rows = rows.filter(batch=batch)
    return rows.order_by("batch__created", "batch_id", "position", "pk")


def keep_again(key: int, reading: PageReading, same_writing: SameWriting) -> KeptPage:
    """Add what was read of a page this time.

    A card that was seen on it before stays the copy that it is; a card that is new on it is placed like any
    other. A card that isn't found this time keeps what was read before; so does one of which the same readers say
    the same again. Decisions stand.
    """
    with transaction.atomic():
        lock(sorted({card_lock(card.identity.number) for card in reading.cards}))
        row = models.Page.objects.get(pk=key)
        before = list(row.sightings.select_related("card").order_by("place"))
        place = max((sighting.place for sighting in before), default=-1) + 1
        for card in reading.cards:
            sighting = _nearest(before, card)
            if sighting is None:
                place_card(row, place, card, same_writing)
                place += 1
                continue
            before.remove(sighting)
            sighting.filled = card.filled
            sighting.ink = card.ink
            sighting.save()
            if not _says_the_same(sighting, card):
                add_run(sighting, card)
            let_speak(sighting.card)
            if card.filled:
                add_nomination(sighting.card, row.received)
        _save_outcome(row, reading)
        return kept(row)


def _nearest(sightings: Sequence[models.Sighting], card: CardReading) -> models.Sighting | None:
    """Return the sighting of that number that lay nearest: two copies may lie on one page."""
    same = [sighting for sighting in sightings if sighting.card.number == card.identity.number]
    return min(same, key=lambda sighting: _distance(sighting, card), default=None)


def _distance(sighting: models.Sighting, card: CardReading) -> float:
    corners = sighting.runs.get(newest=True).corners_px
    return sum(dist(one, other) for one, other in zip(corners, card.corners_px, strict=True))


def _says_the_same(sighting: models.Sighting, card: CardReading) -> bool:
    """Whether the same readers, with the same calibration, said the same last time: nothing to keep then."""
    newest = sighting.runs.get(newest=True)
    before = [
        (row.field, row.value, row.confidence, row.status, row.engine, row.calibration) for row in newest.readings.all()
    ]
    now = [
        (
            field.name,
            field.value if isinstance(field.value, str) else list(field.value),
            float(field.confidence),
            field.status.value,
            field.engine,
            field.calibration,
        )
        for field in card.fields
    ]
    matches = [newest.nominee_staff, newest.nominee_ward]
    return before == now and matches == [card.nominee_staff.value, card.nominee_ward.value]


def _save_outcome(row: models.Page, reading: PageReading) -> None:
    """A page that has cards keeps them; one that couldn't be read this time keeps what it was."""
    if row.sightings.exists():
        row.outcome, row.reason = Outcome.CARDS.value, storable(reading.reason)
    elif reading.outcome is not Outcome.UNREADABLE:
        row.outcome, row.reason = reading.outcome.value, storable(reading.reason)
    row.save(update_fields=["outcome", "reason"])
