"""Take the pages out of a PDF file.

- A page that is one scanned image is that image: a JPEG as it came, anything else as its own pixels.
- Any other page is drawn by pdfium.
- What pdfium can't draw is drawn by poppler, and what neither can is unreadable. A page that comes out empty
  is taken for empty only when nothing that belongs on it is missing: a card must not get lost as a blank page.
"""

import ctypes
import mmap
import re
from collections.abc import Callable, Iterator, Set
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.decode import TooLargeError
from pipeline.pdf_scan import FORMS_LOOKED_INTO, scan_on
from pipeline.pictures import CannotOpenError, Pixels, TakenPage, png_page, without_needless_colour
from pipeline.poppler import PopplerError, PopplerMissingError, count_pages, draw_page
from pipeline.torn_pdf import MendedPdf, mend

RENDER_DPI = 300
"""What office scanners use."""
CHECK_DPI = 20
"""Enough to see whether there is anything on a page."""
MAX_DRAWN_PIXELS = 40_000_000
"""A2 at 300 dpi. Larger pages, such as phones make with a point for every pixel, are drawn at a lower resolution."""
MAX_MENDED_BYTES = 500_000_000
"""A torn file is mended in memory."""
REOPENED_AFTER = 10
"""Pages. pdfium keeps what it has read of a file until it is closed, so a long file would fill the memory."""
LOST_IN_A_ROW = 20
"""So many lost pages get a row each; a damaged file may claim a million."""

_POINTS_PER_INCH = 72
_IMAGES_LOOKED_AT = 50
_CHANGES_IMAGES = re.compile(rb"/(?:S?Mask|ImageMask|Decode\s*[\[\d]|ColorTransform|OCProperties)")
"""What can make an image look other than its own bytes. An image's dictionary is never compressed, so this finds it."""

_PDFIUM_FAILS = (pdfium.PdfiumError, ValueError, ctypes.ArgumentError)

_LOCKED = "The PDF is locked with a password. Save a copy without one, and read that."
_NOT_OPENED = (
    "The PDF is damaged or cut off, and none of its pages could be read. Copy the file again, or scan it again."
)
_LOST = "This page of the PDF is damaged and cannot be shown. Copy the file again, or scan the page again."
_LOST_WITHOUT_POPPLER = (
    "This page of the PDF is damaged and cannot be shown. Install poppler-utils, a second way to open odd files, "
    "or scan the page again."
)
_MANY_LOST = (
    f"This page and those after it without a row of their own are damaged ({LOST_IN_A_ROW} in a row were tried). "
    "Copy the file again, or scan them again."
)


class _LostError(Exception):
    """Something that belongs on the page is missing."""


def pdf_pages(path: Path, skip: Set[int]) -> Iterator[TakenPage]:
    """Yield the pages of a PDF file in order, without those in `skip`.

    Where the file is torn, a last page says so. Raises `CannotOpenError` when there is no page at all.
    """
    path = path.resolve()
    document = _open(path)
    if document is not None:
        with closing(_Source(document, path, _file_may_change_images(path), on_disk=True)) as source:
            yield from _pages(len(document), skip, source.take)
        return
    count = _count_by_poppler(path)
    if count:
        yield from _pages(count, skip, lambda number, try_hard: _by_poppler(path, number))
        return
    yield from _mended_pages(path, skip)


def _count_by_poppler(path: Path) -> int:
    """Return the number of pages that poppler sees; 0 without poppler."""
    try:
        return count_pages(path)
    except PopplerMissingError:
        return 0


