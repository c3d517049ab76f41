"""What a CTC reader's frames say: of a line, its likeliest texts; of a row of boxes, each box's character.

A CTC reader gives, for each frame (a column some pixels wide), probabilities over its characters and a blank; a text is
read when runs of one character are merged and blanks dropped. Frames are (frames, characters); blanks a vector beside.
Both functions sum over alignments (Graves et al., ICML 2006), not only over the best one.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float64]

_FLOOR = 1e-9
"""Keeps a frame that rules everything out from dividing by nothing."""
_NEGLIGIBLE = 1e-3
"""A character less likely than this in a frame begins no new text there."""


def likeliest_texts(
    frames: Frames, blank: NDArray[np.float64], characters: Sequence[str], width: int = 8, count: int = 5
) -> list[tuple[str, float]]:
    """Return up to `count` texts with their probabilities, best first, by a prefix beam search `width` wide."""
    # A prefix -> its probability by alignments that end in a blank, and by those that end in its last character.
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    log_scale = 0.0
    for probabilities, silent in zip(frames, blank.tolist(), strict=True):
        likely = np.flatnonzero(probabilities > _NEGLIGIBLE)
        if len(likely) > width:
            likely = likely[np.argsort(-probabilities[likely], kind="stable")[:width]]
        beam = _after_frame(beam, probabilities, silent, likely.tolist(), width)
        scale = max(max(ending) for ending in beam.values())
        beam = {prefix: (by_blank / scale, by_last / scale) for prefix, (by_blank, by_last) in beam.items()}
        log_scale += float(np.log(scale))
    texts: dict[str, float] = defaultdict(float)
    for prefix, ending in beam.items():
        texts[" ".join("".join(characters[index] for index in prefix).split())] += sum(ending)
    ranked = sorted(texts.items(), key=lambda text: (-text[1], text[0]))[:count]
    return [(text, min(1.0, weight * float(np.exp(log_scale)))) for text, weight in ranked]


def _after_frame(
    beam: dict[tuple[int, ...], tuple[float, float]],
    probabilities: NDArray[np.float64],
    silent: float,
    likely: list[int],
    width: int,
) -> dict[tuple[int, ...], tuple[float, float]]:
    """Take a beam one frame on and keep its `width` likeliest prefixes."""
    by_blank: dict[tuple[int, ...], float] = defaultdict(float)
    by_last: dict[tuple[int, ...], float] = defaultdict(float)
    spoken = [(index, float(probabilities[index])) for index in likely]
    for prefix, (ended, held) in beam.items():
        last = prefix[-1] if prefix else -1
        by_blank[prefix] += (ended + held) * max(silent, _FLOOR)
        if prefix:
            by_last[prefix] += held * float(probabilities[last])
        for index, probability in spoken:
            # A character after itself is a new one only when a blank stood between.
            by_last[*prefix, index] += (ended if index == last else ended + held) * probability
    prefixes = sorted(by_blank.keys() | by_last.keys(), key=lambda prefix: -(by_blank[prefix] + by_last[prefix]))
    return {prefix: (by_blank[prefix], by_last[prefix]) for prefix in prefixes[:width]}


def box_probabilities(
    frames: Frames, blank: NDArray[np.float64], allowed: NDArray[np.bool_], uncertainty: float
) -> Frames:
    """Return (boxes, characters): how likely each character is in each box, given that each box holds exactly one.

    Sums over every alignment in which box i's character stands in frames that `allowed[:, i]` (frames, boxes) permits.
    `uncertainty` is what every character has in every frame, so that a frame that knows no permitted one says little.
    """
    steps, count = frames.shape[0], allowed.shape[1]
    emission = (frames + uncertainty)[:, None, :] * allowed[:, :, None]
    silent = blank + _FLOOR
    entered, scales = _forward(emission, silent)
    # Backwards: how much of what stands in a character (`after_character`) or in a blank (`after_blank`) ends well.
    after_character = np.zeros(emission.shape[1:])
    after_blank = np.zeros(count + 1)
    after_character[-1], after_blank[-1] = 1.0, 1.0
    seen = np.zeros_like(after_character)
    for step in range(steps - 1, -1, -1):
        seen += entered[step] * after_character
        spoken = emission[step] * after_character / scales[step]
        quiet = silent[step] * after_blank / scales[step]
        totals = spoken.sum(axis=1)
        after_character = spoken + quiet[1:, None]
        after_character[:-1] += totals[1:, None] - spoken[1:]
        after_blank = quiet
        after_blank[:-1] += totals
    sums = seen.sum(axis=1, keepdims=True)
    result: Frames = np.where(sums > 0, seen / np.where(sums > 0, sums, 1.0), 1.0 / frames.shape[1])
    return result


def _forward(emission: Frames, silent: NDArray[np.float64]) -> tuple[Frames, NDArray[np.float64]]:
    """Return, frame by frame, the weight that enters each box's characters there, and each frame's scale.

    `emission` is (frames, boxes, characters). Counting a character where it is entered counts it once.
    """
    steps, count, _ = emission.shape
    standing = np.zeros(emission.shape[1:])
    resting = np.zeros(count + 1)
    resting[0] = 1.0
    entered = np.empty_like(emission)
    scales = np.empty(steps)
    for step in range(steps):
        totals = standing.sum(axis=1)
        entering = np.repeat(resting[:-1, None], emission.shape[2], axis=1)
        # Straight from the box before, unless it holds the same character: the two would be merged.
        entering[1:] += totals[:-1, None] - standing[:-1]
        resting[1:] += totals
        entering *= emission[step]
        standing = standing * emission[step] + entering
        resting *= silent[step]
        scale = max(standing.sum() + resting.sum(), np.finfo(np.float64).tiny)
        standing /= scale
        resting /= scale
        entered[step] = entering / scale
        scales[step] = scale
    return entered, scales


def likeliest_rows(boxes: Frames, inked: Sequence[bool], alphabet: str, count: int = 5) -> list[tuple[str, float]]:
    """Return up to `count` whole strings of a row of boxes, best first, with a blank for each empty box inside."""
    rows = [("", 1.0)]
    for distribution, written in zip(boxes, inked, strict=True):
        if not written:
            rows = [(text + " ", probability) for text, probability in rows]
            continue
        best = np.argsort(-distribution, kind="stable")[:count].tolist()
        longer = [
            (text + alphabet[index], probability * float(distribution[index]))
            for text, probability in rows
            for index in best
        ]
        rows = sorted(longer, key=lambda row: -row[1])[:count]
    return [(text.strip(), min(1.0, probability)) for text, probability in rows]
