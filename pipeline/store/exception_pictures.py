"""Makes the pictures by which people place pages: turned, and the printed number enlarged."""

import cv2
import numpy as np

from pipeline.card_book import CardBook
from pipeline.decode import decode_colour
from pipeline.number_picture import number_picture
from pipeline.records import Image
from pipeline.store import models
from pipeline.store.page_pictures import NoPictureError, page_picture, page_pixels
from pipeline.store.printing import kept_templates

_QUALITY = 85


def page_size(page: models.Page) -> tuple[int, int]:
    """Return a page's width and height in pixels. Raises NoPictureError when its image isn't here."""
    height, width = page_pixels(page.sha256, page.suffix).shape[:2]
    return width, height


def turned_picture(page: models.Page, organisation: str, turn: int, width: int) -> tuple[bytes, str]:
    """Return a page as an organisation may see it, turned clockwise, at most so wide. Raises NoPictureError."""
    size = page_size(page)
    # The picture's own width: it becomes its height when the page is turned on its side.
    own = width if turn in (0, 180) else round(width * size[0] / size[1])
    data, suffix = page_picture(page, organisation, own)
    if not turn:
        return data, suffix
    return _jpeg(np.ascontiguousarray(np.rot90(decode_colour(data), -turn // 90)))


def printed_number_of(page: models.Page, organisation: str) -> tuple[bytes, str]:
    """Return where the number of a card that isn't read stands in print, enlarged. Raises NoPictureError when it can't
    be found."""
    data, _ = page_picture(page, organisation)
    runs = models.ReadingRun.objects.filter(newest=True, sighting__page=page)
    read = [[(x, y) for x, y in corners] for corners in runs.values_list("corners_px", flat=True)]
    found = number_picture(decode_colour(data), CardBook(template.toml for template in kept_templates()), read)
    if found is None:
        raise NoPictureError("Nothing tells where the number stands.")
    return _jpeg(found)


def _jpeg(pixels: Image) -> tuple[bytes, str]:
    written, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not written:
        raise NoPictureError("The picture is too large to show.")
    return encoded.tobytes(), ".jpg"
