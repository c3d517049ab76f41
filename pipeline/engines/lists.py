"""Weighs every entry of a list against the boxes of a row: not the nearest to one best string, but the likeliest ink.

Each entry is aligned with the inked boxes, allowing for what writers do: leave out a letter or write it twice, leave a
box empty, drop an apostrophe or write a blank for it, run out of boxes. All entries go through one dynamic programme at
once (Viterbi, in a band around the diagonal), so that ten thousand cost milliseconds.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.boxes import gaps_before, held_words
from pipeline.records import Reading, Strip

_BAND = 3
"""How many letters a writer may leave out, or put in, at any point of a name."""
_WIDTH = 2 * _BAND + 1
_NEVER = np.float32(-1e4)
"""Stands for the logarithm of nothing, and can be added up."""

# What writers do, as probabilities a letter. Estimates; parse weighs them against a hand's letters, so that only their
# orders of magnitude matter.
_MISREAD = 0.01
_LEFT_OUT = np.log(0.01)
_LEFT_OUT_OF_TWO = np.log(0.03)
"""`MATHEWS` for `MATTHEWS`."""
_PUT_IN = np.log(0.005)
_WRITTEN_TWICE = np.log(0.01)
_MARK_LEFT_OUT = np.log(0.4)
"""`OBRIEN` or `O BRIEN` for `O'BRIEN`."""
_EMPTY_BOX = np.log(0.03)
"""An empty box where the entry has no blank."""
_BLANK_LEFT_OUT = np.log(0.15)
"""`DELACRUZ` for `DE LA CRUZ`."""
_REST_LEFT_OUT = np.log(0.02)
"""`SMITH` for `SMITH-JONES`."""
_CUT_OFF = np.log(0.5)
"""The last box is written in, and the entry goes on. Some write on beyond the boxes or shorten the name."""

_MARKS = "'-.&/,"
_BREAKS = ("", " ", *_MARKS)
"""After these, and before the first letter, an empty box is nothing odd."""
_UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE",
                               "ß": "ss", "’": "'", "‘": "'", "–": "-"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entries:
    """A list as numbers: (rows, entries) arrays. Row r is letter r - _BAND, so that box n's band begins at row n."""

    codes: NDArray[np.intp]
    """Column of the alphabet; `len(alphabet)` for what isn't in it, or is no letter."""
    after_gap: NDArray[np.float32]
    """Log probability of the letter's standing after an empty box."""
    after_none: NDArray[np.float32]
    """Log probability of its standing right after the box before."""
    left_out: NDArray[np.float32]
    """Log probability of leaving the letter out."""
    rest: NDArray[np.float32]
    """Log probability of leaving it and all that follows out."""
    lengths: NDArray[np.intp]


def score_candidates(reading: Reading, strip: Strip, candidates: Sequence[str]) -> NDArray[np.float64]:
    """Return the log probability of a row's ink for each candidate, (candidates,), up to a term all share.

    Case and accents are ignored where the alphabet has only capitals. A row without box probabilities, or with nothing
    written, says nothing: all zeros. A list is put into numbers once; give it as the same tuple each time.
    """
    words = held_words(reading, strip)
    if reading.characters is None or not words or not candidates:
        return np.zeros(len(candidates))
    entries = _encode(tuple(candidates), strip.alphabet, len(strip.windows))
    held = [index for word in words for index in word]
    boxes = np.asarray(reading.characters, dtype=np.float64)[held]
    size = len(strip.alphabet)
    mixed = np.full((len(held), size + 1), _MISREAD / size)
    mixed[:, :size] += (1.0 - _MISREAD) * boxes
    gaps = list(gaps_before(words))
    return _align(entries, np.log(mixed).astype(np.float32), gaps, full=bool(strip.inked[-1]))


