"""Puts written lines together: stories, and a line of contact."""

import re
from collections.abc import Sequence

import numpy as np

from pipeline.records import Reading

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
_TELEPHONE = re.compile(r"\+?[0-9 ()-]{9,17}")
_MISFIT = 0.3
"""What is neither an e-mail address nor a telephone number is rarely read right."""


def read_story(lines: Sequence[Reading]) -> tuple[str, float]:
    """Return a story's text and a raw confidence: the readings' probability a character, over all lines."""
    text = " ".join(reading.text.strip() for reading in lines if reading.text.strip())
    return re.sub(r"\s+", " ", text), _per_character(lines)


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


def _per_character(lines: Sequence[Reading]) -> float:
    characters = sum(len(reading.text) for reading in lines)
    if not characters:
        return 0.0
    return float(np.exp(sum(np.log(max(reading.probability, 1e-9)) for reading in lines) / characters))
