"""Cuts an aligned card into the writing of each field: rows of boxes, written lines, tick boxes."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Box, CardLayout, FieldLayout
from pipeline.clean import find_ink, take_out_print
from pipeline.place import corners_of, project
from pipeline.records import CARD_PX_PER_MM, AlignedCard, Crop, Image, Strip
from pipeline.written_lines import cut_written_lines

DIGITS = "0123456789"
NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-."
PLACE_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-.&0123456789"
ALPHABETS = {"date": DIGITS, "name": NAME_CHARACTERS, "place": PLACE_CHARACTERS}
"""What may stand in boxes, by content."""

TICK_MARGIN = 1.5
"""Around a tick box, for ticks that leave it."""
_REACHES_IN, _PASSES_BY = 0.35, 0.15
_AROUND_TICKS_MM = 10.0
_LABEL_MM = 45.0
_BOX_MARGIN = 0.9
_ABOVE_LINE, _BELOW_LINE = 2.2, 2.6
"""Writing rises above the ruling before and falls below its own."""
_LEAST_INK_MM2 = 0.12
"""Less ink than this in a box is a speck: a full stop by a fine pen is 0.2 mm²."""
_LONE_INK_MM2 = 0.5
"""What stands alone must be as much as a thin stroke: dirt on a copier's glass is up to 0.3 mm²."""


@dataclass(frozen=True, slots=True)
class CutCard:
    """The writing of a card: by field, and all of it as a mask (255 where there is ink)."""

    crops: tuple[Crop, ...]
    ink: Image


def cut_card(card: AlignedCard) -> CutCard:
    """Cut a card into the writing of every field, in the layout's order."""
    inside = np.zeros(card.image.shape, dtype=np.bool_)
    for field in card.layout.fields:
        inside[_window(outline_of(field), card.layout, 0.6)] = True
    writing = take_out_print(card.image, card.empty, inside)
    ink = find_ink(writing)
    crops = tuple(_cut_field(card, field, writing, ink) for field in card.layout.fields)
    return CutCard(crops, np.where(inside, ink, 0).astype(np.uint8))


def outline_of(field: FieldLayout) -> Box:
    """The space of all of a field's writing."""
    boxes = (*field.cells, *field.lines, *(option.box for option in field.options))
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _cut_field(card: AlignedCard, field: FieldLayout, writing: Image, ink: Image) -> Crop:
    strips: tuple[Strip, ...]
    if field.kind == "boxes":
        strips = (_row_of_boxes(field, card.layout, writing, ink),)
    elif field.kind == "lines":
        lines = _written_lines(field, card.layout, writing, ink)
        strips = tuple(replace(line, prose=field.content == "story") for line in lines)
    else:
        strips = _tick_boxes(field, card.layout, writing, ink)
    outline = project(card.alignment.page_from_card, corners_of(_shown(field, card.layout)))
    return Crop(field, strips, tuple((float(x), float(y)) for x, y in outline))


def _shown(field: FieldLayout, layout: CardLayout) -> Box:
    """What a person is shown of a field: of ticks, their labels too, which stand to the right of the last box."""
    box = outline_of(field)
    if field.kind != "choice":
        return box
    return Box(box.x, box.y, min(box.width + _LABEL_MM, layout.width - box.x - 2.0), box.height)


def _window(box: Box, layout: CardLayout, margin: float, above: float = 0.0, below: float = 0.0) -> tuple[slice, slice]:
    """Rows and columns of a box with a margin, in card pixels, inside the card."""
    scale = CARD_PX_PER_MM
    top, bottom = max(0.0, box.y - margin - above), min(layout.height, box.y + box.height + margin + below)
    left, right = max(0.0, box.x - margin), min(layout.width, box.x + box.width + margin)
    return slice(round(top * scale), round(bottom * scale)), slice(round(left * scale), round(right * scale))


def _row_of_boxes(field: FieldLayout, layout: CardLayout, writing: Image, ink: Image) -> Strip:
    rows, columns = _window(outline_of(field), layout, _BOX_MARGIN)
    image, mask = writing[rows, columns].copy(), ink[rows, columns].copy()
    image = _only_own_ink(image, mask, _BOX_MARGIN)
    edges = [_cell_window(field.cells, n, columns.start) for n in range(len(field.cells))]
    inked = _inked(mask, field.cells, rows.start, columns.start)
    return Strip(image, tuple(edges), inked, ALPHABETS.get(field.content, NAME_CHARACTERS))


