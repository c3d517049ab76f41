"""What is written for the line reader to learn from: ink in millimetres, and the text it says.

Words and lines of real writers; single letters and digits only where words have none: names, dates, addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np

from pipeline.simulate.hands import UnipenHand, UnipenHands, spelled
from pipeline.simulate.split import Split, split_of, writer_rules
from pipeline.simulate.strikes import strike_through
from pipeline.simulate.unipen import Category, Sample, reach, turning_points
from pipeline.simulate.writing import Stroke, Writing, joined

LONGEST_LINE = 46
"""Letters of a sample of one line; longer ones are rare on cards and slow to learn from."""
_LEAST_WORDS = 12
_SIGNS = ".,!?'-&/:;()"
_DOMAINS = ("nhs.uk", "nhs.net", "gmail.com", "outlook.com", "hotmail.co.uk", "btinternet.com", "yahoo.co.uk")


@dataclass(frozen=True, slots=True)
class Written:
    """Ink on the baseline y = 0, in x-heights, and what it says."""

    ink: Writing
    text: str


class LineTexts:
    """Endless samples of writing by the writers of one side of the split."""

    def __init__(self, folder: Path, split: Split) -> None:
        """`folder` holds `unipen/`, or is it."""
        self._hands = UnipenHands(folder, split, least_words=_LEAST_WORDS)
        self._lines = Category(self._hands.folder, "8")
        self._split = split

    def hand(self, rng: np.random.Generator) -> UnipenHand:
        """Some writer; who wrote much comes a little more often."""
        return self._hands.hand(self._hands.names[int(rng.choice(len(self._hands.names), p=self._shares))])

    @cached_property
    def _shares(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        sizes = np.sqrt([sum(map(len, self._hands.hand(name).words.values())) for name in self._hands.names])
        return np.asarray(sizes / sizes.sum())

    def own_words(self, rng: np.random.Generator) -> Written | None:
        """One to eight words as the writer wrote them, in any order: no text, so that the reader learns no language."""
        hand = self.hand(rng)
        labels = list(hand.words)
        count = int(rng.choice([1, 2, 3, 4, 5, 6, 8], p=[0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05]))
        words = [labels[int(n)] for n in rng.integers(len(labels), size=count)]
        return _beside([_signed(hand, word, rng) for word in words], hand, rng)

    def spelled_out(self, rng: np.random.Generator) -> Written | None:
        """Names, numbers, dates, addresses: letter by letter, between words of the writer's own."""
        hand = self.hand(rng)
        labels = list(hand.words)
        parts: list[Written | None] = []
        for _ in range(int(rng.integers(1, 3))):
            if rng.random() < 0.4:
                parts.append(_own(hand, labels[int(rng.integers(len(labels)))], rng))
            for word in _token(rng).split():
                parts.append(_spelled(hand, word, rng))
        return _beside(parts, hand, rng)

    def whole_line(self, rng: np.random.Generator) -> Written | None:
        """A line as somebody wrote it in one go."""
        sample = self._usable_lines[int(rng.integers(len(self._usable_lines)))]
        strokes = _levelled(self._lines.strokes(sample.row))
        if not strokes:
            return None
        up, down = reach(sample.label)
        _, top, _, bottom = Writing(strokes).bounds
        height = max(bottom - top, 1.0) / (1 + 0.85 * up + 0.8 * down)
        ink = Writing(strokes).scaled(1 / height)
        left, _, right, low = ink.bounds
        if not 0.25 < (right - left) / max(len(sample.label), 1) < 3.0:
            return None
        return Written(ink.moved(-left, -low + 0.8 * down), " ".join(sample.label.split()))

    @cached_property
    def _usable_lines(self) -> list[Sample]:
        faults = writer_rules().faults
        unfit = faults["coarse"] | faults["german"] | faults["code"] | {"apb", "apc", "apd", "ape"}
        return [
            sample
            for sample in self._lines.samples
            if sample.quality != "BAD"
            and sample.contributor not in unfit
            and 1 < len(sample.label) <= LONGEST_LINE
            and split_of(sample.writer) == self._split
        ]


def _own(hand: UnipenHand, word: str, rng: np.random.Generator) -> Written | None:
    ink = hand.word(word, rng)
    return Written(ink, word) if ink is not None else None


def _spelled(hand: UnipenHand, word: str, rng: np.random.Generator) -> Written | None:
    ink = spelled(hand, word, rng)
    return Written(ink, word) if ink is not None else None


