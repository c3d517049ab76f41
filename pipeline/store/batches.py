"""Begins, takes up and finishes batches."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from forms.errors import UsageError
from pipeline.records import Status
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.decided import undecided


@dataclass(frozen=True, slots=True)
class BatchRef:
    """A batch."""

    id: str
    received: date | None
    """When its cards came in, where a person said so for the whole batch."""
    finished: bool
    taken_up: bool = False
    """Whether it was begun before and is now gone on with."""


class Summary(TypedDict):
    """What `read --json` prints."""

    batch: str
    pages: int
    cards: int
    outcomes: dict[str, int]
    fields: dict[str, int]
    expected_wrong: float
    """How many of the accepted fields are wrong, as far as their confidence goes."""


def open_batch(paths_key: str, received: date | None = None, organisation: str = "") -> BatchRef:
    """Begin a batch over these paths, or take up the unfinished one.

    `paths_key` names what was given, the same for the same paths. A batch that is taken up keeps its
    `received`, and whose it is.
    """
    key = hashlib.sha256(paths_key.encode("utf-8", "surrogatepass")).hexdigest()
    with transaction.atomic():
        lock(["batches"])
        unfinished = models.Batch.objects.filter(paths_key=key, finished_at__isnull=True).first()
        if unfinished is not None:
            return BatchRef(unfinished.id, unfinished.received, finished=False, taken_up=True)
        now = timezone.now()
        day = f"{timezone.localdate(now).isoformat()}-"
        taken = models.Batch.objects.filter(id__startswith=day).values_list("id", flat=True)
        number = 1 + max((int(name.removeprefix(day)) for name in taken), default=0)
        batch = models.Batch.objects.create(
            id=f"{day}{number}", paths_key=key, received=received, organisation=organisation, created=now
        )
        return BatchRef(batch.id, received, finished=False)


def find_batch(batch: str) -> BatchRef:
    """Return a batch by its id. Raises UsageError when there is none."""
    row = models.Batch.objects.filter(id=batch).first()
    if row is None:
        newest = ", ".join(batch_ids()[:5]) or "none"
        raise UsageError(f"There is no batch '{batch}' (newest first, there are: {newest}).")
    return BatchRef(row.id, row.received, row.finished_at is not None)


def batch_ids() -> list[str]:
    """Return the ids of all batches, the newest first."""
    return list(models.Batch.objects.filter(origin="").order_by("-created", "-pk").values_list("id", flat=True))


def done_pages(batch: str) -> frozenset[tuple[str, int]]:
    """Return (file, number) of the pages that the batch has taken in already."""
    return frozenset(models.Page.objects.filter(batch=batch).values_list("file", "number"))


def finish_batch(batch: str) -> None:
    """Close a batch: the same paths make a new one from now on."""
    models.Batch.objects.filter(id=batch, finished_at__isnull=True).update(finished_at=timezone.now())


def summary(batch: str) -> Summary:
    """Count a batch: its pages, the cards on them by number and copy, and the fields it speaks for."""
    pages = models.Page.objects.filter(batch=batch)
    outcomes = {
        row["outcome"]: row["pages"] for row in pages.values("outcome").annotate(pages=Count("id")).order_by("outcome")
    }
    return {
        "batch": batch,
        "pages": sum(outcomes.values()),
        "cards": models.Card.objects.filter(sightings__page__batch=batch).distinct().count(),
        "outcomes": outcomes,
        "fields": _fields(batch),
        "expected_wrong": _expected_wrong(batch),
    }


def _speaking(batch: str) -> QuerySet[models.Reading]:
    """The fields of the cards that are read from this batch."""
    return models.Reading.objects.filter(
        run__newest=True, run__sighting__current=True, run__sighting__page__batch=batch
    )


def _expected_wrong(batch: str) -> float:
    accepted = undecided(_speaking(batch).filter(status=Status.ACCEPTED.value))
    return round(float(accepted.aggregate(wrong=Sum(1.0 - F("confidence")))["wrong"] or 0.0), 2)


def _fields(batch: str) -> dict[str, int]:
    """Count the fields that the batch speaks for, by their status."""
    readings = _speaking(batch)
    waiting = undecided(readings).values("status").annotate(fields=Count("id")).order_by()
    counts = {status.value: 0 for status in (Status.ACCEPTED, Status.REVIEW, Status.BLANK)}
    counts |= {row["status"]: row["fields"] for row in waiting}
    decided = readings.count() - sum(counts.values())
    return counts | ({Status.DECIDED.value: decided} if decided else {})
