"""What is kept of a page: the picture as it came where that can be, else the same pixels as PNG.

A picture that lies turned or mirrored in its PDF is set upright: a JPEG by an EXIF note, which leaves its
pixels alone, any other by moving its pixels.
"""

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as pillow

from pipeline.decode import DecodeError, is_exif, jpeg_orientation, jpeg_segments

Pixels = NDArray[Any]
"""`uint8` or `uint16` of shape (height, width) or (height, width, 3) in the order blue, green, red; or
`bool`, white."""

_JFIF = 0xE0
_SOS = 0xDA


@dataclass(frozen=True, slots=True)
class TakenPage:
    """One page as it was taken out of its file; see `records.Page`."""

    number: int
    data: bytes = b""
    suffix: str = ""
    reason: str = ""


class CannotOpenError(Exception):
    """A file of which not a single page could be had. The message is the reason, in plain English."""


def png_page(number: int, pixels: Pixels) -> TakenPage:
    """Return the page with these pixels, as PNG."""
    try:
        return TakenPage(number, png_of(pixels), ".png")
    except (cv2.error, MemoryError):
        return TakenPage(number, reason="The page is too large for this machine's memory. Scan it at 300 dpi.")


def png_of(pixels: Pixels) -> bytes:
    """Return the pixels as PNG, without loss and without notes: the same pixels always give the same bytes.

    Black and white takes 1 bit a pixel, and a picture whose three colours are equal everywhere is kept as
    grey.
    """
    if pixels.dtype == np.bool_:
        stream = io.BytesIO()
        pillow.fromarray(pixels).save(stream, "PNG")
        return stream.getvalue()
    # OpenCV's usual PNG is two and a half times as fast as Pillow's fastest, and smaller (measured on an A4
    # scan).
    written, encoded = cv2.imencode(".png", without_needless_colour(pixels))
    if not written:
        raise MemoryError
    return encoded.tobytes()


def without_needless_colour(pixels: Pixels) -> Pixels:
    """Return a picture in colour as grey when its three colours are equal everywhere; others as they are."""
    if pixels.ndim == 3:
        blue, green, red = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        if np.array_equal(blue, green) and np.array_equal(green, red):
            return np.ascontiguousarray(blue)
    return pixels


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Return the pixels upright, given their EXIF orientation (1 to 8)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """Return a JPEG that notes this EXIF orientation: the very same bytes when it does already.

    Otherwise all its EXIF notes make way for this one. Its pixels are untouched.
    """
    if jpeg_orientation(jpeg) == orientation:
        return jpeg
    note = _exif_note(orientation)
    kept = [jpeg[:2]]
    for marker, start, end in jpeg_segments(jpeg):
        if marker != _JFIF and note:
            kept.append(note)
            note = b""
        if marker == _SOS:
            kept.append(jpeg[start:])
            return b"".join(kept)
        if not is_exif(jpeg, marker, start):
            kept.append(jpeg[start:end])
    raise DecodeError("The picture is damaged.")


def _exif_note(orientation: int) -> bytes:
    """Return an EXIF segment with nothing in it but the orientation (CIPA DC-008, section 4.5)."""
    directory = b"\x00\x01" + b"\x01\x12\x00\x03\x00\x00\x00\x01" + bytes([0, orientation, 0, 0]) + b"\x00\x00\x00\x00"
    notes = b"Exif\x00\x00" + b"MM\x00\x2a\x00\x00\x00\x08" + directory
    return b"\xff\xe1" + (len(notes) + 2).to_bytes(2, "big") + notes
