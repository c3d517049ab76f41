"""Puts written lines together: stories, and a line of contact."""

import math
import re
from collections.abc import Sequence

import numpy as np

from pipeline.records import Reading
from pipeline.scoring import STORY_RIGHT, bare_characters

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
_TELEPHONE = re.compile(r"\+?[0-9 ()-]{9,17}")
_MISFIT = 0.3
"""What is neither an e-mail address nor a telephone number is rarely read right."""

_DOUBT = 0.4
"""How far a reader's expected number of wrong characters is off, as a share of it."""


def read_story(lines: Sequence[Reading]) -> tuple[str, float]:
    """Return a story's text and a raw probability that few enough of its characters are wrong for it to be right.

    Where a reader doesn't say how many it expects to be wrong, its probability a character stands in, over all lines.
    """
    text = re.sub(r"\s+", " ", " ".join(reading.text.strip() for reading in lines if reading.text.strip()))
    wrong = [reading.wrong for reading in lines if reading.text.strip()]
    told = [count for count in wrong if count is not None]
    if not told or len(told) < len(wrong):
        return text, _per_character(lines)
    return text, _few_enough(sum(told), len(bare_characters(text)))


def read_contact(lines: Sequence[Reading]) -> list[tuple[str, float]]:
    """Return e-mail addresses or telephone numbers with probabilities, best first."""
    shares: dict[str, float] = {}
    for text, probability in lines[0].alternatives or ((lines[0].text, lines[0].probability),):
        value = _tidy(text)
        fits = _EMAIL.fullmatch(value) or (_TELEPHONE.fullmatch(value) and sum(c.isdigit() for c in value) >= 9)
        shares[value] = shares.get(value, 0.0) + probability * (1.0 if fits else _MISFIT)
    return sorted(shares.items(), key=lambda pair: -pair[1])


def _tidy(text: str) -> str:
    """An address holds no blanks; a telephone number keeps its own."""
    text = re.sub(r"\s+", " ", text.strip())
    return text.replace(" ", "").lower() if "@" in text else text


def _few_enough(expected: float, characters: int) -> float:
    """Return how likely no more than a story's share of characters is wrong, where so many are expected to be."""
    if not characters:
        return 0.0
    allowed = math.floor(STORY_RIGHT * characters) + 0.5
    # Errors come as they come (Poisson), and the expectation itself is uncertain.
    spread = math.sqrt(expected + (_DOUBT * expected) ** 2 + 0.25)
    return 0.5 * (1 + math.erf((allowed - expected) / spread / math.sqrt(2)))


def _per_character(lines: Sequence[Reading]) -> float:
    characters = sum(len(reading.text) for reading in lines)
    if not characters:
        return 0.0
    return float(np.exp(sum(np.log(max(reading.probability, 1e-9)) for reading in lines) / characters))
