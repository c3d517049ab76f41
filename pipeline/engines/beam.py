"""Reads a written line from a CTC reader's frames: a prefix beam search, with what a language says where one is given.

Without a language it sums over alignments as `ctc.likeliest_texts` does. With one, letters of both cases and with all
accents are one character while searching, which case and accent the reader saw is looked up in the end; and prefixes
after which all texts go on alike (same word before, same word begun) share one place in the beam, so that a doubt
early in a line doesn't fill it. What such a prefix stood for besides is not lost: how many characters the texts differ
in is carried along as doubt, from which the expected number of wrong characters follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.ctc import Frames
from pipeline.engines.language import LanguageModel, plain_letter

_FLOOR = 1e-9
"""Keeps a frame that rules everything out from ending every text."""


@dataclass(frozen=True, slots=True)
class Search:
    """How wide to search. The values shipped were chosen on validation writers; see the model card."""

    width: int = 14
    """Prefixes kept after each frame."""
    negligible: float = 1e-3
    """A character less likely than this in a frame begins no new text there."""
    sure: float = 0.999
    """A frame this sure of its character, or of a blank, is believed."""
    least: float = 1e-5
    """Prefixes less likely than this beside the best are dropped."""
    gap: float = 3e-3
    """With a language: how likely a blank between words is at least wherever the reader is silent for two frames."""
    alternatives: int = 5


@dataclass(frozen=True, slots=True)
class DecodedLine:
    """What stands on a line."""

    texts: tuple[tuple[str, float], ...]
    """Best first, with probabilities that add up to at most 1; never empty."""
    wrong: float
    """How many letters and digits of the best text are expected to be wrong, as far as the search can tell."""


class _Place(Protocol):
    """Where a text stands as far as what follows is concerned: a language's state, or the text itself."""

    last: str

    def step(self, character: str) -> "tuple[_Place, float]": ...

    def end(self) -> float: ...


class _Whole:
    """A text when there is no language: every text is a place of its own."""

    __slots__ = ("_steps", "last")

    def __init__(self, last: str = "") -> None:
        self.last = last
        self._steps: dict[str, tuple[_Place, float]] = {}

    def step(self, character: str) -> tuple[_Place, float]:
        found = self._steps.get(character)
        if found is None:
            found = self._steps[character] = (_Whole(character), 1.0)
        return found

    def end(self) -> float:
        return 1.0


class _Text:
    """A text as a chain of characters, the last one first; equal texts are one object."""

    __slots__ = ("character", "frame", "length", "longer", "parent", "peak")

    def __init__(self, parent: "_Text | None", character: str, frame: int, peak: float) -> None:
        self.parent = parent
        self.character = character
        self.frame, self.peak = frame, peak
        self.length: int = parent.length + 1 if parent else 0
        self.longer: dict[str, _Text] = {}

    def plus(self, character: str, frame: int, chance: float) -> "_Text":
        """Return the text with one more character, seen best in `frame`."""
        found = self.longer.get(character)
        if found is None:
            found = self.longer[character] = _Text(self, character, frame, chance)
        elif chance > found.peak:
            found.frame, found.peak = frame, chance
        return found


_Entry: TypeAlias = list[Any]
"""[probability by alignments that end in a blank, by those that end in the last character, text, expected number of
wrong characters times the sum of both]. A list because millions are made."""
_Step: TypeAlias = tuple[int, float, dict[str, float]]
"""A frame's number, how likely it is silent, and its likely characters."""


def decode_line(
    frames: Frames,
    blank: NDArray[np.float64],
    characters: Sequence[str],
    language: LanguageModel | None = None,
    search: Search = Search(),
) -> DecodedLine:
    """Return the likeliest texts of a line.

    `frames` is (frames, characters) probabilities, `blank` (frames,) beside them. With a language, the probabilities of
    the texts are shares of what the search kept; without one, they are probabilities given the frames.
    """
    if language is None:
        steps = _steps(frames, blank, list(characters), search, gaps=False)
        beam, log_scale = _search(steps, _Whole(), search)
        return _plain_result(beam, log_scale, search.alternatives)
    folds = _folds("".join(characters))
    steps = _steps(frames, blank, folds.plain, search, gaps=True)
    beam, _ = _search(steps, language.start(), search)
    return _result(beam, frames, folds, search.alternatives)


