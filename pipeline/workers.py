"""Reads many pages at once in processes of their own, and hands the readings back in the order of the pages."""

import datetime
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace

import cv2

from forms.errors import MissingDependencyError
from pipeline.calibrate import Calibration, shipped_calibration
from pipeline.card_book import CardBook
from pipeline.decode import DecodeError, decode
from pipeline.engines.handprint import Handprint
from pipeline.engines.language import load_language
from pipeline.engines.lines import LineReader
from pipeline.engines.tesseract import Tesseract
from pipeline.engines.ticks import Ticks
from pipeline.hand_placed import read_by_hand
from pipeline.lists import Lists, make_lists
from pipeline.recognise import Engines
from pipeline.records import HandPlacing, HandReading, Outcome, Page, PageReading
from pipeline.settings import Settings
from pipeline.stack import Reader, read_page

_AHEAD = 3
"""Pages waiting for each worker: enough to keep it busy, few enough to keep memory small."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reader is given once, before the pages: it can be sent to another process."""

    templates: tuple[str, ...] = ()
    """TOML texts of the templates that are not shipped."""
    lists: Mapping[str, Lists] = field(default_factory=dict)
    """By organisation code."""
    settings: Settings = field(default_factory=Settings)
    calibration: Calibration | None = None
    """The home's own; None for the one that ships."""


@dataclass(frozen=True, slots=True)
class Task:
    """A page to be read, and the day its cards came in."""

    page: Page
    received: datetime.date
    position: int = 0
    """The caller's own; comes back with the reading."""
    known: PageReading | None = None
    """What the page is, where that is known without reading it."""
    placings: tuple[HandPlacing, ...] = ()
    """Cards that people placed on it, to be read too."""

    @property
    def needs_reading(self) -> bool:
        """Whether there is anything on it to look at."""
        return not self.page.reason and (self.known is None or bool(self.placings))


def make_reader(desk: Desk) -> Reader:
    """Set up everything that reading needs; takes a fifth of a second, so do it once."""
    nothing = make_lists()
    hand = LineReader(language=load_language().with_words(_words_on(desk)))
    return Reader(
        book=CardBook(desk.templates),
        engines=Engines(Ticks(), Handprint(second=hand), hand, Tesseract()),
        calibration=desk.calibration or shipped_calibration(),
        wrong_per_thousand=desk.settings.wrong_per_thousand,
        lists_of=lambda organisation: desk.lists.get(organisation, nothing),
    )


def _words_on(desk: Desk) -> Iterator[str]:
    """The names of all staff and wards, which stories may speak of."""
    for lists in desk.lists.values():
        for member in lists.staff:
            yield member.first_name
            yield member.last_name
        yield from (ward.name for ward in lists.wards)


def read_pages(
    tasks: Iterable[Task], desk: Desk, workers: int, *, apart: bool = False
) -> Iterator[tuple[Task, PageReading]]:
    """Yield each page with its reading, in the order given, whatever the number of workers.

    A single worker is this process itself, unless it is to be `apart`.

    A page on which a worker dies (out of memory, a fault in a library) is tried once more alone; then it goes to a
    person and the rest of the work goes on.

    Raises MissingDependencyError, at the first page that needs it, when a tool or a model is missing.
    """
    # With more workers too: what is missing must be said here, once, instead of failing every page in a worker.
    reader = make_reader(desk)
    if workers == 1 and not apart:
        for task in tasks:
            yield task, read_task(task, reader)
        return
    waiting: deque[tuple[Task, Future[PageReading]]] = deque()
    pool = _pool(desk, workers)
    try:
        for task in tasks:
            waiting.append((task, _submit(task, pool)))
            if len(waiting) >= workers * _AHEAD:
                pool, answer = _next(waiting, pool, desk, workers)
                yield answer
        while waiting:
            pool, answer = _next(waiting, pool, desk, workers)
            yield answer
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def read_task(task: Task, reader: Reader) -> PageReading:
    """Read one page; whatever goes wrong becomes its outcome, so that a bad page never stops the rest."""
    if not task.needs_reading:
        return _unread(task)
    try:
        page, today = decode(task.page.data), datetime.date.today()
        reading = task.known or read_page(page, reader, today, task.received)
        by_hand = tuple(read_by_hand(page, placing, reader, today, task.received) for placing in task.placings)
        return replace(reading, by_hand=by_hand)
    except DecodeError as error:
        return _failed(task, Outcome.UNREADABLE, str(error))
    except MissingDependencyError:
        # No fault of the page: once the tool is installed, the batch is taken up again here.
        raise
    except Exception:  # noqa: BLE001
        # The one place that keeps a batch going: the page goes to a person, the trace to the log.
        _log.exception("Reading page %s of %s failed", task.page.number, task.page.file)
        return _failed(task, Outcome.EXCEPTION, "the program failed on this page; a person must place it")


def _unread(task: Task) -> PageReading:
    if task.known and not task.placings:
        return task.known
    return _failed(task, Outcome.UNREADABLE, task.page.reason)


def _failed(task: Task, outcome: Outcome, reason: str) -> PageReading:
    """A page that could not be read, and so neither could what people placed on it."""
    return PageReading(outcome, reason, by_hand=tuple(HandReading(one.key, None, reason) for one in task.placings))


def _submit(task: Task, pool: ProcessPoolExecutor) -> Future[PageReading]:
    """Send a page to a worker, unless there is nothing to read on it."""
    if task.needs_reading:
        return pool.submit(_work, task)
    done: Future[PageReading] = Future()
    done.set_result(_unread(task))
    return done


def _next(
    waiting: deque[tuple[Task, Future[PageReading]]], pool: ProcessPoolExecutor, desk: Desk, workers: int
) -> tuple[ProcessPoolExecutor, tuple[Task, PageReading]]:
    """Wait for the first page in line; when its worker died, set up new ones and go on."""
    task, future = waiting.popleft()
    try:
        return pool, (task, future.result())
    except BrokenProcessPool:
        pool.shutdown(wait=False, cancel_futures=True)
    reading = _read_alone(task, desk)
    pool = _pool(desk, workers)
    for n, (other, done) in enumerate(waiting):
        if not done.done() or done.exception() is not None:
            waiting[n] = (other, pool.submit(_work, other))
    return pool, (task, reading)


def _read_alone(task: Task, desk: Desk) -> PageReading:
    with _pool(desk, 1) as pool:
        try:
            return pool.submit(_work, task).result()
        except BrokenProcessPool:
            return _failed(task, Outcome.EXCEPTION, "the reader broke down on this page twice; a person must place it")


_reader: Reader | None = None


def _pool(desk: Desk, workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would share the database's connection and the readers' threads.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_sit_down, initargs=(desk,))


def _sit_down(desk: Desk) -> None:
    global _reader  # one reader a process, for as long as the process lives
    # Ctrl-C in a terminal reaches every process: this one ends at once and quietly, the one that started it says so.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    _reader = make_reader(desk)


def _leave_with_parent() -> None:
    """End this process when the one that started it is gone: killed, it can't say so, and we would wait forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(task: Task) -> PageReading:
    assert _reader is not None  # noqa: S101
    return read_task(task, _reader)
