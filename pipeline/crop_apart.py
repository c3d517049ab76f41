"""Cuts a field out of a page for a person to read, with nothing to be seen that is none of their business.

What is written in the card's other fields is painted over, and so is all that lies outside the card: the sheet may
hold a card of somebody else.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.crop import upright
from pipeline.records import Corner, Image

_COVER, _WHITE = 225, 255
"""What is hidden of the card is light grey, so that it is seen to be; beyond the card all is white."""
_BEYOND = 0.2
"""Of a field's height: so far strokes reach beyond their field, and are covered too."""
_MOST_BEYOND_PX = 14.0


def crop_apart(
    page: Image,
    outline_px: Sequence[Corner],
    others_px: Sequence[Sequence[Corner]],
    corners_px: Sequence[Corner],
    reach: float = 0.0,
) -> Image:
    """Return a field with its margin, the card's other fields painted over; grey or in colour as the page is.

    `outline_px` and `others_px` are clockwise from each field's own top left, `corners_px` the card's trim corners.
    With `reach` the print around is shown too: so many times the field's height above and below, and the card's
    whole width.
    """
    picture, turn = upright(page, outline_px, reach, corners_px if reach else ())
    field = _mask(picture, _moved(outline_px, turn))
    for other in others_px:
        if len(other) >= 4:
            covered = _mask(picture, _grown(_moved(other, turn)))
            picture[(covered > 0) & (field == 0)] = _COVER
    if len(corners_px) == 4:
        picture[_mask(picture, _moved(corners_px, turn)) == 0] = _WHITE
    return picture


def _moved(points: Sequence[Corner], turn: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.perspectiveTransform(np.array([points[:4]], dtype=np.float32), turn)[0])


def _grown(points: np.ndarray) -> np.ndarray:
    """Return the upright box around some points, a little larger."""
    low, high = points.min(axis=0), points.max(axis=0)
    beyond = min(_BEYOND * float(high[1] - low[1]), _MOST_BEYOND_PX)
    (left, top), (right, bottom) = low - beyond, high + beyond
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def _mask(picture: Image, points: np.ndarray) -> Image:
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(points).astype(np.int32), 255)
    return mask
