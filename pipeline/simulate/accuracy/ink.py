"""Bare ink, without cards: single digits, capitals, words and lines of pen strokes drawn plainly, and scanned lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from pipeline.bare import ALPHABETS, transcribe
from pipeline.engines import Engine
from pipeline.records import Image
from pipeline.scoring import character_errors
from pipeline.simulate.accuracy.others import other_reader
from pipeline.simulate.accuracy.plan import OWN, plain_style
from pipeline.simulate.ink import SHIFT
from pipeline.simulate.split import Split, split_of, writer_rules
from pipeline.simulate.unipen import Category, Sample
from pipeline.simulate.writing import Stroke
from pipeline.workers import Desk, make_reader

SERIES = ("digits", "capitals", "words", "lines", "scanned lines")
_CATEGORIES = {"digits": "1a", "capitals": "1b", "words": "7", "lines": "8"}
_KINDS = {"digits": "character", "capitals": "character"}
_SEVERAL_LINES = frozenset(("apb", "apc", "apd", "ape"))
"""Contributors whose category 8 spans several lines under one label."""
_CHARACTER_PX, _WORD_PX = 72, 64
_MARGIN_PX, _MOST_PX = 12, 4000
_PEN_PX = 3.2
_ENOUGH = 40


@dataclass(frozen=True, slots=True)
class InkJob:
    """Some pieces of one series, for all readers."""

    series: str
    handwriting: Path
    split: Split
    rows: tuple[int, ...]
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InkResult:
    """What one reader made of one piece."""

    series: str
    reader: str
    writer: str
    style: str
    errors: int
    length: int
    exact: bool
    """Case and blanks aside."""


def ink_jobs(handwriting: Path, split: Split, count: int, seed: int, readers: tuple[str, ...]) -> Iterator[InkJob]:
    """Choose `count` pieces of each series that the folder holds, and cut them into jobs."""
    for place, series in enumerate(SERIES):
        usable = [n for n, (writer, _, _) in enumerate(_listed(series, handwriting)) if _fits(writer, split)]
        rng = np.random.default_rng([seed, place])
        chosen = sorted(rng.permutation(len(usable))[:count].tolist())
        for start in range(0, len(chosen), _ENOUGH):
            rows = tuple(usable[n] for n in chosen[start : start + _ENOUGH])
            yield InkJob(series, handwriting, split, rows, readers)


def measure_ink(job: InkJob) -> list[InkResult]:
    """Draw the pieces of a job, have all readers read them, and compare."""
    cv2.setNumThreads(1)
    listed = _listed(job.series, job.handwriting)
    pieces = [listed[row] for row in job.rows]
    images = [_picture(job, row) for row in job.rows]
    results = []
    for reader in job.readers:
        texts = _texts(images, job.series, reader)
        for (writer, style, label), text in zip(pieces, texts, strict=True):
            errors, length = character_errors(text, label)
            exact = "".join(text.lower().split()) == "".join(label.lower().split())
            results.append(InkResult(job.series, reader, writer, style, errors, length, exact))
    return results


def _texts(images: Sequence[Image], series: str, reader: str) -> list[str]:
    kind, alphabet = _KINDS.get(series, "line"), series if series in ALPHABETS else "any"
    if reader != OWN:
        # As they come: a character is a short line to them.
        return [reading.text for reading in transcribe(images, "line", alphabet, other_reader(reader))]
    return [reading.text for reading in transcribe(images, kind, alphabet, _own(kind))]


@cache
def _own(kind: str) -> Engine:
    engines = make_reader(Desk()).engines
    return engines.boxes if kind == "character" else engines.lines


@cache
def _listed(series: str, handwriting: Path) -> list[tuple[str, str, str]]:
    """Writer, style and label of every piece; the writer is empty where it is not fit to measure by."""
    if series == "scanned lines":
        return _scanned(handwriting)
    return [
        (sample.writer if _usable(sample, series) else "", plain_style(sample.style), sample.label)
        for sample in _category(series, handwriting).samples
    ]


@cache
def _category(series: str, handwriting: Path) -> Category:
    folder = handwriting / "unipen" if (handwriting / "unipen").is_dir() else handwriting
    return Category(folder, _CATEGORIES[series])


def _fits(writer: str, split: Split) -> bool:
    return bool(writer) and split in ("all", split_of(writer))


def _usable(sample: Sample, series: str) -> bool:
    unfit = writer_rules().faults
    faults = {"words": ("coarse", "german", "scrambled", "code"), "lines": ("coarse", "german", "scrambled", "code")}
    kinds = faults.get(series, ("coarse", "mislabelled_characters", "broken_characters"))
    if sample.quality == "BAD" or sample.name in unfit["slips"] or any(sample.contributor in unfit[k] for k in kinds):
        return False
    if series in ("digits", "capitals"):
        return len(sample.label) == 1 and sample.label in ALPHABETS[series]
    return bool(sample.label.strip()) and not (series == "lines" and sample.contributor in _SEVERAL_LINES)


def _scanned(handwriting: Path) -> list[tuple[str, str, str]]:
    labels = handwriting / "copiste" / "labels.tsv"
    if not labels.is_file():
        return []
    rows = [line.split("\t") for line in labels.read_text(encoding="utf-8").splitlines()[1:]]
    # Split as in training. What is crossed out (`>so<`) says nothing certain.
    return [(f"copiste/{row[1]}" if ">" not in row[3] else "", "not said", row[3]) for row in rows]


def _picture(job: InkJob, row: int) -> Image:
    if job.series == "scanned lines":
        return _scanned_line(job.handwriting, row)
    strokes = _category(job.series, job.handwriting).strokes(row)
    return plain_picture(strokes, _CHARACTER_PX if job.series in _KINDS else _WORD_PX)


def _scanned_line(handwriting: Path, row: int) -> Image:
    folder = handwriting / "copiste"
    name = (folder / "labels.tsv").read_text(encoding="utf-8").splitlines()[1 + row].split("\t")[0]
    return np.asarray(cv2.imread(str(folder / "lines" / name), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def plain_picture(strokes: Sequence[Stroke], height_px: int) -> Image:
    """Draw pen strokes dark on white, `height_px` high with a margin around them, by a round pen."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (max(1.0, float(side)) for side in high - low)
    scale = min((height_px - _PEN_PX) / height, _MOST_PX / width)
    shape = (height_px + 2 * _MARGIN_PX, int(width * scale + _PEN_PX) + 2 * _MARGIN_PX)
    image = np.full(shape, 255, np.uint8)
    offset = _MARGIN_PX + _PEN_PX / 2
    for stroke in strokes:
        fixed = np.round(((stroke - low) * scale + offset) * (1 << SHIFT)).astype(np.int32)
        if len(fixed) == 1:
            fixed = np.repeat(fixed, 2, axis=0)
        cv2.polylines(image, [fixed], False, 20, round(_PEN_PX), cv2.LINE_AA, SHIFT)
    return image