def _cell_window(cells: tuple[Box, ...], n: int, start: int) -> tuple[int, int]:
    """Columns of a cell, half the gap to its neighbours included, at most half a millimetre."""
    cell = cells[n]
    before = cell.x - (cells[n - 1].x + cells[n - 1].width) if n else 1.0
    after = cells[n + 1].x - (cell.x + cell.width) if n + 1 < len(cells) else 1.0
    left, right = cell.x - min(0.5, before / 2), cell.x + cell.width + min(0.5, after / 2)
    return max(0, round(left * CARD_PX_PER_MM) - start), round(right * CARD_PX_PER_MM) - start


def _inked(mask: Image, cells: tuple[Box, ...], top: int, left: int) -> tuple[bool, ...]:
    """Tell boxes that are written in. A speck far from all other writing is none, however like a full stop."""
    areas = [_ink_mm2(mask, cell, top, left) for cell in cells]
    written = [area >= _LEAST_INK_MM2 for area in areas]
    for n, area in enumerate(areas):
        beside = written[max(0, n - 1) : n] + written[n + 1 : n + 2]
        if written[n] and area < _LONE_INK_MM2 and not any(beside):
            written[n] = False
    return tuple(written)


def _ink_mm2(mask: Image, cell: Box, top: int, left: int) -> float:
    scale = CARD_PX_PER_MM
    y0, y1 = round(cell.y * scale) - top, round((cell.y + cell.height) * scale) - top
    x0, x1 = round(cell.x * scale) - left, round((cell.x + cell.width) * scale) - left
    return float(np.count_nonzero(mask[y0:y1, x0:x1])) / scale**2


def _only_own_ink(image: Image, mask: Image, margin: float) -> Image:
    """Leave out what only reaches in from above or below: a descender of the row before, a stray line."""
    count, labels, _, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    edge = margin * CARD_PX_PER_MM
    height = image.shape[0]
    for n in range(1, count):
        if not edge * 0.8 <= middles[n][1] <= height - edge * 0.8:
            image[_grown(labels == n)] = 255
    return image


def _grown(part: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _written_lines(field: FieldLayout, layout: CardLayout, writing: Image, ink: Image) -> tuple[Strip, ...]:
    outline = outline_of(field)
    rows, columns = _window(outline, layout, 0.8, _ABOVE_LINE, _BELOW_LINE)
    top = round(outline.y * CARD_PX_PER_MM) - rows.start
    own_rows = top, top + round(outline.height * CARD_PX_PER_MM)
    return cut_written_lines(writing[rows, columns], ink[rows, columns], own_rows, len(field.lines))


def _tick_boxes(field: FieldLayout, layout: CardLayout, writing: Image, ink: Image) -> tuple[Strip, ...]:
    """One strip for each option. A tick that reaches into its neighbour counts where most of it lies."""
    # Far enough around for a stray stroke to show where it comes from; the whole card would take ten times as long.
    rows, columns = _window(outline_of(field), layout, _AROUND_TICKS_MM)
    strangers = _strangers(field, ink[rows, columns], rows.start, columns.start)
    edge = round(TICK_MARGIN * CARD_PX_PER_MM)
    strips = []
    for n, option in enumerate(field.options):
        own_rows, own_columns = _window(option.box, layout, TICK_MARGIN)
        image = writing[own_rows, own_columns].copy()
        top, left = own_rows.start - rows.start, own_columns.start - columns.start
        image[_grown(strangers[n][top : top + image.shape[0], left : left + image.shape[1]])] = 255
        strips.append(Strip(image, windows=((edge, image.shape[1] - edge),)))
    return tuple(strips)


def _strangers(field: FieldLayout, ink: Image, top: int, left: int) -> list[NDArray[np.bool_]]:
    """For each option, the ink in its box that only reaches in: most of its stroke lies elsewhere.

    `ink` is the mask of a part of the card whose corner is at (left, top).
    """
    # A faint stroke that broke on the way is one stroke all the same.
    _, labels = cv2.connectedComponents(cv2.dilate(ink, np.ones((5, 5), np.uint8)), connectivity=8)
    inside = []
    for option in field.options:
        x0, y0, x1, y1 = (round(v * CARD_PX_PER_MM) for v in _edges(option.box))
        box = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        inside.append(np.bincount(labels[box][ink[box] > 0], minlength=int(labels.max()) + 1))
    counts = np.stack(inside)
    # A fold or a stain's edge runs through a box and on; of a tick, however wild, a fair part is in its box.
    totals = np.bincount(labels[ink > 0], minlength=counts.shape[1])
    passing = counts.max(axis=0) < _PASSES_BY * totals
    # Two ticks that touch are one stroke to the eye of a machine: where both boxes hold much of it, it is in both.
    reaching = (counts > 0) & (passing | (counts < _REACHES_IN * counts.max(axis=0)))
    return [own[labels] & (ink > 0) for own in reaching]


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height
