"""Cuts the picture of one field out of a page, upright, for a person to read."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.records import Corner, Image, Matrix

_MARGIN = 0.35
"""Of the field's height, on every side, so that writing which leaves its boxes can be seen."""
_LEAST_MARGIN_PX = 12.0
_LARGEST_PX = 6000


def crop_field(page: Image, outline_px: Sequence[Corner]) -> Image:
    """Return the field and a margin around it, at the page's own resolution, its top at the top.

    `outline_px` is clockwise from the field's own top left. Where the page ends, white is added.
    """
    return upright(page, outline_px)[0]


def upright(
    page: Image, outline_px: Sequence[Corner], reach: float = 0.0, card_px: Sequence[Corner] = ()
) -> tuple[Image, Matrix]:
    """The same, and the homography from the page to what is returned.

    `reach` adds so many times the field's height above and below, and then, on both sides, what it takes to see the
    whole width of the card, whose corners are `card_px`.
    """
    corners = np.array(outline_px[:4], dtype=np.float32)
    width = _length(corners[0], corners[1])
    height = _length(corners[0], corners[3])
    margin = max(_MARGIN * height, _LEAST_MARGIN_PX)
    left = right = margin
    if len(card_px) == 4:
        flat = _turn(corners, 0.0, 0.0, width, height)
        card = cv2.perspectiveTransform(np.array([card_px], dtype=np.float32), flat)[0][:, 0]
        left, right = max(margin, -float(card.min())), max(margin, float(card.max()) - width)
    above = margin + reach * height
    turn = _turn(corners, left, above, left + width, above + height)
    size = (min(round(width + left + right), _LARGEST_PX), min(round(height + 2 * above), _LARGEST_PX))
    picture = cv2.warpPerspective(page, turn, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return np.asarray(picture, np.uint8), turn


def _turn(corners: np.ndarray, left: float, top: float, right: float, bottom: float) -> Matrix:
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, box), np.float64)


def _length(one: np.ndarray, other: np.ndarray) -> float:
    return max(float(np.linalg.norm(other - one)), 1.0)
