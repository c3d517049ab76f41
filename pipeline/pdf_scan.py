"""Find the one scanned image that a page of a PDF is, and take it out as it is.

Most pages of a scanner's PDF are one image from edge to edge. Taking it out costs a sixth of drawing the
page and keeps its own resolution (`MEASUREMENTS.md`: 12 against 78 ms). Whatever might make the page look
other than the image (masks, clipping, unusual colours) is settled by comparing the two, small; a page that
differs is drawn.
"""

from dataclasses import replace
from math import hypot
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.decode import CutOffError, DecodeError, check, decode_thumbnail, read_header, refuse_too_large
from pipeline.pictures import Pixels, TakenPage, png_page, turned, with_orientation, without_needless_colour

MOST_OBJECTS = 5_000
"""A page of a scanner has one, and one for every word of a hidden text."""
FORMS_LOOKED_INTO = 4
"""How deep the images of a page are looked for in its parts ("form XObjects")."""
_MARGIN = 0.01
"""How far, of the page's width or height, the image may end within or beyond the page."""
_ASKEW = 0.002
_UNEVEN = 1.05
"""A fax has fewer rows than columns to the inch; its page is drawn, so that it is not squashed."""

_COMPARED_PX = 400
_CELLS = 24
_MEAN_DIFFERENCE, _LARGEST_DIFFERENCE = 4, 24
"""Grey levels by which a page, drawn small and seen as 24 x 24 cells, may differ from its image. Measured on scans,
noise, dither and one-pixel patterns: 1.2 and 3 at most."""

_ORIENTATIONS = {
    ((1, 0), (0, 1)): 1,
    ((-1, 0), (0, 1)): 2,
    ((-1, 0), (0, -1)): 3,
    ((1, 0), (0, -1)): 4,
    ((0, 1), (1, 0)): 5,
    ((0, 1), (-1, 0)): 6,
    ((0, -1), (-1, 0)): 7,
    ((0, -1), (1, 0)): 8,
}
"""Where the image's rows and columns run on the screen (x to the right, y down), and the EXIF orientation of that."""

_COMPONENTS = {
    pdfium_c.FPDF_COLORSPACE_DEVICEGRAY: (1,),
    pdfium_c.FPDF_COLORSPACE_CALGRAY: (1,),
    pdfium_c.FPDF_COLORSPACE_DEVICERGB: (3,),
    pdfium_c.FPDF_COLORSPACE_CALRGB: (3,),
    pdfium_c.FPDF_COLORSPACE_ICCBASED: (1, 3),
}
"""Colour spaces in which a JPEG means what it means by itself, and the components it then has."""


def scan_on(page: Any, number: int, *, doubtful: bool) -> TakenPage | None:
    """Return the image that the page is; None when the page has to be drawn.

    `doubtful` is whether anything in the file may change how images look. Raises `TooLargeError` for a page
    with an image beyond any scan, whether it is the whole page or not.
    """
    found = _only_image(page)
    if found is None:
        return None
    image, orientation = found
    doubtful = doubtful or pdfium_c.FPDFClipPath_CountPaths(pdfium_c.FPDFPageObj_GetClipPath(image)) > 0
    jpeg = _jpeg_of(image)
    if jpeg:
        try:
            check(jpeg)
            jpeg = with_orientation(jpeg, orientation)
            if not doubtful or _looks_like(page, decode_thumbnail(jpeg)):
                return TakenPage(number, jpeg, ".jpg")
            return None
        except CutOffError as error:
            return TakenPage(number, jpeg, ".jpg", str(error))
        except DecodeError:
            pass
    pixels = _pixels_of(image)
    if pixels is None:
        return None
    pixels = turned(pixels, orientation)
    if _is_cut_off(image):
        return replace(png_page(number, pixels), reason=str(CutOffError()))
    # A stencil pdfium gives as stored, whichever of 0 and 1 is painted.
    candidates = [pixels, ~pixels] if pixels.dtype == np.bool_ else [pixels]
    return next((png_page(number, shown) for shown in candidates if _looks_like(page, shown)), None)


def _only_image(page: Any) -> tuple[Any, int] | None:
    """Return the image that covers the page, with nothing to be seen over it, and its orientation on the screen."""
    few = pdfium_c.FPDFPage_CountObjects(page) <= MOST_OBJECTS
    objects = list(page.get_objects(max_depth=FORMS_LOOKED_INTO)) if few else []
    images = [index for index, thing in enumerate(objects) if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE]
    for index in images:
        refuse_too_large(*objects[index].get_px_size())
    if len(images) != 1 or pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
        return None
    if not all(_is_hidden_text(thing) for thing in objects[images[0] + 1 :]):
        return None
    image = objects[images[0]]
    if image.level or pdfium_c.FPDFPageObj_HasTransparency(image) or not _covers(page, image):
        return None
    orientation = _orientation(page, image)
    return (image, orientation) if orientation else None


