"""What makes a row the same submission as another, in whatever export."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.submissions.records import ColumnMap, Kind, RefusedRow, Table
from pipeline.submissions.row_times import Times

_DIGITS = 10
"""Hexadecimal digits of the content's hash: beside the second, enough that no two rows agree by chance."""
_DIGITS_ALONE = 20
_EDITS_WIDTH = 6
_EDITED = "edited"


@dataclass(frozen=True, slots=True)
class RowKey:
    """What tells a row from every other, and its versions from each other."""

    number: str
    key: str
    received_at: datetime
    revision: str


class Keys:
    """Makes the key of each row of a table. `without_stamp`: when rows came in, where no column says so."""

    def __init__(self, table: Table, column_map: ColumnMap, times: Times, without_stamp: datetime) -> None:
        self._map = column_map
        self._times = times
        self._without_stamp = without_stamp
        self._position = {name: place for place, name in enumerate(table.header)}

    def of(self, row: int, place: int, cells: Sequence[str]) -> RowKey | RefusedRow:
        """Return a row's key, or why it can't be told when it came in or which it is. `place`: from 0."""
        received = self._without_stamp
        name = self._map.received
        if name:
            moment = self._times.moment(name, place)
            if moment is None:
                return RefusedRow(row, name, self._times.why_not(name, place, self._cell(cells, name)))
            received = moment
        if not self._map.key:
            key = self._content_key(cells, received)
            return RowKey(key, key, received, "")
        return self._numbered(row, place, cells, received)

    def _numbered(self, row: int, place: int, cells: Sequence[str], received: datetime) -> RowKey | RefusedRow:
        names = self._map.key
        if self._map.kind is Kind.KOBO:
            # A submission that was never edited may have no root UUID; its own is the same.
            names = tuple(name for name in names if self._cell(cells, name))[:1]
        ids = names[:1] if self._map.kind is Kind.MSFORMS else names
        number = " ".join(self._cell(cells, name) for name in ids)
        if not names or not all(self._cell(cells, name) for name in ids):
            return RefusedRow(row, self._map.key[0], "it has no id")
        key = number.removeprefix("uuid:") if self._map.kind is Kind.KOBO else number
        if self._map.kind is Kind.MSFORMS:
            for name in names[1:2]:
                started = self._times.moment(name, place)
                if started is None:
                    return RefusedRow(row, name, self._times.why_not(name, place, self._cell(cells, name)))
                # To the minute: some exports leave the seconds out.
                local = started.astimezone(self._times.zone)
                key = f"{number} {local:%Y-%m-%dT%H:%M}:00"
        return RowKey(number, key, received, self._revision(place, cells, key))

    def _revision(self, place: int, cells: Sequence[str], key: str) -> str:
        if self._map.kind is Kind.KOBO:
            # A submission that was edited has a UUID of its own beside the root's; it doesn't tell which edit is later.
            own = [self._cell(cells, name).removeprefix("uuid:") for name in self._map.key[1:2]]
            return _EDITED if any(uuid not in ("", key) for uuid in own) else ""
        name = self._map.modified
        if not name:
            return ""
        if self._map.kind is Kind.ODK:
            edits = self._cell(cells, name)
            return edits.zfill(_EDITS_WIDTH) if edits.isdecimal() else ""
        moment = self._times.moment(name, place)
        return moment.astimezone(UTC).isoformat() if moment else ""

    def _content_key(self, cells: Sequence[str], received: datetime) -> str:
        """Make a key of what a row says, whatever its columns are called and in whatever order they stand."""
        stamp = self._map.received
        skipped = self._position.get(stamp, -1)
        said = sorted(" ".join(cell.split()) for place, cell in enumerate(cells) if place != skipped)
        digest = hashlib.sha256("\x1f".join(each for each in said if each).encode()).hexdigest()
        if not stamp:
            return digest[:_DIGITS_ALONE]
        return f"{received.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:_DIGITS]}"

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return cells[self._position[name]]
