"""What English writing looks like: how likely a character is after what stands before it, for the line reader.

The model writes word by word. A word follows the one before it (word pairs, else single words), or is one of the
organisation's own (names, wards), or is one nobody listed, spelled as words usually are (letters given the three
before). Between words stand signs, blanks and digits by their own table. Case and accents are none of its business.
Made by `pipeline.training.language_model`, which describes the file; sources and licences are in the model card.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import accumulate
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forms.errors import MissingDependencyError

MODEL = "english.npz"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIGNS = " .,!?;:'\"()-/&+@%£"
"""Signs with a row and a column of their own in the table; all others share one."""
WORD, DIGIT, OTHER, START = len(SIGNS), len(SIGNS) + 1, len(SIGNS) + 2, len(SIGNS) + 3
"""Rows and columns after those of `SIGNS`: a word, a digit, any other sign; a row for the start of a line."""
STEP = 0.1
"""Logarithms are kept as bytes: multiples of this, negated."""
EDGE = len(LETTERS)
"""The spelling table's 27th letter: before a word's first and after its last."""
_ENDS_SENTENCE = ".!?"
_BEHIND = "{"
"""Sorts after every letter, so that all words with a prefix p lie between p and p + this."""
_MOST_STATES = 200_000
_LEAST = 1e-30


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the language counts beside the reader. Chosen on validation writers; see the model card."""

    language: float = 0.6
    """Exponent of the language's probabilities: the reader's are too sure of themselves to be taken at full weight."""
    word: float = 0.0
    """Logarithm of a bonus for each word ended, against a leaning to few words."""
    character: float = 2.4
    """Logarithm of a bonus for each character, against a leaning to short texts."""
    unlisted: float = 0.01
    """How often a word is on no list."""
    own: float = 0.03
    """How often a word is one of the organisation's own, where there are any."""


class Lexicon:
    """Sorted words with probabilities that add up to 1; words with a prefix lie side by side."""

    def __init__(self, words: list[str], probabilities: Iterable[float]) -> None:
        """`words` sorted, all different."""
        self.words = words
        self._sums = [0.0, *accumulate(probabilities)]

    def narrow(self, prefix: str, low: int, high: int) -> tuple[int, int]:
        """Return the range of words that begin with `prefix`, within a range that holds them all."""
        low = bisect_left(self.words, prefix, low, high)
        return low, bisect_left(self.words, prefix + _BEHIND, low, high)

    def mass(self, low: int, high: int) -> float:
        """Return how likely a word of a range is."""
        return self._sums[high] - self._sums[low]

    def find(self, word: str, low: int, high: int) -> int:
        """Return where a word stands, given the range of all that begin with it; -1 when it's none."""
        return low if low < high and self.words[low] == word else -1


