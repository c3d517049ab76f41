"""Reads bare pictures of handwriting, with no card around them: a character, a row of boxes, a line or a page."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.align import even_out
from pipeline.clean import find_ink
from pipeline.engines import Engine
from pipeline.records import Image, Reading, Strip

KINDS = ("character", "boxes", "line", "page")
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_SIGNS = "'-.&"
ALPHABETS = {"digits": DIGITS, "capitals": CAPITALS, "any": ""}

_LINE_HEIGHT_MM = 8.0
"""A bare line is taken to be about as high as a line on a card: the cleaning's lengths are in millimetres."""
_PX_PER_MM = 10.0


def transcribe(images: Sequence[Image], kind: str, alphabet: str, engine: Engine) -> list[Reading]:
    """Read each picture. `alphabet` is a key of `ALPHABETS`; a page's lines are joined with line breaks."""
    strips = [_strips(image, kind, ALPHABETS[alphabet]) for image in images]
    answers = iter(engine.read([strip for own in strips for strip in own]))
    return [_joined([next(answers) for _ in own]) for own in strips]


def _strips(image: Image, kind: str, alphabet: str) -> list[Strip]:
    if kind == "page":
        return [Strip(line, alphabet=alphabet) for line in _lines_of(image)]
    clean = _cleaned(image)
    if kind == "line":
        return [Strip(clean, alphabet=alphabet)]
    letters = alphabet or CAPITALS + CAPITALS.lower() + DIGITS + _SIGNS
    windows = ((0, clean.shape[1]),) if kind == "character" else _boxes_of(clean)
    return [Strip(clean, windows, tuple(True for _ in windows), letters)] if windows else [Strip(clean)]


def _cleaned(image: Image) -> Image:
    """Bring one line to a card's resolution and its paper to white; frames and ruling are taken out."""
    scale = _LINE_HEIGHT_MM * _PX_PER_MM / max(1, image.shape[0])
    width = max(1, round(image.shape[1] * scale))
    sized = cv2.resize(image, (width, round(_LINE_HEIGHT_MM * _PX_PER_MM)), interpolation=cv2.INTER_AREA)
    return _without_rules(even_out(np.asarray(sized, dtype=np.uint8), _PX_PER_MM))


def _without_rules(image: Image) -> Image:
    """Whiten straight printed lines that run nearly through the whole picture."""
    dark = (image < 200).astype(np.uint8)
    height, width = image.shape
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(30, round(width * 0.6))), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((max(30, round(height * 0.8)), 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8)) > 0
    # What is nearly all rule is no rule but writing: a dash, a bold stroke.
    return np.where(rules, 255, image).astype(np.uint8) if rules.mean() < 0.4 else image


def _boxes_of(image: Image) -> tuple[tuple[int, int], ...]:
    """Columns of each character of a row, by the gaps between them."""
    filled = np.count_nonzero(find_ink(image), axis=0) > 0
    # Parts of one character may stand up to half a millimetre apart.
    joined = cv2.morphologyEx(filled.astype(np.uint8)[None], cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))[0]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], joined.astype(np.int8), [0]))))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 3]
    if not runs:
        return ()
    middles = [0, *((b + c) // 2 for (_, b), (c, _) in pairwise(runs)), image.shape[1]]
    return tuple(pairwise(middles))


def _lines_of(page: Image) -> list[Image]:
    """Cut a page of writing into its lines, from top to bottom: what stands side by side is one line."""
    flat = even_out(page, max(4.0, min(page.shape) / 210.0))
    dark = (cv2.GaussianBlur(flat, (0, 0), 1.0) < 170).astype(np.uint8)
    _, labels, found, middles = cv2.connectedComponentsWithStats(dark, connectivity=8)
    stats = np.asarray(found, dtype=np.int32)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    letters = heights[(heights > 5) & (heights < page.shape[0] / 4)]
    if not len(letters):
        return []
    height = float(np.median(letters))
    usable = [n + 1 for n, h in enumerate(heights) if 0.25 * height < h < 6 * height]
    rows = _rows([(float(middles[n][1]), n) for n in usable], 1.1 * height, stats)
    lines = []
    for row in rows:
        left, top = stats[row, cv2.CC_STAT_LEFT].min(), stats[row, cv2.CC_STAT_TOP].min()
        right = (stats[row, cv2.CC_STAT_LEFT] + stats[row, cv2.CC_STAT_WIDTH]).max()
        bottom = (stats[row, cv2.CC_STAT_TOP] + stats[row, cv2.CC_STAT_HEIGHT]).max()
        own = np.isin(labels[top:bottom, left:right], row).astype(np.uint8)
        kept = np.where(cv2.dilate(own, np.ones((5, 5), np.uint8)) > 0, flat[top:bottom, left:right], 255)
        edge = round(0.3 * height)
        lines.append(np.pad(kept.astype(np.uint8), edge, constant_values=255))
    return lines


def _rows(parts: list[tuple[float, int]], apart: float, stats: NDArray[np.int32]) -> list[list[int]]:
    """Gather parts into rows by their middles, following a row as it rises or falls across the page."""
    rows: list[list[int]] = []
    ends: list[float] = []
    for middle, part in sorted(parts, key=lambda entry: int(stats[entry[1], cv2.CC_STAT_LEFT])):
        nearest = min(range(len(rows)), key=lambda n: abs(ends[n] - middle), default=None)
        if nearest is not None and abs(ends[nearest] - middle) < apart:
            rows[nearest].append(part)
            ends[nearest] += 0.2 * (middle - ends[nearest])
        else:
            rows.append([part])
            ends.append(middle)
    kept = [(end, row) for end, row in zip(ends, rows, strict=True) if len(row) > 1 or len(rows) == 1]
    return [row for _, row in sorted(kept, key=lambda entry: entry[0])]


def _joined(readings: list[Reading]) -> Reading:
    if len(readings) == 1:
        return readings[0]
    text = "\n".join(reading.text for reading in readings if reading.text)
    probability = float(np.prod([reading.probability for reading in readings])) if readings else 1.0
    return Reading(text, probability, ((text, probability),))
