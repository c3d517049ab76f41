"""Renders rows of boxes filled in by UNIPEN writers, printed, scanned, aligned and cleaned as cards are, and cuts out
each box's picture as the reader of single boxes sees it.

    python -m pipeline.training.box_crops --handwriting DIR --out DIR --split train --crops 300000

Everything after the pen is the project's own: `simulate` for paper, pens and scanners, `cut` and `glyphs` for the rest.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Box
from pipeline.engines.glyphs import CHANNELS, SIZE_PX, cut_glyphs
from pipeline.engines.handprint import CHARACTERS
from pipeline.records import Strip
from pipeline.simulate.ink import draw, pick_pen
from pipeline.simulate.split import Split
from pipeline.simulate.strikes import strike_through, tick
from pipeline.simulate.writing import Writing, stroke
from pipeline.training.box_characters import Glyph, Writer, gather_writers, place_glyph, varied, with_habits
from pipeline.training.box_paper import Paper, new_paper, scan_rows

EMPTY, STRUCK = len(CHARACTERS), len(CHARACTERS) + 1
"""Classes after the characters: a box with nothing but specks in it, and one whose character was crossed out."""
KINDS = {"digits": 0.36, "capitals": 0.36, "small": 0.10, "name": 0.08, "place": 0.10}
"""What a row holds, and how often. `name`: capitals and signs; `place`: digits too."""
_EMPTY_SHARE, _STRUCK_SHARE = 0.04, 0.035
_LEAST_SAMPLES = 3
"""Who wrote fewer of a kind can't fill a row with it."""
_LONE_SHARE = 0.2
"""How many boxes are seen without their row: bare pictures of one character have none."""


@dataclass(frozen=True, slots=True)
class Crops:
    """Pictures (n, 2, 40, 40) with the class of each, what kind of row it stood in, and whose sample it was."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    samples: NDArray[np.int32]
    """`Glyph.number`, -1 for what nobody wrote."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in a box, placed on the paper."""

    ink: tuple[Writing, ...]
    label: int
    sample: int


