"""Uploads that wait to be imported: what is refused, what is kept, and for how long."""

import io
import json
import os
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from forms.errors import CompassionError
from pipeline.store import import_uploads
from pipeline.store.import_uploads import (
    KEPT_FOR,
    Upload,
    discard_upload,
    find_upload,
    keep_upload,
    remove_old_uploads,
    uploaded_table,
)
from pipeline.store.organisations import save_profile
from tests.store.builders import make_profile
from tests.submissions.exports import answers, csv_text, msforms, write_xlsx

TEXT = csv_text(msforms([answers()]))


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def keep(data: str | bytes = TEXT, name: str = "Compassion(1-1).csv", organisation: str = "RXW") -> Upload:
    return keep_upload(organisation, "Ann Lee (ann.lee)", name, [data.encode() if isinstance(data, str) else data])


def folders(store: Path) -> list[str]:
    return sorted(path.name for path in (store / "uploads" / "imports").glob("*"))


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def test_an_upload_is_kept_with_who_and_whose(store: Path) -> None:
    upload = keep()
    found = find_upload("RXW", upload.token)
    assert found == upload
    assert (upload.by, upload.name, upload.path.is_relative_to(store)) == ("Ann Lee (ann.lee)", upload.name, True)
    assert uploaded_table(upload).file == "Compassion(1-1).csv"
    assert find_upload("RYZ", upload.token) is None, "another organisation's"
    discard_upload(upload)
    assert find_upload("RXW", upload.token) is None


@pytest.mark.parametrize("token", ["", "..", "../../x", "A" * 32, "0" * 32, "0" * 31 + "\n"])
def test_no_path_can_be_asked_for(token: str) -> None:
    assert find_upload("RXW", token) is None


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.d/x.csv", "C:\\temp\\x.csv", "/abs/x.csv", "x\x00\r\n.csv", f"{'long' * 90}.csv"],
)
def test_a_name_never_reaches_the_disk(store: Path, name: str) -> None:
    upload = keep(name=name)
    assert sorted(path.name for path in upload.path.parent.iterdir()) == ["export.csv", "upload.json"]
    assert upload.path.parent.parent == store / "uploads" / "imports"
    assert "/" not in upload.name and len(upload.name) <= 150 and upload.name.isprintable()


def test_after_a_day_it_is_gone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = keep()
    past = time.time() - KEPT_FOR.total_seconds() - 60
    os.utime(upload.path.parent, (past, past))
    assert remove_old_uploads() == 1
    assert folders(store) == []
    stale = keep()
    monkeypatch.setattr(import_uploads, "KEPT_FOR", timedelta(0))
    assert find_upload("RXW", stale.token) is None


BOMB = archive(
    **{
        "[Content_Types].xml": b"<Types/>",
        "xl__workbook.xml": b"<workbook/>",
        "xl__worksheets__sheet1.xml": b" " * (401 << 20),
    }
)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("page.xlsx", b"<!DOCTYPE html><script>alert(1)</script>", "is a web page or XML"),
        ("page.csv", b"\xef\xbb\xbf  <html><table>", "is a web page or XML"),
        ("picture.csv", b"<svg onload='x'>", "is a web page or XML"),
        ("words.xlsx", b"just,words\n1,2\n", "is no workbook"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel 97-2003"),
        ("bomb.xlsx", BOMB, "would unpack to more than 400 MB"),
        ("bomb.csv", BOMB, "would unpack to more than 400 MB"),
        ("archive.xlsx", archive(**{"readme.txt": b"x"}), "no Excel workbook"),
        ("half.xlsx", BOMB[:400], "damaged workbook"),
        ("nothing.csv", b"", "is empty"),
        ("program.exe", b"MZ", "can't be imported: its name must end in"),
        ("page.html", b"<html>", "can't be imported: its name must end in"),
        ("cards.json", b'{"card": 1}', "no file of readings"),
        ("binary.csv", b"\x00\x01\x02,\n", "NUL bytes|which no text has"),
        ("words.csv", b"only one column\nof words\n", "holds no table"),
        ("wide.csv", b"a," * 600 + b"b\n1\n", "more than 500 columns"),
    ],
)
def test_what_is_no_export_is_refused_by_the_persons_name_for_it(
    store: Path, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(CompassionError, match=message) as caught:
        uploaded_table(keep(data, name))
    assert f"'{name}'" in str(caught.value)
    assert str(store) not in str(caught.value)


def test_what_is_refused_leaves_nothing(store: Path) -> None:
    with pytest.raises(CompassionError, match="is a web page"):
        keep(b"<html>", "page.csv")
    assert folders(store) == []


def test_a_file_that_is_too_large_is_refused_while_it_comes(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_uploads, "LARGEST_BYTES", 1 << 20)
    came = 0

    def chunks() -> object:
        nonlocal came
        while True:
            came += 1
            yield bytes(1 << 18)

    with pytest.raises(CompassionError, match=r"'big.csv' is larger than 1 MB"):
        keep_upload("RXW", "Ann", "big.csv", chunks())  # type: ignore[arg-type]
    assert (came, folders(store)) == (5, [])


def test_a_table_of_too_many_cells_is_refused(store: Path) -> None:
    text = ",".join(f"Question {n}" for n in range(400)) + "\n" + "1,2\n" * 26_000
    with pytest.raises(CompassionError, match=r"'large.csv' holds more than 10,000,000 cells"):
        uploaded_table(keep(text, "large.csv"))


def test_entities_and_links_of_a_workbook_are_not_followed(tmp_path: Path) -> None:
    good = write_xlsx(tmp_path / "good.xlsx", msforms([answers()]))
    laughs = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.startswith("xl/worksheets/"):
                data = laughs + b"]>" + data.partition(b"?>")[2].replace(b"ann@", b"&j;ann@")
            new.writestr(part, data)
    with pytest.raises(CompassionError, match="damaged workbook"):
        uploaded_table(keep(file.getvalue(), "laughs.xlsx"))


def test_half_an_upload_is_none(store: Path) -> None:
    upload = keep()
    told = json.loads((upload.path.parent / "upload.json").read_text())
    assert told["organisation"] == "RXW"
    (upload.path.parent / "upload.json").unlink()
    assert find_upload("RXW", upload.token) is None
