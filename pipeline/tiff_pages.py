"""Take the pages out of a TIFF file: every frame as PNG, so that the same frame in another container is the
same page."""

import itertools
import struct
import warnings
from collections.abc import Iterator, Set
from enum import Enum, auto
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as pillow
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.decode import MAX_PIXELS, TooLargeError, refuse_too_large
from pipeline.pictures import CannotOpenError, Pixels, TakenPage, png_page

BAD_TIFF = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    SystemError,
    struct.error,
    pillow.DecompressionBombError,
)
"""All that Pillow has been seen to raise over a damaged file (random damage, thousands of times)."""

_SUBFILE, _WIDTH_DPI, _HEIGHT_DPI, _ORIENTATION, _PAGE_OF = 254, 282, 283, 274, 297
_REDUCED_OR_MASK = 0b101
_UNEVEN = 1.05
_MOST_UNEVEN = 4.0
_ON_ITS_SIDE = 5

_DAMAGED = "This page of the file is damaged or cut off. Copy the file again, or scan the page again."
_UNUSUAL = "This page has pixels of a kind that scanners do not make ({mode}). Save it as PDF or JPEG."
_NOT_OPENED = "The TIFF file is damaged or cut off before its first page. Copy the file again, or scan it again."


def tiff_pages(path: Path, skip: Set[int]) -> Iterator[TakenPage]:
    """Yield the pages of a TIFF file in order, without those in `skip`; small previews among them aren't
    pages.

    Where the file is torn, a last page says so. Raises `CannotOpenError` when there is no page at all.
    """
    # Given an open file, not a path: Pillow maps a path into memory and then mixes up the sides of turned
    # frames (13.0).
    with path.open("rb") as stream:
        try:
            with warnings.catch_warnings(action="ignore"):
                picture = TiffImageFile(stream)  # not Image.open, which would refuse a bomb before its page is known
        except BAD_TIFF as error:
            raise CannotOpenError(_NOT_OPENED) from error
        with picture:
            yield from _frames(picture, skip)


def _frames(picture: TiffImageFile, skip: Set[int]) -> Iterator[TakenPage]:
    number = total = 0
    for index in itertools.count():
        found = _find(picture, index)
        if found is _Found.END:
            return
        if found is _Found.PREVIEW:
            continue
        number += 1
        lost = found is _Found.BROKEN
        if lost and _find(picture, index + 1) in (_Found.END, _Found.BROKEN):
            if number not in skip:
                yield TakenPage(number, reason=_torn(number - 1, total))
            return
        total = total if lost else _page_count(picture) or total
        if number not in skip:
            yield TakenPage(number, reason=_DAMAGED) if lost else _page(picture, number)


class _Found(Enum):
    PAGE = auto()
    PREVIEW = auto()
    BROKEN = auto()
    END = auto()


def _find(picture: TiffImageFile, index: int) -> _Found:
    """Go to a frame of the file, and say what is there."""
    try:
        with warnings.catch_warnings(action="ignore"):
            picture.seek(index)
        is_preview = index > 0 and int(picture.tag_v2.get(_SUBFILE, 0)) & _REDUCED_OR_MASK
    except EOFError:
        return _Found.END
    except BAD_TIFF:
        return _Found.BROKEN
    return _Found.PREVIEW if is_preview else _Found.PAGE


def _torn(number: int, total: int) -> str:
    lost = f"pages {number + 1} to {total} of {total} are" if total > number else "whatever came after it is"
    return f"The file is cut off after page {number}: {lost} lost. Copy the file again, or scan them again."


def _page_count(picture: TiffImageFile) -> int:
    """Return how many pages the file had, where it says so."""
    value: Any = picture.tag_v2.get(_PAGE_OF)
    return int(value[1]) if isinstance(value, tuple) and len(value) == 2 else 0


def _page(picture: TiffImageFile, number: int) -> TakenPage:
    try:
        refuse_too_large(*picture.size)
        stretch = _stretch(picture)
        with warnings.catch_warnings(action="ignore"):
            pixels = _pixels(picture)
    except TooLargeError as error:
        return TakenPage(number, reason=str(error))
    except BAD_TIFF:
        return TakenPage(number, reason=_DAMAGED)
    if pixels is None:
        return TakenPage(number, reason=_UNUSUAL.format(mode=picture.mode))
    return png_page(number, _stretched(pixels, *stretch))


def _stretch(picture: TiffImageFile) -> tuple[float, float]:
    """Return how much broader and higher the page must become for its pixels to be square (a fax's are not)."""
    tags = picture.tag_v2
    across, down = float(tags.get(_WIDTH_DPI, 0)), float(tags.get(_HEIGHT_DPI, 0))
    if not (across > 0 and down > 0):
        return 1.0, 1.0
    if tags.get(_ORIENTATION, 1) >= _ON_ITS_SIDE:
        across, down = down, across
    if not _UNEVEN < max(across / down, down / across) < _MOST_UNEVEN:
        return 1.0, 1.0
    return max(1.0, down / across), max(1.0, across / down)


def _stretched(pixels: Pixels, broader: float, higher: float) -> Pixels:
    """Repeat rows or columns, so that black and white stays black and white."""
    height, width = round(pixels.shape[0] * higher), round(pixels.shape[1] * broader)
    if (height, width) == pixels.shape[:2] or height * width > MAX_PIXELS:
        return pixels
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    return np.ascontiguousarray(pixels[rows][:, columns])


def _pixels(picture: pillow.Image) -> Pixels | None:
    """Return the frame's pixels, upright (Pillow turns a TIFF as its notes say); None for an unusual kind."""
    picture.load()
    mode = picture.mode
    if mode in ("1", "L"):
        return np.asarray(picture)
    if mode.startswith("I;16"):
        return np.asarray(picture).astype(np.uint16)
    if mode in ("LA", "PA", "RGBA"):
        top = picture.convert("RGBA")
        page = pillow.new("RGBA", top.size, "white")
        page.alpha_composite(top)
        picture = page.convert("RGB")
    elif mode in ("P", "CMYK", "YCbCr"):
        picture = picture.convert("RGB")
    elif mode != "RGB":
        return None
    return np.ascontiguousarray(np.asarray(picture)[..., ::-1])
