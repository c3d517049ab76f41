"""Counts the pages of a file without taking them, for those who wait to see how far the work is."""

import warnings
from contextlib import closing
from pathlib import Path

import pypdfium2 as pdfium
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.take_in import suffix_of
from pipeline.tiff_pages import BAD_TIFF


def count_pages(path: Path) -> int:
    """Return how many pages a file says that it has; 1 where it can't be told, because so many rows it gets."""
    try:
        with path.open("rb") as stream:
            suffix = suffix_of(stream.read(64))
        if suffix == ".pdf":
            with closing(pdfium.PdfDocument(path)) as document:
                return max(1, len(document))
        if suffix == ".tif":
            with path.open("rb") as stream, warnings.catch_warnings(action="ignore"), TiffImageFile(stream) as picture:
                return max(1, int(getattr(picture, "n_frames", 1)))
    except (pdfium.PdfiumError, *BAD_TIFF):
        return 1
    return 1
