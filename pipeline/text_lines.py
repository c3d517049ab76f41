"""Finds the lines of a piece of handwriting, whether or not it keeps to a ruling, and says which ink belongs to which.

Ink is smeared along the writing and its ridges followed: where people write in lines, each line is a ridge, however it
climbs or bends (after Bukhari, Shafait and Breuel, ICDAR 2009). A stroke belongs as a whole to the ridge it mostly lies
at; only strokes tall enough to belong to two lines are shared out.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image

_COARSE = 4
"""Ridges are followed on a picture this many times smaller; they are soft anyway."""
_SMEAR_ALONG, _SMEAR_ACROSS = 1.1, 0.17
"""In distances between lines: over the gaps between words, but not over those between lines."""
_FAINTEST_RIDGE = 0.14
"""Of the strongest ridges: below it are single loops between the lines."""
_SHORTEST_RIDGE = 0.5
_OFF_LINE = 0.42
"""How far, in distances between lines, a piece may lie above or below where its line would go on."""
_LEAST_APART = 0.45
"""Lines nearer to each other than this share of what usually lies between them are one."""
_SHARED_HEIGHT = 1.35
"""Strokes taller than this, in distances between lines, may belong to two."""
_SHARED = 0.25
_LETTER = 0.33
"""Strokes at least this high, in distances between lines, stand for themselves."""
_BETWEEN = (0.05, 0.5)
"""Below a baseline, in distances between lines: where a small stroke may belong to either line."""
_HANGS = 0.2
_LONG_ENOUGH = 5.0
"""Distances between lines: shorter ink says little about a slope."""
_LEAST_RISE = 0.25
"""In distances between lines: a tall letter at either end looks like as much."""
_STEEPEST = 0.06
"""Of writing that keeps to a ruling."""
_LEAST_RISE_PX = 4.0
"""A line that climbs less over all its length is level."""


@dataclass(frozen=True, slots=True)
class _Ridge:
    """A piece of a line: its middle height at each column of the coarse picture from `left` on."""

    left: int
    heights: NDArray[np.float64]

    @property
    def right(self) -> int:
        """One past its last column."""
        return self.left + len(self.heights)

    def height_at(self, x: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
        """Where it runs at the given columns; beyond its ends it goes on with `slope`."""
        inside = np.interp(x, np.arange(self.left, self.right), self.heights)
        return np.asarray(inside + slope * (np.minimum(x - self.left, 0) + np.maximum(x - self.right + 1, 0)))


@dataclass(frozen=True, slots=True)
class TextLines:
    """The lines of a piece of writing."""

    owners: NDArray[np.int16]
    """(height, width): the line each pixel's ink belongs to, from 0 at the top; -1 where there is no ink."""
    slopes: tuple[float, ...]
    """Of each line: pixels down for each pixel to the right."""


