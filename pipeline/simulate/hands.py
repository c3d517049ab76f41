"""Whose hand fills a card: real writers from a folder of pen strokes, or anything else that is a `Hand`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.simulate.characters import KINDS, TYPICAL_CAPITAL, Alphabet, plain_sign
from pipeline.simulate.split import Split, split_of, stable_number, writer_rules
from pipeline.simulate.unipen import Category, Measures, Sample, measure, on_baseline
from pipeline.simulate.writing import Writing, joined

CHARACTER_FILES = ("1a", "1b", "1c", "1d")
MAX_KEPT = 4096
"""Words kept set on their baseline, so that thousands of cards don't fit them again."""


class Hand(Protocol):
    """Somebody who can write. Lengths in x-heights, the baseline at y = 0, the left edge at x = 0."""

    @property
    def name(self) -> str:
        """Who it is, such as `apd/u153` or `sta/u410 with ced/u012`."""
        ...

    @property
    def gap(self) -> float:
        """Between letters written one by one."""
        ...

    @property
    def capital_height(self) -> float:
        """Of capitals."""
        ...

    def knows(self, word: str) -> bool:
        """Whether the hand wrote this word itself, rather than letter by letter."""
        ...

    def character(self, character: str, rng: np.random.Generator) -> Writing | None:
        """One character; None when the hand has no such character."""
        ...

    def word(self, word: str, rng: np.random.Generator) -> Writing | None:
        """A word: the hand's own when it wrote it once, else letter by letter; None when a character is missing."""
        ...


def spelled(hand: Hand, word: str, rng: np.random.Generator) -> Writing | None:
    """A word put together from single characters, as some people write."""
    parts: list[Writing] = []
    pen = 0.0
    for character in word:
        letter = hand.character(character, rng)
        if letter is None:
            return None
        left, _, right, _ = letter.bounds
        parts.append(letter.moved(pen - left, float(rng.normal(0, 0.04))))
        pen += right - left + hand.gap * float(rng.uniform(0.6, 1.4))
    return joined(parts)


@dataclass(frozen=True)
class UnipenHand:
    """One real writer: own words, and single characters of their own or of one fixed other writer."""

    writer: str
    words: Mapping[str, Sequence[Sample]]
    size: Measures
    category: Category
    alphabets: Sequence[Alphabet]
    """Whose single characters: of the first who has enough of the kind. The writer leads, if among them."""

    @property
    def name(self) -> str:
        """The writer, and from whom single characters are borrowed."""
        lenders = {next(a.writer for a in self.alphabets if kind in a.fit_for): kind for kind in self._lent()}
        return " with ".join([self.writer, *lenders])

    def _lent(self) -> list[str]:
        own = next((a.fit_for for a in self.alphabets if a.writer.endswith(self.writer[-5:])), frozenset[str]())
        return [kind for kind in KINDS if kind not in own and any(kind in a.fit_for for a in self.alphabets)]

    @cached_property
    def gap(self) -> float:
        """Fixed for each writer, between 0.12 and 0.4 of the x-height."""
        return 0.12 + 0.28 * (stable_number(self.name + "gap") % 1000) / 1000

    @cached_property
    def capital_height(self) -> float:
        """Of capitals; of whoever lends them."""
        return next((a.capital_height for a in self.alphabets if "capitals" in a.fit_for), TYPICAL_CAPITAL)

    @cached_property
    def _fit(self) -> Callable[[Sample], Writing | None]:
        def fit(sample: Sample) -> Writing | None:
            return on_baseline(sample.label, self.category.strokes(sample.row), self.size)

        return lru_cache(maxsize=MAX_KEPT)(fit)

    def knows(self, word: str) -> bool:
        """Whether the writer wrote this word."""
        return word in self.words

    def character(self, character: str, rng: np.random.Generator) -> Writing | None:
        """One character that the writer (or the one borrowed from) wrote; plain signs are drawn when missing."""
        for alphabet in self.alphabets:
            found = alphabet.character(character, rng)
            if found is not None:
                return found
        return plain_sign(character, rng)

    def word(self, word: str, rng: np.random.Generator) -> Writing | None:
        """The writer's own word, one of them when there are several; else letter by letter."""
        own = self.words.get(word, ())
        for choice in rng.permutation(len(own)):
            fitted = self._fit(own[choice])
            if fitted is not None:
                return fitted
        return spelled(self, word, rng)


