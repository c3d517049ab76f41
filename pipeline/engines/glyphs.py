"""Each box's writing as a small picture, for the reader of single boxes.

Two channels, dark ink high: what is this box's own (strokes belong to the box their middle is nearest to), and all ink
around, neighbours' too, by which the reader can see what the sharing out of strokes got wrong. All of a row are brought
to one scale and stand at their own height in the row: an apostrophe is told from a comma, a hyphen from a full stop.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.composing import find_ink, owners
from pipeline.records import Image, Strip

SIZE_PX = 40
"""Side of a glyph's picture."""
CHANNELS = 2

_TALL_PX = 27.0
"""What tall characters of a row are brought to."""
_MARGIN_PX = 1.5
"""White kept at each side of what would fill its picture."""
_LEAST_TALL_PX, _MOST_TALL_PX = 26.0, 82.0
"""No writing is taken to be smaller or larger than 2.6 and 8.2 mm: a row may hold one full stop alone."""
_TALL_SHARE = 75.0
"""Percentile of the heights of a row's characters that stands for the row."""
_DARKEST = 60.0
"""Faint ink is darkened at most until this is black: below it there would be nothing but the paper's grain."""

Glyphs = NDArray[np.uint8]
"""(boxes, 2, 40, 40): ink 255, paper 0."""


class _Span(NamedTuple):
    """The edges of a box's own ink: rows [top, bottom), columns [left, right)."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def cut_glyphs(strip: Strip) -> Glyphs:
    """Return the writing of the inked boxes of a row, in order. One whose ink is too faint or small to see is empty."""
    strip = _written_part(strip)
    ink = find_ink(strip.image)
    own = owners(ink, strip.windows)
    written = np.flatnonzero(strip.inked).tolist()
    spans = [_span(own == index) for index in written]
    tall, middle = _row_measures([span for span in spans if span is not None])
    dark = _darkness(strip.image)
    # Room on all sides for the largest picture that may be cut.
    edge = round(SIZE_PX * _MOST_TALL_PX / _TALL_PX)
    padded = np.pad(dark, edge)
    owned = np.pad(own, edge, constant_values=-1)
    glyphs = np.zeros((len(written), CHANNELS, SIZE_PX, SIZE_PX), dtype=np.uint8)
    for n, (index, span) in enumerate(zip(written, spans, strict=True)):
        if span is not None:
            glyphs[n] = _cut(padded, owned, index, span, tall, middle, edge)
    return glyphs


def _written_part(strip: Strip) -> Strip:
    """The row from its first inked box to its last, and one box on either side: most rows are half empty."""
    inked = np.flatnonzero(strip.inked)
    if not len(inked):
        return strip
    kept = slice(max(int(inked[0]) - 1, 0), int(inked[-1]) + 2)
    windows = strip.windows[kept]
    left = windows[0][0] if kept.start else 0
    right = windows[-1][1] if kept.stop < len(strip.windows) else strip.image.shape[1]
    moved = tuple((a - left, b - left) for a, b in windows)
    return Strip(strip.image[:, left:right], moved, strip.inked[kept], strip.alphabet)


def _span(mine: NDArray[np.bool_]) -> _Span | None:
    rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
    if not len(rows):
        return None
    return _Span(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _row_measures(spans: list[_Span]) -> tuple[float, float]:
    """How high the row's tall characters are, and the row of the strip that their middles lie on."""
    if not spans:
        return _LEAST_TALL_PX, 0.0
    heights = np.array([span.height for span in spans], dtype=np.float64)
    middles = np.array([(span.top + span.bottom) / 2 for span in spans])
    tall = float(np.clip(np.percentile(heights, _TALL_SHARE), _LEAST_TALL_PX, _MOST_TALL_PX))
    high = heights >= 0.6 * tall
    return tall, float(np.median(middles[high] if high.any() else middles))


def _darkness(image: Image) -> Image:
    darkest = float(np.percentile(image, 0.5)) if image.size else 255.0
    factor = 255.0 / max(255.0 - darkest, _DARKEST)
    return np.asarray(cv2.convertScaleAbs(255 - image, alpha=factor), dtype=np.uint8)


def _cut(dark: Image, own: NDArray[np.int32], index: int, span: _Span, tall: float, middle: float, edge: int) -> Glyphs:
    """Cut one box's picture out of the padded row; what would leave its picture is moved or made smaller."""
    room = SIZE_PX - 2 * _MARGIN_PX
    scale = min(_TALL_PX / tall, room / span.height, room / span.width)
    side = max(8, round(SIZE_PX / scale))
    slack = side / 2 - _MARGIN_PX / scale
    y = min(max(middle, span.bottom - slack), span.top + slack)
    top = min(max(round(y - side / 2) + edge, 0), max(dark.shape[0] - side, 0))
    left = min(max(round((span.left + span.right - side) / 2) + edge, 0), max(dark.shape[1] - side, 0))
    area = np.s_[top : top + side, left : left + side]
    # One pixel around the ink keeps the soft edge of its strokes.
    mine = cv2.dilate((own[area] == index).astype(np.uint8), np.ones((3, 3), np.uint8))
    both = np.dstack([dark[area] * mine, dark[area]])
    sized = cv2.resize(both, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(sized.transpose(2, 0, 1))
