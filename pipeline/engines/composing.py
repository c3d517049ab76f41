"""Pictures as the line reader wants them: 48 pixels high, dark on white, the writing filling most of the height.

A row of boxes becomes a line too: each box's ink is lifted out, trimmed, and set beside its neighbours as close as
in a printed word. The reader learnt from lines, and reads a character far better beside others of the same hand than
alone (see the model card); where each box's ink went is kept, so that frames can be given back to boxes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image, Strip

HEIGHT_PX = 48
"""What the PP-OCR readers take."""
WHITE = 255

_SPECK_PX = 6
"""Connected ink smaller than this is dust: 0.06 mm² at the working resolution, half the dot of a fine pen."""
_PEN_PX = 4.0
"""Pens wider than this (0.4 mm) are thinned before reading: heavy strokes close the loops of letters."""
_LINE_MARGIN = 0.05
"""White kept above and below a written line, over the height of its ink."""
_MOST_WIDTH_PX = 2400
"""A line is squeezed to this; at 48 pixels high, more than any card can hold."""


class Setting(NamedTuple):
    """How a row of boxes is set as a line, in pixels at a height of 48: white between characters, above and below."""

    gap: int
    margin: int


LOOSE = Setting(gap=20, margin=5)
"""Best for digits, which mean nothing together."""
TIGHT = Setting(gap=8, margin=9)
"""Best for letters, whose neighbours help."""

_SIDE_PX = 12
_LEAST_GLYPH_PX = 12
"""A narrow glyph stands on this much, so that even `III` leaves each box frames of its own (8 pixels each)."""


@dataclass(frozen=True, slots=True)
class ComposedRow:
    """A row of boxes as a line."""

    image: Image
    places: tuple[tuple[int, int], ...]
    """For each box with writing in it, in order: the pixel columns [from, to) of the line where its ink stands."""


def find_ink(image: Image) -> NDArray[np.bool_]:
    """Return where ink is (height, width): darker than half-way from the paper to the darkest writing, without dust."""
    if not image.size:
        return np.zeros(image.shape, dtype=np.bool_)
    darkest = float(np.percentile(image, 0.5))
    threshold = min(max((darkest + WHITE) / 2, 110.0), 215.0)
    ink = (image < threshold).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= _SPECK_PX
    keep[0] = False
    found: NDArray[np.bool_] = keep[labels]
    return found


def thin_heavy_pen(image: Image, ink: NDArray[np.bool_]) -> Image:
    """Return the writing as if by a pen of about 0.4 mm, where it was heavier; `image` itself where not."""
    inside = cv2.erode(ink.astype(np.uint8), np.ones((3, 3), np.uint8))
    edge = int(ink.sum()) - int(inside.sum())
    # A stroke of width w and length l has w·l pixels, 2·l of them on its edge.
    pen = 2.0 * float(ink.sum()) / edge if edge else 0.0
    passes = min(2, int((pen - _PEN_PX) / 2.0 + 1.0)) if pen > _PEN_PX else 0
    if not passes:
        return image
    return np.asarray(cv2.dilate(image, np.ones((3, 3), np.uint8), iterations=passes), dtype=np.uint8)


def compose_line(strip: Strip) -> Image | None:
    """Return a written line as the reader wants it, or None when there is no ink."""
    ink = find_ink(strip.image)
    if not ink.any():
        return None
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    margin = max(2, round((bottom - top) * _LINE_MARGIN))
    cut = strip.image[top:bottom, left:right]
    framed = cv2.copyMakeBorder(cut, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=WHITE)
    width = min(_MOST_WIDTH_PX, max(HEIGHT_PX // 2, round(framed.shape[1] * HEIGHT_PX / framed.shape[0])))
    return np.asarray(cv2.resize(framed, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def compose_row(strip: Strip, setting: Setting) -> ComposedRow:
    """Return a row of boxes set as a line. At least one box must be inked."""
    ink = find_ink(strip.image)
    image = thin_heavy_pen(strip.image, ink)
    glyphs = _lift_glyphs(image, owners(ink, strip.windows), np.flatnonzero(strip.inked).tolist())
    scale, top = _row_scale([glyph for glyph in glyphs if glyph.picture.size], setting)
    pieces = [np.full((HEIGHT_PX, _SIDE_PX), WHITE, dtype=np.uint8)]
    places: list[tuple[int, int]] = []
    x = _SIDE_PX
    for glyph in glyphs:
        piece = _set_glyph(glyph, scale, top)
        pieces += [piece, np.full((HEIGHT_PX, setting.gap), WHITE, dtype=np.uint8)]
        places.append((x, x + piece.shape[1]))
        x += piece.shape[1] + setting.gap
    pieces.append(np.full((HEIGHT_PX, _SIDE_PX), WHITE, dtype=np.uint8))
    return ComposedRow(np.hstack(pieces), tuple(places))


class _Glyph(NamedTuple):
    """One box's ink, trimmed, and the row of the strip where it begins."""

    picture: Image
    top: int


