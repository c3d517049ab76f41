"""The ledger of a batch: every page that went in and what became of it, and the person who closed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from forms.errors import UsageError
from pipeline.records import Outcome
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.page_owners import is_only_organisation, own_pages


class CountDiffersError(UsageError):
    """The paper in the hand and the ledger don't agree."""


@dataclass(frozen=True, slots=True)
class BatchLedger:
    """The account of a batch."""

    batch: models.Batch
    pages: int
    """All that was taken in."""
    counts: Mapping[Outcome, int]
    """Of every outcome."""
    cards: int
    """By number and copy."""
    lost: tuple[str, ...]
    """Uploaded files of which no page is in the ledger; never any in a finished batch."""
    closings: tuple[models.BatchClosing, ...]
    """The newest first."""

    @property
    def holds(self) -> bool:
        """Whether every page that went in has its outcome."""
        return self.pages == sum(self.counts.values()) and not (self.lost and self.batch.finished_at)

    @property
    def closed(self) -> models.BatchClosing | None:
        """The closing that holds now."""
        return self.closings[0] if self.closings and self.closings[0].closed else None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list."""

    batch: models.Batch
    pages: int
    exceptions: int
    closed: bool


def batches_of(organisation: str) -> QuerySet[models.Batch]:
    """Return an organisation's own batches, the newest first; what another site sent is in that site's ledger."""
    whose = Q(organisation=organisation)
    if is_only_organisation(organisation):
        whose |= Q(organisation="")
    return models.Batch.objects.filter(whose, origin="").order_by("-created", "-pk")


def batch_lines(batches: Sequence[models.Batch]) -> list[BatchLine]:
    """Return lines of a list, with few questions to the database however many batches there are."""
    exceptions = Count("id", filter=Q(outcome=Outcome.EXCEPTION.value))
    counts = models.Page.objects.filter(batch__in=batches).values("batch")
    rows = counts.annotate(pages=Count("id"), exceptions=exceptions).order_by()
    found = {row["batch"]: (row["pages"], row["exceptions"]) for row in rows}
    closings = models.BatchClosing.objects.filter(batch__in=batches).order_by("pk")
    closed = dict(closings.values_list("batch", "closed"))
    return [BatchLine(batch, *found.get(batch.pk, (0, 0)), closed.get(batch.pk, False)) for batch in batches]


def batch_of(organisation: str, batch: str) -> models.Batch | None:
    """Return an organisation's batch by its id; None when there is none that is theirs."""
    return batches_of(organisation).filter(pk=batch).first()


def nobodys_batches() -> QuerySet[models.Batch]:
    """Return the batches of which nobody said whose they are."""
    return models.Batch.objects.filter(organisation="", origin="").order_by("-created", "-pk")


def give_batch(batch: str, organisation: str) -> bool:
    """Say whose a batch is, of which nobody had said it; return whether it was so."""
    return bool(nobodys_batches().filter(pk=batch).update(organisation=organisation))


def waiting(organisation: str) -> int:
    """Return how many batches are read and not closed yet."""
    newest = models.BatchClosing.objects.filter(batch=OuterRef("pk")).order_by("-pk").values("closed")[:1]
    read = batches_of(organisation).filter(finished_at__isnull=False)
    return read.annotate(is_closed=Subquery(newest)).filter(Q(is_closed=None) | Q(is_closed=False)).count()


def ledger_of(batch: models.Batch) -> BatchLedger:
    """Return the ledger of a batch."""
    pages = models.Page.objects.filter(batch=batch)
    found = {row["outcome"]: row["pages"] for row in pages.values("outcome").annotate(pages=Count("id")).order_by()}
    uploads = models.Upload.objects.filter(job__batch=batch, job__kind=models.Job.Kind.READ).exclude(stored="")
    lost = uploads.exclude(name__in=pages.values("file")).values_list("name", flat=True)
    return BatchLedger(
        batch=batch,
        pages=pages.count(),
        counts={outcome: found.get(outcome.value, 0) for outcome in Outcome},
        cards=models.Card.objects.filter(sightings__page__batch=batch).distinct().count(),
        lost=tuple(lost),
        closings=tuple(batch.closings.order_by("-pk")),
    )


def pages_with(batch: models.Batch, outcome: Outcome) -> QuerySet[models.Page]:
    """Return the pages of a batch that came out so, in their order."""
    rows = models.Page.objects.filter(batch=batch, outcome=outcome.value)
    return rows.select_related("batch").order_by("position", "pk")


def original_of(organisation: str, page: models.Page) -> models.Page | None:
    """Return where a duplicate's image was taken in before; None where that is another organisation's page."""
    others = own_pages(organisation).filter(sha256=page.sha256).exclude(pk=page.pk).select_related("batch")
    return others.exclude(outcome__in=(Outcome.UNREADABLE, Outcome.DUPLICATE)).order_by("pk").first()


def close_batch(batch: models.Batch, by: str, counted: int, reason: str = "") -> models.BatchClosing:
    """Close a batch of which a person counted the pages in hand.

    Raises CountDiffersError when the ledger has more or fewer and no reason is given, and UsageError when the batch is
    still being read or is closed already.
    """
    with transaction.atomic():
        lock([f"closing:{batch.pk}"])
        ledger = ledger_of(batch)
        if ledger.closed:
            raise UsageError(f"Batch {batch.pk} was closed already, by {ledger.closed.by}.")
        if batch.finished_at is None:
            raise UsageError(f"Batch {batch.pk} is still being read. Close it when that is done.")
        if counted != ledger.pages and not reason.strip():
            raise CountDiffersError(_difference(counted, ledger.pages))
        return models.BatchClosing.objects.create(
            batch=batch, by=by, at=timezone.now(), closed=True, counted=counted, pages=ledger.pages,
            reason=reason.strip(),
        )  # fmt: skip


def _difference(counted: int, pages: int) -> str:
    more = abs(counted - pages)
    differ = f"You counted {counted}, the ledger has {pages}: {more} {'page' if more == 1 else 'pages'}"
    if counted > pages:
        return (
            f"{differ} fewer. Look for sheets that stuck together or were left out, and upload them as another batch."
        )
    return f"{differ} more. The backs of sheets count too, and so does a page that was scanned twice."


def open_again(batch: models.Batch, by: str, reason: str) -> models.BatchClosing:
    """Open a closed batch again. Raises UsageError when it isn't closed."""
    with transaction.atomic():
        lock([f"closing:{batch.pk}"])
        ledger = ledger_of(batch)
        if not ledger.closed:
            raise UsageError(f"Batch {batch.pk} is open already.")
        return models.BatchClosing.objects.create(
            batch=batch, by=by, at=timezone.now(), closed=False, pages=ledger.pages, reason=reason.strip()
        )
