"""Says whether what was read is right, as the contract defines right, and how many of its characters are wrong.

For whatever measures or calibrates: `bench accuracy`, the fitting of the calibration, and learning from decisions.
"""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

STORY_RIGHT = 0.05
"""A story is right when at most this share of its characters is wrong."""

Stated = str | Sequence[str]
"""A field's value: text, one choice, an ISO date, or several choices."""


def is_right(content: str, value: Stated, truth: Stated) -> bool:
    """Whether a field of this content is right: a story by its characters, any other as a whole.

    Case and repeated blanks don't count; nor does the order of several choices.
    """
    if not isinstance(value, str) or not isinstance(truth, str):
        return _choices(value) == _choices(truth)
    if content == "story":
        return error_rate(value, truth) <= STORY_RIGHT
    return " ".join(value.lower().split()) == " ".join(truth.lower().split())


def error_rate(text: str, truth: str) -> float:
    """Character errors over the truth's length; case, blanks and punctuation ignored."""
    errors, length = character_errors(text, truth)
    return errors / max(1, length)


def character_errors(text: str, truth: str) -> tuple[int, int]:
    """Return how many characters are wrong, left out or put in, and of how many; as `error_rate` counts them."""
    a, b = (bare_characters(part) for part in (text, truth))
    return Levenshtein.distance(a, b), len(b)


def bare_characters(text: str) -> str:
    """Letters and figures alone, in lower case."""
    return "".join(c for c in text.lower() if c.isalnum())


def _choices(value: Stated) -> set[str]:
    parts = value.split(";") if isinstance(value, str) else value
    return {part.strip() for part in parts if part.strip()}
