"""Does in the background what people asked for: one worker at a time, which may be killed at any time."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress

import cv2
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from forms.errors import CompassionError
from pipeline.count_pages import count_pages
from pipeline.store import models
from pipeline.store.batches import BatchRef, find_batch, finish_batch, open_batch
from pipeline.store.database import working
from pipeline.store.merging import run_merge
from pipeline.store.read_placed import placed_waiting, read_placed
from pipeline.store.scans import processors, read_into, reading_desk
from pipeline.store.setup import store_home
from pipeline.store.uploads import remove_files, sweep, uploaded_files

MOST_TRIES = 10
"""A job that broke its worker so often would break it for ever."""
_LOOK_SECONDS = 1.0
_POLITE = 10
"""How much a worker gives way to the web server and to people's own programs (`nice`)."""
_log = logging.getLogger(__name__)

Tell = Callable[[str], None]
"""Says what is going on."""


def work(tell: Tell, *, once: bool = False) -> None:
    """Do what waits, and go on looking until stopped; `once` ends when nothing waits any more.

    Where another worker is at work, this one stands by and takes over when that one ends or dies.
    """
    give_way()
    stands_by = False
    while True:
        try:
            if _unfinished().exists() or placed_waiting():
                with working(store_home()) as alone:
                    if alone:
                        _do_all(tell)
                    elif not stands_by:
                        tell("Another worker is at work; this one stands by.")
                    stands_by = not alone
            if once and not _unfinished().exists():
                return
        except (OperationalError, InterfaceError) as error:
            # The database went away for a while; what was being done is taken up again.
            _log.warning("The database can't be reached: %s", error)
            with suppress(OperationalError, InterfaceError):
                connection.close()
        time.sleep(_LOOK_SECONDS)


def give_way() -> None:
    """Leave the machine to those who sit at it: lower priority, for the processes that this one starts too."""
    with suppress(OSError, AttributeError):
        os.nice(_POLITE)
    cv2.setNumThreads(1)


def _unfinished() -> QuerySet[models.Job]:
    return models.Job.objects.filter(state__in=(models.Job.State.WAITING, models.Job.State.RUNNING))


def _do_all(tell: Tell) -> None:
    sweep()
    _meanwhile(tell)
    while (job := _take(models.Job.Kind.READ)) is not None:
        _do(job, tell)
        _meanwhile(tell)


def _meanwhile(tell: Tell) -> None:
    """Do what somebody sits and waits for, a page placed by hand or a merge: a stack can spare the seconds."""
    _read_placed(tell)
    while (job := _take(models.Job.Kind.MERGE)) is not None:
        _do(job, tell)


def _do(job: models.Job, tell: Tell) -> None:
    try:
        _DO[models.Job.Kind(job.kind)](job, tell)
    except CompassionError as error:
        _fail(job, str(error))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (the next job must not suffer from it; the trace goes to the log)
        _log.exception("Job %s failed", job.pk)
        _fail(job, f"The program failed ({type(error).__name__}). Try again; if it fails again, report it.")


def _take(kind: models.Job.Kind) -> models.Job | None:
    """Take up the oldest job that waits, or that was running when its worker died: only the one worker comes here."""
    with transaction.atomic():
        job = _unfinished().filter(kind=kind).order_by("pk").first()
        if job is None:
            return None
        job.state = models.Job.State.RUNNING
        job.tries += 1
        if job.tries > MOST_TRIES:
            job.state = models.Job.State.FAILED
            job.message = f"The program broke down {MOST_TRIES} times on it. Try again, and report it."
        job.save(update_fields=["state", "tries", "message"])
    return job if job.state == models.Job.State.RUNNING else _take(kind)


def _fail(job: models.Job, message: str) -> None:
    job.state, job.message = models.Job.State.FAILED, message
    job.save(update_fields=["state", "message"])


def _read(job: models.Job, tell: Tell) -> None:
    """Read the uploaded files as a batch, or go on with it."""
    batch = _batch_of(job)
    if not batch.finished:
        files = uploaded_files(job)
        job.pages_expected = sum(count_pages(file.path) for file in files)
        job.save(update_fields=["pages_expected"])
        tell(f"Reading batch {batch.id}: about {job.pages_expected} pages.")
        for _ in read_into(batch, files, reading_desk(store_home()), max(1, processors() - 1), apart=True):
            _meanwhile(tell)
        finish_batch(batch.id)
    job.state = models.Job.State.DONE
    job.save(update_fields=["state"])
    remove_files(job)
    tell(f"Batch {batch.id} is read.")


def _merge(job: models.Job, tell: Tell) -> None:
    """Merge an organisation. What merged before it was killed stays; the rest is merged now."""
    run_merge(job.organisation, job.by)
    job.state = models.Job.State.DONE
    job.save(update_fields=["state"])
    tell(f"Organisation {job.organisation} is merged.")


def _read_placed(tell: Tell) -> None:
    """Read the cards that people placed by hand meanwhile."""
    if not placed_waiting():
        return
    try:
        for page in read_placed(reading_desk(store_home()), apart=True):
            tell(f"Read what a person placed: {', '.join(number for number, _ in page.cards) or 'no card'}.")
    except CompassionError as error:
        _log.warning("Placed pages can't be read: %s", error)


def _batch_of(job: models.Job) -> BatchRef:
    if job.batch_id is not None:
        return find_batch(job.batch_id)
    with transaction.atomic():
        batch = open_batch(f"job {job.folder}", job.received, job.organisation)
        job.batch_id = batch.id
        job.save(update_fields=["batch"])
    return batch


_DO: dict[models.Job.Kind, Callable[[models.Job, Tell], None]] = {
    models.Job.Kind.READ: _read,
    models.Job.Kind.MERGE: _merge,
}
"""What a worker does for each kind of job."""


def try_again(job: models.Job) -> bool:
    """Let a job that failed wait again; it goes on where it was. Return whether it had failed."""
    failed = models.Job.objects.filter(pk=job.pk, state=models.Job.State.FAILED)
    return bool(failed.update(state=models.Job.State.WAITING, message="", tries=0))


def give_up(job: models.Job) -> bool:
    """Leave a job that failed as it is: what was read stays, and its files are removed. Return whether it had
    failed."""
    with transaction.atomic():
        given_up = models.Job.objects.filter(pk=job.pk, state=models.Job.State.FAILED).update(
            state=models.Job.State.DONE
        )
        if given_up and job.batch_id is not None:
            finish_batch(job.batch_id)
        if given_up:
            # Not before it is certain: a transaction around this one may still fail.
            transaction.on_commit(lambda: remove_files(job))
    return bool(given_up)


def before(job: models.Job) -> int:
    """Return how many jobs come before one that waits."""
    return _unfinished().filter(pk__lt=job.pk).count() if job.state == models.Job.State.WAITING else 0
