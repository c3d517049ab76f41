"""Turns what engines read into what the project believes the writer wrote, field by field and together."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.calibrate import BLANK, Calibration
from pipeline.engines.boxes import held_boxes
from pipeline.lists import Lists
from pipeline.parse.choices import read_multiple, read_single
from pipeline.parse.curves import curve_of
from pipeline.parse.dates import read_date
from pipeline.parse.names import PersonReading, Row, choose_member, read_open, read_person
from pipeline.parse.places import read_place, weigh_by_ward
from pipeline.parse.texts import read_contact, read_story
from pipeline.records import FieldReading, Match, RawField, Reading, Status, Strip, Value

NOMINEE_FIRST, NOMINEE_LAST, NOMINEE_TEAM = "nominee_first_name", "nominee_last_name", "nominee_team"
_BLANK_PROBABILITY = 0.998
_BLANK_REVIEW = "nothing was written where an answer is needed"


@dataclass(frozen=True, slots=True)
class ParsedCard:
    """A card's fields before it is decided which may stand."""

    fields: tuple[FieldReading, ...]
    nominee_staff: Match
    nominee_ward: Match


@dataclass(frozen=True, slots=True)
class _Believed:
    """What is believed of one field."""

    ranked: tuple[tuple[Value, float], ...]
    reason: str = ""


def parse_card(
    raw: Sequence[RawField],
    lists: Lists,
    latest: datetime.date,
    calibration: Calibration,
    received: datetime.date | None = None,
) -> ParsedCard:
    """Parse all fields of one card. `latest`: no date can be later; `received`: when the card came in, if known."""
    filled = any(_written(field) for field in raw)
    by_name = {field.crop.field.name: field for field in raw}
    person, by_member = _read_nominee(by_name, lists)
    place = by_name.get(NOMINEE_TEAM)
    places, ward, by_ward = read_place(_row(place), lists, by_member)
    staff = choose_member(weigh_by_ward(by_member, by_ward, lists), lists)
    told: dict[str, _Believed] = {
        NOMINEE_FIRST: _Believed(tuple(person.first)),
        NOMINEE_LAST: _Believed(tuple(person.last)),
        NOMINEE_TEAM: _Believed(tuple(places)),
    }
    fields = []
    for field in raw:
        believed = told.get(field.crop.field.name) if field.crop.field.kind == "boxes" else None
        if not _written(field):
            fields.append(_blank(field, calibration))
        else:
            known = believed or _believe(field, latest, received)
            curve = curve_of(field.crop.field, known.reason, staff, ward)
            fields.append(_reading(field, known, calibration, curve))
    if filled:
        fields = [_require(field, raw_field, fields) for field, raw_field in zip(fields, raw, strict=True)]
    return ParsedCard(tuple(fields), staff, ward)


def is_filled(raw: Sequence[RawField]) -> bool:
    """Whether anything is written on a card."""
    return any(_written(field) for field in raw)


def _read_nominee(by_name: dict[str, RawField], lists: Lists) -> tuple[PersonReading, NDArray[np.float64]]:
    person = read_person(_row(by_name.get(NOMINEE_FIRST)), _row(by_name.get(NOMINEE_LAST)), lists)
    return person, person.by_member


def _row(field: RawField | None) -> Row:
    if field is None or not field.crop.strips:
        return Row(Strip(np.full((1, 1), 255, dtype=np.uint8)), Reading("", 1.0))
    return Row(field.crop.strips[0], field.readings[0])


def _written(field: RawField) -> bool:
    if field.crop.field.kind == "boxes":
        return any(held_boxes(field.readings[0], field.crop.strips[0]))
    if field.crop.field.kind == "lines":
        return bool(field.crop.strips)
    return any(reading.text != "empty" or reading.probability < 0.9 for reading in field.readings)


def _believe(field: RawField, latest: datetime.date, received: datetime.date | None) -> _Believed:
    content, layout = field.crop.field.content, field.crop.field
    if content == "tick":
        options = [option.value for option in layout.options]
        if layout.multiple:
            several, reason = read_multiple(options, field.readings)
            return _Believed(tuple(several), reason)
        single, reason = read_single(options, field.readings)
        return _Believed(tuple(single), reason)
    if content == "date":
        reading = field.readings[0]
        if reading.characters is None:
            return _Believed((("", 0.0),), "not written one figure to a box")
        held = held_boxes(reading, field.crop.strips[0])
        dates = read_date(reading.characters, held, latest, received)
        return _Believed(tuple(dates), "" if dates[0][0] else "not a date that can be right")
    if content == "contact" and field.readings:
        return _Believed(tuple(read_contact(field.readings)))
    if field.crop.field.kind == "lines":
        return _Believed((read_story(field.readings),))
    return _Believed(tuple(read_open(_row(field)).words))


def _reading(field: RawField, believed: _Believed, calibration: Calibration, curve: str) -> FieldReading:
    layout = field.crop.field
    value, probability = believed.ranked[0] if believed.ranked else ("", 0.0)
    return FieldReading(
        name=layout.name,
        content=layout.content,
        value=value,
        raw=raw_text(field),
        confidence=calibration.apply(curve, probability),
        status=Status.REVIEW if believed.reason else Status.ACCEPTED,
        engine=field.engine,
        alternatives=tuple((join_value(v), round(min(1.0, p), 6)) for v, p in believed.ranked[:5]),
        outline_px=field.crop.outline_px,
        reason=believed.reason,
        probability=min(1.0, probability),
        calibration=f"{curve} {calibration.version}",
    )


def raw_text(field: RawField) -> str:
    """What the characters alone said."""
    if field.crop.field.kind == "choice":
        options = field.crop.field.options
        return "; ".join(
            option.value if reading.text == "ticked" else f"{option.value} ({reading.text})"
            for option, reading in zip(options, field.readings, strict=True)
            if reading.text != "empty"
        )
    return " ".join(reading.text.strip() for reading in field.readings if reading.text.strip())


def join_value(value: Value) -> str:
    """A value as one text; several choices joined as the contract says."""
    return value if isinstance(value, str) else "; ".join(value)


def _blank(field: RawField, calibration: Calibration) -> FieldReading:
    layout = field.crop.field
    curve = f"{BLANK}.{layout.kind}"
    return FieldReading(
        name=layout.name,
        content=layout.content,
        value=() if layout.multiple else "",
        raw="",
        confidence=calibration.apply(curve, _BLANK_PROBABILITY),
        status=Status.BLANK,
        engine=field.engine,
        outline_px=field.crop.outline_px,
        probability=_BLANK_PROBABILITY,
        calibration=f"{curve} {calibration.version}",
    )


def _require(field: FieldReading, raw: RawField, fields: Sequence[FieldReading]) -> FieldReading:
    """A required field left empty on a filled card is for a person. A name or a team is enough for a nominee."""
    if field.status != Status.BLANK or not raw.crop.field.required:
        return field
    nominee = (NOMINEE_FIRST, NOMINEE_LAST, NOMINEE_TEAM)
    if field.name in nominee and any(f.name in nominee and f.status != Status.BLANK for f in fields):
        return field
    return replace(field, status=Status.REVIEW, reason=_BLANK_REVIEW)
