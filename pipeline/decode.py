"""Decode the kept bytes of a page, and tell beforehand, cheaply, whether that will work.

Two kinds are kept: JPEG as it came, and PNG. What is said of their insides is in ISO/IEC 10918-1 annex B
(JPEG), CIPA DC-008 (EXIF) and ISO/IEC 15948 (PNG).
"""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as pillow
from PIL import ImageOps

from pipeline.records import Image

MAX_PIXELS = 150_000_000
"""A4 at 1,200 dpi has 139 million; more is a mistake or an attack, and would fill the memory (a byte or three each)."""

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"

_SOS, _EOI, _APP1 = 0xDA, 0xD9, 0xE1
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, 0xD8})
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""Stuffed zeros and restart markers belong to the data, so the same search finds the end of a scan. It takes half a
millisecond a megabyte, and twenty-five times as long when written with `\xff+`."""
_EXIF = b"Exif\x00"
_ORIENTATION_TAG = 0x0112
_LOST_GREY = 128
"""What a JPEG decoder puts where data is missing."""

_CUT_OFF = "The picture is cut off, as when copying it was interrupted. Copy the file again, or scan the page again."
_DAMAGED = "The picture is damaged and cannot be shown. Copy the file again, or scan the page again."


class DecodeError(Exception):
    """Bytes that are no picture, or only part of one. The message is the reason, in plain English."""


class CutOffError(DecodeError):
    """The beginning of a picture."""

    def __init__(self) -> None:
        super().__init__(_CUT_OFF)


class TooLargeError(DecodeError):
    """A picture with more pixels than any scanned page has."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a JPEG or PNG says of itself before its pixels."""

    is_jpeg: bool
    width: int
    height: int
    components: int
    """Of a JPEG: 1 grey, 3 colour, 4 print colours. 0 for PNG."""
    has_alpha: bool = False


def decode(data: bytes) -> Image:
    """Return the page as grey `uint8` of shape (height, width), turned as its EXIF says, on white where
    transparent.

    Raises `DecodeError` for anything that `check` refuses.
    """
    return _decoded(data, cv2.IMREAD_GRAYSCALE, "L")


def decode_colour(data: bytes) -> NDArray[np.uint8]:
    """Return the page as `uint8` of shape (height, width, 3), in the order blue, green, red; otherwise as `decode`."""
    return _decoded(data, cv2.IMREAD_COLOR, "RGB")


def check(data: bytes) -> None:
    """Raise `DecodeError` unless the whole picture is there and can be decoded.

    A JPEG costs a third of decoding it: it is decoded at an eighth of its size. A PNG is decoded.
    """
    header = read_header(data)
    if not header.is_jpeg:
        if not any(kind == b"IEND" for kind, _, _ in _png_chunks(data)):
            raise CutOffError
        decode(data)
        return
    if not any(marker == _EOI for marker, _, _ in jpeg_segments(data)):
        raise CutOffError
    small = _opencv(data, cv2.IMREAD_REDUCED_GRAYSCALE_8 | cv2.IMREAD_IGNORE_ORIENTATION)
    # An end marker may stand after a hole. Paper is never this very grey from edge to edge.
    if min(small.shape) >= 8 and bool((small[-1] == _LOST_GREY).all()):
        raise CutOffError


def decode_thumbnail(data: bytes) -> Image:
    """Return a JPEG in grey at an eighth of its size, turned as its EXIF says."""
    return _opencv(data, cv2.IMREAD_REDUCED_GRAYSCALE_8)


def read_header(data: bytes) -> PictureHeader:
    """Return what the picture says of itself. Raises `DecodeError`, `TooLargeError` when it is beyond `MAX_PIXELS`."""
    if data.startswith(JPEG_START):
        header = _jpeg_header(data)
    elif data.startswith(PNG_START):
        header = _png_header(data)
    else:
        raise DecodeError("This is not a JPEG or PNG picture.")
    if header.width < 1 or header.height < 1:
        raise DecodeError(_DAMAGED)
    refuse_too_large(header.width, header.height)
    return header


