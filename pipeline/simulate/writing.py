"""Writing as pen strokes: the one record that hands make, composition places and ink draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Stroke: TypeAlias = NDArray[np.float32]
"""(N, 2) points x, y; y downwards."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A piece of writing. From a hand: in x-heights, baseline at y = 0; once placed: in millimetres of the sheet."""

    strokes: tuple[Stroke, ...]
    filled: bool = False
    """The strokes are closed outlines to be filled (even-odd), as a font's letters are."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom; all zero when nothing is written."""
        if not self.strokes:
            return (0.0, 0.0, 0.0, 0.0)
        low = np.min([stroke.min(axis=0) for stroke in self.strokes], axis=0)
        high = np.max([stroke.max(axis=0) for stroke in self.strokes], axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def moved(self, x: float, y: float) -> "Writing":
        """The same, elsewhere."""
        offset = np.array([x, y], dtype=np.float32)
        return Writing(tuple(stroke + offset for stroke in self.strokes), self.filled)

    def scaled(self, x: float, y: float | None = None) -> "Writing":
        """The same, larger or smaller around the origin."""
        factor = np.array([x, x if y is None else y], dtype=np.float32)
        return Writing(tuple(stroke * factor for stroke in self.strokes), self.filled)

    def leaned(self, slope: float, rise: float = 0.0) -> "Writing":
        """Slanted to the right by `slope` (x for each unit upwards) and climbing by `rise` (up for each unit of x)."""
        shear = np.array([[1.0, -rise], [-slope, 1.0]], dtype=np.float32)
        return Writing(tuple(stroke @ shear for stroke in self.strokes), self.filled)


def joined(parts: Iterable[Writing]) -> Writing:
    """Several pieces as one; all stroked or all filled."""
    pieces = [part for part in parts if part.strokes]
    strokes = tuple(stroke for piece in pieces for stroke in piece.strokes)
    return Writing(strokes, any(piece.filled for piece in pieces))


def stroke(*points: tuple[float, float]) -> Stroke:
    """A stroke through the given points."""
    return np.array(points, dtype=np.float32)
