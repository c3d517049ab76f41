"""Draw a page of a PDF by poppler (through pdf2image): the second way, for odd files that pdfium can't draw."""

import re
from pathlib import Path

import numpy as np
import pdf2image
from pdf2image.exceptions import (
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
    PopplerNotInstalledError,
)

from pipeline.pictures import Pixels

TIMEOUT_S = 60
"""A page takes a fifth of a second; one that takes this long never ends."""
_POINTS = re.compile(r"([\d.]+) x ([\d.]+)")
_POPPLER_ERRORS = (
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
    OSError,
    ValueError,
    LookupError,
)


class PopplerError(Exception):
    """Poppler can't draw the page either."""


class PopplerMissingError(PopplerError):
    """Poppler isn't installed."""


def count_pages(path: Path) -> int:
    """Return the number of pages that poppler sees in the file; 0 when it can't open it. Raises
    `PopplerMissingError`."""
    try:
        return int(str(_information(path, 1)["Pages"]))
    except PopplerMissingError:
        raise
    except (PopplerError, LookupError, ValueError):
        return 0


def draw_page(path: Path, number: int, dpi: float, max_pixels: int, *, strict: bool = False) -> Pixels:
    """Return the page (numbers from 1) in colour, at a lower resolution when it would have more than
    `max_pixels`.

    Raises `PopplerError` when it can't be drawn, or, when `strict`, when poppler finds any fault in it.
    """
    size = _POINTS.search(str(_information(path, number).get(f"Page {number:4d} size", "")))
    if size is None:
        raise PopplerError
    inches = max(float(size[1]) * float(size[2]) / 72**2, 1e-6)
    dpi = min(dpi, (max_pixels / inches) ** 0.5)
    try:
        pictures = pdf2image.convert_from_path(
            path,
            dpi=dpi,  # type: ignore[arg-type]  # only ever written into a command line
            first_page=number,
            last_page=number,
            strict=strict,
            timeout=TIMEOUT_S,
        )
        return np.ascontiguousarray(np.asarray(pictures[0].convert("RGB"))[..., ::-1])
    except PopplerNotInstalledError as error:
        raise PopplerMissingError from error
    except _POPPLER_ERRORS as error:
        raise PopplerError from error


def _information(path: Path, number: int) -> dict[str, object]:
    """Return what `pdfinfo` says of the file and of one page."""
    try:
        said = pdf2image.pdfinfo_from_path(str(path), first_page=number, last_page=number, timeout=TIMEOUT_S)
    except PopplerNotInstalledError as error:
        raise PopplerMissingError from error
    except _POPPLER_ERRORS as error:
        raise PopplerError from error
    return dict(said)
