import hashlib
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as pillow

from pipeline import take_in as stage
from pipeline.decode import check, decode
from pipeline.records import Page
from pipeline.take_in import ScanFile, find_files, take_in
from tests.pipeline.scan_files import (
    drawn_page,
    exif_of,
    jpeg_bytes,
    jpeg_image,
    pdf_bytes,
    png_bytes,
    png_header,
    tiff_bytes,
)

PAGE = drawn_page()
JPEG = jpeg_bytes(PAGE)
PNG = png_bytes(PAGE)
TIFF = tiff_bytes([pillow.fromarray(drawn_page(seed=seed) > 128) for seed in range(3)], compression="group4")
PDF = pdf_bytes(*(jpeg_image(drawn_page(seed=seed)) for seed in range(3)))


@pytest.fixture
def pages_of(tmp_path):
    def take(data: bytes, name="scan", skip=frozenset()) -> list[Page]:
        path = tmp_path / name
        path.write_bytes(data)
        return list(take_in(ScanFile(path, name), skip))

    return take


def names_in(*paths: Path) -> list[str]:
    return [file.name for file in find_files(paths)]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- finding files


def test_a_file_given_by_itself_has_its_own_name_only(tmp_path):
    (tmp_path / "ward").mkdir()
    (tmp_path / "ward" / "a.pdf").touch()
    assert find_files([tmp_path / "ward" / "a.pdf"]) == [ScanFile(tmp_path / "ward" / "a.pdf", "a.pdf")]


def test_files_of_a_folder_come_in_natural_order_by_their_place_in_it(tmp_path):
    wanted = ["page1.pdf", "Page2.pdf", "page10.pdf", "ward 2/b.tif", "ward 2/deep/a.jpg", "ward 11/a.png"]
    for name in reversed(wanted):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert names_in(tmp_path) == wanted
    assert all(file.path == tmp_path / file.name for file in find_files([tmp_path]))


