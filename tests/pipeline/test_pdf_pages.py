import io
import itertools
import logging
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pdf2image
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as pillow
from pypdfium2.internal import ObjectTracker
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline import pdf_pages as stage
from pipeline.decode import check, decode, decode_colour
from pipeline.pdf_pages import LOST_IN_A_ROW, pdf_pages
from pipeline.pictures import CannotOpenError
from pipeline.take_in import ScanFile, take_in
from tests.pipeline.scan_files import (
    PdfImage,
    PdfPage,
    drawn_page,
    exif_of,
    jpeg_bytes,
    jpeg_image,
    pdf_bytes,
    raw_image,
)

PAGE = drawn_page()
JPEG = jpeg_bytes(PAGE)
SCAN = jpeg_image(PAGE, JPEG)
DRAWN_SHAPE = (880, 621)
"""Of the builder's page at 300 dpi."""
BITS = zlib.compress(np.packbits(PAGE > 128, axis=1).tobytes())
ONE_BIT = "/ColorSpace/DeviceGray/BitsPerComponent 1"
MANY = [jpeg_image(drawn_page(seed=seed)) for seed in range(6)]


@pytest.fixture
def pages_of(tmp_path):
    def take(data, skip=frozenset()):
        path = tmp_path / "scan.pdf"
        path.write_bytes(data)
        return list(pdf_pages(path, skip))

    return take


@pytest.fixture
def page_of(pages_of):
    def take(*pages, **options):
        (page,) = pages_of(pdf_bytes(*pages, **options))
        return page

    return take


@pytest.fixture
def most_pixels(monkeypatch):
    monkeypatch.setattr(stage, "MAX_DRAWN_PIXELS", 1_000_000)
    return 1_000_000


@pytest.fixture
def without_poppler(monkeypatch):
    monkeypatch.setenv("PATH", "")


def difference(page, shown):
    """Return the mean difference between a page as it was taken in and as a PDF viewer shows it."""
    taken = decode(page.data)
    assert abs(taken.shape[0] / taken.shape[1] - shown.shape[0] / shown.shape[1]) < 0.02
    size = (40, 40)
    resized = [cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(int) for image in (taken, shown)]
    return np.abs(resized[0] - resized[1]).mean()


def shown_by_pdfium(path):
    with pdfium.PdfDocument(path) as document:
        return document[0].render(scale=2, grayscale=True).to_numpy().copy()


# --- scans, taken out as they are


def test_a_scanned_jpeg_is_taken_out_byte_for_byte(page_of):
    page = page_of(SCAN)
    assert (page.number, page.suffix, page.reason) == (1, ".jpg", "")
    assert page.data == JPEG


def test_a_scanned_jpeg_is_found_under_other_simple_filters(pages_of, tmp_path):
    canvas = Canvas(str(tmp_path / "made.pdf"), pagesize=(149, 211))  # reportlab writes ASCII85 around it
    (tmp_path / "page.jpg").write_bytes(JPEG)
    canvas.drawImage(tmp_path / "page.jpg", 0, 0, 149, 211)
    canvas.save()
    (page,) = pages_of((tmp_path / "made.pdf").read_bytes())
    assert page.data == JPEG


