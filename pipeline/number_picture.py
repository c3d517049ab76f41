"""Cuts out where a card's number should stand in print, for a person to read what no machine could."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Box, CardLayout
from pipeline.card_book import CardBook
from pipeline.find import FoundMark, find_symbols
from pipeline.identify import inside
from pipeline.place import PlacedCard, corners_of, group_marks, place_by_marks, project
from pipeline.records import Corner, Image

_MOST_RESIDUAL_MM = 2.0
_MARGIN_MM = 3.0
_PX_PER_MM = 16.0
"""400 dpi and more: type of 2.5 mm is 40 pixels high."""


def number_picture(page: NDArray[np.uint8], book: CardBook, read: Sequence[Sequence[Corner]]) -> Image | None:
    """Return the printed number of the first card whose corner marks show, upright; None when no marks do.

    `page` is in colour; `read` are the outlines of cards whose numbers are known.
    """
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    marks = list(find_symbols(grey).marks)
    best: tuple[PlacedCard, Box] | None = None
    for known in book.cards():
        placed = _placed(marks, known.layout, read)
        if placed is not None and (best is None or placed.residual_mm < best[0].residual_mm):
            best = placed, known.layout.number
    return _cut(page, *best) if best else None


def _placed(marks: list[FoundMark], layout: CardLayout, read: Sequence[Sequence[Corner]]) -> PlacedCard | None:
    middle = np.array([(layout.width / 2, layout.height / 2)])
    for group in group_marks(marks, layout):
        placed = place_by_marks(group, layout)
        if placed is None or placed.residual_mm > _MOST_RESIDUAL_MM:
            continue
        where = project(placed.page_from_card, middle)[0]
        if not any(inside(np.array(list(outline)), where) for outline in read):
            return placed
    return None


def _cut(page: NDArray[np.uint8], placed: PlacedCard, number: Box) -> Image:
    x, y, width, height = number
    box = Box(x - _MARGIN_MM, y - _MARGIN_MM, width + 2 * _MARGIN_MM, height + 2 * _MARGIN_MM)
    size = round(box.width * _PX_PER_MM), round(box.height * _PX_PER_MM)
    upright = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    there = project(placed.page_from_card, corners_of(box)).astype(np.float32)
    turning = cv2.getPerspectiveTransform(there, upright)
    return np.asarray(
        cv2.warpPerspective(page, turning, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)), dtype=np.uint8
    )
