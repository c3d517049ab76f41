"""Cuts the picture of one field out of a page, upright, for a person to read."""

import cv2
import numpy as np

from pipeline.records import Corner, Image

_MARGIN = 0.35
"""Of the field's height, on every side, so that writing which leaves its boxes can be seen."""
_LEAST_MARGIN_PX = 12.0
_LARGEST_PX = 6000


def crop_field(page: Image, outline_px: tuple[Corner, ...]) -> Image:
    """Return the field and a margin around it, at the page's own resolution, its top at the top.

    `outline_px` is clockwise from the field's own top left. Where the page ends, white is added.
    """
    corners = np.array(outline_px[:4], dtype=np.float32)
    width = _length(corners[0], corners[1])
    height = _length(corners[0], corners[3])
    margin = max(_MARGIN * height, _LEAST_MARGIN_PX)
    right, bottom = margin + width, margin + height
    upright = np.array([[margin, margin], [right, margin], [right, bottom], [margin, bottom]], dtype=np.float32)
    size = (min(round(width + 2 * margin), _LARGEST_PX), min(round(height + 2 * margin), _LARGEST_PX))
    turn = cv2.getPerspectiveTransform(corners, upright)
    return np.asarray(
        cv2.warpPerspective(page, turn, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)), np.uint8
    )


def _length(one: np.ndarray, other: np.ndarray) -> float:
    return max(float(np.linalg.norm(other - one)), 1.0)
