import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms.errors import MissingDependencyError
from pipeline.records import Outcome, PageReading
from pipeline.store import jobs, models
from pipeline.store.batches import BatchRef, summary
from pipeline.store.database import working
from pipeline.store.jobs import try_again, work
from pipeline.store.pages import KeptPage, keep_page
from pipeline.take_in import ScanFile
from tests.pipeline.scan_files import drawn_page, jpeg_bytes, jpeg_image, pdf_bytes
from tests.store.builders import RECEIVED, make_page, same_writing
from tests.store.fixtures import close_store
from tests.store.test_uploads import upload


class PowerCut(BaseException):
    """Ends a worker where it stands, as far as a test can in its own process."""


class Reader:
    """Stands in for the readers: every file is a blank page."""

    def __init__(self) -> None:
        self.dies_after: list[int] = []
        self.fails: list[Exception] = []
        self.read: list[str] = []

    def __call__(
        self, batch: BatchRef, files: Sequence[ScanFile], desk: Any, workers: int, *, apart: bool
    ) -> Iterator[KeptPage]:
        if self.fails:
            raise self.fails.pop(0)
        last = self.dies_after.pop(0) if self.dies_after else None
        for place, file in enumerate(files):
            if place == last:
                raise PowerCut
            self.read.append(file.name)
            page = make_page(1, file.name, content=file.name)
            yield keep_page(batch.id, place, page, PageReading(Outcome.BLANK), RECEIVED, same_writing)


@pytest.fixture
def reader(store: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(jobs, "read_into", reader)
    monkeypatch.setattr(jobs, "give_way", lambda: None)
    monkeypatch.setattr(jobs, "_LOOK_SECONDS", 0.02)
    return reader


def give(*names: str) -> models.Job:
    return upload(*((name, b"%PDF-1.7\n") for name in names))


def do_what_waits() -> list[str]:
    said: list[str] = []
    work(said.append, once=True)
    return said


@pytest.mark.usefixtures("reader")
def test_uploads_become_batches_in_turn_and_their_files_go(store: Path) -> None:
    first, second = give("a.pdf", "b.pdf"), give("c.pdf")
    said = do_what_waits()
    assert [line.split()[0] for line in said] == ["Reading", "Batch", "Reading", "Batch"]
    for job, pages in ((first, 2), (second, 1)):
        job.refresh_from_db()
        assert (job.state, job.pages_expected) == ("done", pages)
        assert job.batch is not None
        assert (job.batch.organisation, job.batch.received) == ("RXW", date(2026, 11, 20))
        assert job.batch.finished_at is not None
        assert summary(job.batch.pk)["pages"] == pages
    assert list((store / "uploads").iterdir()) == []


def test_a_job_of_a_worker_that_died_goes_on_where_it_was(reader: Reader) -> None:
    job = give("a.pdf", "b.pdf", "c.pdf")
    reader.dies_after = [1, 2]
    for _ in range(2):
        with pytest.raises(PowerCut):
            do_what_waits()
        job.refresh_from_db()
        assert job.state == "running"
    batch = job.batch_id
    do_what_waits()
    job.refresh_from_db()
    assert (job.state, job.batch_id, job.tries) == ("done", batch, 3)
    assert models.Batch.objects.count() == 1
    assert list(models.Page.objects.values_list("file", flat=True)) == ["a.pdf", "b.pdf", "c.pdf"]


def test_killed_between_the_end_of_the_batch_and_of_the_job(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    job = give("a.pdf")
    finish = jobs.finish_batch

    def cut(batch: str) -> None:
        finish(batch)
        raise PowerCut

    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(jobs, "finish_batch", cut)
        do_what_waits()
    do_what_waits()
    job.refresh_from_db()
    assert job.state == "done"
    assert reader.read == ["a.pdf"]
    assert models.Batch.objects.count() == 1


def test_what_cannot_go_on_fails_with_words_and_the_next_job_is_done(reader: Reader) -> None:
    missing, broken, good = give("a.pdf"), give("b.pdf"), give("c.pdf")
    reader.fails = [MissingDependencyError("Tesseract is missing. Install it."), KeyError("x")]
    do_what_waits()
    for job in (missing, broken, good):
        job.refresh_from_db()
    assert (missing.state, missing.message) == ("failed", "Tesseract is missing. Install it.")
    assert (broken.state, good.state) == ("failed", "done")
    assert "The program failed (KeyError)" in broken.message
    try_again(missing)
    do_what_waits()
    missing.refresh_from_db()
    assert (missing.state, missing.message) == ("done", "")


def test_a_job_that_breaks_its_worker_each_time_is_left(reader: Reader) -> None:
    job, next_job = give("a.pdf"), give("b.pdf")
    reader.dies_after = [0] * jobs.MOST_TRIES
    for _ in range(jobs.MOST_TRIES):
        with pytest.raises(PowerCut):
            do_what_waits()
    do_what_waits()
    job.refresh_from_db()
    next_job.refresh_from_db()
    assert (job.state, next_job.state) == ("failed", "done")
    assert "broke down" in job.message


def test_a_second_worker_stands_by(reader: Reader, store: Path) -> None:
    job = give("a.pdf")
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with working(store) as alone:
            assert alone
            held.set()
            let_go.wait(30)
        close_store()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(30)
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        if "stands by" in line:
            assert reader.read == []
            let_go.set()

    work(tell, once=True)
    other.join()
    assert said[0] == "Another worker is at work; this one stands by."
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.usefixtures("store")
def test_real_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "give_way", lambda: None)
    image = jpeg_image(drawn_page(seed=3))
    job = upload(
        ("two.pdf", pdf_bytes(jpeg_image(drawn_page(seed=1)), image)),
        ("one.jpg", jpeg_bytes(drawn_page(seed=2))),
        ("torn.pdf", b"%PDF-1.7 and no more"),
        piece=4096,
    )
    do_what_waits()
    job.refresh_from_db()
    assert (job.state, job.message, job.pages_expected) == ("done", "", 4)
    pages = models.Page.objects.order_by("position").values_list("file", "number", "outcome")
    assert list(pages) == [
        ("one.jpg", 1, "foreign"),
        ("torn.pdf", 0, "unreadable"),
        ("two.pdf", 1, "foreign"),
        ("two.pdf", 2, "foreign"),
    ]