def _signed(hand: UnipenHand, word: str, rng: np.random.Generator) -> Written | None:
    """A word, now and then with a sign after it, or struck out before it is written again."""
    own = _own(hand, word, rng)
    if own is None:
        return None
    if rng.random() < 0.15 and word[-1].isalnum():
        sign = str(rng.choice(list(".,.,!?;:")))
        drawn = spelled(hand, sign, rng)
        if drawn is not None:
            moved = drawn.moved(own.ink.bounds[2] + hand.gap - drawn.bounds[0], 0)
            own = Written(joined([own.ink, moved]), word + sign)
    if rng.random() < 0.015:
        # As the simulator does, a word that was struck out says nothing.
        return Written(joined([own.ink, strike_through(own.ink, rng)]), "")
    return own


def _beside(parts: Sequence[Written | None], hand: UnipenHand, rng: np.random.Generator) -> Written | None:
    """Words next to each other, blanks as wide as this writer leaves them; no more than fit into a line."""
    written: list[Written] = []
    pen, letters = 0.0, 0
    gap = float(rng.uniform(0.75, 2.0)) * (0.6 + 0.4 * hand.gap)
    for part in parts:
        if part is None or letters + len(part.text) > LONGEST_LINE:
            continue
        left, _, right, _ = part.ink.bounds
        height = float(rng.normal(0, 0.06))
        written.append(Written(part.ink.scaled(float(rng.normal(1, 0.04))).moved(pen - left, height), part.text))
        pen += right - left + max(0.35, gap * float(rng.uniform(0.7, 1.4)))
        letters += len(part.text) + 1
    if not written:
        return None
    text = " ".join(" ".join(part.text for part in written).split())
    return Written(joined([part.ink for part in written]), text)


def _levelled(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """A line without its slope, which is that of a straight line through the pen's turning points."""
    points = turning_points(strokes)
    if len(points) < 8 or float(np.ptp(points[:, 0])) < 1:
        return strokes
    slope, _ = np.polyfit(points[:, 0], points[:, 1], 1)
    if abs(slope) > 0.3:
        return strokes
    return tuple(np.column_stack([s[:, 0], s[:, 1] - slope * s[:, 0]]).astype(np.float32) for s in strokes)


def names() -> list[str]:
    """The names that the package knows."""
    text = resources.files("pipeline.parse").joinpath("names.txt").read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split() if word.isalpha()]


_NAMES = names()


def _token(rng: np.random.Generator) -> str:
    """Something that isn't a word: a name, a number, a time, a date, an address, letters at random."""
    kind = int(rng.integers(8))
    name = str(rng.choice(_NAMES))
    number = "".join(map(str, rng.integers(0, 10, int(rng.integers(1, 6)))))
    if kind == 0:
        return f"{name.capitalize()} {random_letters(rng, 3, 9).capitalize()}"
    if kind == 1:
        between = str(rng.choice(list("/.-")))
        return between.join(map(str, (rng.integers(1, 32), rng.integers(1, 13), rng.integers(15, 30))))
    if kind == 2:
        return f"{name.lower()}{rng.choice(list('._-'))}{random_letters(rng, 3, 8)}@{rng.choice(_DOMAINS)}"
    if kind == 3:
        return f"0{rng.integers(1000, 9999)} {rng.integers(100000, 999999)}"
    if kind == 4:
        return f"{rng.integers(1, 13)}{rng.choice(['am', 'pm', ':30', '.15', 'th', 'st'])}"
    if kind == 5:
        return str(rng.choice(["Ward", "Bay", "Bed", "Room", "Level"])) + " " + number[:2]
    if kind == 6:
        return f"{name.upper()} {random_letters(rng, 2, 8).upper()}"
    return f"{random_letters(rng, 2, 8)}{rng.choice(list(_SIGNS))} {number}"


def random_letters(rng: np.random.Generator, shortest: int, longest: int) -> str:
    """Small letters, vowels more often, so that they look like a word that nobody knows."""
    count = int(rng.integers(shortest, longest + 1))
    letters = rng.choice(list("abcdefghijklmnopqrstuvwxyzaeiouaeiourstln"), count)
    return "".join(letters.tolist())


def row_text(rng: np.random.Generator) -> str:
    """What stands in a row of boxes: digits of a date, a name, a ward, letters at random."""
    kind = float(rng.random())
    if kind < 0.4:
        return (
            f"{rng.integers(1, 32):02}{rng.integers(1, 13):02}{rng.choice([19, 20, 20, 20])}{rng.integers(0, 100):02}"
        )
    if kind < 0.6:
        return str(rng.choice(_NAMES)).upper()
    if kind < 0.85:
        return random_letters(rng, 2, 12).upper()
    if kind < 0.9:
        return f"{rng.choice(['O', 'D', ''])}'{random_letters(rng, 3, 7)}-{random_letters(rng, 3, 6)}".upper()
    ward = f"WARD {rng.integers(1, 40)}" if rng.random() < 0.5 else f"{rng.choice(_NAMES)} UNIT".upper()
    return ward if rng.random() < 0.7 else f"{random_letters(rng, 3, 7)} & {random_letters(rng, 3, 6)}".upper()