def _open(source: Path | bytes) -> Any:
    """Return the open document; None when pdfium can't make it out."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise CannotOpenError(_LOCKED) from error
        return None
    with suppress(pdfium.PdfiumError):
        document.init_forms()  # so that what was typed into a form is drawn
    return document


def _file_may_change_images(path: Path) -> bool:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _CHANGES_IMAGES.search(content) is not None


def _pages(count: int, skip: Set[int], take: Callable[[int, bool], TakenPage]) -> Iterator[TakenPage]:
    """Yield every page; of an endless row of lost ones, only the first few."""
    lost = 0
    for number in range(1, count + 1):
        if number in skip:
            continue
        page = take(number, lost < LOST_IN_A_ROW)
        lost = 0 if page.data else lost + 1
        if lost < LOST_IN_A_ROW:
            yield page
        elif lost == LOST_IN_A_ROW:
            yield TakenPage(number, reason=_MANY_LOST)


def _mended_pages(path: Path, skip: Set[int]) -> Iterator[TakenPage]:
    """Yield what came through of a torn file."""
    mended = mend(path.read_bytes()) if path.stat().st_size <= MAX_MENDED_BYTES else None
    document = _open(mended.data) if mended else None
    if mended is None or document is None:
        raise CannotOpenError(_NOT_OPENED)
    doubtful = _CHANGES_IMAGES.search(mended.data) is not None
    with closing(_Source(document, path, doubtful, on_disk=False)) as source:
        if all(_is_empty(document, index) for index in range(len(document))):
            raise CannotOpenError(_NOT_OPENED)
        yield from _pages(len(document), skip, source.take)
    after = mended.pages + 1
    if mended.said != mended.pages and after not in skip:
        yield TakenPage(after, reason=_torn(mended))


def _torn(mended: MendedPdf) -> str:
    first, last = mended.pages + 1, mended.said
    lost = f"pages {first} to {last} of {last} are" if last > first else "what came after it is"
    return f"The PDF is cut off after page {mended.pages}: {lost} lost. Copy the file again, or scan them again."


def _is_empty(document: Any, index: int) -> bool:
    try:
        with closing(document[index]) as page:
            return bool(pdfium_c.FPDFPage_CountObjects(page) < 1)
    except pdfium.PdfiumError:
        return True


@dataclass(slots=True)
class _Source:
    """A PDF that pdfium has open."""

    document: Any
    path: Path
    doubtful: bool
    """Whether anything in the file may change how its images look."""
    on_disk: bool
    """Whether it can be opened again, and by poppler too; a mended one is in memory only."""
    taken: int = 0

    def close(self) -> None:
        """Let go of the file."""
        self.document.close()

    def take(self, number: int, try_hard: bool) -> TakenPage:
        """Return one page; by poppler if need be and `try_hard`."""
        if self.on_disk and self.taken >= REOPENED_AFTER:
            self._open_again()
        page = self._take(number, try_hard)
        self.taken += bool(page.data)
        return page

    def _open_again(self) -> None:
        again = _open(self.path)
        if again is None:
            raise OSError("it was changed while it was being read")
        self.document.close()
        self.document, self.taken = again, 0

    def _take(self, number: int, try_hard: bool) -> TakenPage:
        try:
            with closing(self.document[number - 1]) as page:
                return scan_on(page, number, doubtful=self.doubtful) or self._drawn(page, number)
        except TooLargeError as error:
            return TakenPage(number, reason=str(error))
        except (*_PDFIUM_FAILS, _LostError) as error:
            if self.on_disk and try_hard:
                return _by_poppler(self.path, number, strict=isinstance(error, _LostError))
            return TakenPage(number, reason=_LOST)
        except MemoryError:
            return TakenPage(number, reason="The page is too large for this machine's memory. Scan it at 300 dpi.")

    def _drawn(self, page: Any, number: int) -> TakenPage:
        pixels = _draw(page)
        return self._empty(page, number, pixels) if _is_uniform(pixels) else png_page(number, pixels)

    def _empty(self, page: Any, number: int, pixels: Pixels) -> TakenPage:
        """Return a page with nothing on it, once it is sure that nothing was lost: pdfium passes over all faults."""
        has_objects = pdfium_c.FPDFPage_CountObjects(page) > 0
        if _has_lost_an_image(page) or not (has_objects or self._is_whole()):
            raise _LostError
        try:
            seen = draw_page(self.path, number, CHECK_DPI, MAX_DRAWN_PIXELS, strict=True) if self.on_disk else pixels
        except PopplerMissingError:
            seen = pixels
        except PopplerError as error:
            raise _LostError from error
        return png_page(number, pixels) if _is_uniform(seen) else _by_poppler(self.path, number)

    def _is_whole(self) -> bool:
        return bool(pdfium_c.FPDF_DocumentHasValidCrossReferenceTable(self.document))


def _draw(page: Any) -> Pixels:
    """Return the page at 300 dpi or, when it is huge, as finely as `MAX_DRAWN_PIXELS` allows."""
    width, height = page.get_size()
    scale = min(RENDER_DPI / _POINTS_PER_INCH, (MAX_DRAWN_PIXELS / max(width * height, 1e-6)) ** 0.5)
    bitmap = page.render(scale=scale)
    try:
        return without_needless_colour(bitmap.to_numpy()).copy()
    finally:
        bitmap.close()


def _is_uniform(pixels: Pixels) -> bool:
    return bool(pixels.min() == pixels.max())


def _has_lost_an_image(page: Any) -> bool:
    """Whether there is an image on the page that can't be decoded; pdfium draws such a page without it."""
    for index, image in enumerate(page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], FORMS_LOOKED_INTO)):
        if index >= _IMAGES_LOOKED_AT:
            break
        try:
            image.get_bitmap()
        except pdfium.PdfiumError:
            return True
    return False


def _by_poppler(path: Path, number: int, *, strict: bool = False) -> TakenPage:
    """Return a page that pdfium can't draw; an empty one is a lost one, and, when `strict`, any with a fault in it."""
    try:
        pixels = draw_page(path, number, RENDER_DPI, MAX_DRAWN_PIXELS, strict=strict)
    except PopplerMissingError:
        return TakenPage(number, reason=_LOST_WITHOUT_POPPLER)
    except PopplerError:
        return TakenPage(number, reason=_LOST)
    if _is_uniform(pixels):
        return TakenPage(number, reason=_LOST)
    return png_page(number, pixels)