def find_text_lines(ink: Image, distance: float) -> TextLines:
    """Find the lines. `ink` is a mask; `distance` lies between two lines, in pixels, roughly: see `line_distance`."""
    owners = np.full(ink.shape, -1, dtype=np.int16)
    lines = _lines(ink, distance)
    if not lines:
        return TextLines(owners, ())
    slope = _slope(lines)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(labels)
    columns = np.arange(-(-ink.shape[1] // _COARSE), dtype=np.float64)
    middles = np.stack([_COARSE * (_whole(line, slope, columns) + 0.5) for line in lines])
    middles = _apart(middles)
    nearest = _nearest(middles, ink.shape[0])[ys, xs // _COARSE]
    votes = np.bincount(labels[ys, xs] * len(middles) + nearest, minlength=count * len(middles))
    votes = votes.reshape(count, len(middles))
    winner = votes.argmax(axis=1)
    split = (stats[:, cv2.CC_STAT_HEIGHT] > _SHARED_HEIGHT * distance) & (
        votes.max(axis=1) < (1 - _SHARED) * votes.sum(axis=1)
    )
    own = labels[ys, xs]
    owners[ys, xs] = np.where(split[own], nearest, winner[own])
    return TextLines(owners, tuple(_slope_of(middle, owners == n) for n, middle in enumerate(middles)))


def follow_ruling(ink: Image, baselines: NDArray[np.floating[Any]], distance: float) -> TextLines:
    """Share ink out between lines whose baselines are known, (lines,) rows; all are as far apart as `distance`.

    A stroke belongs to the line in whose body most of it lies, which reaches from 80 % of the distance above the
    baseline to 20 % below it: writing hangs below by less than it rises above.
    """
    owners = np.full(ink.shape, -1, dtype=np.int16)
    _, labels, stats, middles = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(labels)
    lower = baselines + _HANGS * distance
    last = len(baselines) - 1
    by_row = np.minimum(np.searchsorted(lower, np.arange(ink.shape[0])), last)
    by_stroke = np.minimum(np.searchsorted(lower, middles[:, 1]), last)
    below = (middles[:, 1] - baselines[0]) / distance
    between = (below % 1.0 > _BETWEEN[0]) & (below % 1.0 < _BETWEEN[1]) & (below > 0)
    by_stroke = _with_letters(by_stroke, stats, between, distance)
    tall = stats[:, cv2.CC_STAT_HEIGHT] > _SHARED_HEIGHT * distance
    own = labels[ys, xs]
    owners[ys, xs] = np.where(tall[own], by_row[ys], by_stroke[own])
    return TextLines(owners, tuple(_climb(owners == n, distance) for n in range(len(baselines))))


def _with_letters(
    lines: NDArray[np.intp], stats: NDArray[Any], between: NDArray[np.bool_], distance: float
) -> NDArray[np.intp]:
    """Give dots, and loops that broke off where the ruling was taken out, to the line of the letter nearest to them.

    `lines`, `stats` and `between` (whether it stands where letters hang from above or rise from below) are of strokes,
    the first standing for the paper.
    """
    lefts, tops = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    rights, bottoms = lefts + stats[:, cv2.CC_STAT_WIDTH], tops + stats[:, cv2.CC_STAT_HEIGHT]
    large = stats[:, cv2.CC_STAT_HEIGHT] > _LETTER * distance
    large[0] = False
    small = np.flatnonzero(~large & between)
    small = small[small > 0]
    letters = np.flatnonzero(large)
    if not len(letters) or not len(small):
        return lines
    aside = np.maximum(lefts[letters][None] - rights[small][:, None], lefts[small][:, None] - rights[letters][None])
    apart = np.maximum(tops[letters][None] - bottoms[small][:, None], tops[small][:, None] - bottoms[letters][None])
    gaps = np.maximum(apart, 0) + 2.0 * np.maximum(aside, 0)
    nearest = gaps.argmin(axis=1)
    result = lines.copy()
    result[small] = lines[letters[nearest]]
    return result


def _climb(own: NDArray[np.bool_], distance: float) -> float:
    """The slope of a line's ink, by the middles of its columns; 0 when there is too little to tell."""
    columns = np.flatnonzero(own.any(axis=0))
    if len(columns) < _LONG_ENOUGH * distance:
        return 0.0
    rows = np.arange(own.shape[0])
    counts = own[:, columns].sum(axis=0)
    middles = (rows @ own[:, columns]) / counts
    slope = float(np.polyfit(columns, middles, 1, w=np.sqrt(counts))[0])
    if abs(slope) * float(columns[-1] - columns[0]) < _LEAST_RISE * distance:
        return 0.0
    return float(np.clip(slope, -_STEEPEST, _STEEPEST))


def cut_line(image: Image, own: NDArray[np.bool_], slope: float, edge: int) -> Image:
    """Return one line's ink on white, brought level, with `edge` pixels of paper around. `own` must not be empty."""
    ys, xs = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    area = np.s_[max(0, ys[0] - 2) : ys[-1] + 3, max(0, xs[0] - 2) : xs[-1] + 3]
    # The soft edges of strokes belong to them too.
    soft = cv2.dilate(own[area].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    alone = np.where(soft, image[area], np.uint8(255)).astype(np.uint8)
    if abs(slope) * alone.shape[1] > _LEAST_RISE_PX:
        alone = _levelled(alone, slope)
    return np.pad(alone, edge, constant_values=255)


def _levelled(image: Image, slope: float) -> Image:
    """Shear a picture so that what climbs or falls by `slope` runs level, and cut off the rows left empty."""
    height, width = image.shape
    rise = slope * width
    shear = np.array([[1.0, 0.0, 0.0], [-slope, 1.0, max(rise, 0.0)]])
    size = (width, height + round(abs(rise)))
    level = np.asarray(cv2.warpAffine(image, shear, size, borderValue=255), dtype=np.uint8)
    rows = np.flatnonzero((level < 250).any(axis=1))
    return level[rows[0] : rows[-1] + 1] if len(rows) else level


def _slope_of(middle: NDArray[np.float64], own: NDArray[np.bool_]) -> float:
    """The slope of a line's middle (by coarse column) where its ink is."""
    columns = np.flatnonzero(own.any(axis=0))
    if len(columns) < 8 * _COARSE:
        return 0.0
    first, last = columns[0] // _COARSE, columns[-1] // _COARSE + 1
    return float(np.polyfit(_COARSE * np.arange(first, last), middle[first:last], 1)[0])


def _apart(middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out lines, (lines, columns), that run too near to the one above: rows of dots and of loops."""
    distance = float(np.median(np.diff(middles.mean(axis=1)))) if len(middles) > 1 else 0.0
    kept = [middles[0]]
    for middle in middles[1:]:
        if float(np.mean(middle - kept[-1])) >= _LEAST_APART * distance:
            kept.append(middle)
    return np.stack(kept)


def _nearest(middles: NDArray[np.float64], height: int) -> NDArray[np.int16]:
    """(height, columns): which line is nearest to each row in each column."""
    bounds = np.sort((middles[1:] + middles[:-1]) / 2, axis=0)
    rows = np.arange(height)[:, None]
    nearest = np.zeros((height, middles.shape[1]), dtype=np.int16)
    for bound in bounds:
        nearest += rows > bound
    return nearest


def line_distance(ink: Image, usual: float) -> float:
    """Return the distance between lines, pixels: where the writing repeats itself downwards, else `usual`.

    Looked for between 0.4 and 1.8 times `usual`, which is kept when there are too few lines to tell.
    """
    small = _coarse(ink)
    step, height = max(8, round(3 * usual / _COARSE)), small.shape[0]
    least, most = 0.4 * usual / _COARSE, min(1.8 * usual / _COARSE, 0.6 * height)
    if most <= least + 2:
        return usual
    total = np.zeros(height)
    for left in range(0, small.shape[1], step):
        profile = small[:, left : left + step].sum(axis=1)
        if np.count_nonzero(profile) < 2 * least:
            continue
        profile = (
            cv2.GaussianBlur(profile[:, None], (1, 0 | 1), 0)[:, 0]
            - cv2.blur(profile[:, None], (1, max(3, round(2 * usual / _COARSE))))[:, 0]
        )
        total += np.correlate(profile, profile, "full")[height - 1 :]
    if total[0] <= 0:
        return usual
    # Fewer pairs of rows lie far apart than near.
    similar = total / total[0] * height / np.maximum(height - np.arange(height), 0.3 * height)
    lags = np.arange(height)
    peaks = np.flatnonzero((similar[1:-1] > similar[:-2]) & (similar[1:-1] >= similar[2:])) + 1
    peaks = peaks[(lags[peaks] >= least) & (lags[peaks] <= most)]
    if not len(peaks) or similar[peaks].max() < 0.12:
        return usual
    first = peaks[similar[peaks] > 0.75 * similar[peaks].max()][0]
    return float(first * _COARSE)


def _coarse(ink: Image) -> NDArray[np.float32]:
    size = (-(-ink.shape[1] // _COARSE), -(-ink.shape[0] // _COARSE))
    return np.asarray(cv2.resize((ink > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA))


def _lines(ink: Image, distance: float) -> list[list[_Ridge]]:
    """The lines from top to bottom, each as its pieces from left to right."""
    near = distance / _COARSE
    edge = round(near)
    small = cv2.copyMakeBorder(_coarse(ink), edge, edge, 0, 0, cv2.BORDER_CONSTANT, value=0)
    smeared = cv2.GaussianBlur(small, (0, 0), sigmaX=_SMEAR_ALONG * near, sigmaY=_SMEAR_ACROSS * near,
                               borderType=cv2.BORDER_CONSTANT)  # fmt: skip
    strong = float(np.percentile(smeared.max(axis=0), 75))
    if strong <= 0:
        return []
    top = np.zeros(smeared.shape, dtype=np.uint8)
    top[1:-1] = (smeared[1:-1] > smeared[:-2]) & (smeared[1:-1] >= smeared[2:])
    top[smeared < _FAINTEST_RIDGE * strong] = 0
    ridges = [ridge for ridge in _ridges(top, edge) if len(ridge.heights) >= _SHORTEST_RIDGE * near]
    return _ordered(_joined(ridges, near))


def _ridges(top: Image, edge: int) -> list[_Ridge]:
    count, labels = cv2.connectedComponents(top, connectivity=8)
    ys, xs = np.nonzero(labels)
    own = labels[ys, xs]
    order = np.lexsort((xs, own))
    ys, xs, own = ys[order], xs[order], own[order]
    ridges = []
    for part in np.split(np.arange(len(own)), np.searchsorted(own, np.arange(2, count))):
        if not len(part):
            continue
        left, right = int(xs[part[0]]), int(xs[part[-1]])
        columns, first = np.unique(xs[part], return_index=True)
        heights = np.interp(np.arange(left, right + 1), columns, ys[part][first] - edge)
        ridges.append(_Ridge(left, heights))
    return ridges


def _slope(lines: list[list[_Ridge]]) -> float:
    """How the writing climbs or falls on the whole, from its longest pieces."""
    pieces = [piece for line in lines for piece in line if len(piece.heights) > 8]
    if not pieces:
        return 0.0
    slopes = np.array([np.polyfit(np.arange(len(piece.heights)), piece.heights, 1)[0] for piece in pieces])
    lengths = np.array([len(piece.heights) for piece in pieces], dtype=np.float64)
    order = np.argsort(slopes)
    middle = int(np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2))
    return float(np.clip(slopes[order][middle], -0.2, 0.2))


def _joined(ridges: list[_Ridge], near: float) -> list[list[_Ridge]]:
    """Gathers pieces into lines: each goes on the line whose end points to it best, if any does."""
    slope = _slope([ridges]) if ridges else 0.0
    lines: list[list[_Ridge]] = []
    for ridge in sorted(ridges, key=lambda ridge: ridge.left):
        best, off = None, _OFF_LINE * near
        for line in lines:
            last = line[-1]
            if ridge.left < last.right - 0.4 * min(len(ridge.heights), len(last.heights)):
                continue
            expected = float(last.heights[-1]) + slope * (ridge.left - last.right)
            if abs(expected - float(ridge.heights[0])) < off:
                best, off = line, abs(expected - float(ridge.heights[0]))
        if best is None:
            lines.append([ridge])
        else:
            best.append(ridge)
    return lines


def _ordered(lines: list[list[_Ridge]]) -> list[list[_Ridge]]:
    """From top to bottom, as at the left margin: a climbing line belongs where it begins."""
    slope = _slope(lines)
    return sorted(
        lines, key=lambda line: float(np.mean(line[0].heights)) - slope * (line[0].left + len(line[0].heights) / 2)
    )


def _whole(line: list[_Ridge], slope: float, columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """A line's height at all columns, gaps bridged."""
    xs = np.concatenate([np.arange(piece.left, piece.right) for piece in line]).astype(np.float64)
    heights = np.concatenate([piece.heights for piece in line])
    order = np.argsort(xs, kind="stable")
    xs, heights = xs[order], heights[order]
    inside = np.interp(columns, xs, heights)
    return np.asarray(inside + slope * (np.minimum(columns - xs[0], 0) + np.maximum(columns - xs[-1], 0)))