def _is_hidden_text(thing: Any) -> bool:
    """Whether this is text that is there to be searched, not seen, as scanners with text recognition add it."""
    invisible = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
    is_text = thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT
    return is_text and bool(pdfium_c.FPDFTextObj_GetTextRenderMode(thing) == invisible)


def _covers(page: Any, image: Any) -> bool:
    left, bottom, right, top = page.get_bbox()
    across, down = (right - left) * _MARGIN, (top - bottom) * _MARGIN
    bounds = image.get_bounds()
    return bool(
        abs(bounds[0] - left) <= across
        and abs(bounds[2] - right) <= across
        and abs(bounds[1] - bottom) <= down
        and abs(bounds[3] - top) <= down
    )


def _orientation(page: Any, image: Any) -> int:
    """Return the EXIF orientation that shows the image as the page does; 0 when it is askew or stretched."""
    a, b, c, d, _, _ = image.get_matrix().get()
    width, height = image.get_px_size()
    along_row, along_column = hypot(a, b) / max(width, 1), hypot(c, d) / max(height, 1)
    if not along_row or not along_column or max(along_row / along_column, along_column / along_row) > _UNEVEN:
        return 0
    row, column = (a, -b), (-c, d)
    for _ in range(page.get_rotation() // 90):
        row, column = (-row[1], row[0]), (-column[1], column[0])
    return _ORIENTATIONS.get((_direction(*row), _direction(*column)), 0)


def _direction(x: float, y: float) -> tuple[int, int]:
    askew = hypot(x, y) * _ASKEW
    return tuple(0 if abs(part) <= askew else 1 if part > 0 else -1 for part in (x, y))  # type: ignore[return-value]


def _jpeg_of(image: Any) -> bytes:
    """Return the JPEG that the image is; nothing when it is not one, or one that means something else in its PDF."""
    filters = image.get_filters()
    if filters[-1:] != ["DCTDecode"] or any(name not in image.SIMPLE_FILTERS for name in filters[:-1]):
        return b""
    jpeg = bytes(image.get_data(decode_simple=True))
    try:
        header = read_header(jpeg)
    except CutOffError:
        return jpeg
    except DecodeError:
        return b""
    components = _COMPONENTS.get(image.get_metadata().colorspace, ())
    means_itself = header.is_jpeg and header.components in components
    return jpeg if means_itself and (header.width, header.height) == image.get_px_size() else b""


def _pixels_of(image: Any) -> Pixels | None:
    """Return the image's own pixels; black and white as `bool`. None when pdfium can't give them."""
    try:
        pixels: Pixels = image.get_bitmap().to_numpy()
    except pdfium.PdfiumError:
        return None
    if pixels.shape[1::-1] != image.get_px_size() or pixels.shape[2:] == (4,):
        return None
    if pixels.min() == pixels.max():
        return None  # nothing to be seen, or nothing decoded; drawing pages looks into that
    pixels = without_needless_colour(pixels)
    white: Pixels = pixels == 255
    if image.get_metadata().bits_per_pixel == 1 and pixels.ndim == 2 and bool((white | (pixels == 0)).all()):
        return white
    return pixels


def _is_cut_off(image: Any) -> bool:
    """Whether there are fewer pixels than there should be; pdfium leaves the rest black, without a word."""
    if any(name not in image.SIMPLE_FILTERS for name in image.get_filters()):
        return False  # fax and other compression: how many there are is not to be had
    width, height = image.get_px_size()
    row_bytes = (width * image.get_metadata().bits_per_pixel + 7) // 8
    return bool(pdfium_c.FPDFImageObj_GetImageDataDecoded(image, None, 0) < row_bytes * height)


def _looks_like(page: Any, pixels: Pixels) -> bool:
    """Whether the page, drawn small, looks as these pixels do."""
    scale = _COMPARED_PX / max(page.get_size())
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        drawn = _cells(bitmap.to_numpy())
    finally:
        bitmap.close()
    difference = np.abs(drawn - _cells(pixels))
    return bool(difference.mean() <= _MEAN_DIFFERENCE and difference.max() <= _LARGEST_DIFFERENCE)


def _cells(pixels: Pixels) -> Pixels:
    """Return the mean grey of each of 24 x 24 cells."""
    if pixels.dtype == np.bool_:
        pixels = pixels * np.uint8(255)
    elif pixels.shape[2:] == (3,):
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    elif pixels.ndim == 3:
        pixels = pixels[..., 0]
    return cv2.resize(pixels, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA).astype(float)
