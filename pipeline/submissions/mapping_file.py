"""Reads a mapping that a person gives, whole or in part, with every fault at once, and lays it over the proposal."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from rapidfuzz import process

from forms.errors import ConfigurationError, UsageError
from pipeline.submissions.choices import CONSENTS, TYPES
from pipeline.submissions.propose import propose
from pipeline.submissions.recognise import recognise, system_columns
from pipeline.submissions.records import CHOICES, MAPPED, WHOLE_NAME, ColumnMap, Kind, Table, shown

KEYS = ("kind", "sheet", "key", "received", "modified", "dates", "time_zone", "fields", "choices")
_DATES = ("", "dmy", "mdy")
_PARTS_OF_NAME = ("nominee_first_name", "nominee_last_name")


@dataclass(frozen=True, slots=True)
class GivenMapping:
    """What a mapping file says; what it leaves out is None or absent."""

    where: str
    kind: Kind | None = None
    sheet: str = ""
    key: tuple[str, ...] | None = None
    received: str | None = None
    modified: str | None = None
    dates: str | None = None
    time_zone: str | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    """They are raised together with those that only the table shows."""


def read_mapping(path: Path) -> GivenMapping:
    """Read a mapping file. Raises UsageError when there is none, ConfigurationError when it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"There is no mapping '{path}'.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(path), [f"not readable as UTF-8 text: {error}"]) from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, where: str) -> GivenMapping:
    """Read a mapping from TOML; `where` names it in messages. Raises ConfigurationError when it is no TOML."""
    try:
        toml = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(where, [f"not readable as TOML: {error}"]) from error
    return given_mapping(toml, where)


def given_mapping(told: Mapping[str, Any], where: str) -> GivenMapping:
    """Return what a mapping says that is told as TOML's tables are; what is wrong with it stands in its faults."""
    return _Reader(told).mapping(where)


def apply_mapping(given: GivenMapping, table: Table) -> ColumnMap:
    """Lay what is given over what is proposed for a table. Raises ConfigurationError with every fault."""
    proposed = propose(table, given.kind or recognise(table.header))
    faults = list(given.faults)
    find = _finder(table, faults)
    fields = {name: tuple(find(column, f"[fields] {name}") for column in given.fields[name]) for name in given.fields}
    faults += _twice(fields)
    merged = _merge_fields(proposed, fields)
    own = system_columns(table.header, proposed.kind)
    result = replace(
        proposed,
        fields=merged,
        key=proposed.key if given.key is None else tuple(find(column, "key") for column in given.key),
        received=proposed.received if given.received is None else find(given.received, "received"),
        modified=proposed.modified if given.modified is None else find(given.modified, "modified"),
        dates=given.dates or "",
        time_zone=given.time_zone or proposed.time_zone,
        choices=_merge_choices(proposed, merged, given, faults),
        sure={name: 1.0 if name in fields else proposed.sure.get(name, 1.0) for name in merged},
    )
    if faults:
        raise ConfigurationError(given.where, faults)
    used = {result.received, result.modified, *result.key, *own.all()}
    used |= {column for columns in merged.values() for column in columns}
    return replace(result, unmatched=tuple(column for column in table.header if column not in used))


def _finder(table: Table, faults: list[str]) -> Callable[[str, str], str]:
    """Return what finds a column by its name, however its blanks and capitals are written."""
    plain = {" ".join(name.split()).casefold(): name for name in reversed(table.header)}

    def find(column: str, where: str) -> str:
        if not column or column in table.header:
            return column
        found = plain.get(" ".join(column.split()).casefold())
        if found is None:
            near = process.extractOne(column, table.header, score_cutoff=70)
            meant = f"; is '{near[0]}' meant?" if near else f"; it has {shown(table.header)}"
            faults.append(f"{where}: '{table.file}' has no column '{column}'{meant}")
        return found or column

    return find


def _twice(fields: Mapping[str, tuple[str, ...]]) -> list[str]:
    names: dict[str, list[str]] = {}
    for name, columns in fields.items():
        for column in columns:
            names.setdefault(column, []).append(name)
    return [
        f"[fields]: column '{column}' is given for {' and '.join(by)}; give it once"
        for column, by in names.items()
        if len(by) > 1
    ]


