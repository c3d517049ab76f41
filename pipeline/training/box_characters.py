"""Single characters of UNIPEN writers, brought to the size and height they have in a box, and varied as hands vary."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.simulate.characters import HANGING, LEVEL, SIGN_LIMITS, SIGN_TOPS, TYPICAL_CAPITAL, kind_of
from pipeline.simulate.split import Split, split_of, writer_rules
from pipeline.simulate.unipen import Category, Sample
from pipeline.simulate.writing import Stroke, Writing, stroke

CATEGORIES = ("1a", "1b", "1c", "1d")
WORDS = "1w"
"""Characters taken out of words; see `box_words`."""
SIGNS = "'-.&"
_UNFIT = ("coarse", "mislabelled_characters", "broken_characters")
_ODD_HEIGHT = (0.45, 2.2)
"""Of what the writer's characters of this kind usually have; beyond it a sample is a fragment or several letters."""
_WIDEST = 2.2
_SLASHED, _BARRED, _FOOTED = 0.04, 0.08, 0.05
"""How many noughts, sevens and ones are given a stroke more than the writer made."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character somebody wrote."""

    number: int
    """Its place among all of its split, by which a faulty one is known again."""
    category: Category
    sample: Sample
    kind: str

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """As the tablet saw them."""
        return self.category.strokes(self.sample.row)


@dataclass(frozen=True, slots=True)
class Writer:
    """All single characters of a writer, by kind and label, with their usual heights in the tablet's units."""

    name: str
    by_kind: Mapping[str, Mapping[str, Sequence[Glyph]]]
    capital: float
    digit: float
    x_height: float

    def count(self, kind: str) -> int:
        """How many samples there are of a kind."""
        return sum(len(glyphs) for glyphs in self.by_kind.get(kind, {}).values())


def gather_writers(folder: Path, split: Split, words: Path | None = None) -> tuple[Writer, ...]:
    """All usable writers of one side of the split. `folder` holds the `unipen_1a.npz` and so on.

    `words`: the folder that `box_words` wrote, for the characters of words too. Who wrote both stands there twice,
    since words were written on another scale.
    """
    faults = writer_rules().faults
    unfit = frozenset(contributor for fault in _UNFIT for contributor in faults[fault])
    glyphs: dict[tuple[str, bool], list[Glyph]] = defaultdict(list)
    number = 0
    categories = [Category(folder, name) for name in CATEGORIES]
    if words is not None:
        categories.append(Category(words, WORDS))
    for category in categories:
        for sample in category.samples:
            if sample.quality == "BAD" or sample.contributor in unfit or split not in ("all", split_of(sample.writer)):
                continue
            if sample.name in faults["slips"] or not _wanted(sample.label):
                continue
            glyphs[sample.writer, category.name == WORDS].append(Glyph(number, category, sample, kind_of(sample.label)))
            number += 1
    return tuple(_writer(name, own) for (name, _), own in sorted(glyphs.items()))


def _wanted(label: str) -> bool:
    return len(label) == 1 and label.isascii() and (label.isalnum() or label in SIGNS)


def _writer(name: str, glyphs: Sequence[Glyph]) -> Writer:
    by_kind: dict[str, dict[str, list[Glyph]]] = defaultdict(lambda: defaultdict(list))
    heights: dict[str, list[float]] = defaultdict(list)
    for glyph in glyphs:
        by_kind[glyph.kind][glyph.sample.label].append(glyph)
        _, top, _, bottom = Writing(glyph.strokes).bounds
        heights["level" if glyph.sample.label in LEVEL else glyph.kind].append(bottom - top)
    usual = {kind: max(1.0, float(np.median(own))) for kind, own in heights.items()}
    digit = usual.get("digits") or usual.get("capitals") or usual.get("small") or 1.0
    capital = usual.get("capitals") or usual.get("digits") or TYPICAL_CAPITAL * usual.get("level", digit)
    level = usual.get("level") or usual.get("small", 0.0) / 1.4 or capital / TYPICAL_CAPITAL
    return Writer(name, {kind: dict(own) for kind, own in by_kind.items()}, capital, digit, level)


