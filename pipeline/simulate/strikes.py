"""Ticks, crosses, scribbles and strokes through: what people draw rather than write. Millimetres of the sheet."""

from typing import Literal, TypeAlias

import numpy as np

from forms.layout import Box
from pipeline.simulate.writing import Stroke, Writing

TickKind: TypeAlias = Literal["tick", "cross", "scribble", "circle", "overflow", "dash", "blacked out"]
TICK_KINDS: tuple[tuple[TickKind, float], ...] = (
    ("tick", 0.51),
    ("cross", 0.26),
    ("overflow", 0.12),
    ("scribble", 0.07),
    ("circle", 0.01),
    ("dash", 0.03),
)
"""How people mark a box, and how often. `blacked out` takes a mark back."""


def pick_tick(rng: np.random.Generator) -> TickKind:
    """Some way of marking a box."""
    return TICK_KINDS[int(rng.choice(len(TICK_KINDS), p=[share for _, share in TICK_KINDS]))][0]


def _curve(points: list[tuple[float, float]], box: Box, rng: np.random.Generator, shake: float = 0.04) -> Stroke:
    """Points in shares of the box, made into a hand-drawn line."""
    corners = np.array(points) + rng.normal(0, shake, (len(points), 2))
    steps = np.linspace(0, len(corners) - 1, 6 * (len(corners) - 1) + 1)
    path = np.stack([np.interp(steps, range(len(corners)), corners[:, k]) for k in (0, 1)], axis=1)
    path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    return (path * [box.width, box.height] + [box.x, box.y]).astype(np.float32)


def tick(box: Box, kind: TickKind, rng: np.random.Generator) -> Writing:
    """A mark in a tick box."""
    shift = float(rng.normal(0, 0.07))
    if kind == "tick":
        reach = float(rng.uniform(-0.25, 0.15))
        return Writing((_curve([(0.12 + shift, 0.5), (0.38 + shift, 0.88), (0.92 + shift, reach)], box, rng),))
    if kind == "overflow":
        up, out = float(rng.uniform(-0.9, -0.3)), float(rng.uniform(1.1, 1.9))
        return Writing((_curve([(0.0 + shift, 0.35), (0.4 + shift, 1.0), (out, up)], box, rng, 0.07),))
    if kind == "cross":
        low, high = sorted(rng.uniform(-0.12, 0.25, 2).tolist())
        first = _curve([(low, high), (1 - high, 1 - low)], box, rng, 0.05)
        return Writing((first, _curve([(1 - low, high), (high, 1 - high)], box, rng, 0.05)))
    if kind == "dash":
        return Writing((_curve([(0.08, 0.55), (0.95, 0.45)], box, rng, 0.06),))
    if kind == "circle":
        turn = np.linspace(0, float(rng.uniform(6.0, 7.0)), 16)
        size = float(rng.uniform(0.3, 0.6))
        return Writing((_curve([(0.5 + size * np.cos(a), 0.5 + size * np.sin(a)) for a in turn], box, rng, 0.03),))
    if kind == "scribble":  # less than half covered: more would take the mark back
        return _zigzag(box, int(rng.integers(2, 4)), False, rng)
    crosswise = bool(rng.random() < 0.7)
    return _zigzag(box, int(rng.integers(7, 11) if crosswise else rng.integers(10, 14)), crosswise, rng)


def _zigzag(box: Box, rows: int, twice: bool, rng: np.random.Generator) -> Writing:
    """Up and down through the whole box, once or crosswise."""

    def run(across: bool) -> Stroke:
        points = []
        for number in range(rows + 1):
            along, side = number / rows, 0.02 if number % 2 else 0.98
            points.append((along, side) if across else (side, along))
        return _curve(points, box, rng, 0.03)

    return Writing((run(True), run(False)) if twice else (run(bool(rng.random() < 0.5)),))


def strike_through(word: Writing, rng: np.random.Generator) -> Writing:
    """One or two lines, or a zigzag, to cross a word out."""
    left, top, right, bottom = word.bounds
    box = Box(left - 0.4, top + 0.25 * (bottom - top), right - left + 0.8, 0.5 * (bottom - top))
    style = rng.random()
    if style < 0.55:
        lines: tuple[Stroke, ...] = (_curve([(0, 0.55), (0.5, 0.45), (1, 0.5)], box, rng, 0.06),)
    elif style < 0.75:
        lines = (_curve([(0, 0.4), (1, 0.35)], box, rng), _curve([(0, 0.7), (1, 0.65)], box, rng))
    else:
        count = max(6, round((right - left) / 1.1))
        points = [(n / count, 0.0 if n % 2 else 1.0) for n in range(count + 1)]
        lines = (_curve(points, box, rng, 0.08 / count),)
    return Writing(lines)
