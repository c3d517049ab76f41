"""Ticks: how much of a tick box is inked, and how evenly, against the empty card."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.records import CARD_PX_PER_MM, Image, Reading, Strip

EMPTY, TICKED, STRUCK = "empty", "ticked", "struck"

_INSET_MM = 0.25
"""Inside the frame: what is left of it, and the slack of alignment."""
_INK = 175
_SPECK_MM2 = 0.06
_TICKED_FROM = 0.030
"""Half-way between the emptiest tick (a fine pen's dash, 6 %) and the dirtiest empty box."""
_TICKED_STEEPNESS = 5.0
_STRUCK_FROM = 0.46
_STRUCK_STEEPNESS = 35.0
_EVEN_FROM = 0.62
"""A box scribbled over has ink everywhere: its emptier ninths have 0.7 of the whole box's share and more. A cross
leaves its edges' middles white: 0.6 at most, even by a pen of 0.9 mm."""
_RING_FROM = 0.05
_RING_STEEPNESS = 200.0


@dataclass(frozen=True, slots=True)
class InkShares:
    """What is inked of a box, as shares from 0 to 1."""

    inside: float
    evenness: float
    """Of the emptier ninths of the box."""
    around: float
    """Of the ring outside the frame, on its emptiest side."""


class Ticks:
    """Tells empty, ticked and struck-out boxes apart. Its strips hold one box each, with paper around."""

    name = "ticks"
    version = "1"

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return `empty`, `ticked` or `struck` for each box."""
        return [_judge(measure_box(strip)) for strip in strips]


def measure_box(strip: Strip) -> InkShares:
    """Measure the ink of one box. The margin is the same on all four sides."""
    margin = strip.windows[0][0]
    ink = _ink(strip.image)
    inset = margin + round(_INSET_MM * CARD_PX_PER_MM)
    inside = ink[inset:-inset, inset:-inset]
    ninths = [float(part.mean()) for rows in np.array_split(inside, 3) for part in np.array_split(rows, 3, axis=1)]
    side = max(1, margin - 3)
    sides = (ink[:side], ink[-side:], ink[:, :side], ink[:, -side:])
    return InkShares(float(inside.mean()), float(np.mean(sorted(ninths)[:3])), min(float(s.mean()) for s in sides))


def _ink(image: Image) -> Image:
    """1 where there is ink, specks left out."""
    mask = (cv2.GaussianBlur(image, (0, 0), 0.7) < _INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= _SPECK_MM2 * CARD_PX_PER_MM**2
    keep[0] = False
    return keep[labels].astype(np.uint8) if count > 1 else np.zeros_like(mask)


def _judge(ink: InkShares) -> Reading:
    marked = _logistic(_TICKED_STEEPNESS * np.log(max(ink.inside, 1e-4) / _TICKED_FROM))
    # Ink on all four sides of an empty box is a ring around it: perhaps a tick, so a person looks.
    marked = max(marked, 0.6 * _logistic(_RING_STEEPNESS * (ink.around - _RING_FROM)))
    struck = _logistic(_STRUCK_STEEPNESS * (ink.inside - _STRUCK_FROM)) * _logistic(
        _STRUCK_STEEPNESS * (ink.evenness / max(ink.inside, 1e-4) - _EVEN_FROM)
    )
    shares = {EMPTY: 1 - marked, TICKED: marked * (1 - struck), STRUCK: marked * struck}
    ranked = tuple(sorted(shares.items(), key=lambda pair: -pair[1]))
    return Reading(ranked[0][0], ranked[0][1], ranked)


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -40, 40))))
