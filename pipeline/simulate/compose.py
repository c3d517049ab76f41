"""Places writing in the spaces of a form: boxes, ruled lines and tick boxes. Lengths in millimetres of the sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forms.layout import Box
from pipeline.simulate.hands import Hand, spelled
from pipeline.simulate.split import stable_number
from pipeline.simulate.strikes import strike_through
from pipeline.simulate.writing import Writing

LONGEST_PIECE = 40
"""Letters; what is longer (a line of dots) is left out."""


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody fills in a form. Most of it belongs to the writer, some of it to the day."""

    fill: float
    """Height of a capital, as a share of the height of its box."""
    careless: float
    """How far letters stray from the middle of their boxes, as a share of the box."""
    small_letters: bool
    """Writes small letters into boxes that ask for capitals."""
    x_height: float
    """Of writing on lines, as a share of the distance between lines."""
    slant: float
    """Added to the writer's own, to the right for each unit upwards."""
    word_gap: float
    """In x-heights for narrow writing; wide writing has wider gaps."""
    wander: float
    """How far a line strays from its ruling, as a share of the distance between lines."""
    float_above: float
    """How far above the ruling the writing stands, as a share of the distance between lines."""
    strikes: float
    """How often a word is begun, struck out and written again."""


def style_of(hand: Hand, rng: np.random.Generator) -> Style:
    """The style of a hand on one card."""
    own = np.random.default_rng(stable_number(hand.name + " style"))
    tidy = float(own.beta(2, 2))
    return Style(
        fill=float(np.clip(own.normal(0.74, 0.09) + rng.normal(0, 0.03), 0.52, 1.0)),
        careless=0.03 + 0.07 * (1 - tidy),
        small_letters=bool(own.random() < 0.08),
        x_height=float(np.clip(own.normal(0.29, 0.045) + rng.normal(0, 0.012), 0.19, 0.42)),
        slant=float(own.normal(0, 0.06)),
        word_gap=float(own.uniform(0.9, 1.7)),
        wander=0.01 + 0.035 * (1 - tidy),
        float_above=float(np.clip(own.normal(0.07, 0.05), -0.04, 0.2)),
        strikes=float(own.choice([0.0, 0.004, 0.012], p=[0.5, 0.35, 0.15])),
    )


def write_boxes(
    text: str, cells: Sequence[Box], hand: Hand, style: Style, rng: np.random.Generator
) -> tuple[list[Writing], str]:
    """One character to a box, a blank leaving one empty. Returns the ink and the text as far as it was written."""
    ink: list[Writing] = []
    written = ""
    for character, cell in zip(text, cells, strict=False):
        letter = None if character == " " else _boxed(character, cell, hand, style, rng)
        if letter is None:
            written += " "
            continue
        ink.append(letter)
        written += character
    return ink, " ".join(written.split())


def _boxed(character: str, cell: Box, hand: Hand, style: Style, rng: np.random.Generator) -> Writing | None:
    shown = character.lower() if style.small_letters else character
    letter = hand.character(shown, rng) or hand.character(character, rng)
    if letter is None:
        return None
    tall = hand.capital_height
    size = cell.height * style.fill / tall * float(rng.normal(1, 0.06))
    letter = letter.scaled(size).leaned(style.slant + float(rng.normal(0, 0.03)))
    left, top, right, bottom = letter.bounds
    widest = cell.width * (1.02 if rng.random() < 0.9 else 1.25)
    if right - left > widest:
        letter = letter.scaled(widest / (right - left))
        left, top, right, bottom = letter.bounds
    tallest = cell.height * 1.12
    if bottom - top > tallest:
        letter = letter.scaled(tallest / (bottom - top))
        left, top, right, bottom = letter.bounds
    x = cell.x + cell.width / 2 - (left + right) / 2 + float(rng.normal(0, style.careless)) * cell.width
    # The writer's baseline stands so that a capital is in the middle; signs and descenders keep their own height.
    y = cell.y + cell.height / 2 + 0.5 * tall * size + float(rng.normal(0, style.careless * 0.8)) * cell.height
    low, high = y + top - (cell.y - 0.1 * cell.height), y + bottom - (cell.y + 1.15 * cell.height)
    return letter.moved(x, y - min(low, 0.0) - max(high, 0.0))


