"""Tells what merges did of one organisation, and what waits for the next."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.store import models
from pipeline.store.merging import last_part


@dataclass(frozen=True, slots=True)
class MergeTold:
    """What a merge changed of one organisation."""

    run: int
    at: datetime
    by: str
    new: int | None
    """Nominations that were new; None, as all counts, where an older version of the program merged all together."""
    joined: int | None
    split: int | None
    unchanged: int | None
    undone_at: datetime | None
    undone_by: str
    last: bool
    """Whether it can be taken back."""


@dataclass(frozen=True, slots=True)
class MovedSource:
    """A source that a merge moved to another nomination."""

    source: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MergeWaiting:
    """What the next merge has to do."""

    sources: int
    """Cards and submissions that no merge has taken in yet."""
    answers: int
    """Answers given since the last merge that changed anything."""


def merges_of(organisation: str) -> list[MergeTold]:
    """Return the merges that changed anything of an organisation, the newest first."""
    last = last_part(organisation)
    parts = models.MergePart.objects.filter(organisation=organisation).select_related("run").order_by("-run")
    return [_told(part, last) for part in parts]


def merge_of(organisation: str, run: int) -> MergeTold | None:
    """Return one merge, as far as it concerns an organisation."""
    part = models.MergePart.objects.filter(organisation=organisation, run=run).select_related("run").first()
    return _told(part, last_part(organisation)) if part else None


def moves_of(organisation: str, run: int, most: int = 500) -> list[MovedSource]:
    """Return the sources of an organisation that a merge moved; none once it is taken back."""
    rows = models.MergeMove.objects.filter(run=run, source__organisation=organisation).order_by("pk")
    return [MovedSource(*row) for row in rows.values_list("source__source", "before", "after")[:most]]


def merge_waiting(organisation: str) -> MergeWaiting:
    """Return what the next merge of an organisation has to do."""
    kinds = models.Decision.Kind
    answers = models.Decision.objects.filter(organisation=organisation, kind__in=(kinds.SAME, kinds.APART))
    if last := last_part(organisation):
        answers = answers.filter(at__gt=last.run.at)
    sources = models.NominationSource.objects.filter(organisation=organisation, merged_in=None)
    return MergeWaiting(sources.count(), answers.count())


def _told(part: models.MergePart, last: models.MergePart | None) -> MergeTold:
    counts = part.result
    return MergeTold(
        run=part.run_id,
        at=part.run.at,
        by=part.run.by,
        new=counts.get("new"),
        joined=counts.get("joined"),
        split=counts.get("split"),
        unchanged=counts.get("unchanged"),
        undone_at=part.undone_at,
        undone_by=part.undone_by,
        last=last is not None and last.pk == part.pk,
    )
