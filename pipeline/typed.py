"""Tells type from handwriting: a label stuck on a card, an answer filled in on a typewriter or a PC."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.clean import find_ink
from pipeline.records import CARD_PX_PER_MM, Strip

_LEAST_LETTERS = 9
_SMALL_MM = 0.7
"""Dots and accents stand apart from the baseline."""
_BASELINE_MM = 0.12
"""Type stands on its baseline to within a pixel; hands stray by 0.3 mm and more."""
_HEIGHT_MM = 0.12
"""Type has three heights (x-height, ascenders or capitals, with descenders), each the same to within a pixel."""
_TALLEST_MM = 5.0


def looks_typed(strip: Strip) -> bool:
    """Whether the writing of a strip is print. Doubtful ones are taken for handwriting."""
    if strip.windows and not any(strip.inked):
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(find_ink(strip.image), connectivity=8)
    tall = stats[1:][stats[1:, cv2.CC_STAT_HEIGHT] >= _SMALL_MM * CARD_PX_PER_MM]
    if len(tall) < _LEAST_LETTERS:
        return False
    bottoms = (tall[:, cv2.CC_STAT_TOP] + tall[:, cv2.CC_STAT_HEIGHT]) / CARD_PX_PER_MM
    heights = tall[:, cv2.CC_STAT_HEIGHT] / CARD_PX_PER_MM
    on_baseline = np.abs(bottoms - np.median(bottoms)) <= _BASELINE_MM
    if on_baseline.mean() < 0.75 or heights.max() > _TALLEST_MM:
        return False
    return _share_of_common_heights(heights[on_baseline]) >= 0.85


def _share_of_common_heights(heights: NDArray[np.float64]) -> float:
    """How many letters have one of the two commonest heights."""
    left = np.sort(heights)
    total, found = len(left), 0
    for _ in range(2):
        if not len(left):
            break
        near = np.array([np.count_nonzero(np.abs(left - height) <= _HEIGHT_MM) for height in left])
        centre = left[int(near.argmax())]
        found += int(near.max())
        left = left[np.abs(left - centre) > _HEIGHT_MM]
    return found / total
