"""How names are spelled: a model of four letters at a time and a dictionary, to weigh a name that is on no list.

`first_names.txt` and `surnames.txt` are the commonest of the United States census of 1990 (public domain), commonest
first; `names.txt` and `places.txt` were made for this project. The commoner a name, the likelier; and a name that is in
no list is the likelier, the more its letters follow each other as in names that are.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-"
_NAMED = frozenset(LETTERS)
_OTHER = len(LETTERS) + 1
_SYMBOLS = len(LETTERS) + 2
"""0 stands before a name and after it; then the letters and marks; then whatever else may stand in a box."""
_ORDER = 4
_SHARE_OF_LONGER = 10.0
"""How often a group of letters must have been seen to count as much as the shorter group it ends with."""
_ANY_LETTER = 0.1
"""Names come from many languages: MCTAGGART, SZCZEPANSKI and D'ARCY are spelled as few examples are."""
_COMMONEST = 30
_TEMPER = 0.35
"""Letters are counted once for each name and somewhat more for common ones: names nobody listed are rare ones."""
_LISTED_RANK = 600
"""Names of the project's own list of the commonest in British hospitals count as if they stood at this rank."""
_FLOOR = 1e-4
_LONGEST_CODE = 4
_TENTH = float(np.log(10))

FIRST, LAST, PLACE = "first_names.txt", "surnames.txt", "places.txt"
EITHER = ""
_OWN = "names.txt"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Names of one length: as columns of `LETTERS`, (names, length), and log of how common each is."""

    words: tuple[str, ...]
    codes: NDArray[np.int64]
    log_share: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is known of one kind of name: `FIRST`, `LAST`, `EITHER` or `PLACE`."""

    log_next: NDArray[np.float32]
    """(symbols,) * 4: log probability of a symbol after three others."""
    by_length: dict[int, Dictionary]


@lru_cache(maxsize=8)
def spelling(kind: str = EITHER) -> Spelling:
    """Return the model of a kind of name; takes a tenth of a second the first time."""
    shares = _shares(kind)
    words = list(shares)
    weights = np.array([shares[word] for word in words])
    return Spelling(_log_next(words, (weights / weights.min()) ** _TEMPER), _by_length(words, weights / weights.sum()))


def _shares(kind: str) -> dict[str, float]:
    """Names with how common each is: by its rank, as names go (Zipf)."""
    shares: dict[str, float] = {}
    for file in (FIRST, LAST) if kind == EITHER else (kind,):
        for rank, name in enumerate(_names(file)):
            shares[name] = shares.get(name, 0.0) + 1.0 / (rank + _COMMONEST)
    for name in _names(_OWN) if kind != PLACE else ():
        shares[name] = max(shares.get(name, 0.0), 1.0 / (_LISTED_RANK + _COMMONEST))
    return shares


def _names(file: str) -> list[str]:
    return resources.files("pipeline.parse").joinpath(file).read_text(encoding="utf-8").split()


def _log_next(words: list[str], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Count groups of up to four symbols, and mix each length with the shorter ones."""
    lengths = np.array([len(word) for word in words])
    width = int(lengths.max()) + _ORDER
    codes = np.zeros((len(words), width), dtype=np.int64)
    letters = encode("".join(words))
    rows = np.repeat(np.arange(len(words)), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    codes[rows, np.arange(len(letters)) - starts[rows] + _ORDER - 1] = letters
    # The symbol in each place after the three before it; the last is the end.
    inside = np.arange(width - _ORDER + 1)[None, :] <= lengths[:, None]
    groups = np.stack([codes[:, n : width - _ORDER + 1 + n][inside] for n in range(_ORDER)])
    counted = np.broadcast_to(weights[:, None], inside.shape)[inside]
    result = np.full((1,) * _ORDER, 1.0 / _SYMBOLS)
    for order in range(1, _ORDER + 1):
        index = np.ravel_multi_index(tuple(groups[_ORDER - order :]), (_SYMBOLS,) * order)
        counts = np.bincount(index, counted, _SYMBOLS**order).reshape((1,) * (_ORDER - order) + (_SYMBOLS,) * order)
        total = counts.sum(axis=-1, keepdims=True)
        result = (counts + _SHARE_OF_LONGER * result) / (total + _SHARE_OF_LONGER)
    mixed = (1 - _ANY_LETTER) * result + _ANY_LETTER / _SYMBOLS
    return np.log(mixed).astype(np.float32)


def _by_length(words: list[str], shares: NDArray[np.float64]) -> dict[int, Dictionary]:
    by_length = {}
    # A single letter is anybody's initial; `A&E` is spelled.
    lengths = np.array([len(word) if set(word) <= _NAMED else 1 for word in words])
    for length in sorted(set(lengths.tolist()) - {1}):
        which = np.flatnonzero(lengths == length)
        chosen = tuple(words[n] for n in which)
        codes = (encode("".join(chosen)) - 1).reshape(-1, length)
        by_length[length] = Dictionary(chosen, codes, np.log(shares[which]))
    return by_length


def encode(text: str) -> NDArray[np.int64]:
    """Each character's symbol."""
    table = np.full(128, _OTHER, dtype=np.int64)
    for n, character in enumerate(LETTERS):
        table[ord(character)] = n + 1
    return np.asarray(table[np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)])


