"""Tells what is known of each card now: its current sighting, the newest reading of it, and what people
decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from django.db.models import Prefetch, QuerySet

from pipeline.records import Corner, FieldReading, Match, Status, Value
from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.database import plainly
from pipeline.store.decided import decided_values, undecided
from pipeline.store.meaning import Names, meant

_CHUNK = 200
"""Cards fetched at a time, with all their readings: a few MB."""
NOT_READ = "a person could not read it"
"""The reason of a decided field without a value."""


@dataclass(frozen=True, slots=True)
class SeenCard:
    """A card as it stands now."""

    number: str
    copy: int
    organisation: str
    ward: str
    template: str
    fingerprint: str
    batch: str
    file: str
    page: int
    sha256: str
    suffix: str
    received: date
    """When the page that it is now read from came in."""
    filled: bool
    corners_px: tuple[Corner, ...]
    alignment_by: str
    residual_mm: float
    fields: tuple[FieldReading, ...]
    """With people's decisions in place, those as `Status.DECIDED`."""
    nominee_staff: Match
    nominee_ward: Match

    @property
    def source(self) -> str:
        """The card as a source."""
        return card_source(self.number, self.copy)


def current_cards(
    *,
    batch: str | None = None,
    organisation: str | None = None,
    waiting: bool = False,
    number: str | None = None,
    copy: int | None = None,
) -> Iterator[SeenCard]:
    """Yield cards as they stand now, ordered by organisation, number and copy, a few in memory at a time.

    `batch` leaves those whose current sighting is in that batch, `waiting` those with a field that a person
    must look at.
    """
    sightings = models.Sighting.objects.filter(current=True)
    if batch is not None:
        sightings = sightings.filter(page__batch=batch)
    if organisation is not None:
        sightings = sightings.filter(card__organisation=organisation)
    if number is not None:
        sightings = sightings.filter(card__number=number)
    if copy is not None:
        sightings = sightings.filter(card__copy=copy)
    if waiting:
        review = undecided(models.Reading.objects.filter(run__newest=True, status=Status.REVIEW.value))
        sightings = sightings.filter(pk__in=review.values("run__sighting"))
    yield from _told(sightings)


def find_card(number: str, copy: int) -> SeenCard | None:
    """Return one card as it stands now; None when it was never seen."""
    return next(current_cards(number=number, copy=copy), None)


def _told(sightings: QuerySet[models.Sighting]) -> Iterator[SeenCard]:
    newest = models.ReadingRun.objects.filter(newest=True).prefetch_related("readings")
    in_order = (
        sightings.select_related("card", "page__batch")
        .defer("ink")
        .prefetch_related(Prefetch("runs", queryset=newest))
        .order_by(plainly("card__organisation"), plainly("card__number"), "card__copy")
        .iterator(chunk_size=_CHUNK)
    )
    names = Names()
    while chunk := list(islice(in_order, _CHUNK)):
        decided = decided_values([card_source(row.card.number, row.card.copy) for row in chunk])
        for row in chunk:
            card = _record(row)
            yield _with_decisions(card, decided.get(card.source, {}), names)


def _record(row: models.Sighting) -> SeenCard:
    (run,) = row.runs.all()
    return SeenCard(
        number=row.card.number,
        copy=row.card.copy,
        organisation=row.card.organisation,
        ward=row.card.ward,
        template=row.card.template,
        fingerprint=row.card.fingerprint,
        batch=row.page.batch.shown_id,
        file=row.page.file,
        page=row.page.number,
        sha256=row.page.sha256,
        suffix=row.page.suffix,
        received=row.page.received,
        filled=row.filled,
        corners_px=_points(run.corners_px),
        alignment_by=run.alignment_by,
        residual_mm=run.residual_mm,
        fields=tuple(_field(reading) for reading in run.readings.all()),
        nominee_staff=Match(run.nominee_staff, run.nominee_staff_confidence),
        nominee_ward=Match(run.nominee_ward, run.nominee_ward_confidence),
    )


def _field(reading: models.Reading) -> FieldReading:
    value = reading.value
    return FieldReading(
        name=reading.field,
        content=reading.content,
        value=value if isinstance(value, str) else tuple(value),
        raw=reading.raw,
        confidence=reading.confidence,
        status=Status(reading.status),
        engine=reading.engine,
        alternatives=tuple((text, probability) for text, probability in reading.alternatives),
        outline_px=_points(reading.outline_px),
        reason=reading.reason,
        probability=reading.probability,
        calibration=reading.calibration,
    )


def _points(points: list[list[float]]) -> tuple[Corner, ...]:
    return tuple((x, y) for x, y in points)


def _as_decided(field: FieldReading, value: Value | None) -> FieldReading:
    if value is None:
        nothing: Value = "" if isinstance(field.value, str) else ()
        return replace(field, value=nothing, confidence=0.0, status=Status.DECIDED, reason=NOT_READ)
    return replace(field, value=value, confidence=1.0, status=Status.DECIDED, reason="")


def _with_decisions(card: SeenCard, decided: Mapping[str, Value | None], names: Names) -> SeenCard:
    if not decided:
        return card
    fields = tuple(_as_decided(field, decided[field.name]) if field.name in decided else field for field in card.fields)
    staff, ward = meant(card.organisation, card.fields, fields, names)
    return replace(
        card,
        fields=fields,
        nominee_staff=_decided_match(decided, "nominee_staff") or staff or card.nominee_staff,
        nominee_ward=_decided_match(decided, "nominee_ward") or ward or card.nominee_ward,
    )


def _decided_match(decided: Mapping[str, Value | None], name: str) -> Match | None:
    value = decided.get(name)
    return Match(value, 1.0) if isinstance(value, str) else None
