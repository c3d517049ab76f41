"""Reads rows of boxes: a network of our own for single boxes, and a reader of lines for whoever it is not sure about.

All boxes of all rows go through the network at once (0.2 ms a box). What a field permits decides which of its classes
compete. A row with a doubtful box is read by the second reader too, which sees the row as one line and so each
character beside others of the same hand; the two are pooled, so that agreement makes sure and disagreement unsure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.engines import Engine
from pipeline.engines.ctc import Frames, likeliest_rows
from pipeline.engines.glyphs import cut_glyphs
from pipeline.engines.sessions import open_model
from pipeline.records import Reading, Strip

MODEL = "boxes.onnx"
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'-.&"
"""The network's classes, in either case; two more come after: empty, and struck out."""

_SURE_DIGITS, _SURE_LETTERS = 0.99, 0.95
"""A row all of whose boxes are surer than this is not shown to the second reader."""
_EMPTY, _STRUCK = 0.8, 0.9
"""From here on a box holds no character: a speck, or one that was crossed out. Of 13,804 characters on the cards of
writers kept for validation, most of them legible, 18 would be lost by it."""
_RARE = float(np.log(0.2))
"""Among letters, digits and signs are rarer by this than the network, which learnt from as many of each, takes them to
be."""
_FLOOR = 1e-4
"""Neither reader rules a character out altogether."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """How much each reader counts when both have read: powers of their probabilities."""

    own: float
    second: float


DIGITS_POOLING = Pooling(0.8, 0.6)
LETTERS_POOLING = Pooling(0.7, 0.5)
LONE_POOLING = Pooling(1.0, 0.2)
"""Fitted on writers kept for validation; the model card says how. What stands alone a reader of lines reads badly."""


class Handprint:
    """The engine. A process makes one and keeps it."""

    name = "handprint"
    version = "1.0"

    def __init__(self, second: Engine | None = None, model: Path | None = None, threads: int = 1) -> None:
        """`second` reads doubtful rows too, and whatever is no row of boxes. `model`: another than the package's."""
        self._second = second
        self._model = model
        self._threads = threads

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return one reading for each strip, in order.

        A box with a speck, or with a character that was crossed out, has no probabilities at all in `characters`.

        Raises:
            MissingDependencyError: the model isn't there.
        """
        own = {n: strip for n, strip in enumerate(strips) if self._reads(strip)}
        readings = dict(zip(own, self._own(list(own.values())), strict=True))
        asked = [n for n in range(len(strips)) if n not in own]
        doubtful = [n for n, reading in readings.items() if self._second and not _sure(reading, own[n])]
        if asked or doubtful:
            given = [strips[n] for n in asked] + [_without_nothings(strips[n], readings[n]) for n in doubtful]
            answers = self._second_reader.read(given)
            readings.update(zip(asked, answers[: len(asked)], strict=True))
            for n, second in zip(doubtful, answers[len(asked) :], strict=True):
                readings[n] = pool(readings[n], second, strips[n])
        return [readings[n] for n in range(len(strips))]

    def _reads(self, strip: Strip) -> bool:
        """Whether a strip is a row of boxes of characters that the network knows."""
        return bool(strip.windows and strip.alphabet) and bool((_columns(strip.alphabet) >= 0).all())

    @property
    def _second_reader(self) -> Engine:
        if self._second is None:
            raise ValueError("Handprint reads rows of boxes only; give it a second reader for anything else.")
        return self._second

    def _own(self, strips: Sequence[Strip]) -> list[Reading]:
        """Read rows by the network alone."""
        glyphs = [cut_glyphs(strip) for strip in strips]
        counts = [len(own) for own in glyphs]
        if not sum(counts):
            return [_reading(np.zeros((0, len(strip.alphabet))), (), strip) for strip in strips]
        log = self.log_probabilities(np.concatenate(glyphs))
        parts = np.split(log, np.cumsum(counts)[:-1])
        return [self._row(part, strip) for part, strip in zip(parts, strips, strict=True)]

    def _row(self, log: NDArray[np.float32], strip: Strip) -> Reading:
        columns = _columns(strip.alphabet)
        # Where both cases of a letter may stand, the network says nothing about which it is.
        shared = np.log(np.bincount(columns, minlength=log.shape[1])[columns])
        both = np.concatenate([log[:, columns] - shared + _rarity(strip.alphabet), log[:, -2:]], axis=1)
        both = np.exp(both - both.max(axis=1, keepdims=True)).astype(np.float64)
        both /= both.sum(axis=1, keepdims=True)
        boxes = both[:, :-2] / np.maximum(both[:, :-2].sum(axis=1, keepdims=True), 1e-12)
        empty, struck = both[:, -2] > _EMPTY, both[:, -1] > _STRUCK
        # A lone box is a picture of one character, or all that was written.
        nothing = (empty | struck) & (len(boxes) > 1)
        boxes[nothing] = 0.0
        return _reading(boxes, tuple((struck & nothing).tolist()), strip)

    @cached_property
    def _session(self) -> Any:
        return open_model(MODEL, self._model, self._threads)

    def log_probabilities(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (boxes, classes) log probabilities of pictures by `cut_glyphs`; the last two: empty, struck out."""
        pictures = glyphs.astype(np.float32) / 255.0
        (log,) = self._session.run(None, {self._session.get_inputs()[0].name: pictures})
        result: NDArray[np.float32] = log
        return result


