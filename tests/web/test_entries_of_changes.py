"""No change without its entry in the audit log: where the entry fails, all is as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from pipeline.records import Outcome, PageReading
from pipeline.store import jobs, models
from pipeline.store.batch_ledger import close_batch
from pipeline.web import audit
from tests.pipeline.scan_files import drawn_page, jpeg_bytes
from tests.store.builders import card_number
from tests.web.exceptions import an_exception
from tests.web.importing_files import SAMPLE, doubtful
from tests.web.test_importing import bring_in, chosen, upload
from tests.web.test_scanning import folders, make_batch, post

pytestmark = pytest.mark.slow

In = Callable[..., Client]
Do = Callable[[], Any]


class _Full:
    """A log that takes no entry more."""

    class objects:
        @staticmethod
        def create(**_: object) -> None:
            raise DatabaseError("the disk is full")


def changes_nothing(monkeypatch: pytest.MonkeyPatch, model: Any, do: Do) -> None:
    before = list(model.objects.order_by("pk").values())
    with monkeypatch.context() as patched:
        patched.setattr(audit, "AuditEvent", _Full)
        with pytest.raises(DatabaseError, match="full"):
            do()
    assert list(model.objects.order_by("pk").values()) == before


def question() -> str:
    one, other = models.NominationSource.objects.filter(organisation="RXW", submission__isnull=False)[:2]
    models.Link.objects.create(
        organisation="RXW", one=one, other=other, since=models.MergeRun.objects.latest("pk"), state="asked",
        weight=1.0, probability=0.5, reasons=["story +1.0"],
    )  # fmt: skip
    return f"/RXW/merge/questions/{one.pk}/{other.pk}/"


def test_answering_a_question(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, coordinator = question(), client("coordinator")
    changes_nothing(monkeypatch, models.Decision, lambda: coordinator.post(url, {"answer": "same"}))


def test_exceptions(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, admin = f"/RXW/exceptions/{an_exception()}/", client("admin")
    said = {"number": card_number(77), "part": "whole", "turn": 0}
    changes_nothing(monkeypatch, models.PagePlacing, lambda: admin.post(url, said))
    why = {"reason": "Nothing is written on it"}
    changes_nothing(monkeypatch, models.PagePlacing, lambda: admin.post(f"{url}aside/", why))


def test_batches(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, admin = make_batch("RXW", PageReading(Outcome.BLANK)), client("admin")
    url = f"/RXW/scan/batch/{batch.pk}/"
    changes_nothing(monkeypatch, models.BatchClosing, lambda: admin.post(f"{url}close/", {"counted": "1"}))
    close_batch(batch, "Ann", 1)
    changes_nothing(monkeypatch, models.BatchClosing, lambda: admin.post(f"{url}open/", {"reason": "Once more."}))
    nobodys = {"batch": make_batch("", PageReading(Outcome.BLANK), file="nobodys.pdf").pk}
    administrator = client("administrator")
    changes_nothing(monkeypatch, models.Batch, lambda: administrator.post("/RXW/scan/unclaimed/", nobodys))


def test_uploads(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, scan = client("admin"), {"a.jpg": jpeg_bytes(drawn_page(seed=1))}
    changes_nothing(monkeypatch, models.Job, lambda: post(admin, scan))
    assert folders(home) == []
    post(admin, scan)
    models.Job.objects.update(state="failed")
    url = f"/RXW/scan/upload/{models.Job.objects.get().pk}/"
    for action in ("again", "give-up"):
        changes_nothing(monkeypatch, models.Job, lambda to=f"{url}{action}/": admin.post(to))  # type: ignore[misc]
    assert len(folders(home)) == 1, "the files are needed when it is tried again"


def test_printing(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, order = client("admin"), {"ward": "", "count": "2", "layout": "two"}
    changes_nothing(monkeypatch, models.PrintRun, lambda: admin.post("/RXW/print/", order))


def test_imports(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = client("coordinator", "RYZ")
    kept = home / "uploads" / "imports"
    changes_nothing(monkeypatch, models.ImportRun, lambda: upload(coordinator, SAMPLE.read_bytes(), SAMPLE.name))
    assert list(kept.glob("*")) == []
    page = coordinator.get(upload(coordinator, SAMPLE.read_bytes(), SAMPLE.name).url)
    url, told = page.request["PATH_INFO"], {**chosen(page), "import": "yes"}
    changes_nothing(monkeypatch, models.ImportRun, lambda: coordinator.post(url, told))
    changes_nothing(monkeypatch, models.ImportRun, lambda: coordinator.post(f"{url}discard/"))
    assert len(list(kept.glob("*"))) == 1, "it can still be confirmed"
    assert coordinator.post(url, told).status_code == 302
    assert list(kept.glob("*")) == []


def test_readings_of_another_site(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = client("coordinator", "RYZ")
    url = upload(coordinator, '[{"card": "no number"}]', "readings.json").url
    received = {"received": "20/11/2026"}
    changes_nothing(monkeypatch, models.ImportRun, lambda: coordinator.post(url, received))
    assert coordinator.post(url, received).status_code == 302


def test_merges(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = client("coordinator", "RYZ")
    bring_in(coordinator, doubtful())
    changes_nothing(monkeypatch, models.Job, lambda: coordinator.post("/RYZ/merge/run/"))
    coordinator.post("/RYZ/merge/run/")
    jobs._do_all(lambda line: None)
    undo = f"/RYZ/merge/{models.MergeRun.objects.latest('pk').pk}/undo/"
    changes_nothing(monkeypatch, models.MergePart, lambda: coordinator.post(undo))
    assert coordinator.post(undo).status_code == 302