def test_a_colour_scan_is_taken_out_byte_for_byte(page_of):
    colour = np.dstack([PAGE, 255 - PAGE, PAGE // 2])
    scan = jpeg_image(colour)
    assert page_of(scan).data == scan.data


PLACES = ["149 0 0 211 0 0", "-149 0 0 211 149 0", "149 0 0 -211 0 211", "-149 0 0 -211 149 211"]
PLACES_ON_ITS_SIDE = ["0 149 -211 0 211 0", "0 -149 211 0 0 149", "0 149 211 0 0 0", "0 -149 -211 0 211 149"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("place", PLACES + PLACES_ON_ITS_SIDE)
@pytest.mark.parametrize("image", [SCAN, raw_image(PAGE)], ids=["jpeg", "flate"])
def test_a_turned_or_mirrored_scan_is_upright_and_keeps_its_pixels(pages_of, tmp_path, image, place, turn):
    size = (149, 211) if place in PLACES else (211, 149)
    (page,) = pages_of(pdf_bytes(PdfPage(image, place, size=size, more=f"/Rotate {turn}")))
    assert page.suffix == (".jpg" if image is SCAN else ".png")
    assert sorted(decode(page.data).shape) == sorted(PAGE.shape)
    assert difference(page, shown_by_pdfium(tmp_path / "scan.pdf")) < 3
    if image is SCAN:
        assert page.data[-2000:] == JPEG[-2000:]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("noted", range(1, 9))
def test_a_turn_noted_inside_the_jpeg_counts_for_nothing_in_a_pdf(pages_of, tmp_path, noted, turn):
    scan = jpeg_image(PAGE, jpeg_bytes(PAGE, exif=exif_of(noted)))
    (page,) = pages_of(pdf_bytes(PdfPage(scan, more=f"/Rotate {turn}")))
    assert page.suffix == ".jpg"
    assert difference(page, shown_by_pdfium(tmp_path / "scan.pdf")) < 3
    as_the_pdf_turns_it = {0: 1, 90: 6, 180: 3, 270: 8}[turn] == noted
    assert (page.data == scan.data) == as_the_pdf_turns_it


def test_searchable_text_behind_a_scan_does_not_matter(page_of):
    hidden = "BT /F1 12 Tf 3 Tr 20 100 Td (recognised words) Tj ET"
    seen = "BT /F1 12 Tf 0 Tr 20 100 Td (a stamp) Tj ET"
    assert page_of(PdfPage(SCAN, after=hidden)).data == JPEG
    assert page_of(PdfPage(SCAN, before=seen)).data == JPEG
    assert decode(page_of(PdfPage(SCAN, after=seen)).data).shape == DRAWN_SHAPE


def test_grey_pixels_are_taken_out_as_they_are(page_of):
    page = page_of(raw_image(PAGE))
    assert page.suffix == ".png"
    assert np.array_equal(decode(page.data), PAGE)


def test_coloured_pixels_are_taken_out_as_they_are(page_of):
    colour = np.dstack([PAGE, 255 - PAGE, PAGE // 2])
    assert np.array_equal(decode_colour(page_of(raw_image(colour)).data), colour[..., ::-1])


@pytest.mark.parametrize(
    ("colours", "white_is_one"),
    [
        (ONE_BIT, True),
        (ONE_BIT + "/Decode[1 0]", False),
        ("/BitsPerComponent 1/ImageMask true", True),
        ("/BitsPerComponent 1/ImageMask true/Decode[1 0]", False),
    ],
)
def test_black_and_white_stays_one_bit(page_of, colours, white_is_one):
    page = page_of(PdfImage(BITS, 248, 351, "/FlateDecode", colours))
    with pillow.open(io.BytesIO(page.data)) as kept:
        assert kept.mode == "1"
        assert np.array_equal(np.asarray(kept), (PAGE > 128) == white_is_one)


def test_fax_compression_stays_one_bit_and_equals_the_same_tiff(pages_of):
    stream = io.BytesIO()
    pillow.fromarray(PAGE > 128).save(stream, "PDF", resolution=120)
    assert b"CCITTFaxDecode" in stream.getvalue()
    (page,) = pages_of(stream.getvalue())
    with pillow.open(io.BytesIO(page.data)) as kept:
        assert kept.mode == "1"
        assert np.array_equal(np.asarray(kept), PAGE > 128)


# --- pages that have to be drawn


@pytest.mark.parametrize(
    "page",
    [
        PdfPage(jpeg_image(PAGE, JPEG, more="/Decode[1 0]")),
        PdfPage(
            jpeg_image(PAGE, JPEG, more="/SMask 4 0 R"), parts=[raw_image(np.eye(20, dtype=np.uint8) * 255).object()]
        ),
        PdfPage(SCAN, before="0 0 70 211 re W n"),
        PdfPage(SCAN, before="/G1 gs"),
        PdfPage(SCAN, "100 0 0 140 20 20"),
        PdfPage(SCAN, "149 10 -10 211 5 0"),
        PdfPage(SCAN, after="1 0 0 rg 20 20 50 50 re f"),
        PdfPage(SCAN, more="/Annots[<</Type/Annot/Subtype/Square/Rect[20 20 90 90]/C[1 0 0]/F 4>>]"),
        PdfPage(after="q 149 0 0 105 0 106 cm /I0 Do Q q 149 0 0 106 0 0 cm /I1 Do Q", parts=[SCAN.object()] * 2),
        PdfPage(after="0 0 0 rg 20 20 50 50 re f"),
    ],
    ids=["inverted", "mask", "clipped", "transparent", "inset", "askew", "over", "note", "stripes", "vector"],
)
def test_whatever_is_not_just_a_scan_is_drawn_as_it_is_shown(pages_of, tmp_path, page):
    (taken,) = pages_of(pdf_bytes(page))
    assert taken.suffix == ".png"
    assert decode(taken.data).shape == DRAWN_SHAPE
    assert difference(taken, shown_by_pdfium(tmp_path / "scan.pdf")) < 6


def test_a_clip_around_the_whole_page_leaves_the_scan_as_it_is(page_of):
    assert page_of(PdfPage(SCAN, before="0 0 149 211 re W n")).data == JPEG


def test_a_fax_of_uneven_resolution_is_drawn_with_square_pixels(page_of):
    assert decode(page_of(jpeg_image(PAGE[::2])).data).shape == DRAWN_SHAPE


def test_print_colours_become_ordinary_colours(page_of):
    stream = io.BytesIO()
    pillow.fromarray(PAGE).convert("CMYK").save(stream, "JPEG")
    page = page_of(
        jpeg_image(PAGE, stream.getvalue(), colours="/ColorSpace/DeviceCMYK/BitsPerComponent 8/Decode[1 0 1 0 1 0 1 0]")
    )
    assert page.suffix == ".png"
    assert not page.reason


def test_colour_is_kept_where_there_is_some(page_of):
    red = decode_colour(page_of(PdfPage(after="1 0 0 rg 20 20 50 50 re f")).data)
    assert red[-150, 150].tolist() == [0, 0, 255]


def test_what_was_typed_into_a_form_is_drawn(pages_of, tmp_path):
    canvas = Canvas(str(tmp_path / "form.pdf"), pagesize=(149, 211))
    canvas.drawString(10, 20, "Whom?")
    canvas.acroForm.textfield(value="SISTER ACT", x=10, y=80, width=120, height=40, borderWidth=0, fillColor=None)
    canvas.save()
    (page,) = pages_of((tmp_path / "form.pdf").read_bytes())
    assert (decode(page.data)[400:540] < 100).sum() > 500


def test_a_huge_page_is_drawn_more_coarsely(page_of, most_pixels):
    page = page_of(PdfPage(after="0 0 5000 5000 re f", size=(14_400, 14_400)))
    height, width = decode(page.data).shape
    assert 0.9 * most_pixels < height * width < 1.01 * most_pixels


@pytest.mark.parametrize("size", [(0, 0), (0.01, 0.01), (1, 14_400), (-149, -211)])
def test_a_page_of_no_size_to_speak_of_is_no_trouble(page_of, size):
    page = page_of(PdfPage(SCAN, size=size))
    assert page.data or page.reason


def test_an_enormous_image_is_not_opened(page_of):
    page = page_of(PdfImage(b"x", 100_000, 100_000, "/FlateDecode"))
    assert page.data == b""
    assert "100,000 by 100,000 pixels" in page.reason


# --- damage


def test_a_jpeg_cut_off_in_its_pdf_is_unreadable_but_kept(page_of):
    half = JPEG[: len(JPEG) // 2]
    page = page_of(jpeg_image(PAGE, half))
    assert page.data == half
    assert "cut off" in page.reason


def test_pixels_cut_off_in_their_pdf_are_unreadable_but_kept(page_of):
    data = zlib.compress(PAGE.tobytes())
    page = page_of(PdfImage(data[: len(data) // 2], 248, 351, "/FlateDecode"))
    assert decode(page.data).shape == PAGE.shape
    assert "cut off" in page.reason


@pytest.mark.parametrize(
    "page",
    [
        PdfPage(jpeg_image(PAGE, b"garbage")),
        PdfPage(PdfImage(b"garbage", 248, 351, "/JPXDecode")),
        PdfPage(PdfImage(b"garbage", 248, 351, "/JBIG2Decode", ONE_BIT)),
        PdfPage(PdfImage(b"", 248, 351, "/CCITTFaxDecode", ONE_BIT + "/DecodeParms<</K -1/Columns 248/Rows 351>>")),
        PdfPage(PdfImage(b"garbage", 248, 351, "/FlateDecode")),
        PdfPage(after="q 149 0 0 211 0 0 cm /I7 Do Q"),
    ],
    ids=["jpeg", "jpeg2000", "jbig2", "fax", "flate", "missing"],
)
def test_a_page_whose_scan_is_lost_is_never_taken_for_blank(page_of, page):
    taken = page_of(page)
    assert taken.data == b""
    assert "damaged" in taken.reason


@pytest.mark.parametrize(
    "page", [PdfPage(), PdfPage(jpeg_image(np.full_like(PAGE, 255))), PdfPage(raw_image(np.full_like(PAGE, 255)))]
)
def test_an_empty_page_is_taken_in(page_of, page):
    taken = page_of(page)
    assert not taken.reason
    assert (decode(taken.data) == 255).all()


def test_an_empty_page_is_taken_in_without_poppler(page_of, without_poppler):
    assert (decode(page_of(PdfPage()).data) == 255).all()


def test_poppler_draws_what_pdfium_cannot(pages_of, monkeypatch):
    def fails(*_, **__):
        raise pdfium.PdfiumError("no")

    monkeypatch.setattr(stage, "scan_on", fails)
    pages = pages_of(pdf_bytes(*MANY[:3]))
    assert [(page.number, page.reason) for page in pages] == [(1, ""), (2, ""), (3, "")]
    for seed, page in enumerate(pages):
        resized = cv2.resize(drawn_page(seed=seed), decode(page.data).shape[::-1], interpolation=cv2.INTER_AREA)
        assert difference(page, resized) < 6


def test_poppler_opens_what_pdfium_cannot(pages_of, monkeypatch):
    monkeypatch.setattr(stage, "_open", lambda _: None)
    pages = pages_of(pdf_bytes(*MANY[:2]))
    assert [(page.number, page.reason, decode(page.data).shape) for page in pages] == [
        (1, "", DRAWN_SHAPE),
        (2, "", DRAWN_SHAPE),
    ]


def test_poppler_draws_a_huge_page_more_coarsely(page_of, monkeypatch, most_pixels):
    monkeypatch.setattr(stage, "_open", lambda _: None)
    page = page_of(PdfPage(after="0 0 5000 5000 re f", size=(14_400, 14_400)))
    assert decode(page.data).size < 1.01 * most_pixels


def test_without_poppler_the_reason_says_what_to_install(page_of, monkeypatch, without_poppler):
    def fails(*_, **__):
        raise pdfium.PdfiumError("no")

    monkeypatch.setattr(stage, "scan_on", fails)
    page = page_of(SCAN)
    assert page.data == b""
    assert "poppler-utils" in page.reason


def test_poppler_that_never_ends_is_given_up(page_of, monkeypatch):
    def never_ends(*_, **__):
        raise pdf2image.exceptions.PDFPopplerTimeoutError

    monkeypatch.setattr(stage, "_open", lambda _: None)
    monkeypatch.setattr(pdf2image, "convert_from_path", never_ends)
    assert "damaged" in page_of(SCAN).reason


@pytest.mark.parametrize("password", ["secret", b""])
def test_a_locked_file_says_so(tmp_path, password):
    path = tmp_path / "locked.pdf"
    lock = StandardEncryption("secret", ownerPassword="owner", canPrint=0) if password else None
    canvas = Canvas(str(path), encrypt=lock or StandardEncryption("", ownerPassword="owner"), pagesize=(149, 211))
    canvas.drawString(20, 100, "Words")
    canvas.save()
    if password:
        with pytest.raises(CannotOpenError, match="locked with a password"):
            list(pdf_pages(path, frozenset()))
    else:  # locked against changes only
        assert [page.reason for page in pdf_pages(path, frozenset())] == [""]


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"%PDF-1.4\n%%EOF", b"%PDF-1.7\n" + bytes(5000), pdf_bytes()])
def test_a_pdf_without_a_page_cannot_be_opened(pages_of, data):
    with pytest.raises(CannotOpenError, match="damaged or cut off"):
        pages_of(data)


def test_a_wrong_table_of_contents_does_no_harm(pages_of):
    data = pdf_bytes(*MANY).replace(b"startxref\n", b"startxref\n9")
    assert [page.data for page in pages_of(data)] == [scan.data for scan in MANY]


@pytest.mark.parametrize("tree_first", [False, True])
@pytest.mark.parametrize("kept", [0.3, 0.5, 0.8, 0.95, 0.999])
def test_the_good_pages_of_a_torn_file_are_taken_and_the_tear_is_told(pages_of, kept, tree_first):
    data = pdf_bytes(*MANY, tree_first=tree_first)
    torn = data[: int(len(data) * kept)]
    pages = pages_of(torn)
    whole = sum(torn.find(scan.data) >= 0 for scan in MANY)
    taken = [page.data for page in pages if not page.reason]
    assert taken == [scan.data for scan in MANY][: len(taken)]
    assert len(taken) >= whole - 1
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    if len(taken) < 6:
        assert "cut off after page" in pages[-1].reason
        assert (f"pages {len(taken) + 1} to 6 of 6" in pages[-1].reason) == (tree_first and len(taken) < 5)
    numbers = {page.number for page in pages}
    assert pages_of(torn, numbers) == []


def test_a_torn_file_whose_contents_are_lost_is_not_taken_for_blank_pages(tmp_path):
    canvas = Canvas(str(tmp_path / "whole.pdf"), pagesize=(149, 211))  # reportlab writes all contents at the end
    for seed in range(4):
        path = tmp_path / f"{seed}.jpg"
        path.write_bytes(jpeg_bytes(drawn_page(seed=seed)))
        canvas.drawImage(path, 0, 0, 149, 211)
        canvas.showPage()
    canvas.save()
    data = (tmp_path / "whole.pdf").read_bytes()
    torn = tmp_path / "torn.pdf"
    for end in (0.5, 0.9, 0.98):
        torn.write_bytes(data[: int(len(data) * end)])
        with pytest.raises(CannotOpenError, match="damaged or cut off"):
            list(pdf_pages(torn, frozenset()))


def test_of_an_endless_row_of_lost_pages_only_the_first_have_a_row(pages_of):
    pages = pages_of(pdf_bytes(SCAN, tree_first=True, count=20_000))
    assert pages[0].data == JPEG
    assert len(pages) == 1 + LOST_IN_A_ROW
    assert not any(page.data for page in pages[1:])
    assert "those after it" in pages[-1].reason


def test_pages_to_skip_are_left_out(pages_of):
    assert [page.number for page in pages_of(pdf_bytes(*MANY), {1, 2, 5})] == [3, 4, 6]


# --- housekeeping


def open_in_pdfium():
    return sum(len(things) for things in ObjectTracker.values())


def test_nothing_stays_open_and_no_file_is_left_behind(tmp_path, monkeypatch):
    left = tmp_path / "temporary"
    left.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(left))
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes(*MANY, PdfPage(), PdfPage(after="0 0 50 50 re f"), raw_image(PAGE)))
    before = open_in_pdfium()
    assert len(list(pdf_pages(path, frozenset()))) == 9
    assert open_in_pdfium() == before
    pages = pdf_pages(path, frozenset())
    assert len(list(itertools.islice(pages, 2))) == 2
    pages.close()
    assert open_in_pdfium() == before
    assert list(left.iterdir()) == []


def test_a_long_file_is_opened_again_and_again_so_that_it_does_not_fill_the_memory(tmp_path, monkeypatch):
    opened = []
    really = stage._open
    monkeypatch.setattr(stage, "_open", lambda path: opened.append(path) or really(path))
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes(*[SCAN] * (3 * stage.REOPENED_AFTER)))
    assert [page.number for page in pdf_pages(path, frozenset())] == list(range(1, 3 * stage.REOPENED_AFTER + 1))
    assert len(opened) == 3


def test_a_file_that_changes_while_it_is_read_costs_the_rest_only(tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes(*[SCAN] * (2 * stage.REOPENED_AFTER)))
    pages = take_in(ScanFile(path, "scan.pdf"))
    taken = list(itertools.islice(pages, stage.REOPENED_AFTER))
    path.unlink()
    path.write_bytes(b"something else")
    (lost,) = pages
    assert (len(taken), lost.number, lost.data) == (10, 11, b"")
    assert "changed while" in lost.reason


def test_nothing_is_logged(page_of, caplog):
    with caplog.at_level(logging.WARNING):
        page_of(raw_image(PAGE))
        page_of(PdfPage(after="0 0 50 50 re f"))
    assert caplog.records == []


def test_odd_names_are_only_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-r.pdf", "~nobody.pdf", "a b'\".pdf", "Ünïcode.pdf"):
        Path(name).write_bytes(pdf_bytes(SCAN, PdfPage()))
        assert [page.reason for page in pdf_pages(Path(name), frozenset())] == ["", ""]


DAMAGEABLE = [
    pdf_bytes(*MANY[:2]),
    pdf_bytes(*MANY[:2], tree_first=True),
    pdf_bytes(PdfImage(BITS, 248, 351, "/FlateDecode", ONE_BIT)),
]


@settings(max_examples=40)
@given(
    st.sampled_from(DAMAGEABLE),
    st.floats(0, 1),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
)
def test_damage_gives_pages_with_data_or_a_reason(tmp_path_factory, data, kept, changes):
    damaged = bytearray(data[: max(8, int(len(data) * kept))])
    for place, value in changes:
        damaged[int(len(damaged) * place)] = value
    path = tmp_path_factory.mktemp("damaged") / "scan.pdf"
    path.write_bytes(damaged)
    try:
        pages = list(pdf_pages(path, frozenset()))
    except CannotOpenError:
        return
    for page in pages:
        assert page.data or page.reason
        if not page.reason:
            check(page.data)
