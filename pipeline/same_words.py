"""Tells the same card read twice, at two places, from a photocopied blank with other writing, by what was read."""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz

from pipeline.records import Value

_ALIKE = 70.0
"""Of two readings of one card 80 % and more of the letters agree in order; of two cards', about half."""


def says_the_same(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Tell whether two readings of a card number, values by field, are of the same writing.

    A card without writing is the same as any.
    """
    texts = [_letters(values.values()) for values in (one, other)]
    return not all(texts) or fuzz.ratio(*texts) >= _ALIKE


def _letters(values: Iterable[Value]) -> str:
    joined = " ".join(value if isinstance(value, str) else " ".join(value) for value in values)
    return "".join(letter for letter in joined.casefold() if letter.isalnum())
