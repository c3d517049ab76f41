"""Tells what became of a nomination's sources, moment by moment: seen, read, imported, decided, merged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q

from pipeline.records import Value
from pipeline.store import models
from pipeline.store.decided import told_value
from pipeline.store.page_owners import ELSEWHERE, may_name

PRIVATE = "(private)"
"""Stands for the name of somebody who wishes not to be named."""


class EventKind(StrEnum):
    """What happened."""

    SEEN = "seen"
    """A card was taken in."""
    READ = "read"
    """A card was read by machine."""
    IMPORTED = "imported"
    DECIDED = "decided"
    """A person said what a field says."""
    SAME = "same"
    """A person said that two sources are one nomination."""
    APART = "apart"
    """A person said that two sources are two nominations."""
    MERGED = "merged"
    """A merge moved a source to another nomination."""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What a field was read as, or changed to."""

    name: str
    value: Value | None
    """None where a person could not read it."""
    confidence: float | None = None
    engine: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a source."""

    at: datetime
    kind: EventKind
    source: str
    by: str = ""
    """The person, or the readers."""
    fields: tuple[FieldValue, ...] = ()
    place: str = ""
    """Such as `page 3 of stack.pdf, batch 2026-11-22-1`."""
    other: str = ""
    """The other source of two; of a merge, the nomination it was moved to."""


def history_of(
    organisation: str, sources: Sequence[models.NominationSource], hidden: Collection[str] = ()
) -> tuple[Event, ...]:
    """Return what became of some sources, the newest first; what `hidden` fields said is left out."""
    events = [
        *_cards(organisation, sources),
        *_submissions(sources),
        *_decisions(organisation, sources),
        *_merges(sources),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    return tuple(_without(event, hidden) for event in events) if hidden else tuple(events)


def _without(event: Event, hidden: Collection[str]) -> Event:
    fields = tuple(
        FieldValue(field.name, PRIVATE, field.confidence, field.engine, field.status)
        if field.name in hidden and field.value
        else field
        for field in event.fields
    )
    return Event(event.at, event.kind, event.source, event.by, fields, event.place, event.other)


def _cards(organisation: str, sources: Iterable[models.NominationSource]) -> list[Event]:
    names = {source.card_id: source.source for source in sources if source.card_id}
    sightings = models.Sighting.objects.filter(card__in=names).select_related("page__batch").defer("ink")
    events = []
    for sighting in sightings.prefetch_related("runs__readings"):
        page, name = sighting.page, names[sighting.card_id]
        among = f" of {page.file}, batch {page.batch.shown_id}" if may_name(organisation, page) else f", {ELSEWHERE}"
        place = f"page {page.number}{among}"
        events.append(Event(page.created, EventKind.SEEN, name, place=place))
        for run in sighting.runs.all():
            fields = tuple(
                FieldValue(row.field, told_value(row.value), row.confidence, row.engine, row.status)
                for row in run.readings.all()
            )
            readers = ", ".join(sorted({field.engine for field in fields if field.engine}))
            events.append(Event(run.created, EventKind.READ, name, readers, fields, place))
    return events


def _submissions(sources: Iterable[models.NominationSource]) -> list[Event]:
    names = {source.submission_id: source.source for source in sources if source.submission_id}
    versions = models.SubmissionVersion.objects.filter(submission__in=names).select_related("run")
    before: dict[int, dict[str, Any]] = {}
    events = []
    for version in versions.order_by("submission", "number"):
        told = before.get(version.submission_id, {})
        fields = tuple(
            FieldValue(name, told_value(value)) for name, value in version.values.items() if told.get(name) != value
        )
        place = f"row {version.row} of {version.run.file}, version {version.number}"
        events.append(
            Event(version.run.at, EventKind.IMPORTED, names[version.submission_id], fields=fields, place=place)
        )
        before[version.submission_id] = version.values
    return events


def _decisions(organisation: str, sources: Iterable[models.NominationSource]) -> list[Event]:
    names = [source.source for source in sources]
    rows = models.Decision.objects.filter(organisation=organisation)
    return [
        Event(
            row.at,
            EventKind.DECIDED if row.kind == models.Decision.Kind.VALUE.value else EventKind(row.kind),
            row.source,
            row.by,
            (FieldValue(row.field, told_value(row.value)),) if row.field else (),
            other=row.other_source,
        )
        for row in rows.filter(Q(source__in=names) | Q(other_source__in=names)).order_by("pk")
    ]


def _merges(sources: Iterable[models.NominationSource]) -> list[Event]:
    moves = models.MergeMove.objects.filter(source__in=[source.pk for source in sources])
    return [
        Event(move.run.at, EventKind.MERGED, move.source.source, place=move.before, other=move.after)
        for move in moves.select_related("run", "source").order_by("pk")
    ]