class State:
    """What stands on the line so far, as far as it matters to what comes. Equal states are one object."""

    __slots__ = ("_begun", "_model", "_ranges", "_spelled", "_weight", "before", "last", "part", "row", "steps")

    def __init__(self, model: "LanguageModel", before: int, row: int, last: str, part: str = "") -> None:
        self._model = model
        self.before = before
        """Number of the word before; `model.starts`, `model.numbers` or `model.unknown`."""
        self.row = row
        self.last = last
        self.part = part
        """The word begun; `'` after an apostrophe that followed a word; empty between words."""
        self.steps: dict[str, tuple[State, float]] = {}
        self._ranges: tuple[tuple[int, int], ...] = model.whole
        self._spelled = (1.0, EDGE * 27 * 27 + EDGE * 27 + EDGE)
        self._weight = 1.0
        self._begun = False

    def step(self, character: str) -> "tuple[State, float]":
        """Return the state after one more character (lower case, no accent), and the weight of that step."""
        found = self.steps.get(character)
        if found is None:
            found = self.steps[character] = self._step(character)
        return found

    def end(self) -> float:
        """Return the weight of a line's end here: of the word begun being a whole word."""
        model = self._model
        return model.weigh(self._end()[0], word=True) if self.row == WORD else 1.0

    def _step(self, character: str) -> "tuple[State, float]":
        model = self._model
        if character in model.letter_numbers:
            return self._letter(character)
        column = model.column(character)
        chance, before = self._end() if self.row == WORD else (1.0, self.before)
        chance *= model.table[self.row][column]
        if column == DIGIT:
            chance *= 0.1
            before = model.numbers
        if character in _ENDS_SENTENCE:
            before = model.starts
        part = "'" if character == "'" and self.row == WORD else ""
        after = model.state(before, column, character, part)
        return after, model.weigh(chance, word=self.row == WORD)

    def _letter(self, character: str) -> "tuple[State, float]":
        model = self._model
        part = self.part + character
        after = model.state(self.before, WORD, character, part)
        if not after._begun:
            after._begin(self)
        chance = after._weight / self._weight
        if self.row != WORD:
            chance *= model.table[self.row][WORD]
            if self.part:
                chance /= model.apostrophes
        return after, model.weigh(chance)

    def _begin(self, parent: "State") -> None:
        """Work out how likely a word is that begins like this one, given the state one letter before."""
        self._begun = True
        model = self._model
        part = self.part
        pairs = zip(model.lexicons, parent._ranges, strict=True)
        self._ranges = tuple(lexicon.narrow(part, low, high) for lexicon, (low, high) in pairs)
        chance, context = parent._spelled
        at = context % (27 * 27 * 27) * 27 + model.letter_numbers[self.last]
        self._spelled = chance * model.spelling(at), at
        listed = sum(
            share * lexicon.mass(*span)
            for share, lexicon, span in zip(model.shares, model.lexicons, self._ranges, strict=True)
        )
        self._weight = max(listed + model.weights.unlisted * self._spelled[0], _LEAST)

    def _end(self) -> tuple[float, int]:
        """Return how likely the word begun is to end here, and its number."""
        model = self._model
        chance, context = self._spelled
        ended = model.weights.unlisted * chance * model.spelling(context % (27 * 27 * 27) * 27 + EDGE)
        number = model.lexicons[0].find(self.part, *self._ranges[0])
        if number >= 0:
            ended += model.shares[0] * model.follows(self.before, number)
        for share, lexicon, span in zip(model.shares[1:], model.lexicons[1:], self._ranges[1:], strict=True):
            own = lexicon.find(self.part, *span)
            if own >= 0:
                ended += share * lexicon.mass(own, own + 1)
        return ended / self._weight, number if number >= 0 else model.unknown


@dataclass(frozen=True, slots=True)
class _Tables:
    """The model's file, unpacked; shared by models that differ in their own words or weights."""

    words: Lexicon
    single: NDArray[np.float64]
    """(words,) probabilities."""
    pairs: NDArray[np.int64]
    """Sorted: number of the word before * (words + 3) + number of the word."""
    pair_chances: NDArray[np.uint8]
    """Of the word given the one before, as a byte."""
    rest: NDArray[np.float64]
    """For each word before (and start of a sentence, number, unknown): what is left for words of no pair, relative to
    their single probabilities."""
    signs: list[list[float]]
    """(START + 1, OTHER + 1): what stands next, given what stood last."""
    spellings: bytes
    """(27, 27, 27, 27) bytes: a letter given the three before."""


