"""Reads pen strokes of UNIPEN (one `.npz` and one `.tsv` a category) and sets them on a baseline.

The ink has no baseline and its own units in every file, so both are estimated: for each writer, the height of small
letters and how far ascenders and descenders reach, by least squares over all that the writer wrote; for each word, its
baseline from these, then from the turning points of the pen near it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.simulate.writing import Stroke, Writing

ASCENT = {**dict.fromkeys("bdfhkl", 1.0), "t": 0.85, "i": 0.7, "j": 0.7}
"""How far small letters reach above the x-height, in ascenders; capitals and digits reach 0.9."""
DESCENT = dict.fromkeys("gjpqy", 1.0)
CAPITAL_ASCENT = 0.9
PRIOR_ASCENDER = 0.85
PRIOR_DESCENDER = 0.8
"""In x-heights, typical of handwriting; what a writer's own ink says counts more as there is more of it."""
PRIOR_WEIGHT = 6.0
LARGEST_SLOPE = 0.25
"""Words climb or fall by up to 14 degrees; steeper ones are left as they are."""
SPREAD = 0.17
"""How closely, in x-heights, the pen's turning points keep to the baseline."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of a `.tsv`: a character, word or line that somebody wrote."""

    name: str
    """Such as `1a-00012`."""
    row: int
    contributor: str
    writer: str
    quality: str
    style: str
    label: str


@dataclass(frozen=True)
class Category:
    """One category (1a digits, 1b capitals, 1c small letters, 1d signs, 7 words), loaded when first asked for."""

    folder: Path
    name: str

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """What was written, in the order of the ink."""
        path = self.folder / f"unipen_{self.name}.tsv"
        if not path.is_file():
            return ()
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        rows = [line.split("\t") for line in lines]
        return tuple(Sample(row[0], number, row[2], row[3], row[4], row[5], row[8]) for number, row in enumerate(rows))

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.int16], NDArray[np.int32], NDArray[np.int32]]:
        with np.load(self.folder / f"unipen_{self.name}.npz") as data:
            return data["xy"], data["stroke_start"], data["sample_start"]

    def strokes(self, row: int) -> tuple[Stroke, ...]:
        """The pen strokes of a sample in the tablet's units."""
        points, stroke_start, sample_start = self._arrays
        numbers = range(int(sample_start[row]), int(sample_start[row + 1]))
        found = [points[stroke_start[n] : stroke_start[n + 1]].astype(np.float32) for n in numbers]
        return tuple(stroke for stroke in found if len(stroke))


def reach(label: str) -> tuple[float, float]:
    """How many ascenders above and descenders below the small letters a word reaches: 0 to 1 each."""
    up = max((ASCENT.get(c, 0.0 if c.islower() else CAPITAL_ASCENT) for c in label if c.isalnum()), default=0.0)
    down = max((DESCENT.get(c, 0.0) for c in label), default=0.0)
    return up, down


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes of one writer's letters in the tablet's units."""

    x_height: float
    ascender: float
    descender: float


def measure(labels: Sequence[str], heights: Sequence[float]) -> Measures:
    """The sizes that explain best how high each word stands, drawn towards what is usual."""
    typical = float(np.median([h / (1 + PRIOR_ASCENDER * reach(label)[0] + PRIOR_DESCENDER * reach(label)[1])
                               for label, h in zip(labels, heights, strict=True)]))  # fmt: skip
    typical = max(typical, 1.0)
    rows = np.array([[1.0, *reach(label)] for label in labels]) * typical
    pull = np.diag([1.0, 1.0, 1.0]) * typical * np.sqrt(PRIOR_WEIGHT)
    expected = np.array([1.0, PRIOR_ASCENDER, PRIOR_DESCENDER])
    target = np.clip(np.array(heights), 0, 5 * typical)
    system = np.vstack([rows, pull])
    answer, *_ = np.linalg.lstsq(system, np.concatenate([target, pull @ expected]), rcond=None)
    x_height, ascender, descender = np.clip(answer, [0.6, 0.4, 0.3], [1.6, 1.6, 1.6]) * typical
    return Measures(float(x_height), float(ascender), float(descender))


def turning_points(strokes: Sequence[Stroke]) -> NDArray[np.float32]:
    """(N, 2) points where the pen turns upwards again: most stand on the baseline."""
    found = []
    for points in strokes:
        if len(points) < 3:
            continue
        y = points[:, 1]
        rising = np.flatnonzero((y[1:-1] >= y[:-2]) & (y[1:-1] > y[2:])) + 1
        found.append(points[rising])
        found.append(points[-1:] if y[-1] > y[-2] else points[:0])
    return np.concatenate(found) if found else np.zeros((0, 2), np.float32)


def on_baseline(label: str, strokes: tuple[Stroke, ...], size: Measures) -> Writing | None:
    """A word in x-heights, its baseline at y = 0 and its left at x = 0; None when the label can't be its own."""
    left, top, right, bottom = Writing(strokes).bounds
    up, down = reach(label)
    expected = size.x_height + up * size.ascender + down * size.descender
    width = (right - left) / (max(len(label), 1) * size.x_height)
    if not 0.5 < (bottom - top) / expected < 1.9 or not 0.22 < width < 3.5:
        return None
    guesses = [0.5 * (bottom - down * size.descender) + 0.5 * (top + up * size.ascender + size.x_height)]
    if "f" in label and not down:
        guesses.append(bottom - size.descender)
    middle = (left + right) / 2
    baseline, slope = _settle(turning_points(strokes), np.array(guesses), middle, size.x_height)
    level = [points.copy() for points in strokes]
    for points in level:
        points[:, 1] -= baseline + slope * (points[:, 0] - middle)
        points[:, 0] -= left
    return Writing(tuple(level)).scaled(1 / size.x_height)


def _settle(
    points: NDArray[np.float32], guesses: NDArray[np.float64], middle: float, x_height: float
) -> tuple[float, float]:
    """Height of the baseline at the word's middle and its slope (down for each unit of x): where most of the pen's
    turning points lie, weighed against the guesses and against steepness."""
    if not len(points):
        return float(guesses[0]), 0.0
    long_enough = np.ptp(points[:, 0]) > 2.5 * x_height
    slopes = np.linspace(-LARGEST_SLOPE, LARGEST_SLOPE, 21) if long_enough else np.zeros(1)
    heights = (guesses[:, None] + np.linspace(-0.6, 0.6, 25) * x_height).reshape(-1)
    off = np.abs(heights[:, None] - guesses[None, :]).min(axis=1) / x_height
    # (slopes, points): how high each point stands when the slope is taken out
    flat = points[None, :, 1] - slopes[:, None] * (points[None, :, 0] - middle)
    distance = (flat[:, None, :] - heights[None, :, None]) / (SPREAD * x_height)
    score = np.exp(-0.5 * distance**2).sum(axis=2)
    score -= 2.5 * off[None, :] ** 2 + (slopes[:, None] / 0.12) ** 2
    best_slope, best_height = np.unravel_index(int(score.argmax()), score.shape)
    return float(heights[best_height]), float(slopes[best_slope])