def _merge_fields(proposed: ColumnMap, given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Lay given fields over proposed ones: a column that is given is no longer proposed for another field."""
    taken = {column for columns in given.values() for column in columns}
    merged = {name: tuple(each for each in columns if each not in taken) for name, columns in proposed.fields.items()}
    if given.get(WHOLE_NAME):
        merged |= dict.fromkeys(_PARTS_OF_NAME, ())
    elif any(given.get(name) for name in _PARTS_OF_NAME):
        merged[WHOLE_NAME] = ()
    merged |= given
    return {name: merged[name] for name in MAPPED if merged.get(name)}


def _merge_choices(
    proposed: ColumnMap, fields: Mapping[str, tuple[str, ...]], given: GivenMapping, faults: list[str]
) -> dict[str, Mapping[str, str]]:
    """Put together what answers mean, by column; a given field's name stands for all its columns."""
    allowed = {"nominator_type": TYPES, "consent": CONSENTS}
    columns = {column: name for name in CHOICES for column in fields.get(name, ())}
    merged: dict[str, dict[str, str]] = {column: dict(proposed.choices.get(column, {})) for column in columns}
    for where, answers in given.choices.items():
        meant = [where] if where in columns else list(fields.get(where, ())) if where in CHOICES else []
        if not meant:
            faults.append(f'[choices."{where}"]: no choice has this column; allowed are {shown([*CHOICES, *columns])}')
        for column in meant:
            for answer, text in answers.items():
                wrong = {value.strip() for value in text.split(";")} - {"", *allowed[columns[column]]}
                if wrong:
                    faults.append(
                        f"[choices.\"{where}\"] '{answer}' is '{text}'; "
                        f"allowed are {', '.join(allowed[columns[column]])}, or nothing"
                    )
                merged[column][answer] = text
    return dict(merged)


class _Reader:
    """Takes a mapping out of TOML and gathers what is wrong with it."""

    def __init__(self, toml: Mapping[str, Any]) -> None:
        self._toml = toml
        self._faults = [f"unknown key '{key}'; allowed are {', '.join(KEYS)}" for key in toml if key not in KEYS]

    def mapping(self, where: str) -> GivenMapping:
        kind = self._text("kind")
        if kind is not None and kind not in tuple(Kind):
            self._faults.append(f"'kind' is '{kind}'; allowed are {', '.join(Kind)}")
            kind = None
        dates = self._text("dates")
        if dates not in (None, *_DATES):
            self._faults.append(f"'dates' is '{dates}'; allowed are 'dmy', 'mdy' and ''")
        zone = self._text("time_zone")
        if zone and zone not in available_timezones():
            self._faults.append(f"'time_zone' is '{zone}'; it must be a name such as Europe/London or UTC")
        return GivenMapping(
            where,
            Kind(kind) if kind else None,
            self._text("sheet") or "",
            self._columns("key", self._toml["key"]) if "key" in self._toml else None,
            self._text("received"),
            self._text("modified"),
            dates,
            zone,
            self._fields(),
            self._choices(),
            tuple(self._faults),
        )

    def _text(self, key: str) -> str | None:
        value = self._toml.get(key)
        if value is not None and not isinstance(value, str):
            self._faults.append(f"'{key}' must be text in quotes, not {value!r}")
            return None
        return value

    def _columns(self, where: str, value: object) -> tuple[str, ...]:
        columns = [value] if isinstance(value, str) else value
        if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
            self._faults.append(f"{where} must be a column's name in quotes, or a list of them, not {value!r}")
            return ()
        return tuple(each for each in columns if each)

    def _table(self, key: str) -> Mapping[str, Any]:
        value = self._toml.get(key, {})
        if not isinstance(value, dict):
            self._faults.append(f"'{key}' must be a table, [{key}], not {value!r}")
            return {}
        return value

    def _fields(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for name, value in self._table("fields").items():
            if name in MAPPED:
                found[name] = self._columns(f"[fields] {name}", value)
            else:
                self._faults.append(f"[fields]: unknown field '{name}'; allowed are {', '.join(MAPPED)}")
        return found

    def _choices(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for column, answers in self._table("choices").items():
            if not isinstance(answers, dict) or not all(isinstance(each, str) for each in answers.values()):
                self._faults.append(f'[choices."{column}"] must hold answers and values in quotes')
            else:
                found[column] = answers
        return found
