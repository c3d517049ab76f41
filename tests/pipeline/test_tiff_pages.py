import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as pillow
from PIL import ImageOps
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from pipeline.decode import check, decode
from pipeline.pictures import CannotOpenError
from pipeline.tiff_pages import tiff_pages
from tests.pipeline.scan_files import drawn_page, exif_of, png_bytes, tiff_bytes

PAGE = drawn_page()
GREY = pillow.fromarray(PAGE)
BILEVEL = pillow.fromarray(PAGE > 128)
FRAMES = [pillow.fromarray(drawn_page(seed=seed) > 128) for seed in range(4)]
COMPRESSIONS = [None, "group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "packbits"]


@pytest.fixture
def pages_of(tmp_path):
    def take(data, skip=frozenset()):
        path = tmp_path / "scan.tif"
        path.write_bytes(data)
        return list(tiff_pages(path, skip))

    return take


def tags_of(**tags):
    directory = ImageFileDirectory_v2()
    for name, value in tags.items():
        number = {"orientation": 274, "across": 282, "down": 283, "unit": 296, "subfile": 254, "page": 297}[name]
        directory[number] = value
    return directory


def joined(*frames: bytes) -> bytes:
    """Return one TIFF of several files of one frame each, whose bytes stay where they are."""
    out = bytearray(frames[0])
    links = [_link(frames[0])]
    for frame in frames[1:]:
        shift = len(out) + len(out) % 2
        out += bytes(shift - len(out)) + frame
        directory = struct.unpack_from("<I", frame, 4)[0]
        for entry in range(struct.unpack_from("<H", frame, directory)[0]):
            place = directory + 2 + 12 * entry
            tag, kind, count, value = struct.unpack_from("<HHII", frame, place)
            if tag == 273 or count * {3: 2, 4: 4, 5: 8}.get(kind, 1) > 4:
                struct.pack_into("<I", out, shift + place + 8, value + shift)
        struct.pack_into("<I", out, links[-1], shift + directory)
        links.append(shift + _link(frame))
    return bytes(out)


def _link(frame: bytes) -> int:
    directory = struct.unpack_from("<I", frame, 4)[0]
    return directory + 2 + 12 * struct.unpack_from("<H", frame, directory)[0]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_frame_is_a_page_of_one_bit_whatever_its_compression(pages_of, compression):
    pages = pages_of(tiff_bytes(FRAMES, compression=compression))
    assert [(page.number, page.suffix, page.reason) for page in pages] == [(n, ".png", "") for n in (1, 2, 3, 4)]
    for page, frame in zip(pages, FRAMES, strict=True):
        with pillow.open(io.BytesIO(page.data)) as kept:
            assert kept.mode == "1"
            assert np.array_equal(np.asarray(kept), np.asarray(frame))
        assert np.array_equal(decode(page.data) > 128, np.asarray(frame))


def test_the_same_frame_of_another_file_is_the_same_page(pages_of):
    alone = pages_of(tiff_bytes([FRAMES[2]], compression="tiff_lzw", dpi=(300, 300), software="Other"))
    assert alone[0].data == pages_of(tiff_bytes(FRAMES, compression="group4"))[2].data


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "CMYK", "I;16", "LA", "RGBA", "YCbCr", "1"])
def test_every_kind_of_pixels_is_taken_in(pages_of, mode):
    picture = pillow.fromarray(PAGE.astype(np.uint16) * 257) if mode == "I;16" else GREY.convert(mode)
    if mode in ("LA", "RGBA"):
        picture.putalpha(255)
    (page,) = pages_of(tiff_bytes([picture], compression="jpeg" if mode == "YCbCr" else None))
    check(page.data)
    assert np.abs(decode(page.data).astype(int) - PAGE).mean() < (60 if mode == "1" else 3)


def test_grey_stays_exactly_as_it_is_and_transparent_is_white(pages_of):
    assert np.array_equal(decode(pages_of(tiff_bytes([GREY]))[0].data), PAGE)
    clear = pillow.new("RGBA", (20, 10), (0, 0, 0, 0))
    assert (decode(pages_of(tiff_bytes([clear]))[0].data) == 255).all()


def test_pixels_that_no_scanner_makes_are_said_to_be_so(pages_of):
    (page,) = pages_of(tiff_bytes([GREY.convert("F")]))
    assert page.data == b""
    assert "Save it as PDF or JPEG" in page.reason


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_frame_is_set_upright(pages_of, orientation, compression):
    (page,) = pages_of(tiff_bytes([GREY], tiffinfo=tags_of(orientation=orientation), compression=compression))
    with pillow.open(io.BytesIO(png_bytes(PAGE, exif=exif_of(orientation)))) as noted:
        assert np.array_equal(decode(page.data), np.asarray(ImageOps.exif_transpose(noted)))


@pytest.mark.parametrize(("orientation", "shape"), [(1, (702, 248)), (6, (248, 702))])
def test_a_fax_gets_square_pixels_and_stays_black_and_white(pages_of, orientation, shape):
    tags = tags_of(across=204.0, down=102.0, unit=2, orientation=orientation)
    (page,) = pages_of(tiff_bytes([BILEVEL], tiffinfo=tags, compression="group3"))
    with pillow.open(io.BytesIO(page.data)) as kept:
        assert (kept.mode, kept.size) == ("1", shape[::-1])


