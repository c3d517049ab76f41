"""Cuts the writing on a field's ruled lines into one strip a line, whether it keeps to the ruling or not."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import CARD_PX_PER_MM, Image, Strip
from pipeline.text_lines import TextLines, cut_line, find_text_lines, line_distance

_LEAST_LINE_MM2 = 1.0
_OUTSIDE_MM = 1.0
"""Ink whose middle lies farther outside the field is another field's, reaching in."""
_LARGEST_DIRT_MM2 = 0.35
"""Dots of the letter i by a felt tip are larger; whatever stands among letters is kept anyway."""
_DIRT_ABOVE = 0.06
"""Of the height of a line's letters: specks beyond that are dirt."""
_DIRT_BESIDE_MM = 6.0
_EDGE_MM = 0.6
"""Paper left around a line; readers scale by height, so that matters."""


def cut_written_lines(writing: Image, ink: Image, field: tuple[int, int], rulings: int) -> tuple[Strip, ...]:
    """Return one strip for each line with writing on it, from top to bottom, each holding its own ink only.

    `writing` and `ink` show the field with some card above and below, at `CARD_PX_PER_MM`; `field` gives the rows
    [from, to) of the field itself, on which there are so many ruled lines.
    """
    own = _own_ink(ink, field)
    if not own.any():
        return ()
    usual = (field[1] - field[0]) / rulings
    lines = find_text_lines(own, line_distance(own, usual)) if rulings > 1 else _one_line(own, usual)
    edge = round(_EDGE_MM * CARD_PX_PER_MM)
    parts = [(_without_dirt(lines.owners == n), slope) for n, slope in enumerate(lines.slopes)]
    least = _LEAST_LINE_MM2 * CARD_PX_PER_MM**2
    return tuple(
        Strip(cut_line(writing, part, slope, edge)) for part, slope in parts if np.count_nonzero(part) >= least
    )


def _without_dirt(part: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out specks that no letter explains: above or below all the writing, or far from it along the line.

    Readers scale a line by its height, so that one speck makes all letters small.
    """
    _, labels, stats, middles = cv2.connectedComponentsWithStats(part.astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < _LARGEST_DIRT_MM2 * CARD_PX_PER_MM**2
    small[0] = False
    if not small.any() or small[1:].all():
        return part
    writing = ~small
    writing[0] = False
    rows = np.cumsum(np.count_nonzero(writing[labels], axis=1))
    top, bottom = (int(np.searchsorted(rows, share * rows[-1])) for share in (0.005, 0.995))
    slack = _DIRT_ABOVE * (bottom - top)
    lefts = stats[:, cv2.CC_STAT_LEFT]
    rights = lefts + stats[:, cv2.CC_STAT_WIDTH]
    x, y = middles[:, 0], middles[:, 1]
    beside = np.maximum(lefts[writing][None] - x[:, None], x[:, None] - rights[writing][None]).min(axis=1)
    far = beside > _DIRT_BESIDE_MM * CARD_PX_PER_MM
    dirt = small & ((y < top - slack) | (y > bottom + slack) | far)
    return part & ~dirt[labels]


def _one_line(ink: Image, usual: float) -> TextLines:
    """All of the ink as one line, as level as its longest part."""
    slopes = find_text_lines(ink, usual).slopes
    owners = np.where(ink > 0, 0, -1).astype(np.int16)
    return TextLines(owners, slopes[:1] if len(slopes) == 1 else (0.0,))


def _own_ink(ink: Image, field: tuple[int, int]) -> NDArray[np.uint8]:
    """Leave out what only reaches in from the fields above and below: its middle is outside."""
    count, labels, _, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    slack = _OUTSIDE_MM * CARD_PX_PER_MM
    inside = (middles[:, 1] >= field[0] - slack) & (middles[:, 1] < field[1] + slack)
    inside[0] = False
    return np.where(inside[labels], 255, 0).astype(np.uint8) if count > 1 else np.zeros_like(ink)