def likeliest_words(
    boxes: NDArray[np.float64], alphabet: str, kind: str = EITHER, beam: int = 40
) -> tuple[list[tuple[str, float]], float]:
    """Decode one word's boxes (N, len(alphabet)) under the letter model.

    Returns the likeliest words with their log likelihoods, best first, and the log of the sum over all words kept.
    """
    log_next = spelling(kind).log_next
    symbols = encode(alphabet)
    # What is no letter shares one symbol.
    shared = np.where(symbols == _OTHER, np.log(max(1, int((symbols == _OTHER).sum()))), 0.0)
    log = np.log(np.clip(boxes, _FLOOR, 1.0)) - shared
    texts = np.zeros((1, 0), dtype=np.int64)
    before = np.zeros((1, _ORDER - 1), dtype=np.int64)
    scores = np.zeros(1)
    for box in log:
        grown = scores[:, None] + box + log_next[before[:, 0], before[:, 1], before[:, 2]][:, symbols]
        flat = grown.ravel()
        best = np.argpartition(-flat, min(beam, flat.size) - 1)[:beam] if flat.size > beam else np.arange(flat.size)
        rows, columns = np.divmod(best, len(alphabet))
        texts = np.column_stack([texts[rows], columns])
        before = np.column_stack([before[rows, 1:], symbols[columns]])
        scores = flat[best]
    scores = scores + log_next[before[:, 0], before[:, 1], before[:, 2], 0]
    order = np.argsort(-scores)
    ranked = [("".join(alphabet[n] for n in texts[row]), float(scores[row])) for row in order[:12]]
    return ranked, float(np.logaddexp.reduce(scores))


def known_words(boxes: NDArray[np.float64], alphabet: str, kind: str = EITHER) -> tuple[list[tuple[str, float]], float]:
    """Weigh every name of the dictionary that fills the boxes; returns the same as `likeliest_words`."""
    dictionary = spelling(kind).by_length.get(len(boxes))
    if dictionary is None:
        return [], -np.inf
    columns = np.array([alphabet.find(character) for character in LETTERS])
    if (columns < 0).any():
        return [], -np.inf
    log = np.log(np.clip(boxes, _FLOOR, 1.0))[:, columns]
    likelihood = log[np.arange(len(boxes)), dictionary.codes].sum(axis=1) + dictionary.log_share
    best = np.argpartition(-likelihood, min(8, len(likelihood)) - 1)[:8]
    ranked = [(dictionary.words[n], float(likelihood[n])) for n in best[np.argsort(-likelihood[best])]]
    return ranked, float(np.logaddexp.reduce(likelihood))


def code_words(boxes: NDArray[np.float64], alphabet: str) -> list[tuple[str, float]]:
    """Weigh numbers, and numbers after one letter (`21`, `W21`); the likeliest of each with its log likelihood."""
    digits = np.array([n for n, character in enumerate(alphabet) if character.isdigit()])
    letters = np.array([n for n, character in enumerate(alphabet) if character.isalpha()])
    if not len(digits) or not len(letters) or len(boxes) > _LONGEST_CODE:
        return []
    log = np.log(np.clip(boxes, _FLOOR, 1.0))
    figures = digits[log[:, digits].argmax(axis=1)]
    codes = [figures]
    if len(boxes) > 1:
        codes.append(np.concatenate([letters[[log[0, letters].argmax()]], figures[1:]]))
    rows = np.arange(len(boxes))
    return [
        ("".join(alphabet[n] for n in code), float(log[rows, code].sum()) + prior)
        for code, prior in zip(codes, (-len(boxes) * _TENTH, -(len(boxes) - 1) * _TENTH - np.log(26)), strict=False)
    ]


def word_parts(boxes: NDArray[np.float64], alphabet: str) -> list[tuple[int, int]]:
    """Where a double-barrelled name parts: runs [from, to) of boxes between those that hold a hyphen."""
    if "-" not in alphabet or len(boxes) < 3:
        return [(0, len(boxes))]
    hyphens = np.flatnonzero(boxes.argmax(axis=1) == alphabet.index("-"))
    edges = [-1, *(int(n) for n in hyphens if 0 < n < len(boxes) - 1), len(boxes)]
    parts = [(a + 1, b) for a, b in pairwise(edges)]
    return parts if all(b > a for a, b in parts) else [(0, len(boxes))]