@pytest.mark.parametrize(("across", "down"), [(300.0, 300.0), (0.0, 300.0), (300.0, 1.0), (204.0, 196.0)])
def test_other_resolutions_leave_the_pixels_alone(pages_of, across, down):
    (page,) = pages_of(tiff_bytes([BILEVEL], tiffinfo=tags_of(across=across, down=down, unit=2)))
    assert decode(page.data).shape == PAGE.shape


def test_a_preview_is_no_page(pages_of):
    preview = tiff_bytes([BILEVEL.resize((31, 44))], tiffinfo=tags_of(subfile=1))
    whole = [tiff_bytes([frame]) for frame in FRAMES[:2]]
    pages = pages_of(joined(whole[0], preview, whole[1]))
    assert [(page.number, decode(page.data).shape) for page in pages] == [(1, PAGE.shape), (2, PAGE.shape)]


def test_pages_to_skip_are_left_out(pages_of):
    assert [page.number for page in pages_of(tiff_bytes(FRAMES), {1, 3})] == [2, 4]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_the_good_pages_of_a_torn_file_are_taken_and_the_tear_is_told(pages_of, compression):
    data = tiff_bytes(FRAMES, compression=compression)
    pages = pages_of(data[: int(len(data) * 0.7)])
    good = [page for page in pages if not page.reason]
    assert len(good) >= 2
    for page, frame in zip(good, FRAMES, strict=False):
        assert np.array_equal(decode(page.data) > 128, np.asarray(frame))
    assert "cut off" in pages[-1].reason
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_how_many_pages_are_lost_is_said_where_the_file_knows(pages_of):
    frames = [tiff_bytes([frame], tiffinfo=tags_of(page=(index, 4))) for index, frame in enumerate(FRAMES)]
    data = joined(*frames)
    pages = pages_of(data[: len(joined(*frames[:2]))])
    assert [bool(page.data) for page in pages] == [True, True, False]
    assert "after page 2: pages 3 to 4 of 4 are lost" in pages[2].reason
    assert pages_of(data[: len(joined(*frames[:2]))], {1, 2, 3}) == []


def test_a_page_cut_off_in_its_pixels_is_unreadable(pages_of):
    data = tiff_bytes([FRAMES[0]], compression="group4")
    place, length = 8, int.from_bytes(data[4:8], "little") - 8
    moved = joined(tiff_bytes([FRAMES[1]]), data)  # the directory of Pillow's G4 files comes last: break the length
    entry = moved.rindex(struct.pack("<HH", 279, 4))
    broken = moved[: entry + 8] + struct.pack("<I", 10**6) + moved[entry + 12 :]
    assert place + length < len(data)
    assert [bool(page.data) for page in pages_of(broken)] == [True, False]
    assert "damaged or cut off" in pages_of(broken)[1].reason


def test_a_broken_frame_between_good_ones_costs_only_itself(pages_of):
    frames = [tiff_bytes([frame]) for frame in FRAMES[:3]]
    data = bytearray(joined(*frames))
    middle = len(joined(frames[0])) + int.from_bytes(frames[1][4:8], "little")
    width = data.index(struct.pack("<HH", 256, 4), middle)
    struct.pack_into("<H", data, width, 255)  # without a width there is no frame
    pages = pages_of(bytes(data))
    assert [(page.number, bool(page.data)) for page in pages] == [(1, True), (2, False), (3, True)]


def test_a_bomb_is_not_opened(pages_of):
    data = bytearray(tiff_bytes([BILEVEL], compression="group4"))
    directory = struct.unpack_from("<I", data, 4)[0]
    for entry, tag in enumerate((256, 257)):
        struct.pack_into("<HHII", data, directory + 2 + 12 * entry, tag, 4, 1, 60_000)
    (page,) = pages_of(bytes(data))
    assert page.data == b""
    assert "60,000 by 60,000 pixels" in page.reason


def test_frames_that_go_round_in_a_circle_end(pages_of):
    data = bytearray(joined(*(tiff_bytes([frame]) for frame in FRAMES[:2])))
    first = struct.unpack_from("<I", data, 4)[0]
    second = struct.unpack_from("<I", data, _link(bytes(data)))[0]
    last = second + 2 + 12 * struct.unpack_from("<H", data, second)[0]
    struct.pack_into("<I", data, last, first)
    assert [page.number for page in pages_of(bytes(data)) if page.data] == [1, 2]


@pytest.mark.parametrize("data", [b"II*\x00", b"II*\x00\x08\x00\x00\x00", b"MM\x00*" + b"x" * 50])
def test_a_file_without_a_page_cannot_be_opened(pages_of, data):
    with pytest.raises(CannotOpenError, match="before its first page"):
        pages_of(data)


def test_a_file_cut_off_in_its_first_page_has_that_page_lost(pages_of):
    pages = pages_of(tiff_bytes([GREY])[:1000])
    assert [(page.number, page.data) for page in pages] == [(1, b"")]


@given(
    st.sampled_from([tiff_bytes(FRAMES[:2], compression=compression) for compression in COMPRESSIONS]),
    st.floats(0, 1),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
)
def test_damage_gives_pages_with_data_or_a_reason(tmp_path_factory, data, kept, changes):
    damaged = bytearray(data[: max(8, int(len(data) * kept))])
    for place, value in changes:
        damaged[int(len(damaged) * place)] = value
    path = tmp_path_factory.mktemp("damaged") / "scan.tif"
    path.write_bytes(damaged)
    try:
        pages = list(tiff_pages(path, frozenset()))
    except CannotOpenError:
        return
    for page in pages:
        assert page.data or page.reason
        if page.data:
            check(page.data)
