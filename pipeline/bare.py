"""Reads bare pictures of handwriting, with no card around them: a character, a row of boxes, a line or a page."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from pipeline.align import even_out
from pipeline.clean import find_ink
from pipeline.engines import Engine
from pipeline.records import Image, Reading, Strip
from pipeline.text_lines import cut_line, find_text_lines, line_distance

KINDS = ("character", "boxes", "line", "page")
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_SIGNS = "'-.&"
ALPHABETS = {"digits": DIGITS, "capitals": CAPITALS, "any": ""}

_LINE_HEIGHT_MM = 8.0
"""A bare line is taken to be about as high as a line on a card: the cleaning's lengths are in millimetres."""
_PX_PER_MM = 10.0
_FRAMED = 0.6
"""Share of the picture's width along which boxes have lines above and below."""
_PAGE_INK = 170
_LETTERS_A_LINE = 3.0
"""From line to line, in heights of what hangs together: letters in print, words in joined writing."""


def transcribe(images: Sequence[Image], kind: str, alphabet: str, engine: Engine) -> list[Reading]:
    """Read each picture. `alphabet` is a key of `ALPHABETS`; a page's lines are joined with line breaks."""
    strips = [_strips(image, kind, ALPHABETS[alphabet]) for image in images]
    answers = iter(engine.read([strip for own in strips for strip in own]))
    return [_joined([next(answers) for _ in own]) for own in strips]


def _strips(image: Image, kind: str, alphabet: str) -> list[Strip]:
    if kind == "page":
        return [Strip(line, alphabet=alphabet, prose=not alphabet) for line in _lines_of(image)]
    clean = _cleaned(image, kind)
    if kind == "line":
        return [Strip(clean, alphabet=alphabet, prose=not alphabet)]
    letters = alphabet or CAPITALS + CAPITALS.lower() + DIGITS + _SIGNS
    windows = ((0, clean.shape[1]),) if kind == "character" else _boxes_of(clean)
    return [Strip(clean, windows, tuple(True for _ in windows), letters)] if windows else [Strip(clean)]


def _cleaned(image: Image, kind: str) -> Image:
    """Bring one line to a card's resolution and its paper to white; frames and ruling are taken out."""
    scale = _LINE_HEIGHT_MM * _PX_PER_MM / max(1, image.shape[0])
    width = max(1, round(image.shape[1] * scale))
    sized = cv2.resize(image, (width, round(_LINE_HEIGHT_MM * _PX_PER_MM)), interpolation=cv2.INTER_AREA)
    flat = even_out(np.asarray(sized, dtype=np.uint8), _PX_PER_MM)
    return _without_ruling(flat) if kind == "line" else _without_frames(flat)


def _without_ruling(image: Image) -> Image:
    """Whiten straight printed lines that run nearly through the whole picture."""
    dark = (image < 200).astype(np.uint8)
    height, width = image.shape
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(30, round(width * 0.6))), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((max(30, round(height * 0.8)), 1), np.uint8))
    return _whitened(image, cv2.bitwise_or(across, down))


def _without_frames(image: Image) -> Image:
    """Whiten the frames of boxes, where there are any: with lines above and below along all of the picture, and
    uprights between them. One line alone is the bar of a T, an upright alone a 1."""
    dark = (image < 200).astype(np.uint8)
    height, width = image.shape
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, round(height * 0.45)), np.uint8))
    edges = np.flatnonzero(across.any(axis=1))
    if not len(edges):
        return image
    middle = (edges[0] + edges[-1]) / 2
    above = across[: int(middle)].any(axis=0).mean()
    below = across[int(middle) :].any(axis=0).mean()
    if min(above, below) < _FRAMED or edges[-1] - edges[0] < 0.5 * height:
        return image
    upright = round(0.9 * (edges[-1] - edges[0]))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((upright, 1), np.uint8))
    sides = np.flatnonzero(down.any(axis=0))
    if not len(sides) or sides[-1] - sides[0] < 0.5 * width:
        return image
    return _whitened(image, cv2.bitwise_or(across, down))


def _whitened(image: Image, lines: cv2.typing.MatLike) -> Image:
    rules = cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0
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
    """Cut a page of writing into its lines, from top to bottom, each holding its own ink only."""
    flat = _without_long_rules(even_out(page, max(4.0, min(page.shape) / 210.0)))
    dark = np.where(cv2.GaussianBlur(flat, (0, 0), 1.0) < _PAGE_INK, 255, 0).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    letters = heights[(heights > 5) & (heights < page.shape[0] / 4)]
    if not len(letters):
        return []
    height = float(np.median(letters))
    found = find_text_lines(dark, line_distance(dark, _LETTERS_A_LINE * height))
    lines = [(found.owners == n, slope) for n, slope in enumerate(found.slopes)]
    return [cut_line(flat, own, slope, round(0.3 * height)) for own, slope in lines if own.any()]


def _without_long_rules(image: Image) -> Image:
    """Whiten printed ruling: dark lines a third of the page long that keep straight."""
    dark = (image < 200).astype(np.uint8)
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(60, image.shape[1] // 3)), np.uint8))
    if not across.any():
        return image
    return np.where(cv2.dilate(across, np.ones((3, 1), np.uint8)) > 0, 255, image).astype(np.uint8)


def _joined(readings: list[Reading]) -> Reading:
    if len(readings) == 1:
        return readings[0]
    text = "\n".join(reading.text for reading in readings if reading.text)
    probability = float(np.prod([reading.probability for reading in readings])) if readings else 1.0
    return Reading(text, probability, ((text, probability),))
