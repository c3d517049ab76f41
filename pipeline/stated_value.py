"""Turns what a person typed for a field into the field's value, or says why it can't be one."""

import re
from collections.abc import Sequence
from datetime import date

from forms.errors import UsageError
from forms.layout import FieldLayout
from pipeline.records import Value

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
"""With the midnight that spreadsheets add."""
_UK = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})(?: 00:00(?::00)?)?|(\d{2})(\d{2})(\d{4})")
"""The figures alone too, as they stand in the boxes of a card."""
_WORDS = re.compile(r"(\d{1,2}) +([a-z]{3,9}) +(\d{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def stated_value(field: FieldLayout, text: str) -> Value:
    """Return the value of `field` that `text` states; nothing for an empty field. Raises UsageError."""
    if field.kind == "choice":
        options = [option.value for option in field.options]
        return _choices(field.name, text, options) if field.multiple else _choice(field.name, text, options)
    if field.content == "date":
        return _date(field.name, text)
    if field.content == "story":
        return "\n".join(line.rstrip() for line in text.strip().splitlines())
    return " ".join(text.split())


def _date(name: str, text: str) -> str:
    if not (text := text.strip()):
        return ""
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        if found := _UK.fullmatch(text):
            day, month, year = (int(part) for part in found.groups() if part)
            return date(year, month, day).isoformat()
        if (found := _WORDS.fullmatch(text.lower())) and (number := _month(found[2])):
            return date(int(found[3]), number, int(found[1])).isoformat()
    except ValueError:
        raise UsageError(f"{name}: there is no such day as '{text}'.") from None
    raise UsageError(f"{name}: '{text}' is no date; write it as 2026-11-22 or 22/11/2026.")


def _month(word: str) -> int:
    """Return the number of a month, by its name or how it begins; 0 for none."""
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(word)), 0)


def _choice(name: str, text: str, options: Sequence[str]) -> str:
    if not (wanted := _plain(text)):
        return ""
    if wanted not in options:
        raise UsageError(f"{name}: '{text.strip()}' is none of its answers, {', '.join(options)}.")
    return wanted


def _choices(name: str, text: str, options: Sequence[str]) -> tuple[str, ...]:
    chosen = {_choice(name, part, options) for part in text.split(";")}
    return tuple(option for option in options if option in chosen)


def _plain(text: str) -> str:
    return "_".join(text.split()).lower()