def test_paths_keep_the_order_they_were_given_in(tmp_path):
    for name in ("b/1.pdf", "b/2.pdf", "a.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names_in(tmp_path / "b", tmp_path / "a.pdf") == ["1.pdf", "2.pdf", "a.pdf"]


def test_hidden_files_and_what_systems_leave_behind_are_passed_over(tmp_path):
    for name in (
        ".DS_Store",
        "._scan.pdf",
        ".git/scan.pdf",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/scan.pdf",
        "scan.pdf",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names_in(tmp_path) == ["scan.pdf"]
    assert names_in(tmp_path / "._scan.pdf") == ["._scan.pdf"]


def test_a_file_given_twice_is_found_once(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").touch()
    monkeypatch.chdir(tmp_path)
    assert names_in(tmp_path, tmp_path / "a.pdf", Path("a.pdf"), Path()) == ["a.pdf"]


def test_links_that_go_round_in_a_circle_end(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.pdf").touch()
    (tmp_path / "inside" / "up").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    assert names_in(tmp_path) == ["inside/a.pdf", "itself"]
    (page,) = take_in(ScanFile(tmp_path / "itself", "itself"))
    assert (page.number, page.data) == (0, b"")
    assert page.reason


def test_a_folder_that_is_linked_to_is_read(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.pdf").touch()
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "link").symlink_to(tmp_path / "elsewhere")
    assert names_in(tmp_path / "given") == ["link/a.pdf"]


def test_an_empty_folder_holds_nothing(tmp_path):
    assert find_files([tmp_path]) == []


def test_a_name_that_is_not_text_is_written_out(tmp_path):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/\xff.jpg"))
    path.write_bytes(JPEG)
    (file,) = find_files([tmp_path])
    assert file.name == "\\xff.jpg"
    assert next(take_in(file)).data == JPEG


def test_a_folder_that_may_not_be_opened_is_not_lost(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.jpg").write_bytes(JPEG)
    really = Path.iterdir

    def iterdir(path):
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return really(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    closed, opened = find_files([tmp_path])
    assert (closed.name, opened.name) == ("closed", "open.jpg")
    (page,) = take_in(closed)
    assert "permission" in page.reason


# --- what is kept


@pytest.mark.parametrize(("data", "suffix"), [(JPEG, ".jpg"), (PNG, ".png")])
def test_pictures_are_kept_byte_for_byte_whatever_their_name(pages_of, data, suffix):
    assert pages_of(data, "scan.pdf") == [Page("scan.pdf", 1, data, sha256(data), suffix)]


@pytest.mark.parametrize("data", [PDF, TIFF, b"junk before it\n" + PDF])
def test_many_pages_are_numbered_from_one(pages_of, data):
    pages = pages_of(data)
    assert [(page.file, page.number, page.reason) for page in pages] == [
        ("scan", 1, ""),
        ("scan", 2, ""),
        ("scan", 3, ""),
    ]
    assert all(page.sha256 == sha256(page.data) for page in pages)
    assert len({page.sha256 for page in pages}) == 3


def test_the_same_scan_as_a_file_and_in_a_pdf_is_the_same_image(pages_of):
    (alone,) = pages_of(JPEG, "a.jpg")
    (inside,) = pages_of(pdf_bytes(jpeg_image(PAGE, JPEG)), "a.pdf")
    assert alone.sha256 == inside.sha256


def test_pages_to_skip_are_left_out(pages_of):
    assert [page.number for page in pages_of(PDF, skip={2})] == [1, 3]
    assert [page.number for page in pages_of(TIFF, skip={1, 2})] == [3]
    assert pages_of(JPEG, skip={1}) == []
    assert pages_of(b"", skip={0}) == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_kept_as_it_came_and_decoded_upright(pages_of, orientation):
    data = jpeg_bytes(PAGE, exif=exif_of(orientation))
    (page,) = pages_of(data)
    assert page.data == data
    assert decode(page.data).shape == (PAGE.shape if orientation < 5 else PAGE.shape[::-1])


# --- bad input


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"Dear team, ...", "not a PDF, TIFF, JPEG or PNG. If"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\x00\x00\x00\x18ftypmp42", "video"),
        (b"GIF89a", "GIF"),
        (b"BM\x99\x00\x00\x00\x00\x00\x00\x00", "BMP"),
        (b"RIFF\x00\x00\x00\x00WEBP", "WebP"),
        (b"\xd0\xcf\x11\xe0", "Office"),
        (bytes(5000), "zeros"),
        (b"%PDF-1.4\n", "damaged or cut off"),
        (b"II*\x00", "damaged or cut off"),
        (b"\xff\xd8\xff", "cut off"),
        (PNG[:20], "cut off"),
        (png_header(60_000, 60_000), "60,000 by 60,000"),
    ],
)
def test_a_file_that_cannot_be_opened_has_one_row_with_its_reason(pages_of, data, words):
    (page,) = pages_of(data)
    assert (page.file, page.number, page.data, page.suffix) == ("scan", 0, b"", "")
    assert page.sha256 == sha256(data)
    assert words in page.reason


@pytest.mark.parametrize(("data", "suffix"), [(JPEG, ".jpg"), (PNG, ".png")])
def test_what_there_is_of_a_picture_is_kept(pages_of, data, suffix):
    half = data[: len(data) // 2]
    (page,) = pages_of(half)
    assert (page.number, page.data, page.sha256, page.suffix) == (1, half, sha256(half), suffix)
    assert "cut off" in page.reason


def test_a_file_that_is_gone_says_so(tmp_path):
    (file,) = find_files([tmp_path / "gone.pdf"])
    (page,) = take_in(file)
    assert (page.file, page.number) == ("gone.pdf", 0)
    assert "no such file" in page.reason


def test_a_file_that_may_not_be_opened_says_so(tmp_path, monkeypatch):
    path = tmp_path / "scan.pdf"
    path.write_bytes(PDF)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (page,) = take_in(ScanFile(path, "scan.pdf"))
    assert (page.number, page.sha256) == (0, "")
    assert "permission" in page.reason


def test_a_disk_that_fails_half_way_costs_the_rest_only(tmp_path, monkeypatch):
    def fails_later(*_):
        yield from list(really(path, frozenset()))[:2]
        raise OSError(5, "Input/output error")

    path = tmp_path / "scan.tif"
    path.write_bytes(TIFF)
    really = stage.tiff_pages
    monkeypatch.setattr(stage, "tiff_pages", fails_later)
    pages = list(take_in(ScanFile(path, "scan.tif")))
    assert [(page.number, bool(page.data)) for page in pages] == [(1, True), (2, True), (3, False)]
    assert "Input/output error" in pages[2].reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="platform: no named pipes")
def test_a_pipe_or_socket_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket"))
        pages = [page for file in find_files([tmp_path]) for page in take_in(file)]
    assert [(page.file, page.number, "not a file" in page.reason) for page in pages] == [
        ("pipe", 0, True),
        ("socket", 0, True),
    ]


def test_a_folder_is_not_a_file(tmp_path):
    (page,) = take_in(ScanFile(tmp_path, "folder"))
    assert "folder" in page.reason


def test_a_picture_of_half_a_gigabyte_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "huge.png"
    with path.open("wb") as stream:
        stream.write(PNG)
        stream.truncate(stage.MAX_PICTURE_BYTES + 1)
    monkeypatch.setattr(stage, "MAX_HASHED_BYTES", 1000)
    (page,) = take_in(ScanFile(path, "huge.png"))
    assert (page.number, page.sha256) == (0, "")
    assert "far more than a scanned page" in page.reason


def test_strange_files_in_a_folder_are_not_lost(tmp_path):
    (tmp_path / "notes.txt").write_text("Please read these first.")
    (tmp_path / "scan.pdf").write_bytes(PDF)
    pages = [page for file in find_files([tmp_path]) for page in take_in(file)]
    assert [(page.file, page.number, bool(page.reason)) for page in pages] == [
        ("notes.txt", 0, True),
        ("scan.pdf", 1, False),
        ("scan.pdf", 2, False),
        ("scan.pdf", 3, False),
    ]


@settings(max_examples=60)
@given(
    st.sampled_from([JPEG, PNG, TIFF, PDF, b""]),
    st.floats(0, 1),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=4),
    st.binary(max_size=50),
)
def test_any_damage_gives_pages_with_data_or_a_reason(tmp_path_factory, data, kept, changes, more):
    damaged = bytearray(data[: int(len(data) * kept)] + more)
    for place, value in changes:
        if damaged:
            damaged[int(len(damaged) * place)] = value
    path = tmp_path_factory.mktemp("damaged") / "scan"
    path.write_bytes(damaged)
    pages = list(take_in(ScanFile(path, "scan")))
    assert pages
    numbers = [page.number for page in pages]
    assert numbers in ([0], list(range(1, len(pages) + 1)))
    for page in pages:
        assert page.data or page.reason
        assert not page.data or page.sha256 == sha256(page.data)
        if not page.reason:
            check(page.data)
            assert decode(page.data).dtype == np.uint8
