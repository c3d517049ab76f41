"""Ink on paper: pens of all kinds, drawn over a printed page so that print shows through."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image
from pipeline.simulate.writing import Stroke, Writing

MM_PER_INCH = 25.4
SHIFT = 4
"""OpenCV's fixed point: sixteenths of a pixel."""
FINE_DPI = 500
"""Ink is drawn at least this finely and then brought down, so that thin lines keep their width."""
COARSE_STEP = 0.35
"""Millimetres between the pen's points from which corners would show; such strokes are smoothed."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What somebody writes with."""

    name: str
    width: float
    """Millimetres."""
    colour: tuple[int, int, int]
    """Red, green, blue of dense ink."""
    strength: float = 1.0
    """How dense its ink lies, 0 to 1."""
    pressure: float = 0.1
    """How much width and darkness go up and down while writing, as a share."""
    grain: float = 0.0
    """How much the paper's tooth shows in the line, 0 to 1: much for pencil."""


KINDS: tuple[tuple[str, float, tuple[float, float], float, float, float], ...] = (
    # name, how common, width, strength, pressure, grain
    ("ballpoint", 0.55, (0.24, 0.44), 0.84, 0.26, 0.26),
    ("gel", 0.17, (0.32, 0.60), 0.96, 0.08, 0.04),
    ("felt tip", 0.14, (0.55, 1.00), 0.95, 0.10, 0.03),
    ("pencil", 0.14, (0.28, 0.55), 0.85, 0.20, 0.40),
)
COLOURS: dict[str, tuple[tuple[tuple[int, int, int], float], ...]] = {
    "ballpoint": (((32, 42, 128), 0.5), ((28, 28, 34), 0.45), ((140, 28, 38), 0.05)),
    "gel": (((16, 16, 20), 0.6), ((18, 36, 140), 0.4)),
    "felt tip": (((20, 20, 24), 0.6), ((24, 44, 130), 0.3), ((20, 96, 60), 0.1)),
    "pencil": (((70, 70, 74), 1.0),),
}


def pick_pen(rng: np.random.Generator) -> Pen:
    """A pen as they lie about on wards: mostly ballpoint, some gel, felt tip and pencil."""
    kind = KINDS[int(rng.choice(len(KINDS), p=[k[1] for k in KINDS]))]
    name, _, (thin, thick), strength, pressure, grain = kind
    colours = COLOURS[name]
    colour = colours[int(rng.choice(len(colours), p=[share for _, share in colours]))][0]
    width = float(rng.uniform(thin, thick))
    return Pen(name, width, colour, strength * float(rng.uniform(0.8, 1.05)), pressure, grain)


def draw(page: Image, dpi: float, writings: Sequence[Writing], pen: Pen, rng: np.random.Generator) -> None:
    """Writes on `page`, (H, W, 3) RGB at `dpi`, in place. Writings are in millimetres of the page."""
    px_per_mm = dpi / MM_PER_INCH
    fineness = max(1, round(FINE_DPI / dpi))
    for writing in writings:
        if writing.strokes:
            _draw_one(page, px_per_mm, fineness, writing, pen, rng)


def _draw_one(
    page: Image, px_per_mm: float, fineness: int, writing: Writing, pen: Pen, rng: np.random.Generator
) -> None:
    left, top, right, bottom = np.array(writing.bounds) * px_per_mm
    margin = pen.width * px_per_mm + 2
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin + 1, page.shape[1])), int(min(bottom + margin + 1, page.shape[0]))
    if x1 <= x0 or y1 <= y0:
        return
    mask = np.zeros(((y1 - y0) * fineness, (x1 - x0) * fineness), np.uint8)
    scale = px_per_mm * fineness
    origin = np.array([x0, y0], np.float32) * fineness
    if writing.filled:
        outlines = [_fixed(s * scale - origin) for s in writing.strokes]
        cv2.fillPoly(mask, outlines, 255, cv2.LINE_AA, SHIFT)
    else:
        for points in writing.strokes:
            _trace(mask, points, scale, origin, pen, rng)
    if fineness > 1:
        mask = cv2.resize(mask, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA).astype(np.uint8)
    _blend(page[y0:y1, x0:x1], mask, pen, rng)


def _fixed(points: NDArray[np.float32]) -> NDArray[np.int32]:
    return np.round(points * (1 << SHIFT)).astype(np.int32)


def _smooth(points: Stroke) -> Stroke:
    """Chaikin's corner cutting, twice."""
    for _ in range(2):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], inner, points[-1:]])
    return points


def _trace(
    mask: Image, points: Stroke, scale: float, origin: NDArray[np.float32], pen: Pen, rng: np.random.Generator
) -> None:
    if len(points) > 2 and float(np.abs(np.diff(points, axis=0)).sum(axis=1).mean()) > COARSE_STEP:
        points = _smooth(points)
    pixels = points * scale - origin
    width = pen.width * scale
    if len(points) < 2 or float(np.ptp(pixels, axis=0).max()) < 0.5:
        centre = _fixed(pixels[:1])[0]
        radius = int(width * 0.6 * (1 << SHIFT))
        cv2.circle(mask, (int(centre[0]), int(centre[1])), radius, 255, -1, cv2.LINE_AA, SHIFT)
        return
    pieces = max(1, min(6, len(points) // 8))
    cuts = np.linspace(0, len(points) - 1, pieces + 1).astype(int)
    swell = float(rng.normal(0, pen.pressure / 2))
    for first, last in pairwise(cuts):
        swell = 0.6 * swell + float(rng.normal(0, pen.pressure / 2))
        thickness = max(1, round(width * (1 + swell)))
        cv2.polylines(mask, [_fixed(pixels[first : last + 1])], False, 255, thickness, cv2.LINE_AA, SHIFT)


def _blend(region: Image, mask: Image, pen: Pen, rng: np.random.Generator) -> None:
    """Multiplies ink into the page, so that print under it stays visible."""
    height, width = mask.shape
    cover = mask.astype(np.float32) * (min(1.0, pen.strength) / 255)
    slow = rng.normal(1.0, pen.pressure * 0.6, (2 + height // 24, 2 + width // 24)).astype(np.float32)
    cover *= cv2.resize(slow, (width, height), interpolation=cv2.INTER_LINEAR)
    if pen.grain:
        tooth = rng.random((height, width), dtype=np.float32)
        cover *= 1 - pen.grain * cv2.GaussianBlur(tooth, (0, 0), 0.7) * 1.4
    np.clip(cover, 0, 1, out=cover)
    tint = 1 - np.array(pen.colour, np.float32) / 255
    region[:] = (region * (1 - cover[:, :, None] * tint)).astype(np.uint8)