def write_lines(
    text: str, lines: Sequence[Box], hand: Hand, style: Style, rng: np.random.Generator
) -> tuple[list[Writing], str]:
    """A story on ruled lines, word by word, until it ends or they are full. Returns the ink and what was written."""
    ink: list[Writing] = []
    written: list[str] = []
    if not lines:
        return ink, ""
    row = 0
    line = _Line.begin(lines[0], style, rng)
    for word in text.split():
        shown, piece = written_word(word, hand, rng)
        if piece is None:
            continue
        piece = piece.scaled(line.size).leaned(style.slant)
        line.widen(piece, len(shown))
        while not line.has_room(piece):
            row += 1
            if row == len(lines):
                return ink, " ".join(written)
            line = _Line.begin(lines[row], style, rng, line.letter)
        if rng.random() < style.strikes and line.has_room(piece, twice=True):
            slip = line.place(piece, rng)
            ink += [slip, strike_through(slip, rng)]
        ink.append(line.place(piece, rng))
        written.append(shown)
    return ink, " ".join(written)


@dataclass
class _Line:
    """A line being written: where the pen is."""

    box: Box
    style: Style
    size: float
    """Millimetres of an x-height."""
    pen: float
    rise: float
    offset: float
    letter: float
    """Usual width of a letter with the space after it; the gap between words must be told from that."""

    @classmethod
    def begin(cls, box: Box, style: Style, rng: np.random.Generator, letter: float = 0.0) -> "_Line":
        size = min(style.x_height * box.height, 4.5) * float(rng.normal(1, 0.02))
        indent = float(rng.uniform(0.3, 3.0))
        rise, offset = float(rng.normal(0, 0.004)), float(rng.normal(0, style.wander))
        return cls(box, style, size, box.x + indent, rise, offset, letter or size)

    def widen(self, piece: Writing, letters: int) -> None:
        """Takes note of how widely a word is written."""
        left, _, right, _ = piece.bounds
        self.letter += 0.2 * ((right - left) / max(letters, 1) - self.letter)

    @property
    def gap(self) -> float:
        """Between words, millimetres."""
        return self.style.word_gap * (0.4 * self.size + 0.6 * self.letter)

    def has_room(self, piece: Writing, twice: bool = False) -> bool:
        left, _, right, _ = piece.bounds
        needed = (right - left) * (2 if twice else 1) + (self.gap * 2 if twice else 0)
        return self.pen + needed <= self.box.x + self.box.width + 0.5 or self.pen <= self.box.x + 3.0

    def place(self, piece: Writing, rng: np.random.Generator) -> Writing:
        left, _, right, _ = piece.bounds
        along = self.pen - self.box.x
        base = self.box.y + self.box.height * (1 - self.style.float_above + self.offset) + self.rise * along
        base += float(rng.normal(0, self.style.wander * 0.6)) * self.box.height
        placed = piece.leaned(0.0, -self.rise).moved(self.pen - left, base)
        self.pen += right - left + self.gap * float(rng.uniform(0.7, 1.35))
        return placed


def written_word(word: str, hand: Hand, rng: np.random.Generator) -> tuple[str, Writing | None]:
    """A word as this hand writes it (with its punctuation, in either case, or letter by letter), and the text of it."""
    if len(word) > LONGEST_PIECE:
        return word, None
    if hand.knows(word):
        return word, hand.word(word, rng)
    core = word.rstrip(".,!?;:")
    tail = word[len(core) :]
    for variant in dict.fromkeys((core, core.lower(), core.capitalize())):
        if core and core != "I" and hand.knows(variant):
            own = hand.word(variant, rng)
            end = spelled(hand, tail, rng) if tail else Writing(())
            if own is not None and end is not None:
                return variant + tail, _beside(own, end, hand.gap)
    piece = hand.word(word, rng)
    return word, piece


def _beside(first: Writing, second: Writing, gap: float) -> Writing:
    if not second.strokes:
        return first
    offset = first.bounds[2] + gap - second.bounds[0]
    return Writing(first.strokes + second.moved(offset, 0).strokes, first.filled)