@dataclass(frozen=True, slots=True)
class _Folds:
    """The reader's characters without case and accents."""

    plain: list[str]
    """What each of the reader's characters is without case and accent."""
    forms: dict[str, tuple[str, list[int]]]
    """A plain character -> the reader's characters that it stands for, and their places."""


@lru_cache(maxsize=16)
def _folds(characters: str) -> _Folds:
    plain = [plain_letter(character) for character in characters]
    forms: dict[str, tuple[str, list[int]]] = {character: ("", []) for character in plain}
    for place, (character, fold) in enumerate(zip(characters, plain, strict=True)):
        forms[fold] = (forms[fold][0] + character, [*forms[fold][1], place])
    return _Folds(plain, forms)


def _steps(
    frames: Frames, blank: NDArray[np.float64], characters: list[str], search: Search, gaps: bool
) -> list[_Step]:
    """Boil the frames down to what matters: runs of silent ones to one, sure ones to their character.

    `characters` names the columns; those of one name are added up.
    """
    steps: list[_Step] = []
    silent = (blank > search.sure).tolist()
    likely: list[dict[str, float]] = [{} for _ in silent]
    rows, columns = np.nonzero(frames > search.negligible)
    for row, column, chance in zip(rows.tolist(), columns.tolist(), frames[rows, columns].tolist(), strict=True):
        character = characters[column]
        likely[row][character] = likely[row].get(character, 0.0) + chance
    run = 0
    for row, (quiet, chances, rest) in enumerate(zip(silent, likely, blank.tolist(), strict=True)):
        run = run + 1 if quiet else 0
        if quiet:
            if run == 1:
                steps.append((row, 1.0, {}))
            elif run == 2 and gaps and row > 1:
                steps[-1] = (row, 1.0, {" ": search.gap})
            continue
        best = max(chances, key=chances.__getitem__, default="")
        if best and chances[best] > search.sure:
            steps.append((row, 0.0, {best: chances[best]}))
        else:
            steps.append((row, max(rest, _FLOOR), chances))
    return steps


def _search(steps: list[_Step], start: _Place, search: Search) -> tuple[dict[_Place, _Entry], float]:
    """Take the beam through all frames. Returns it, and the logarithm of what its probabilities were divided by."""
    beam: dict[_Place, _Entry] = {start: [1.0, 0.0, _Text(None, "", 0, 0.0), 0.0]}
    log_scale = 0.0
    for step in steps:
        longer = _after(beam, step, search.least)
        kept = sorted(longer.items(), key=_chance, reverse=True)[: search.width]
        scale = max(kept[0][1][0] + kept[0][1][1], 1e-300)
        beam = {}
        for place, entry in kept:
            beam[place] = [entry[0] / scale, entry[1] / scale, entry[2], entry[3] / scale]
        log_scale += float(np.log(scale))
    return beam, log_scale


def _chance(item: tuple[_Place, _Entry]) -> float:
    return float(item[1][0] + item[1][1])


def _after(beam: dict[_Place, _Entry], step: _Step, least: float) -> dict[_Place, _Entry]:
    """Take a beam one frame on."""
    frame, silent, chances = step
    new: dict[_Place, _Entry] = {}
    spoken = list(chances.items())
    for place, (rested, held, text, doubt) in beam.items():
        whole = rested + held
        rate = doubt / whole
        last = place.last
        again = chances.get(last, 0.0)
        quiet, same = whole * silent, held * again
        if quiet + same > least:
            if again > text.peak:
                text.frame, text.peak = frame, again
            _add(new, place, quiet, same, text, rate)
        for character, chance in spoken:
            # A character after itself is a new one only when a blank stood between.
            weight = (rested if character == last else whole) * chance
            if weight > least:
                after, factor = place.step(character)
                _add(new, after, 0.0, weight * factor, text.plus(character, frame, chance), rate)
    if new:
        return new
    # The frame rules out all that was kept: as if it had said nothing.
    return beam