def owners(ink: NDArray[np.bool_], windows: tuple[tuple[int, int], ...]) -> NDArray[np.int32]:
    """Return for each pixel of ink which window's writing it is (-1 elsewhere).

    A stroke belongs wholly to the box its middle is nearest to, even where it reaches into the next; strokes that run
    through several boxes are shared out by column.
    """
    centres = np.array([(left + right) / 2 for left, right in windows])
    widest = max(right - left for left, right in windows)
    by_column = np.abs(np.arange(ink.shape[1])[:, None] + 0.5 - centres).argmin(axis=1).astype(np.int32)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    nearest = np.abs(middles[:, 0, None] - centres).argmin(axis=1).astype(np.int32)
    joined = stats[:, cv2.CC_STAT_WIDTH] > 1.4 * widest
    owners = np.where(joined[labels], by_column[None, :], nearest[labels])
    return np.where(ink, owners, -1).astype(np.int32)


def _lift_glyphs(image: Image, owners: NDArray[np.int32], written: list[int]) -> list[_Glyph]:
    """Cut the ink of the windows that are written in out of the strip, leaving their neighbours' behind."""
    glyphs = []
    for index in written:
        mine = owners == index
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        if not len(rows):
            glyphs.append(_Glyph(np.empty((0, 0), dtype=np.uint8), 0))
            continue
        top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
        area = np.s_[top : rows[-1] + 2, left : columns[-1] + 2]
        # One pixel around the ink keeps the soft edge of its strokes.
        soft = cv2.dilate(mine[area].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        glyphs.append(_Glyph(np.where(soft, image[area], np.uint8(WHITE)).astype(np.uint8), int(top)))
    return glyphs


def _row_scale(glyphs: list[_Glyph], setting: Setting) -> tuple[float, float]:
    """Return the scale that brings the row's usual height to the setting's, and the strip row that becomes its top."""
    if not glyphs:
        return 1.0, 0.0
    tops = np.array([glyph.top for glyph in glyphs], dtype=np.float64)
    bottoms = np.array([glyph.top + glyph.picture.shape[0] for glyph in glyphs], dtype=np.float64)
    top, bottom = float(tops.min()), float(bottoms.max())
    scale = (HEIGHT_PX - 2 * setting.margin) / max(bottom - top, 20.0)
    middle = (top + bottom) / 2
    return scale, middle - HEIGHT_PX / 2 / scale


def _set_glyph(glyph: _Glyph, scale: float, top: float) -> Image:
    """Return one glyph, scaled, on a piece of the line 48 pixels high."""
    if not glyph.picture.size:
        return np.full((HEIGHT_PX, _LEAST_GLYPH_PX), WHITE, dtype=np.uint8)
    height = min(HEIGHT_PX, max(2, round(glyph.picture.shape[0] * scale)))
    width = max(2, round(glyph.picture.shape[1] * scale))
    picture = cv2.resize(glyph.picture, (width, height), interpolation=cv2.INTER_AREA)
    piece = np.full((HEIGHT_PX, max(width, _LEAST_GLYPH_PX)), WHITE, dtype=np.uint8)
    y = min(max(round((glyph.top - top) * scale), 0), HEIGHT_PX - height)
    x = (piece.shape[1] - width) // 2
    piece[y : y + height, x : x + width] = picture
    return piece