def place_glyph(glyph: Glyph, writer: Writer, x_height: float, rng: np.random.Generator) -> Writing | None:
    """Return a character in heights of a capital, its baseline at y = 0; None for what must be a slip of the pen.

    `x_height`: of small letters, in heights of a capital: who writes them into boxes writes them large.
    """
    writing = Writing(glyph.strokes)
    left, top, right, bottom = writing.bounds
    height, width = max(bottom - top, 1e-3), right - left
    writing = writing.moved(-left, 0.0)
    label = glyph.sample.label
    if glyph.kind == "signs" and label in SIGN_TOPS:
        return _sign(writing.moved(0, -top), label, height, width, rng)
    usual = {"capitals": writer.capital, "digits": writer.digit, "small": writer.x_height}.get(glyph.kind, height)
    odd = height / usual
    reach = 1.0 if label in LEVEL or glyph.kind != "small" else 1.6
    if not _ODD_HEIGHT[0] < odd / reach < _ODD_HEIGHT[1] or width > _WIDEST * height:
        return None
    if glyph.kind != "small":
        return writing.moved(0, -bottom).scaled(float(np.clip(odd, 0.7, 1.25)) / height)
    size = float(np.clip(odd, 0.7, 1.3 * reach)) * x_height / height
    drop = 0.6 if label in HANGING else 0.35 if label == "j" else 0.0
    return writing.moved(0, -top - (1 - drop) * height if drop else -bottom).scaled(size)


def _sign(writing: Writing, label: str, height: float, width: float, rng: np.random.Generator) -> Writing:
    limit = SIGN_LIMITS.get(label, 1.0) / TYPICAL_CAPITAL * float(rng.uniform(0.5, 1.3))
    size = limit / max(height, width * (0.35 if label == "-" else 1.0), 1e-3)
    at = SIGN_TOPS[label] / TYPICAL_CAPITAL + float(rng.normal(0, 0.05))
    return writing.scaled(size).moved(0, at)


def with_habits(label: str, writing: Writing, rng: np.random.Generator) -> Writing:
    """Sometimes add what some people write: a slash through a nought, a bar through a seven, a foot to a one."""
    left, top, right, bottom = writing.bounds
    width, height = max(right - left, 0.25 * (bottom - top)), bottom - top
    if label == "0" and rng.random() < _SLASHED:
        extra = stroke((left - 0.1 * width, bottom + 0.05 * height), (right + 0.1 * width, top - 0.05 * height))
    elif label == "7" and rng.random() < _BARRED:
        y = top + height * float(rng.uniform(0.4, 0.6))
        middle = (left + right) / 2
        extra = stroke((middle - 0.35 * width, y), (middle + 0.45 * width, y + float(rng.normal(0, 0.05)) * height))
    elif label == "1" and rng.random() < _FOOTED and right - left < 0.5 * height:
        middle, reach = (left + right) / 2, height * float(rng.uniform(0.15, 0.3))
        extra = stroke((middle - reach, bottom), (middle + reach, bottom + float(rng.normal(0, 0.03)) * height))
    else:
        return writing
    return Writing((*writing.strokes, extra))


def varied(writing: Writing, rng: np.random.Generator) -> Writing:
    """The same character as the same hand might write it another time: leaning, stretched, bent, shaken a little."""
    left, top, right, bottom = writing.bounds
    middle = np.array([(left + right) / 2, (top + bottom) / 2], dtype=np.float32)
    size = max(bottom - top, right - left, 1e-3)
    stretch = np.exp(rng.normal(0, 0.09))
    turn = float(rng.normal(0, 0.05))
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array(
        [[stretch, -float(rng.normal(0, 0.1))], [0.0, 1 / stretch]]
    )
    waves = rng.normal(0, 0.022 * size, (2, 2))
    phases, speeds = rng.uniform(0, 2 * np.pi, (2, 2)), rng.uniform(1.5, 5.0, (2, 2))
    strokes = []
    for points in writing.strokes:
        around = points - middle
        unit = around / size
        bent = around @ linear.T.astype(np.float32)
        for axis in (0, 1):
            wave = np.sin(unit * speeds[axis] * 2 + phases[axis]) @ waves[axis]
            bent[:, axis] += wave.astype(np.float32)
        # A whole stroke may land a little elsewhere than it did.
        shift = rng.normal(0, 0.018 * size, 2).astype(np.float32)
        strokes.append((bent + middle + shift).astype(np.float32))
    return Writing(tuple(strokes))
