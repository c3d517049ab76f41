"""Reads a file of readings that another site's `export --readings` wrote, card by card."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from forms.errors import NothingReadError
from forms.numbers import parse_number
from pipeline.records import Corner, FieldReading, Match, Status, Value

_CONTENTS = {
    "nominee_first_name": "name", "nominee_last_name": "name", "nominee_team": "place", "nominator_type": "tick",
    "action": "story", "impact": "story", "nominator_name": "name", "nominator_contact": "contact", "date": "date",
    "consent": "tick",
}  # fmt: skip
"""What the standard card's fields hold; the file doesn't say."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_COPIES = 10**6
_SHOWN = 60
"""Characters of a wrong value that a message shows."""
_ENDLESS = 1e300
_LONGEST = {"field": 100, "engine": 100, "batch": 100, "staff": 100, "ward": 20, "by": 32}


@dataclass(frozen=True, slots=True)
class SentCard:
    """A card as another site read it."""

    row: int
    """Which of the file's cards it is, from 1."""
    number: str
    copy: int
    organisation: str
    ward: str
    batch: str
    """What the other site calls its batch."""
    file: str
    page: int
    received: date | None
    """The day it came in, where the file tells."""
    corners_px: tuple[Corner, ...]
    alignment_by: str
    residual_mm: float
    fields: tuple[FieldReading, ...]
    nominee_staff: Match
    nominee_ward: Match

    @property
    def filled(self) -> bool:
        """Whether anything is written on it."""
        return any(field.value or field.status is not Status.BLANK for field in self.fields)


@dataclass(frozen=True, slots=True)
class RefusedCard:
    """A card of the file that can't be taken, and why."""

    row: int
    column: str
    reason: str


class _FaultError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_readings(path: Path) -> Iterator[SentCard | RefusedCard]:
    """Yield the cards of a readings file, a few in memory at a time. Raises NothingReadError when it is none."""
    import ijson

    row = 0
    try:
        with path.open("rb") as file:
            for row, told in enumerate(ijson.items(file, "item", use_float=True), 1):
                try:
                    yield _card(row, told)
                except _FaultError as fault:
                    yield RefusedCard(row, fault.column, fault.reason)
    except OSError as error:
        raise NothingReadError(f"'{path}' can't be read: {error.strerror}.") from error
    except (ijson.JSONError, UnicodeDecodeError) as error:
        where = f"after card {row}" if row else "at its beginning"
        said = str(error).partition("\n")[0]
        raise NothingReadError(
            f"'{path}' is no file of readings, or only a part of one ({where}: {said}). Export it again, and copy it "
            "whole."
        ) from error
    if not row:
        raise NothingReadError(f"'{path}' holds no readings; 'compassion export --readings' writes such a file.")


def _card(row: int, told: Any) -> SentCard:
    if not isinstance(told, dict):
        raise _FaultError("", "it is no card")
    number = parse_number(_text(told, "card"))
    if number is None:
        raise _FaultError("card", f"'{_shown(told.get('card'))}' is no card number; its check character may be wrong")
    copy, page = _whole(told, "copy", 1), _whole(told, "page", 0)
    organisation = _text(told, "organisation")
    if organisation != number.organisation:
        raise _FaultError("organisation", f"'{_shown(organisation)}' is not the organisation of card {number}")
    alignment = told["alignment"] if isinstance(told.get("alignment"), dict) else {}
    return SentCard(
        row=row,
        number=str(number),
        copy=copy,
        organisation=organisation,
        ward=_text(told, "ward", _LONGEST["ward"]),
        batch=_text(told, "batch", _LONGEST["batch"]),
        file=_text(told, "file"),
        page=page,
        received=_received(told),
        corners_px=_corners(told.get("corners_px")),
        alignment_by=_text(alignment, "by", _LONGEST["by"]),
        residual_mm=_number(alignment, "residual_mm"),
        fields=_fields(told.get("fields")),
        nominee_staff=_match(told, "nominee_staff", _LONGEST["staff"]),
        nominee_ward=_match(told, "nominee_ward", _LONGEST["ward"]),
    )