class LanguageModel:
    """English, and perhaps an organisation's own words. Hands out states; they are kept from line to line."""

    def __init__(self, tables: _Tables, weights: Weights = Weights(), own: Sequence[str] = ()) -> None:
        """Take the file's tables (`load_language`), and own words in any case."""
        self._tables = tables
        self.weights = weights
        self.own = tuple(own)
        names = sorted({part for word in own for part in words_of(word)})
        self.lexicons = [tables.words, *([Lexicon(names, [1.0 / len(names)] * len(names))] if names else [])]
        shares = [weights.own] if names else []
        self.shares = (1.0 - weights.unlisted - sum(shares), *shares)
        self.whole = tuple((0, len(lexicon.words)) for lexicon in self.lexicons)
        count = len(tables.words.words)
        self.starts, self.numbers, self.unknown = count, count + 1, count + 2
        self.table = tables.signs
        self.letter_numbers = {letter: number for number, letter in enumerate(LETTERS)}
        self._bytes = np.exp(-STEP * np.arange(256)).tolist()
        self._states: dict[tuple[int, int, str, str], State] = {}
        low, high = tables.words.narrow("'", *self.whole[0])
        self.apostrophes = max(tables.words.mass(low, high), _LEAST)

    def with_words(self, words: Iterable[str]) -> "LanguageModel":
        """Return the same model that also knows an organisation's own words: names, wards. Takes milliseconds."""
        return LanguageModel(self._tables, self.weights, (*self.own, *words))

    def with_weights(self, **changes: float) -> "LanguageModel":
        """Return the same model with other weights."""
        return LanguageModel(self._tables, replace(self.weights, **changes), self.own)

    def start(self) -> State:
        """Return the state at the beginning of a line, which may be in the middle of a sentence."""
        if len(self._states) > _MOST_STATES:
            self._states = {}
        return self.state(self.unknown, START, "")

    def state(self, before: int, row: int, last: str, part: str = "") -> State:
        """Return the one state of that kind."""
        key = (before, row, last, part)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, before, row, last, part)
        return found

    @staticmethod
    def column(character: str) -> int:
        """Return where a character that is no letter stands in the table of signs."""
        number = SIGNS.find(character)
        return number if number >= 0 else DIGIT if character.isdigit() else OTHER

    def follows(self, before: int, word: int) -> float:
        """Return how likely a word of the main list is after another."""
        tables = self._tables
        key = before * (self.unknown + 1) + word
        at = bisect_left(tables.pairs, key)
        if at < len(tables.pairs) and tables.pairs[at] == key:
            return float(self._bytes[tables.pair_chances[at]])
        return float(tables.rest[before] * tables.single[word])

    def spelling(self, at: int) -> float:
        """Return how likely a letter is after three others; `at` is their place in the spelling table."""
        return float(self._bytes[self._tables.spellings[at]])

    def weigh(self, chance: float, word: bool = False) -> float:
        """Return a probability as the decoder counts it."""
        bonus = self.weights.character + (self.weights.word if word else 0.0)
        return float(max(chance, _LEAST) ** self.weights.language) * exp(bonus)


def plain_letter(character: str) -> str:
    """Return a character without case and accent, as the model knows it."""
    bare = unicodedata.normalize("NFD", character.lower())[:1]
    return {"ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "ı": "i", "ß": "s"}.get(bare, bare)


def words_of(text: str) -> list[str]:
    """Return the words of a text as the model has them: what follows an apostrophe inside a word is one, with it."""
    plain = "".join(map(plain_letter, text)).replace("’", "'")
    words: list[str] = []
    start = -1
    for at, character in enumerate(plain + " "):
        if character in LETTERS:
            if start < 0:
                start = at - 1 if at > 1 and plain[at - 1] == "'" and plain[at - 2] in LETTERS else at
        elif start >= 0:
            words.append(plain[start:at])
            start = -1
    return words


@cache
def load_language(path: Path | None = None) -> LanguageModel:
    """Return the package's model, or that of a file. A process loads each once; takes a tenth of a second.

    Raises MissingDependencyError when the package's model isn't there.
    """
    try:
        with (path or resources.files("pipeline").joinpath("models", MODEL)).open("rb") as file, np.load(file) as data:
            return LanguageModel(_unpack(data))
    except FileNotFoundError as error:
        raise MissingDependencyError(
            f"The language model {MODEL} is missing from the installation. Install compassion-cards again."
        ) from error


def _unpack(data: Any) -> _Tables:
    words = data["words"].tobytes().decode("ascii").split("\n")
    single = np.exp(-STEP * data["single"].astype(np.float64))
    single /= single.sum()
    pairs = np.cumsum(data["pair_gaps"], dtype=np.int64)
    before, word = np.divmod(pairs, len(words) + 3)
    chances = np.exp(-STEP * data["pair_chances"].astype(np.float64))
    known = np.bincount(before, weights=chances, minlength=len(words) + 3)
    usual = np.bincount(before, weights=single[word], minlength=len(words) + 3)
    rest = np.maximum(1.0 - known, 0.02) / np.maximum(1.0 - usual, 0.02)
    signs = np.exp(-STEP * data["signs"].astype(np.float64))
    return _Tables(
        Lexicon(words, single.tolist()),
        single,
        pairs,
        data["pair_chances"],
        rest,
        (signs / signs.sum(axis=1, keepdims=True)).tolist(),
        data["spellings"].tobytes(),
    )
