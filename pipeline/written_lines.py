"""Cuts the writing on a field's ruled lines into one strip a line, whether it keeps to the ruling or not."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import CARD_PX_PER_MM, Image, Strip
from pipeline.text_lines import TextLines, cut_line, find_text_lines, follow_ruling, line_distance

_LEAST_LINE_MM2 = 1.0
_OUTSIDE_MM = 1.0
"""Ink whose middle lies farther outside the field is another field's, reaching in."""
_LARGEST_DIRT_MM2 = 0.35
"""Dots of the letter i by a felt tip are larger; whatever stands among letters is kept anyway."""
_DIRT_ABOVE = 0.06
"""Of the height of a line's letters: specks beyond that are dirt."""
_DIRT_BESIDE_MM = 6.0
_LETTER = 0.18
"""Pieces at least this high, in distances between ruled lines, are letters; dots and commas are not."""
_FEWEST_PIECES = 4
_KEPT = 0.5
"""How alike the places of letters' feet between two ruled lines are where somebody keeps to the ruling: 1 for all the
same, 0 for anywhere."""
_MOST_ABOVE = 0.45
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
    lines = _find_lines(own, field, rulings, usual)
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
    filled = np.flatnonzero(part.any(axis=1))
    if not len(filled):
        return part
    clean = part.copy()
    own = slice(filled[0], filled[-1] + 1)
    clean[own] = _without_specks(part[own])
    return clean


def _without_specks(part: NDArray[np.bool_]) -> NDArray[np.bool_]:
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
    kept: NDArray[np.bool_] = part & ~dirt[labels]
    return kept


def _find_lines(ink: Image, field: tuple[int, int], rulings: int, usual: float) -> TextLines:
    """By the ruling where the writing keeps to it, so that large letters aren't taken for two lines; else by itself."""
    if rulings == 1:
        return _one_line(ink, usual)
    off = _off_ruling(ink, field[0], usual)
    if off is None:
        return find_text_lines(ink, line_distance(ink, usual))
    baselines = field[0] + off + usual * (1 + np.arange(rulings))
    return follow_ruling(ink, baselines, usual)


def _off_ruling(ink: Image, top: int, distance: float) -> float | None:
    """How far below the ruling the writing stands (pixels, negative above), or None when it doesn't keep to it.

    Most pieces of writing end at the bottom on their baseline; where those ends repeat as the ruling does, it is kept.
    """
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = stats[1:][stats[1:, cv2.CC_STAT_HEIGHT] > _LETTER * distance] if count > 1 else stats[:0]
    if len(pieces) < _FEWEST_PIECES:
        return None
    bottoms = pieces[:, cv2.CC_STAT_TOP] + pieces[:, cv2.CC_STAT_HEIGHT]
    turns = np.exp(2j * np.pi * (bottoms - top) / distance)
    together = complex(np.average(turns, weights=np.sqrt(pieces[:, cv2.CC_STAT_WIDTH])))
    if abs(together) < _KEPT:
        return None
    off = float(np.angle(together)) / (2 * np.pi) * distance
    return off if off > -_MOST_ABOVE * distance else off + distance


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