def _fields(told: Any) -> tuple[FieldReading, ...]:
    if not isinstance(told, dict) or not told:
        raise _FaultError("fields", "it has no fields")
    return tuple(_field(str(name), field) for name, field in told.items())


def _field(name: str, told: Any) -> FieldReading:
    column = f"fields.{name}"
    if not isinstance(told, dict) or len(name) > _LONGEST["field"]:
        raise _FaultError(column, "it is no reading of a field")
    try:
        status = Status(_shown(told.get("status")))
    except ValueError:
        raise _FaultError(column, f"'{_shown(told.get('status'))}' is none of {', '.join(Status)}") from None
    confidence = _number(told, "confidence", column)
    if not 0.0 <= confidence <= 1.0:
        raise _FaultError(column, f"its confidence, {confidence:g}, is not from 0 to 1")
    value = _value(told.get("value"), column)
    if name == "date" and value and (not isinstance(value, str) or not _is_day(value)):
        raise _FaultError(column, f"'{_shown(value)}' is no date such as 2026-11-20")
    reason = "the site that scanned it was not sure" if status is Status.REVIEW else ""
    if status is Status.DECIDED and not value and confidence == 0.0:
        status, reason = Status.REVIEW, "nobody at the site that scanned it could read it"
    return FieldReading(
        name=name,
        content=_CONTENTS.get(name, ""),
        value=value,
        raw=_text(told, "raw"),
        confidence=confidence,
        status=status,
        engine=_text(told, "engine", _LONGEST["engine"]),
        alternatives=_alternatives(told.get("alternatives"), column),
        reason=reason,
    )


def _value(told: Any, column: str) -> Value:
    if isinstance(told, str):
        return told
    if isinstance(told, list) and all(isinstance(part, str) for part in told):
        return tuple(told)
    raise _FaultError(column, "its value is neither a text nor a list of texts")


def _alternatives(told: Any, column: str) -> tuple[tuple[str, float], ...]:
    pairs = _pairs(told)
    if pairs is None or not all(isinstance(text, str) and _is_number(probability) for text, probability in pairs):
        raise _FaultError(column, "its alternatives are no pairs of text and probability")
    return tuple((text, float(probability)) for text, probability in pairs)


def _match(told: Mapping[str, Any], name: str, longest: int) -> Match:
    match = told.get(name)
    if not isinstance(match, dict):
        return Match()
    return Match(_text(match, "value", longest), _number(match, "confidence", name))


def _received(told: Mapping[str, Any]) -> date | None:
    """Return the day that the card came in; batches are named for the day that they were scanned."""
    for text in (told.get("received"), str(told.get("batch", ""))[:10]):
        if isinstance(text, str) and _is_day(text):
            return date.fromisoformat(text)
    return None


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _corners(told: Any) -> tuple[Corner, ...]:
    points = _pairs(told)
    if points is None or not all(_is_number(x) and _is_number(y) for x, y in points):
        raise _FaultError("corners_px", "they are no points [x, y]")
    return tuple((float(x), float(y)) for x, y in points)


def _pairs(told: Any) -> list[list[Any]] | None:
    """Return a list of pairs as it is told, none when it is left out; None when it is something else."""
    told = [] if told is None else told
    return told if isinstance(told, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in told) else None


def _text(told: Mapping[str, Any], name: str, longest: int | None = None) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise _FaultError(name, "it is no text")
    if longest is not None and len(value) > longest:
        raise _FaultError(name, f"it is longer than {longest} characters")
    return value


def _whole(told: Mapping[str, Any], name: str, least: int) -> int:
    value = told.get(name, least)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < _MOST_COPIES:
        raise _FaultError(name, f"'{_shown(value)}' is no whole number from {least} on")
    return value


def _number(told: Mapping[str, Any], name: str, column: str = "") -> float:
    value = told.get(name, 0.0)
    if not _is_number(value):
        raise _FaultError(column or name, f"its {name} is no number")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _ENDLESS


def _shown(value: Any) -> str:
    """Return a wrong value as a message shows it: not all of a long one, and nothing of one in many layers."""
    text = str(value) if value is None or isinstance(value, str | int | float) else "a list of more"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
