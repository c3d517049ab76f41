"""Tells type from handwriting: a label stuck on a card, an answer filled in on a typewriter or a PC."""

import cv2
import numpy as np

from pipeline.clean import find_ink
from pipeline.records import CARD_PX_PER_MM, Strip

_LEAST_LETTERS = 5
_SMALL_MM = 0.7
"""Dots and accents stand apart from the baseline."""
_BASELINE_MM = 0.13
"""Type stands on its baseline to within a pixel; no hand in 400 lines of 26 writers came below 0.2 mm."""
_HEIGHTS = 3
"""Type has few heights: x-height, ascenders, descenders."""


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
    baseline = np.abs(bottoms - np.median(bottoms))
    on_baseline = baseline < _BASELINE_MM
    if on_baseline.mean() < 0.7 or heights.max() > 5.0:
        return False
    sizes = np.unique(np.round(heights[on_baseline] / 0.25))
    return bool(len(sizes) <= _HEIGHTS + 1)
