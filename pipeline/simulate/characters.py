"""One writer's single characters, brought to the size and height they have in a word."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.simulate.split import writer_rules
from pipeline.simulate.unipen import Category, Sample
from pipeline.simulate.writing import Stroke, Writing, stroke

SMALL_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = frozenset("0123456789")
KINDS = {"capitals": CAPITALS, "digits": DIGITS, "small": SMALL_LETTERS}
LEVEL = frozenset("acemnorsuvwxz")
"""Small letters as high as the x-height."""
HANGING = frozenset("gpqy")
TYPICAL_CAPITAL = 1.75
"""In x-heights, for who wrote no small letters."""
WIDEST = 1.9
"""Letters and digits wider than this, in heights, are slips of the pen or of the label."""
SMALLEST, LARGEST = 0.45, 4.0
"""In x-heights: what is smaller or larger was cut off, or is two letters."""
SIGN_TOPS = {"'": -1.8, '"': -1.8, "-": -0.6, ",": -0.15, ".": -0.12, "+": -1.2, "=": -0.9, "_": 0.1, "*": -1.7}
"""Where the top of a sign stands; other signs stand on the baseline like capitals."""
SIGN_LIMITS = {"'": 0.7, '"': 0.8, "-": 0.35, ",": 0.6, ".": 0.18, "_": 0.3}
"""How high a sign may be at most: some were written as large as a letter when asked for alone."""


def kind_of(character: str) -> str:
    """`capitals`, `digits`, `small` or `signs`."""
    return next((name for name, kind in KINDS.items() if character in kind), "signs")


@dataclass(frozen=True)
class Alphabet:
    """All single characters that somebody wrote."""

    writer: str
    samples: tuple[tuple[Category, Sample], ...]

    @cached_property
    def _by_label(self) -> Mapping[str, list[tuple[Category, Sample]]]:
        found: dict[str, list[tuple[Category, Sample]]] = defaultdict(list)
        for category, sample in self.samples:
            found[sample.label].append((category, sample))
        return found

    @cached_property
    def fit_for(self) -> frozenset[str]:
        """The kinds (`capitals`, `digits`, `small`, `signs`) of which there are enough to use this writer's."""
        have = self._by_label.keys()
        least = writer_rules().least
        enough = {name for name, kind in KINDS.items() if len(have & kind) >= least[name]}
        return frozenset(enough | {"signs"})

    def _median_height(self, kind: frozenset[str]) -> float:
        heights = []
        for category, sample in self.samples:
            if sample.label in kind:
                _, top, _, bottom = Writing(category.strokes(sample.row)).bounds
                heights.append(bottom - top)
        return float(np.median(heights)) if heights else 0.0

    @cached_property
    def x_height(self) -> float:
        """Of small letters, in the tablet's units."""
        return self._median_height(LEVEL) or self._median_height(CAPITALS) / TYPICAL_CAPITAL or 1.0

    @cached_property
    def capital_height(self) -> float:
        """Of capitals, in x-heights."""
        return float(np.clip(self._median_height(CAPITALS) / self.x_height, 1.2, 2.4))

    def character(self, character: str, rng: np.random.Generator) -> Writing | None:
        """One of the writer's own, in x-heights, on the baseline; None when there is none."""
        choices = self._by_label.get(character, ()) if kind_of(character) in self.fit_for else ()
        for choice in rng.permutation(len(choices))[:4]:
            category, sample = choices[int(choice)]
            writing = Writing(category.strokes(sample.row)).scaled(1 / self.x_height)
            left, top, right, bottom = writing.bounds
            size = (right - left, bottom - top)
            if character.isalnum() and (
                size[0] > WIDEST * size[1] or not SMALLEST < size[1] < LARGEST or size[0] > LARGEST
            ):
                continue
            return self._placed(character, writing.moved(-left, 0.0), top, bottom)
        return None

    def _placed(self, character: str, writing: Writing, top: float, bottom: float) -> Writing:
        height = max(bottom - top, 1e-3)
        if character in SIGN_TOPS:
            shrink = min(1.0, SIGN_LIMITS.get(character, 9.0) / height)
            return writing.moved(0, -top).scaled(shrink).moved(0, SIGN_TOPS[character])
        if character in CAPITALS or character in DIGITS:
            odd = height / self.capital_height
            return writing.moved(0, -bottom).scaled(float(np.clip(odd, 0.7, 1.25)) / odd)
        if character in HANGING:
            return writing.moved(0, -top - min(1.0, 0.6 * height))
        if character == "j":
            return writing.moved(0, -top - 0.66 * height)
        if character in LEVEL:
            return writing.moved(0, -bottom).scaled(float(np.clip(height, 0.7, 1.3)) / height)
        if character == "f" and height > 2.6:
            return writing.moved(0, -bottom + 0.3 * height)
        shrink = min(1.0, 2.4 / height)
        return writing.moved(0, -bottom).scaled(shrink)


def _at_sign(wobble: float) -> Stroke:
    """An a with its tail drawn round it, in one go."""
    inner = np.linspace(-0.3, 2 * np.pi - 0.3, 14)
    outer = np.linspace(-0.4, -1.75 * np.pi, 22)
    loop = np.stack([0.95 + 0.32 * np.cos(inner), -0.75 + 0.36 * np.sin(inner)], axis=1)
    ring = np.stack([0.95 + (0.85 + wobble) * np.cos(outer), -0.7 - 0.95 * np.sin(-outer)], axis=1)
    return np.concatenate([loop, ring]).astype(np.float32)


def plain_sign(character: str, rng: np.random.Generator) -> Writing | None:
    """Signs that anyone writes about alike, for hands that have none of their own."""
    wobble = float(rng.normal(0, 0.05))
    shapes = {
        ".": [stroke((0, -0.05), (0.05, -0.02 + wobble))],
        ",": [stroke((0.1, -0.1), (0.12, 0.1), (0.0, 0.32 + wobble))],
        "'": [stroke((0.08, -1.8), (0.0, -1.4 + wobble))],
        "-": [stroke((0, -0.55 + wobble), (0.6, -0.58))],
        "/": [stroke((0, 0.3), (0.8, -1.8))],
        "!": [stroke((0.1, -1.8), (0, -0.5)), stroke((0, -0.05), (0.04, 0.0))],
        ":": [stroke((0, -0.9), (0.04, -0.86)), stroke((0, -0.05), (0.04, 0.0))],
        "_": [stroke((0, 0.15 + wobble), (0.9, 0.15))],
        "@": [_at_sign(wobble)],
        "+": [stroke((0, -0.6), (0.8, -0.6 + wobble)), stroke((0.4, -1.0), (0.4, -0.2))],
        "(": [stroke((0.4, -1.9), (0.1, -1.2), (0.1, -0.4), (0.4, 0.3))],
        ")": [stroke((0, -1.9), (0.3, -1.2), (0.3, -0.4), (0, 0.3))],
    }
    drawn = shapes.get(character)
    return Writing(tuple(drawn)) if drawn else None