def refuse_too_large(width_px: int, height_px: int) -> None:
    """Raise `TooLargeError` when a picture of this size is beyond `MAX_PIXELS`."""
    if width_px * height_px > MAX_PIXELS:
        raise TooLargeError(
            f"The picture says it is {width_px:,} by {height_px:,} pixels, far more than a scanned page has, "
            "so it was not opened. Scan the page at 300 dpi."
        )


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of every whole segment; the last is the end marker (0xD9), if it is there."""
    position = 2
    while found := _MARKER.search(data, position):
        marker, body = found[1][0], found.end()
        if marker == _EOI:
            yield marker, found.start(), body
            return
        if marker in _WITHOUT_LENGTH:
            position = body
            continue
        length = int.from_bytes(data[body : body + 2], "big")
        position = body + length
        if length < 2 or position > len(data):
            return
        yield marker, found.start(), position


def is_exif(data: bytes, marker: int, start: int) -> bool:
    """Whether the segment of a JPEG that starts here holds EXIF notes."""
    return marker == _APP1 and data.find(_EXIF, start, start + 12) >= 0


def jpeg_orientation(data: bytes) -> int:
    """Return the EXIF orientation, 1 to 8, that a JPEG notes; 1 without a note, 0 when the note can't be understood."""
    for marker, start, end in jpeg_segments(data):
        if marker == _SOS:
            break
        if is_exif(data, marker, start):
            return _exif_orientation(data[data.index(_EXIF, start) + 6 : end])
    return 1


def _exif_orientation(tiff: bytes) -> int:
    """Return the orientation in a block of EXIF notes, which is laid out as a TIFF directory."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (offset,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, offset)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, offset + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG:
                return int(value) if kind == 3 and 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 1


def _jpeg_header(data: bytes) -> PictureHeader:
    for marker, start, end in jpeg_segments(data):
        if marker in _FRAME_HEADERS:
            body = data[start + 1 : end]
            if len(body) < 9:
                break
            height, width, components = struct.unpack_from(">HHB", body, 4)
            return PictureHeader(True, width, height, components)
        if marker == _SOS:
            break
    raise CutOffError


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of the contents of every whole chunk."""
    position = len(PNG_START)
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        end = position + 8 + length
        if end + 4 > len(data):
            return
        yield data[position + 4 : position + 8], position + 8, end
        position = end + 4


def _png_header(data: bytes) -> PictureHeader:
    width = height = 0
    has_alpha = False
    for kind, start, end in _png_chunks(data):
        if kind == b"IHDR" and end - start == 13:
            width, height, _, colour_type = struct.unpack_from(">IIBB", data, start)
            has_alpha = colour_type in (4, 6)
        elif kind == b"tRNS":
            has_alpha = True
        elif kind == b"IDAT":
            break
    if not width:
        raise CutOffError
    return PictureHeader(False, width, height, 0, has_alpha)


def _decoded(data: bytes, flag: int, mode: str) -> NDArray[np.uint8]:
    return _on_white(data, mode) if read_header(data).has_alpha else _opencv(data, flag)


def _opencv(data: bytes, flag: int) -> NDArray[np.uint8]:
    """Decode by OpenCV, the fastest way; it turns the picture as its EXIF says (measured, 5.0, JPEG and PNG)."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except (cv2.error, MemoryError) as error:
        raise DecodeError(_DAMAGED) from error
    if image is None:
        raise DecodeError(_DAMAGED)
    return np.asarray(image, np.uint8)


def _on_white(data: bytes, mode: str) -> NDArray[np.uint8]:
    """Decode a picture with transparent parts by Pillow; OpenCV would show whatever colour lies under them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pillow.DecompressionBombWarning)
            with pillow.open(io.BytesIO(data), formats=("PNG",)) as picture:
                top = ImageOps.exif_transpose(picture).convert("RGBA")
                page = pillow.new("RGBA", top.size, "white")
                page.alpha_composite(top)
                image = np.asarray(page.convert(mode), np.uint8)
    except (OSError, ValueError, SyntaxError, MemoryError, pillow.DecompressionBombError) as error:
        raise DecodeError(_DAMAGED) from error
    return image if mode == "L" else np.ascontiguousarray(image[..., ::-1])