def _add(new: dict[_Place, _Entry], place: _Place, rested: float, held: float, text: _Text, rate: float) -> None:
    """Add probability to a place. Of two texts that meet in it, the likelier stays, the other adds to its doubt."""
    weight = rested + held
    entry = new.get(place)
    if entry is None:
        new[place] = [rested, held, text, weight * rate]
        return
    if entry[2] is not text:
        apart = _apart(entry[2], text)
        if weight > entry[0] + entry[1]:
            entry[2] = text
            entry[3] += (entry[0] + entry[1]) * apart
        else:
            rate += apart
    entry[0] += rested
    entry[1] += held
    entry[3] += weight * rate


def _apart(one: _Text, other: _Text) -> int:
    """Return in how many letters and digits two texts differ (insertions, deletions, changes)."""
    a: list[str] = []
    b: list[str] = []
    left: _Text | None = one
    right: _Text | None = other
    while left is not right and left is not None and right is not None:
        if left.length >= right.length:
            a.append(left.character)
            left = left.parent
        else:
            b.append(right.character)
            right = right.parent
    return _edits([c for c in a if c.isalnum()], [c for c in b if c.isalnum()])


def _edits(a: list[str], b: list[str]) -> int:
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def _chain(text: _Text) -> list[_Text]:
    chain: list[_Text] = []
    node: _Text | None = text
    while node is not None and node.parent is not None:
        chain.append(node)
        node = node.parent
    return chain[::-1]


def _plain_result(beam: dict[_Place, _Entry], log_scale: float, count: int) -> DecodedLine:
    texts: dict[str, float] = {}
    for rested, held, node, _ in beam.values():
        text = " ".join("".join(part.character for part in _chain(node)).split())
        texts[text] = texts.get(text, 0.0) + rested + held
    ranked = sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:count]
    best = ranked[0][0]
    kept = sum(texts.values())
    wrong = sum(weight * _edits(_counted(best), _counted(text)) for text, weight in texts.items()) / kept
    scale = float(np.exp(log_scale))
    return DecodedLine(tuple((text, min(1.0, weight * scale)) for text, weight in ranked), wrong)


def _counted(text: str) -> list[str]:
    return [character for character in text.lower() if character.isalnum()]


def _result(beam: dict[_Place, _Entry], frames: Frames, folds: _Folds, count: int) -> DecodedLine:
    ended = [(entry[2], _chance((place, entry)) * place.end(), entry[3]) for place, entry in beam.items()]
    # The doubt was weighed before the end was: a rate, as everywhere.
    ended = [(node, weight, doubt / max(sum(beam_entry), _FLOOR)) for (node, weight, doubt), beam_entry in zip(
        ended, ([entry[0], entry[1]] for entry in beam.values()), strict=True)]  # fmt: skip
    ended.sort(key=lambda item: -item[1])
    kept = sum(weight for _, weight, _ in ended)
    best = ended[0][0]
    wrong = sum(weight * (rate + _apart(best, node)) for node, weight, rate in ended) / kept
    texts: dict[str, float] = {}
    for node, weight, _ in ended[: 2 * count]:
        text = _spelled_out(node, frames, folds)
        texts[text] = texts.get(text, 0.0) + weight / kept
    return DecodedLine(tuple(sorted(texts.items(), key=lambda item: -item[1])[:count]), wrong)


def _spelled_out(text: _Text, frames: Frames, folds: _Folds) -> str:
    """Return a text with the case and accents that the reader saw."""
    written = []
    for node in _chain(text):
        forms, places = folds.forms[node.character]
        written.append(forms[0] if len(forms) == 1 else forms[int(frames[node.frame, places].argmax())])
    return " ".join("".join(written).split())
