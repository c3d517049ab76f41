import io
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as pillow

from pipeline.decode import CutOffError, DecodeError, TooLargeError, check, decode, decode_colour
from tests.pipeline.scan_files import drawn_page, exif_of, jpeg_bytes, png_bytes, png_header

PAGE = drawn_page(120, 160)
JPEG = jpeg_bytes(PAGE)
PNG = png_bytes(PAGE)


def colourful() -> np.ndarray:
    page = np.dstack([PAGE, PAGE // 2, 255 - PAGE])
    page[:8, :8] = (255, 0, 0)
    return page


def stored_for(orientation: int, upright: np.ndarray) -> np.ndarray:
    """Return the pixels that a camera stores, which show `upright` once they are turned."""
    back = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, 1)
    stream = io.BytesIO(png_bytes(upright, exif=exif_of(back)))
    from PIL import ImageOps

    return np.asarray(ImageOps.exif_transpose(pillow.open(stream)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("encode", [jpeg_bytes, png_bytes])
def test_however_the_camera_was_held_the_page_is_upright(encode, orientation):
    data = encode(stored_for(orientation, PAGE), exif=exif_of(orientation))
    check(data)
    assert np.abs(decode(data).astype(int) - PAGE).max() < 40
    assert decode_colour(data).shape == (160, 120, 3)
    assert np.abs(decode_colour(data)[..., 1].astype(int) - PAGE).max() < 40


@pytest.mark.parametrize(
    ("mode", "data"),
    [
        ("grey", PNG),
        ("black and white", png_bytes(pillow.fromarray(PAGE > 128))),
        ("16 bits", png_bytes(PAGE.astype(np.uint16) * 257)),
        ("palette", png_bytes(pillow.fromarray(PAGE).convert("P"))),
        ("grey JPEG", JPEG),
        ("colour JPEG", jpeg_bytes(PAGE, "RGB")),
        ("progressive JPEG", jpeg_bytes(PAGE, progressive=True)),
        ("JPEG for printing presses", jpeg_bytes(PAGE, "CMYK")),
        ("JPEG with a photograph's trailer", JPEG + b"trailer" * 100),
    ],
)
def test_every_kind_of_picture_is_decoded_to_the_same_page(mode, data):
    check(data)
    grey = decode(data)
    assert (grey.dtype, grey.shape) == (np.uint8, PAGE.shape)
    wanted = (PAGE > 128) * 255 if mode == "black and white" else PAGE
    assert np.abs(grey.astype(int) - wanted).mean() < 3


def test_colours_are_in_the_order_blue_green_red():
    colour = decode_colour(png_bytes(colourful()))
    assert colour[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white_paper(mode):
    picture = pillow.new(mode, (20, 10), (0,) * len(mode))  # black, but not to be seen
    picture.paste(pillow.new(mode, (5, 10), (0,) * (len(mode) - 1) + (255,)))
    data = png_bytes(picture)
    check(data)
    assert (decode(data)[:, 5:] == 255).all()
    assert (decode(data)[:, :5] == 0).all()
    assert (decode_colour(data)[:, 5:] == 255).all()


def test_a_transparent_palette_colour_is_white_paper():
    picture = pillow.fromarray(np.zeros((10, 20), np.uint8)).convert("P")
    assert (decode(png_bytes(picture, transparency=0)) == 255).all()


def test_a_transparent_picture_is_turned_too():
    picture = pillow.new("RGBA", (20, 10), (0, 0, 0, 0))
    assert decode(png_bytes(picture, exif=exif_of(6))).shape == (20, 10)


@given(st.floats(0, 0.999))
def test_a_jpeg_cut_anywhere_is_refused(part):
    with pytest.raises(DecodeError):
        check(JPEG[: int(len(JPEG) * part)])


@given(st.floats(0, 0.999))
def test_a_png_cut_anywhere_is_refused(part):
    with pytest.raises(DecodeError):
        check(PNG[: int(len(PNG) * part)])


def test_a_picture_cut_off_is_said_to_be_so():
    with pytest.raises(CutOffError, match="cut off"):
        check(JPEG[:-2])
    with pytest.raises(CutOffError, match="cut off"):
        check(JPEG[: len(JPEG) // 2] + bytes(len(JPEG) // 2))
    with pytest.raises(CutOffError, match="cut off"):
        check(PNG[:-12])


def test_a_jpeg_with_a_hole_before_its_end_is_refused():
    with pytest.raises(CutOffError):
        check(JPEG[: len(JPEG) // 2] + b"\xff\xd9")


def test_a_preview_in_the_notes_does_not_end_the_picture():
    notes = b"Exif\x00\x00" + jpeg_bytes(PAGE[:50, :50])
    data = JPEG[:2] + b"\xff\xe1" + (len(notes) + 2).to_bytes(2, "big") + notes + JPEG[2:]
    check(data)
    assert decode(data).shape == PAGE.shape
    with pytest.raises(CutOffError):
        check(data[:-2])


@pytest.mark.parametrize("data", [png_header(60_000, 60_000), png_header(2**31 - 1, 2**31 - 1)])
def test_a_png_bomb_is_not_opened(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for opened in (check, decode, decode_colour):
            with pytest.raises(TooLargeError, match="300 dpi"):
                opened(data)


def test_a_jpeg_bomb_is_not_opened():
    size = JPEG.index(b"\xff\xc0") + 5
    data = JPEG[:size] + b"\xff\xff\xff\xff" + JPEG[size + 4 :]
    for opened in (check, decode, decode_colour):
        with pytest.raises(TooLargeError, match="65,535 by 65,535"):
            opened(data)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.4", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", JPEG[:200], png_header(0, 5)]
)
def test_what_is_no_picture_is_refused(data):
    for opened in (check, decode, decode_colour):
        with pytest.raises(DecodeError):
            opened(data)


@given(st.sampled_from([JPEG, PNG]), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8))
def test_damage_is_refused_or_does_not_hinder_decoding(data, changes):
    damaged = bytearray(data)
    for place, value in changes:
        damaged[int(len(data) * place)] = value
    try:
        check(bytes(damaged))
    except DecodeError:
        return
    assert decode(bytes(damaged)).ndim == 2
    assert decode_colour(bytes(damaged)).ndim == 3


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]), st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(start, rest):
    for opened in (check, decode, decode_colour):
        with pytest.raises(DecodeError):
            opened(start + rest)
