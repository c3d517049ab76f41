"""Reads the pages whose cards people placed: what a worker does between the pages of a stack."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max

from pipeline.records import Outcome, PageReading
from pipeline.same import same_writing
from pipeline.store import models
from pipeline.store.again import kept_image
from pipeline.store.database import lock
from pipeline.store.hand_readings import keep_hand_readings, locks_of, waiting_placing
from pipeline.store.pages import KeptPage, kept
from pipeline.store.placing import SameWriting
from pipeline.workers import Desk, Task, read_pages


def placed_waiting() -> list[int]:
    """Return the keys of the pages that wait to be read by what a person said, the longest waiting first."""
    newest = models.PagePlacing.objects.values("page").annotate(newest=Max("pk")).values("newest")
    waiting = models.PagePlacing.objects.filter(pk__in=newest, read_at__isnull=True, reason="")
    return list(waiting.order_by("pk").values_list("page", flat=True))


def placed_task(page: int) -> Task | None:
    """Return what is to be read of a page: the card that a person placed, and nothing else; None when none waits."""
    row = models.Page.objects.get(pk=page)
    waiting = waiting_placing(row)
    if waiting is None:
        return None
    image = kept_image(row)
    placings = tuple(placing for placing in image.placings if placing.key == waiting.pk)
    known = PageReading(Outcome(row.outcome))
    return Task(image.page, image.received, position=page, known=known, placings=placings)


def keep_placed(page: int, reading: PageReading, same_writing: SameWriting) -> KeptPage:
    """Keep the card that a person placed, or why none came of it; all else on the page stays as it is."""
    with transaction.atomic():
        lock(locks_of(page, reading))
        row = models.Page.objects.get(pk=page)
        keep_hand_readings(row, reading, same_writing)
        return kept(row)


def read_placed(desk: Desk, *, apart: bool = False) -> Iterator[KeptPage]:
    """Read every card that people placed and that waits, and yield its page once it is kept.

    May be interrupted at any time: a page waits until what was read is kept. With `apart`, it is read in a process of
    its own.
    """
    tasks = (task for page in placed_waiting() if (task := placed_task(page)) is not None)
    for task, reading in read_pages(tasks, desk, workers=1, apart=apart):
        yield keep_placed(task.position, reading, same_writing)
