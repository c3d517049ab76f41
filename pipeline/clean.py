"""Takes the print out of a card: what is left on white is what somebody wrote."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import CARD_PX_PER_MM, Image

_PRINT = 235
"""On the empty card, what is darker than this is print."""
_SLACK_PX = 2
"""Print is looked for this far around where it should be: 0.2 mm, alignment's usual error and a scanner's blur."""
_TINT_BELOW_INK = 45
"""Ink is at least this much darker than the tint it crosses."""
_BLACK_TINT = 120
"""Tint that came out darker than this (bilevel scans, dark copies) can't be told from ink by its shade."""
_MOST_CRUMBS = 0.3
"""Share of the tint that is dark, by writing over it or by chance, where the scanner made it white."""
_MOSTLY = 0.8
_DARK = 128
INK = 165
"""In cleaned writing, what is darker than this is ink."""
_FAINTEST = 205
"""Paper's own noise and what is left of frames is lighter than this; hard pencil is about 190."""
_SPECK_MM2 = 0.05
_LABEL_SLACK_PX = 3


def take_out_print(card: Image, empty: Image, inside: NDArray[np.bool_]) -> Image:
    """Return the writing alone, white elsewhere, the ink as dark as a pen's however faint it came out.

    Both pictures are at `CARD_PX_PER_MM`, paper near 255; `inside` is where answers are written. Where print is a
    light tint, what is clearly darker is kept; where the scanner made the tint black, it is taken out whole and
    strokes that crossed it are closed again.
    """
    writing = card.copy()
    tint = ((empty < _PRINT) & (empty >= _DARK)).astype(np.uint8)
    black = (empty < _DARK).astype(np.uint8)
    # Labels are black with grey edges; only frames and ruling are tint through and through.
    frames = tint & (1 - _grow(black, 4))
    around = _grow(frames, _SLACK_PX)
    level = _tint_level(card, frames)
    if level > _BLACK_TINT and not _is_bilevel(card, inside):
        writing[(around > 0) & (card > max(60.0, level - _TINT_BELOW_INK))] = 255
    elif _has_vanished(card, frames):
        writing[_crumbs(card, around)] = 255
    else:
        writing[around > 0] = 255
        writing = _close_strokes(writing, around)
    writing[_grow(black, _LABEL_SLACK_PX) > 0] = 255
    return _darken_faint(writing, inside)


def _has_vanished(card: Image, frames: Image) -> bool:
    """Whether a black-and-white scan left the tint out but for crumbs: what is dark there is then writing."""
    return float(np.mean(card[frames > 0] < _DARK)) < _MOST_CRUMBS if frames.any() else True


def _crumbs(card: Image, around: Image) -> NDArray[np.bool_]:
    """What is left of tint that came out white: specks and dashes that lie nearly all where it was, (height, width)."""
    dark = (card < _DARK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    own = np.bincount(labels[around > 0], minlength=count) >= _MOSTLY * stats[:, cv2.CC_STAT_AREA]
    own &= np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= 2 * _SLACK_PX + 1
    own[0] = False
    # Their soft edges too.
    return np.asarray(_grow(own[labels].astype(np.uint8), 1) > 0) & (around > 0)


def find_ink(writing: Image) -> Image:
    """Return a mask, 255 where there is ink; single specks are left out."""
    mask = (cv2.GaussianBlur(writing, (0, 0), 0.8) < INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    result = np.zeros_like(writing)
    if count > 1:
        keep = stats[:, cv2.CC_STAT_AREA] >= _SPECK_MM2 * CARD_PX_PER_MM**2
        # Little of a card is ink: the rest needn't be looked up.
        dark = np.flatnonzero(mask.view(np.bool_))
        result.reshape(-1)[dark] = np.where(keep[labels.reshape(-1)[dark]], 255, 0)
    return result


def _darken_faint(writing: Image, inside: NDArray[np.bool_]) -> Image:
    """Stretch faint writing (pencil, a pale copy) so that what is half as dark as its own ink is `INK`."""
    values = writing[inside]
    dark = values[values < _FAINTEST]
    if dark.size < 50:
        return writing
    half = (float(np.percentile(dark, 25)) + 255.0) / 2
    if half <= INK:
        return writing
    stretch = (255.0 - INK) / (255.0 - min(half, _FAINTEST))
    table = np.clip(255.0 - (255.0 - np.arange(256)) * stretch, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(writing, table), dtype=np.uint8)


def _is_bilevel(card: Image, inside: NDArray[np.bool_]) -> bool:
    """Whether the scanner gave black and white only; then tint is black, white, or specks of both."""
    values = card[inside]
    dark, middle = int(np.count_nonzero(values < 60)), int(np.count_nonzero((values >= 90) & (values < 200)))
    return dark > 2 * middle


def _grow(mask: Image, by: int) -> Image:
    return np.asarray(cv2.dilate(mask, np.ones((2 * by + 1, 2 * by + 1), np.uint8)))


def _tint_level(card: Image, frames: Image) -> float:
    """How dark the tint came out on this scan: the middle of its pixels, most of which nobody wrote over."""
    values = card[frames > 0]
    return float(np.median(values)) if values.size else 255.0


def _close_strokes(writing: Image, gap: Image) -> Image:
    """Join strokes again across a strip that was blanked: dark on both sides of it, dark between."""
    dark = (writing < _DARK).astype(np.uint8)
    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11)))
    return np.asarray(np.where((closed > 0) & (gap > 0), 0, writing).astype(np.uint8))
