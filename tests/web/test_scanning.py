"""Uploads, what became of every page, and the closing of batches, through the application without a browser."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from pipeline.records import Outcome, PageReading
from pipeline.store import batches, models
from pipeline.store.batch_ledger import close_batch
from pipeline.store.pages import keep_page
from pipeline.web.models import AuditEvent
from tests.pipeline.scan_files import drawn_page, jpeg_bytes
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_page,
    make_page_reading,
    same_writing,
)
from tests.web.site import make_person

pytestmark = pytest.mark.slow

In = Callable[..., Client]
PDF = b"%PDF-1.7\n" + b"x" * 500
HOSTILE = {
    "report.pdf": b"<html><script>alert(1)</script></html>",
    "logo.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "stack.zip": b"PK\x03\x04" + b"0" * 50,
    "both.pdf": b"GIF89a<script>" + PDF,
}


def page_bytes(seed: int) -> bytes:
    return jpeg_bytes(drawn_page(seed=seed))


def post(client: Client, files: dict[str, bytes], code: str = "RXW", **more: Any) -> Any:
    given = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return client.post(f"/{code}/scan/upload/", {"files": given, "received": "20/11/2026", **more})


def folders(home: Path) -> list[Path]:
    return list((home / "uploads").glob("*"))


def make_batch(organisation: str, *readings: PageReading, file: str = "made.pdf") -> models.Batch:
    """A read batch whose pages have pictures."""
    batch = batches.open_batch(f"{file} {organisation}", RECEIVED, organisation).id
    for number, reading in enumerate(readings, 1):
        data = page_bytes(number + len(file))
        page = make_page(number, file, data=data, sha256=f"{number:02d}{file}"[:64])
        keep_page(batch, number, page, reading, RECEIVED, same_writing)
    batches.finish_batch(batch)
    return models.Batch.objects.get(pk=batch)


BLANK, STRANGER = PageReading(Outcome.BLANK), PageReading(Outcome.FOREIGN)


# --- uploads --------------------------------------------------------------------------------------------------------


def test_what_is_no_scan_is_refused_by_name_and_the_rest_waits(client: In, home: Path) -> None:
    admin = client("admin")
    answer = post(admin, {**HOSTILE, "page.jpg": page_bytes(1)})
    job = models.Job.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/RXW/scan/upload/{job.pk}/")
    assert (job.organisation, job.by, str(job.received)) == ("RXW", "Admin Rxw (admin.rxw)", "2026-11-20")
    assert [path.name for path in (home / "uploads" / job.folder).iterdir()] == ["0005.jpg"]
    shown = admin.get(answer.url).content.decode()
    assert "Not taken, and not kept" in shown
    assert all(name in shown for name in HOSTILE)
    assert "It waits to be read" in shown
    assert "Upload of" in admin.get("/RXW/scan/").content.decode()
    event = AuditEvent.objects.get(action="uploaded scans")
    assert (event.subject, event.detail) == (f"upload {job.pk}", "1 files, 4 refused")


def test_nothing_but_hostile_files(client: In, home: Path) -> None:
    answer = post(client("admin"), HOSTILE)
    assert answer.status_code == 400
    assert "report.pdf: The file is not a PDF" in answer.content.decode()
    assert "There is a problem" in answer.content.decode()
    assert folders(home) == []
    assert not models.Job.objects.exists()


def test_names_cannot_leave_the_folder(client: In, home: Path) -> None:
    names = ["../../../etc/cron.d/x.jpg", "/etc/passwd", "C:\\Windows\\a.jpg", "week 1/‮gpj.exe", "n" * 1000]
    files = {f"{n}.jpg": page_bytes(n) for n in range(5)}
    assert post(client("admin"), files, paths=names).status_code == 302
    assert set(models.Upload.objects.values_list("name", flat=True)) == {
        "etc/cron.d/x.jpg", "etc/passwd", "Windows/a.jpg", "week 1/gpj.exe", "n" * 200
    }  # fmt: skip
    (folder,) = folders(home)
    assert sorted(path.name for path in folder.iterdir()) == [f"{n:04d}.jpg" for n in range(1, 6)]


def test_a_day_in_the_future_or_none(client: In, home: Path) -> None:
    admin, tomorrow = client("admin"), timezone.localdate() + timedelta(days=1)
    for day, said in ((f"{tomorrow:%d/%m/%Y}", "not in the future"), ("", "Enter the day"), ("31/2/2026", "real date")):
        answer = post(admin, {"a.jpg": page_bytes(1)}, received=day)
        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert "Choose the files again" in answer.content.decode()
    assert folders(home) == []


def test_too_large_by_its_own_word_is_refused_before_it_is_stored(client: In, home: Path) -> None:
    admin = client("admin")
    answer = admin.generic(
        "POST", "/RXW/scan/upload/", b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH="1050000000"
    )
    assert answer.status_code == 413
    assert "More than 1 GB at once can" in answer.content.decode()
    assert folders(home) == []


def test_too_large_while_it_comes_in(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.uploads.MAX_UPLOAD_BYTES", 100_000)
    answer = post(client("admin"), {"a.pdf": PDF * 100, "b.pdf": PDF * 200})
    assert answer.status_code == 413
    assert folders(home) == []


def test_too_little_room(client: In, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.uploads._SPARE_BYTES", 10**18)
    answer = post(client("admin"), {"a.jpg": page_bytes(1)})
    assert answer.status_code == 400
    assert "too little for this upload" in answer.content.decode()
    assert folders(home) == []


@pytest.mark.usefixtures("client")
def test_a_form_of_another_site_leaves_nothing_behind(home: Path) -> None:
    one = Client(enforce_csrf_checks=True)
    one.force_login(make_person("admin"), backend="django.contrib.auth.backends.ModelBackend")
    assert post(one, {"a.jpg": page_bytes(1)}).status_code == 403
    assert folders(home) == []
    one.get("/RXW/scan/upload/")
    token = one.cookies["csrftoken"].value
    assert post(one, {"a.jpg": page_bytes(1)}, csrfmiddlewaretoken=token).status_code == 302


def test_an_upload_that_failed_can_be_tried_again_or_given_up(client: In, home: Path) -> None:
    admin = client("admin")
    post(admin, {"a.jpg": page_bytes(1)})
    job = models.Job.objects.get()
    for action, state in (("again", "waiting"), ("give-up", "done")):
        models.Job.objects.update(state="failed", message="Tesseract is missing. Install it.")
        polled = admin.get(f"/RXW/scan/upload/{job.pk}/progress/")
        assert polled.status_code == 286, "htmx asks no more"
        assert "Tesseract is missing. Install it." in polled.content.decode()
        assert admin.post(f"/RXW/scan/upload/{job.pk}/{action}/").status_code == 302
        job.refresh_from_db()
        assert job.state == state
    assert folders(home) == []


def test_an_upload_that_has_not_failed_is_left_alone_and_said_so(client: In, home: Path) -> None:
    admin = client("admin")
    post(admin, {"a.jpg": page_bytes(1)})
    job = models.Job.objects.get()
    models.Job.objects.update(state="running")
    for action in ("again", "give-up"):
        told = admin.post(f"/RXW/scan/upload/{job.pk}/{action}/", follow=True).content.decode()
        assert "Nothing was done" in told
        assert "files are removed" not in told
    job.refresh_from_db()
    assert job.state == "running"
    assert len(folders(home)) == 1
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"uploaded scans"}


# --- the ledger -----------------------------------------------------------------------------------------------------


def test_every_page_of_the_sample_batch_leads_to_its_picture(client: In, home: Path) -> None:
    admin = client("admin")
    batch = models.Batch.objects.get(organisation="RXW")
    shown = admin.get(f"/RXW/scan/batch/{batch.pk}/").content.decode()
    links = set(re.findall(rf'href="(/RXW/scan/batch/{batch.pk}/[a-z]+/)"', shown))
    assert links
    seen = 0
    for link in links:
        for page in set(re.findall(r'href="(/RXW/scan/page/\d+/)"', admin.get(link).content.decode())):
            seen += 1
            one = admin.get(page)
            assert one.status_code == 200
            pictures = set(re.findall(r'src="(/RXW/scan/page/\d+/picture/)"', one.content.decode()))
            for url in (*pictures, *(picture.replace("picture", "small") for picture in pictures)):
                picture = admin.get(url)
                assert picture.headers["Content-Type"] == "image/jpeg"
                assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert seen == models.Page.objects.filter(batch=batch).count()
    assert AuditEvent.objects.filter(action="viewed page picture").exists()
    assert admin.get(f"/RXW/scan/batch/{batch.pk}/nonesuch/").status_code == 404


@pytest.mark.usefixtures("home")
def test_a_page_of_anothers_batch_tells_neither_its_file_nor_its_batch(client: In) -> None:
    reading = make_page_reading(make_card_reading(number=card_number(8)))
    page = make_batch("RYZ", reading, file="private ryz.pdf").pages.get()
    models.Page.objects.filter(pk=page.pk).update(reason="card RYZ-7K3F9QZ-0012-H: torn")
    shown = client("admin").get(f"/RXW/scan/page/{page.pk}/").content.decode()
    assert "A page among another organisation" in shown
    assert card_number(8) in shown
    assert not [secret for secret in ("private", page.batch_id, "torn") if secret in shown]
    theirs = client("admin", "RYZ").get(f"/RYZ/scan/page/{page.pk}/").content.decode()
    assert "private ryz.pdf, page 1" in theirs


@pytest.mark.usefixtures("home")
def test_duplicates_show_where_the_original_is_unless_it_is_somebody_elses(client: In) -> None:
    theirs = make_batch("RYZ", BLANK, file="private ryz.pdf").pages.get()
    mine = make_batch("RXW", BLANK, file="mine.pdf").pages.get()
    batch = batches.open_batch("again", RECEIVED, "RXW").id
    for place, original in enumerate((theirs, mine), 1):
        page = make_page(place, "again.pdf", data=b"", sha256=original.sha256, suffix=".jpg")
        keep_page(batch, place, page, BLANK, RECEIVED, same_writing)
    shown = client("admin").get(f"/RXW/scan/batch/{batch}/duplicate/").content.decode()
    assert "the same image as page 1 of mine.pdf" in shown
    assert "the same image was taken in before, elsewhere" in shown
    assert "private" not in shown
    keys = list(models.Page.objects.filter(batch=batch).order_by("position").values_list("pk", flat=True))
    other, own = (client("admin").get(f"/RXW/scan/page/{key}/").content.decode() for key in keys)
    assert f"/RXW/scan/page/{mine.pk}/" in own
    assert "private" not in other
    assert f"/RXW/scan/page/{theirs.pk}/" not in other


@pytest.mark.usefixtures("home")
def test_closing(client: In) -> None:
    admin = client("admin")
    batch = make_batch("RXW", BLANK, STRANGER)
    url = f"/RXW/scan/batch/{batch.pk}/"
    assert "say why" not in admin.get(url).content.decode()
    for counted, said in (("3", "1 page fewer"), ("1", "1 page more"), ("many", "Enter a number"), ("", "how many")):
        answer = admin.post(f"{url}close/", {"counted": counted})
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert "say why" in admin.post(f"{url}close/", {"counted": "3"}).content.decode()
    assert admin.post(f"{url}close/", {"counted": "3", "reason": "A cover sheet."}).status_code == 302
    shown = admin.get(url).content.decode()
    assert "Admin Rxw (admin.rxw) counted 3 of 2 pages" in shown
    assert "A cover sheet." in shown
    assert "closed already" in admin.post(f"{url}close/", {"counted": "2"}).content.decode()
    assert admin.post(f"{url}open/", {"reason": ""}).status_code == 400
    assert admin.post(f"{url}open/", {"reason": "Counted anew."}).status_code == 302
    assert admin.post(f"{url}close/", {"counted": "2"}).status_code == 302
    assert "Counted anew." in admin.get(url).content.decode()
    actions = AuditEvent.objects.filter(subject=batch.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["closed batch", "opened batch again", "closed batch"]


# --- whose ----------------------------------------------------------------------------------------------------------


def test_nobody_else_sees_batches_uploads_and_pages(client: In, home: Path) -> None:
    batch = make_batch("RXW", BLANK, file="rxw.pdf")
    page = batch.pages.get()
    post(client("admin"), {"a.jpg": page_bytes(1)})
    job = models.Job.objects.get()
    coordinator = client("coordinator", "RYZ")
    assert batch.pk not in coordinator.get("/RYZ/scan/").content.decode()
    below = (
        f"batch/{batch.pk}/", f"batch/{batch.pk}/blank/", f"page/{page.pk}/", f"page/{page.pk}/picture/",
        f"page/{page.pk}/small/", f"upload/{job.pk}/", f"upload/{job.pk}/progress/",
    )  # fmt: skip
    for path in below:
        assert client("admin").get(f"/RXW/scan/{path}").status_code == 200
        assert coordinator.get(f"/RYZ/scan/{path}").status_code == 404
        assert coordinator.get(f"/RXW/scan/{path}").status_code == 404
        assert client("ward").get(f"/RXW/scan/{path}").status_code == 403
    for path in (f"batch/{batch.pk}/close/", f"upload/{job.pk}/again/", f"upload/{job.pk}/give-up/"):
        assert coordinator.post(f"/RYZ/scan/{path}", {"counted": "1"}).status_code == 404
    assert client("ward").post("/RXW/scan/upload/").status_code == 403
    assert Client().post("/RXW/scan/upload/").status_code == 403
    assert len(folders(home)) == 1


@pytest.mark.usefixtures("home")
def test_an_administrator_says_whose_a_batch_of_the_command_line_is(client: In) -> None:
    batch, theirs = make_batch("", BLANK), make_batch("RYZ", BLANK, file="ryz.pdf")
    administrator = client("administrator")
    shown = administrator.get("/RXW/scan/unclaimed/").content.decode()
    assert batch.pk in shown
    assert f'value="{theirs.pk}"' not in shown
    for one in (batch, theirs):
        administrator.post("/RXW/scan/unclaimed/", {"batch": one.pk})
        one.refresh_from_db()
    assert (batch.organisation, theirs.organisation) == ("RXW", "RYZ")
    assert client("admin").get(f"/RXW/scan/batch/{batch.pk}/").status_code == 200
    assert client("coordinator").get("/RXW/scan/unclaimed/").status_code == 403


@pytest.mark.usefixtures("home")
def test_the_list_says_what_is_to_be_done(client: In) -> None:
    closed, open_ = make_batch("RXW", BLANK, file="1.pdf"), make_batch("RXW", BLANK, file="2.pdf")
    close_batch(closed, "Ann", 1)
    shown = client("admin").get("/RXW/scan/").content.decode()
    for batch, state in ((closed, "Closed"), (open_, "To close")):
        row = shown[shown.index(f"/batch/{batch.pk}/") :]
        assert state in row[: row.index("</tr>")]
