"""Reads scans into the store: the same work for the command, and for the worker behind the web application."""

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.calibrate import home_calibration
from pipeline.lists import make_lists
from pipeline.records import Outcome, PageReading
from pipeline.same import same_writing
from pipeline.settings import read_settings
from pipeline.store.batches import BatchRef, done_pages
from pipeline.store.organisations import organisation_codes, profile_of
from pipeline.store.pages import KeptPage, keep_page, seen
from pipeline.store.printing import kept_templates
from pipeline.store.storable import storable
from pipeline.take_in import ScanFile, take_in
from pipeline.workers import Desk, Task, read_pages


def reading_desk(home: Path) -> Desk:
    """Return what readers need to know of this store: its templates, lists, settings and own calibration."""
    profiles = [profile_of(code) for code in organisation_codes()]
    return Desk(
        templates=tuple(template.toml for template in kept_templates()),
        lists={profile.organisation.code: make_lists(profile.staff, profile.wards) for profile in profiles},
        settings=read_settings(home),
        calibration=home_calibration(home),
    )


def read_into(
    batch: BatchRef, files: Sequence[ScanFile], desk: Desk, workers: int, *, apart: bool = False
) -> Iterator[KeptPage]:
    """Take in and read the files, keep every page, and yield it; the batch goes on where it was.

    With `apart`, even a single worker reads in a process of its own.
    """
    for task, reading in read_pages(_tasks(files, batch), desk, workers, apart=apart):
        yield keep_page(batch.id, task.position, task.page, reading, task.received, same_writing)


def _tasks(files: Sequence[ScanFile], batch: BatchRef) -> Iterator[Task]:
    """Take in the pages that the batch hasn't yet; what was taken in before needs no reading."""
    done: dict[str, set[int]] = {}
    for name, number in done_pages(batch.id):
        done.setdefault(name, set()).add(number)
    for place, file in enumerate(files):
        received = batch.received or _modified(file.path)
        for page in take_in(file, done.get(storable(file.name), set())):
            before = None if page.reason else seen(page.sha256)
            known = PageReading(Outcome.DUPLICATE, str(before)) if before else None
            yield Task(page, received, position=place * 1_000_000 + page.number, known=known)


def _modified(path: Path) -> date:
    try:
        return date.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return date.today()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