def pool(own: Reading, second: Reading, strip: Strip) -> Reading:
    """Return what two readers of the same row say together: the weighed product of their probabilities."""
    if own.characters is None or second.characters is None:
        return own
    written = own.characters.sum(axis=1) > 0
    weights = LETTERS_POOLING if _has_letters(strip.alphabet) else DIGITS_POOLING
    if np.count_nonzero(written) == 1:
        weights = LONE_POOLING
    first, other = (np.asarray(r.characters, dtype=np.float64)[written] for r in (own, second))
    log = weights.own * np.log(first + _FLOOR) + weights.second * np.log(other + _FLOOR)
    together = np.exp(log - log.max(axis=1, keepdims=True, initial=-np.inf))
    together /= together.sum(axis=1, keepdims=True)
    inked = np.flatnonzero(strip.inked)
    boxes = np.zeros((len(inked), len(strip.alphabet)))
    boxes[written[inked]] = together[np.isin(np.flatnonzero(written), inked)]
    return _reading(boxes, tuple(own.struck[n] for n in inked) if own.struck else (), strip)


def _columns(alphabet: str) -> NDArray[np.intp]:
    """The network's class for each character of an alphabet; -1 for those it doesn't know."""
    return np.array([CHARACTERS.find(character.upper()) for character in alphabet], dtype=np.intp)


def _rarity(alphabet: str) -> NDArray[np.float64]:
    """What to add to each character's log probability for how rare it is among its like."""
    if not _has_letters(alphabet):
        return np.zeros(len(alphabet))
    return np.array([0.0 if character.isalpha() else _RARE for character in alphabet])


def _sure(reading: Reading, strip: Strip) -> bool:
    if reading.characters is None:
        return False
    held = reading.characters[reading.characters.sum(axis=1) > 0]
    if len(held) == 1 and not _has_cases(strip.alphabet):
        return True
    least = _SURE_LETTERS if _has_letters(strip.alphabet) else _SURE_DIGITS
    return bool((held.max(axis=1, initial=0.0) >= least).all())


def _has_letters(alphabet: str) -> bool:
    return any(character.isalpha() for character in alphabet)


def _has_cases(alphabet: str) -> bool:
    """Whether both cases may stand, between which only the second reader can tell."""
    return any(character.islower() for character in alphabet) and any(character.isupper() for character in alphabet)


def _without_nothings(strip: Strip, reading: Reading) -> Strip:
    """The row as the second reader should see it: boxes that hold no character are as if empty."""
    assert reading.characters is not None  # noqa: S101 - only rows of boxes come here
    held = reading.characters.sum(axis=1) > 0
    return replace(strip, inked=tuple(bool(i and h) for i, h in zip(strip.inked, held, strict=True)))


def _reading(boxes: Frames, struck: tuple[bool, ...], strip: Strip) -> Reading:
    """Make a reading of the inked boxes' probabilities, (inked, alphabet)."""
    whole = np.zeros((len(strip.windows), len(strip.alphabet)))
    inked = np.flatnonzero(strip.inked)
    whole[inked] = boxes
    held = whole.sum(axis=1) > 0
    texts = likeliest_rows(whole, held.tolist(), strip.alphabet)
    crossed = np.zeros(len(strip.windows), dtype=bool)
    crossed[inked] = struck or False
    return Reading(*texts[0], tuple(texts), whole.astype(np.float32), tuple(crossed.tolist()))