def _align(entries: _Entries, boxes: NDArray[np.float32], gaps: list[bool], *, full: bool) -> NDArray[np.float64]:
    """Align all entries with the inked boxes' log probabilities, (boxes, alphabet + 1).

    `score[k, e]`: the best that the boxes so far and the first (boxes so far + k - _BAND) letters of entry e can do.
    """
    put_in = np.float32(_PUT_IN - np.log(boxes.shape[1] - 1))
    score = np.full((_WIDTH, len(entries.lengths)), _NEVER, dtype=np.float32)
    score[_BAND] = 0.0
    _leave_out(score, entries.left_out[:_WIDTH])
    ended = _ended(score, entries.lengths, 0) + put_in * len(boxes)
    for n, (box, gap) in enumerate(zip(boxes, gaps, strict=True)):
        said = box[entries.codes[n : n + _WIDTH]]
        # A box for no letter: as many letters as before are one fewer than boxes. What it holds is anything, or the
        # letter before once more.
        extra = score[1:] + np.maximum(put_in, np.float32(_WRITTEN_TWICE) + box[entries.codes[n : n + _WIDTH - 1]])
        said += (entries.after_gap if gap else entries.after_none)[n : n + _WIDTH]
        score += said
        np.maximum(score[:-1], extra, out=score[:-1])
        _leave_out(score, entries.left_out[n + 1 : n + 1 + _WIDTH])
        np.maximum(ended, _ended(score, entries.lengths, n + 1) + put_in * (len(boxes) - n - 1), out=ended)
    result: NDArray[np.float64] = np.maximum(ended, _going_on(score, entries, len(boxes), full=full)).astype(np.float64)
    return result


def _leave_out(score: NDArray[np.float32], left_out: NDArray[np.float32]) -> None:
    """Let letters be left out, one after the other, in place."""
    for k in range(len(score) - 1):
        np.maximum(score[k + 1], score[k] + left_out[k], out=score[k + 1])


def _ended(score: NDArray[np.float32], lengths: NDArray[np.intp], done: int) -> NDArray[np.float32]:
    """Return the score of each entry that is complete after `done` boxes."""
    k = lengths - done + _BAND
    inside = (k >= 0) & (k < _WIDTH)
    return np.where(inside, score[np.clip(k, 0, _WIDTH - 1), np.arange(len(k))], _NEVER)


def _going_on(score: NDArray[np.float32], entries: _Entries, done: int, *, full: bool) -> NDArray[np.float32]:
    """Return the score of entries that go on after the last ink: cut off where the boxes are full, else left out."""
    rest = entries.rest[done : done + _WIDTH]
    if full:
        rest = np.where(rest > _NEVER, np.maximum(rest, np.float32(_CUT_OFF)), rest)
    best: NDArray[np.float32] = (score + rest).max(axis=0)
    return best


@lru_cache(maxsize=8)
def _encode(candidates: tuple[str, ...], alphabet: str, boxes: int) -> _Entries:
    texts = [_as_written(candidate, alphabet) for candidate in candidates]
    lengths = np.array([len(text) - text.count(" ") for text in texts], dtype=np.intp)
    shape = (_BAND + max(boxes, int(lengths.max())) + _BAND + 2, len(texts))
    codes = np.full(shape, len(alphabet), dtype=np.intp)
    after_gap = np.zeros(shape, dtype=np.float32)
    after_none = np.zeros(shape, dtype=np.float32)
    left_out = np.full(shape, _NEVER, dtype=np.float32)
    columns = {character: n for n, character in enumerate(alphabet)}
    for entry, text in enumerate(texts):
        row, before = _BAND, ""
        for character in text:
            if character != " ":
                codes[row, entry] = columns.get(character, len(alphabet))
                after_gap[row, entry] = 0.0 if before in _BREAKS else _EMPTY_BOX
                after_none[row, entry] = _BLANK_LEFT_OUT if before == " " else 0.0
                left_out[row, entry] = _left_out(character, before)
                row += 1
            before = character
    rest = np.where(left_out > _NEVER, left_out, 0.0)[::-1].cumsum(axis=0)[::-1].astype(np.float32)
    rest[np.arange(shape[0])[:, None] > lengths + _BAND] = _NEVER
    for entry, text in enumerate(texts):
        for stop in _word_ends(text):
            rest[stop + _BAND, entry] = max(rest[stop + _BAND, entry], _REST_LEFT_OUT)
    return _Entries(codes, after_gap, after_none, left_out, rest, lengths)


def _word_ends(text: str) -> list[int]:
    """After how many letters (blanks don't count) a word of the entry ends and another follows."""
    ends = [n for n, character in enumerate(text) if n and (character == " " or character in "-/&")]
    return [n - text[:n].count(" ") for n in ends]


def _left_out(character: str, before: str) -> float:
    if character in _MARKS:
        return float(_MARK_LEFT_OUT)
    return float(_LEFT_OUT_OF_TWO if character == before else _LEFT_OUT)


def _as_written(candidate: str, alphabet: str) -> str:
    """Return an entry as it is written in boxes: without accents; in capitals, unless small letters may stand."""
    flat = unicodedata.normalize("NFKD", candidate.translate(_UNDECOMPOSED))
    text = " ".join("".join(c for c in flat if not unicodedata.combining(c)).split())
    return text if any(c.islower() for c in alphabet) else text.upper()