class Scribe:
    """Fills in rows of boxes by turns with all writers of a split."""

    def __init__(self, writers: Sequence[Writer], rng: np.random.Generator) -> None:
        """`rng` decides everything."""
        self._rng = rng
        self._writers: dict[str, tuple[list[Writer], NDArray[np.float64]]] = {}
        for kind in ("digits", "capitals", "small", "signs"):
            fit = [writer for writer in writers if writer.count(kind) >= _LEAST_SAMPLES]
            weights = np.sqrt([writer.count(kind) for writer in fit])
            self._writers[kind] = (fit, weights / max(weights.sum(), 1e-9))

    def sheet(self) -> Crops:
        """Fill in and scan one piece of paper, and cut its boxes out."""
        rng = self._rng
        paper = new_paper(rng)
        pen = replace(pick := pick_pen(rng), width=min(pick.width * paper.pen_scale, 0.85))
        rows = []
        for cells in paper.rows:
            kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
            entries = self._row(cells, kind)
            draw(paper.image, paper.dpi, [ink for entry in entries for ink in entry.ink], pen, rng)
            rows.append((kind, entries))
        self._draw_strays(paper, pen)
        strips = scan_rows(paper, rng)
        parts = [self._cut(strip, kind, own) for strip, (kind, own) in zip(strips, rows, strict=True)]
        return join_crops(parts)

    def _draw_strays(self, paper: Paper, pen: Any) -> None:
        """A descender of the row above, now and then, and a line that runs across."""
        rng = self._rng
        for cells in paper.rows:
            if rng.random() < 0.15:
                cell = cells[int(rng.integers(len(cells)))]
                x, y = cell.x + cell.width * rng.uniform(0.2, 0.8), cell.y - rng.uniform(1.2, 2.5)
                tail = stroke((x, y), (x + rng.normal(0, 0.3), y + 1.5), (x - 0.8, y + rng.uniform(1.8, 3.0)))
                draw(paper.image, paper.dpi, [Writing((tail,))], pen, rng)

    def _row(self, cells: Sequence[Box], kind: str) -> list[_Entry]:
        rng = self._rng
        fill = float(np.clip(rng.normal(0.74, 0.12), 0.4, 1.05))
        careless = float(rng.uniform(0.02, 0.13))
        slant, x_height = float(rng.normal(0, 0.07)), float(rng.uniform(0.5, 0.8))
        main = "capitals" if kind in ("name", "place") else kind
        writer = self._pick(main)
        digit_writer = writer if writer.count("digits") >= 4 else self._pick("digits")
        entries = []
        for cell in cells:
            own_kind, own_writer = main, writer
            if kind == "place" and rng.random() < 0.35:
                own_kind, own_writer = "digits", digit_writer
            elif kind in ("name", "place") and rng.random() < 0.3:
                own_kind, own_writer = "signs", self._pick("signs")
            elif kind == "small" and rng.random() < 0.08:
                own_kind = "capitals" if writer.count("capitals") else main
            if rng.random() < _EMPTY_SHARE:
                entries.append(_Entry(tuple(_specks(cell, rng)), EMPTY, -1))
                continue
            glyph, letter = self._letter(own_writer, own_kind, x_height)
            if glyph is None or letter is None:
                entries.append(_Entry((), EMPTY, -1))
                continue
            letter = letter.scaled(cell.height * fill * float(np.exp(rng.normal(0, 0.07)))).leaned(slant)
            placed = _put(letter, cell, fill, careless, rng)
            if rng.random() < _STRUCK_SHARE and own_kind != "signs":
                entries.append(_Entry((placed, *_strike(placed, cell, rng)), STRUCK, -1))
            else:
                entries.append(_Entry((placed,), CHARACTERS.index(glyph.sample.label.upper()), glyph.number))
        return entries

    def _pick(self, kind: str) -> Writer:
        fit, weights = self._writers[kind]
        return fit[int(self._rng.choice(len(fit), p=weights))]

    def _letter(self, writer: Writer, kind: str, x_height: float) -> tuple[Glyph | None, Writing | None]:
        by_label = writer.by_kind.get(kind, {})
        labels = sorted(by_label)
        for _ in range(4):
            if not labels:
                break
            label = labels[int(self._rng.integers(len(labels)))]
            glyph = by_label[label][int(self._rng.integers(len(by_label[label])))]
            writing = place_glyph(glyph, writer, x_height, self._rng)
            if writing is not None:
                return glyph, with_habits(label, varied(writing, self._rng), self._rng)
        return None, None

    def _cut(self, strip: Strip, kind: str, entries: Sequence[_Entry]) -> Crops:
        windows = range(len(strip.windows))
        shown = [n for n in windows if entries[n].label != EMPTY or strip.inked[n] or self._rng.random() < 0.5]
        inked = tuple(n in shown for n in windows)
        pictures = (
            cut_glyphs(replace(strip, inked=inked)) if shown else np.zeros((0, CHANNELS, SIZE_PX, SIZE_PX), np.uint8)
        )
        for place, n in enumerate(shown):
            if self._rng.random() < _LONE_SHARE:
                pictures[place] = _alone(strip, n)
        # What nothing is left of can't be learnt from.
        seen = pictures[:, 0].reshape(len(shown), -1).max(axis=1, initial=0) > 0
        kept = [n for n, there in zip(shown, seen, strict=True) if there]
        labels = np.array([entries[n].label for n in kept], dtype=np.uint8)
        samples = np.array([entries[n].sample for n in kept], dtype=np.int32)
        kinds = np.full(len(kept), list(KINDS).index(kind), dtype=np.uint8)
        return Crops(pictures[seen], labels, kinds, samples)


def _alone(strip: Strip, n: int) -> NDArray[np.uint8]:
    left, right = strip.windows[n]
    part = Strip(np.ascontiguousarray(strip.image[:, left:right]), ((0, right - left),), (True,), strip.alphabet)
    return np.asarray(cut_glyphs(part)[0])