class UnipenHands:
    """All usable writers of a handwriting folder on one side of the split."""

    def __init__(self, folder: Path, split: Split, least_words: int | None = None) -> None:
        """`folder` holds `unipen/`, or is it. `least_words` make a writer usable; by default as `writers.toml` says."""
        self._least_words = writer_rules().least["words"] if least_words is None else least_words
        self.folder = folder / "unipen" if (folder / "unipen").is_dir() else folder
        self.split = split
        self._words = Category(self.folder, "7")
        self._characters = tuple(Category(self.folder, name) for name in CHARACTER_FILES)

    def _usable(self, sample: Sample, faults: Sequence[str]) -> bool:
        unfit = writer_rules().faults
        return (
            sample.quality != "BAD"
            and sample.name not in unfit["slips"]
            and not any(sample.contributor in unfit[fault] for fault in faults)
            and self.split in ("all", split_of(sample.writer))
        )

    @cached_property
    def _alphabets(self) -> dict[str, Alphabet]:
        """Who wrote enough single characters, by writer; the name leads with the contributor."""
        found: dict[str, list[tuple[Category, Sample]]] = defaultdict(list)
        names: dict[str, str] = {}
        for category in self._characters:
            for sample in category.samples:
                if (
                    self._usable(sample, ("coarse", "mislabelled_characters", "broken_characters"))
                    and len(sample.label) == 1
                ):
                    found[sample.writer].append((category, sample))
                    names.setdefault(sample.writer, f"{sample.contributor}/{sample.writer}")
        alphabets = {writer: Alphabet(names[writer], tuple(samples)) for writer, samples in found.items()}
        return {writer: alphabet for writer, alphabet in sorted(alphabets.items()) if len(alphabet.fit_for) > 1}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The writers with enough words, in a fixed order."""
        return tuple(sorted(self._word_writers))

    @cached_property
    def _word_writers(self) -> dict[str, dict[str, list[Sample]]]:
        words: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
        for sample in self._words.samples:
            if self._usable(sample, ("coarse", "german", "scrambled", "code")) and " " not in sample.label:
                words[f"{sample.contributor}/{sample.writer}"][sample.label].append(sample)
        return {name: dict(own) for name, own in words.items() if len(own) >= self._least_words}

    @cache  # noqa: B019 - one for each writer, and the folder is read once in a process
    def hand(self, name: str) -> UnipenHand:
        """The writer of that name (`contributor/writer`)."""
        own = self._word_writers[name]
        samples = [sample for group in own.values() for sample in group]
        heights = []
        for sample in samples:
            points = np.concatenate(self._words.strokes(sample.row))
            heights.append(float(np.ptp(points[:, 1])))
        size = measure([sample.label for sample in samples], heights)
        return UnipenHand(name, own, size, self._words, self._alphabets_for(name))

    def _alphabets_for(self, name: str) -> tuple[Alphabet, ...]:
        """The writer's own first, then those of the same contributor, then all others, each in a fixed random order."""
        if not self._alphabets:
            raise ValueError(
                f"{self.folder} holds nobody's capitals, digits and small letters for the split {self.split}"
            )
        contributor, writer = name.split("/")

        def order(item: tuple[str, Alphabet]) -> tuple[bool, bool, int]:
            near = item[1].writer.startswith(contributor + "/")
            return item[0] != writer, not near, stable_number(f"{name} borrows of {item[0]}")

        return tuple(alphabet for _, alphabet in sorted(self._alphabets.items(), key=order))

    def pick(self, rng: np.random.Generator) -> UnipenHand:
        """Any of the writers."""
        return self.hand(self.names[int(rng.integers(len(self.names)))])
