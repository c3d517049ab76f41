import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.store import models, uploads
from pipeline.store.jobs import give_up
from pipeline.store.uploads import Intake, shown_name, sweep, upload_folder, uploaded_files

pytestmark = pytest.mark.usefixtures("store")

DAY = date(2026, 11, 20)
PDF, JPEG, PNG, TIFF = b"%PDF-1.7\n" + b"x" * 200, b"\xff\xd8\xff" + b"x" * 9, b"\x89PNG\r\n\x1a\n", b"II*\x00xxxx"


def upload(*files: tuple[str, bytes], names: Iterable[str] = (), piece: int = 50) -> models.Job:
    intake = take_in(*files, piece=piece)
    return intake.commit("RXW", "Ann Lee (ann.lee)", DAY, list(names))


def take_in(*files: tuple[str, bytes], piece: int = 50) -> Intake:
    intake = Intake()
    for name, data in files:
        intake.begin(name)
        for start in range(0, len(data), piece):
            intake.write(data[start : start + piece])
        intake.end()
    return intake


def folders(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "uploads").glob("*"))


def test_scans_are_kept_under_names_of_our_own(store: Path) -> None:
    job = upload(("page10.jpg", JPEG), ("page2.png", PNG), ("a.pdf", PDF), ("x", TIFF))
    files = uploaded_files(job)
    assert [file.name for file in files] == ["a.pdf", "page2.png", "page10.jpg", "x"], "in natural order"
    assert [file.path.read_bytes() for file in files] == [PDF, PNG, JPEG, TIFF]
    assert {file.path.parent for file in files} == {store / "uploads" / job.folder}
    assert sorted(file.path.name for file in files) == ["0001.jpg", "0002.png", "0003.pdf", "0004.tif"]
    assert (job.state, job.organisation, job.received) == ("waiting", "RXW", DAY)


@pytest.mark.parametrize("piece", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!doctype html><script>alert(1)</script>", "not a PDF, TIFF, JPEG or PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a PDF, TIFF, JPEG or PNG"),
        (b"PK\x03\x04" + b"x" * 60, "a ZIP archive or an Office document"),
        (b"GIF89a" + b" " * 20 + PDF, "GIF picture"),
        (b"\n<html>" + PDF, "not a PDF, TIFF, JPEG or PNG"),
        (b"", "empty"),
    ],
)
def test_what_is_no_scan_by_its_first_bytes_is_refused_and_the_others_go_on(
    data: bytes, reason: str, piece: int
) -> None:
    job = upload(("scan.pdf", data), ("good.pdf", PDF), piece=piece)
    assert [file.name for file in uploaded_files(job)] == ["good.pdf"]
    assert len(list(upload_folder(job.folder).iterdir())) == 1
    (refused,) = job.uploads.exclude(refused="")
    assert refused.name == "scan.pdf"
    assert reason in refused.refused


def test_nothing_to_read_leaves_nothing_behind(store: Path) -> None:
    with pytest.raises(UsageError, match="no file to read"):
        upload(("notes.txt", b"Dear Ann"), (".DS_Store", b"x"))
    assert folders(store) == []
    assert not models.Job.objects.exists()


def test_what_systems_leave_in_folders_is_passed_over() -> None:
    job = upload(("Thumbs.db", b"x"), ("a.pdf", PDF), (".DS_Store", b"y"))
    assert [upload.name for upload in job.uploads.all()] == ["a.pdf"]


def test_places_in_a_folder_are_shown() -> None:
    job = upload(("a.pdf", PDF), ("a.pdf", PDF + b"2"), names=["week 1/a.pdf", "week 2/a.pdf"])
    assert [file.name for file in uploaded_files(job)] == ["week 1/a.pdf", "week 2/a.pdf"]


def test_files_of_one_name_are_told_apart() -> None:
    long = "n" * 300 + ".pdf"
    job = upload(("a.pdf", PDF), ("a.pdf", PDF), ("a", PDF), ("a", PDF), (long, PDF), (long, PDF))
    names = [file.name for file in uploaded_files(job)]
    assert len(set(names)) == 6
    assert {"a.pdf", "a (2).pdf", "a", "a (2)"} < set(names)
    assert max(map(len, names)) == 200


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/shadow", "etc/shadow"),
        ("C:\\scans\\..\\a.pdf", "scans/a.pdf"),
        ("a\x00\r\n\x1b[31mb.pdf", "a[31mb.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("....//..//", "scan"),
        ("", "scan"),
        ("\udcff.pdf", ".pdf"),
        ("Żółć 1.pdf", "Żółć 1.pdf"),
        ("x" * 5000 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_hostile_names_are_made_harmless(given: str, shown: str) -> None:
    name = shown_name(given)
    assert name.replace("\ufffd", "") == shown
    assert not Path(name).is_absolute()
    assert ".." not in Path(name).parts


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 1000)
    job = upload(("large.pdf", PDF * 9), ("small.pdf", PDF))
    assert [file.name for file in uploaded_files(job)] == ["small.pdf"]
    assert [path.name for path in upload_folder(job.folder).iterdir()] == ["0002.pdf"]
    assert "larger than" in job.uploads.get(name="large.pdf").refused


def test_an_upload_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 1000)
    with pytest.raises(uploads.TooLargeError, match="at once can't be taken"):
        upload(("a.pdf", PDF * 3), ("b.txt", b"refused ones count too" * 100))
    monkeypatch.setattr(uploads, "MAX_FILES", 2)
    with pytest.raises(uploads.TooLargeError, match="More than 2 files"):
        upload(("a.pdf", PDF), ("b.pdf", PDF), ("c.pdf", PDF))


def test_too_little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    uploads.check_room(1000)
    with pytest.raises(UsageError, match="too little for this upload"):
        uploads.check_room(10**18)


def test_what_is_left_behind_is_swept(store: Path) -> None:
    waits, failed, done = (upload(("a.pdf", PDF)) for _ in range(3))
    models.Job.objects.filter(pk=done.pk).update(state="done")
    models.Job.objects.filter(pk=failed.pk).update(state="failed")
    torn, young = take_in(("a.pdf", PDF)), take_in(("a.pdf", PDF))
    for old in (waits.folder, torn.token):
        os.utime(upload_folder(old), (0, 0))
    sweep()
    assert folders(store) == sorted([waits.folder, failed.folder, young.token])
    young.abandon()
    give_up(failed)
    assert folders(store) == [waits.folder]