def _put(letter: Writing, cell: Box, fill: float, careless: float, rng: np.random.Generator) -> Writing:
    """Put a letter (in millimetres, baseline at 0) into its box, about in the middle; some don't keep to it."""
    left, top, right, bottom = letter.bounds
    widest = cell.width * (1.02 if rng.random() < 0.85 else 1.3)
    if right - left > widest:
        letter = letter.scaled(widest / (right - left))
        left, top, right, bottom = letter.bounds
    if bottom - top > cell.height * 1.15:
        letter = letter.scaled(cell.height * 1.15 / (bottom - top))
        left, top, right, bottom = letter.bounds
    x = cell.x + cell.width / 2 - (left + right) / 2 + float(rng.normal(0, careless)) * cell.width
    y = cell.y + cell.height / 2 + 0.5 * fill * cell.height + float(rng.normal(0, careless * 0.8)) * cell.height
    low, high = y + top - (cell.y - 0.12 * cell.height), y + bottom - (cell.y + 1.15 * cell.height)
    return letter.moved(x, y - min(low, 0.0) - max(high, 0.0))


def _specks(cell: Box, rng: np.random.Generator) -> list[Writing]:
    """What an empty box may show: a touch of the pen, a short slip, a faint hair."""
    found = []
    for _ in range(int(rng.integers(0, 4))):
        x, y = cell.x + cell.width * rng.uniform(0, 1), cell.y + cell.height * rng.uniform(0, 1)
        reach = rng.uniform(0.0, 0.5) if rng.random() < 0.7 else rng.uniform(0.5, 1.2)
        angle = rng.uniform(0, 2 * np.pi)
        found.append(Writing((stroke((x, y), (x + reach * np.cos(angle), y + reach * np.sin(angle))),)))
    return found


def _strike(letter: Writing, cell: Box, rng: np.random.Generator) -> list[Writing]:
    """Cross a letter out: lines through it, a cross, a zigzag, or black all over."""
    left, top, right, bottom = letter.bounds
    around = Box(left - 0.3, top - 0.1, max(right - left, 1.5) + 0.6, max(bottom - top, 1.5) + 0.2)
    style = rng.random()
    if style < 0.3:
        return [tick(around, "blacked out", rng)]
    if style < 0.55:
        return [tick(around, "scribble", rng), strike_through(letter, rng)]
    if style < 0.7:
        return [tick(around, "cross", rng), strike_through(letter, rng)]
    if style < 0.85:
        return [tick(around, "cross", rng)]
    return [strike_through(letter, rng), strike_through(letter, rng)]


def join_crops(parts: Sequence[Crops]) -> Crops:
    """Several lots as one."""
    return Crops(*(np.concatenate([getattr(part, key) for part in parts]) for key in Crops.__slots__))


def render(folder: Path, split: Split, count: int, seed: int, words: Path | None = None) -> Crops:
    """Render at least `count` crops of a split's writers. `folder` holds `unipen/`, or is it."""
    inside = folder / "unipen" if (folder / "unipen").is_dir() else folder
    scribe = Scribe(gather_writers(inside, split, words), np.random.default_rng(seed))
    parts: list[Crops] = []
    have = 0
    while have < count:
        parts.append(scribe.sheet())
        have += len(parts[-1].labels)
    return join_crops(parts)


def save_crops(crops: Crops, path: Path) -> None:
    """Write crops as one `.npz`, whole or not at all."""
    beside = path.with_suffix(".part.npz")
    np.savez(beside, **{key: getattr(crops, key) for key in Crops.__slots__})
    beside.rename(path)


def load_crops(path: Path) -> Crops:
    """Read what `save_crops` wrote."""
    with np.load(path) as data:
        return Crops(*(data[key] for key in Crops.__slots__))


def main() -> None:
    """Render shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handwriting", type=Path, required=True, help="folder that holds unipen/")
    parser.add_argument("--out", type=Path, required=True, help="where the shards go")
    parser.add_argument("--split", default="train", choices=["train", "validation", "test"])
    parser.add_argument("--crops", type=int, default=300_000)
    parser.add_argument("--shard", type=int, default=25_000, help="crops in one file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", type=Path, help="folder by box_words: characters out of words, too")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    for number in range(-(-given.crops // given.shard)):
        path = given.out / f"{given.split}-{given.seed}-{number:03d}.npz"
        if path.exists():
            continue
        start = time.perf_counter()
        # Each shard has numbers of its own, so that a run that was cut off goes on where it was.
        crops = render(given.handwriting, given.split, given.shard, given.seed * 1000 + number, given.words)
        save_crops(crops, path)
        each = (time.perf_counter() - start) / len(crops.labels) * 1000
        print(f"{path}: {len(crops.labels)} crops, {each:.2f} ms each", flush=True)


if __name__ == "__main__":
    main()
