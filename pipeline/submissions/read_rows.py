"""Makes a submission of each row of a table, or says why it can't be taken."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from forms.errors import UsageError
from pipeline.submissions.recognise import system_columns
from pipeline.submissions.records import ColumnMap, Kind, RefusedRow, Submission, Table, shown
from pipeline.submissions.row_keys import Keys, RowKey
from pipeline.submissions.row_times import read_times
from pipeline.submissions.row_values import RowReader, RowValues

NO_STAMP = "no column says when it came in; the day of the import stands for it"


def read_submissions(table: Table, column_map: ColumnMap, today: date) -> Iterator[Submission | RefusedRow]:
    """Yield a submission or a refusal for each row, in the order of the rows.

    Rows that say the same as an earlier one, or are an earlier version of another, are left out; the row that stands
    has a note. `today`: no time stamp is later, which helps to tell the order of its dates. Raises UsageError when
    the mapping names columns that the table lacks.
    """
    _check(table, column_map)
    times = read_times(table, column_map, today)
    midday = datetime.combine(today, time(12), ZoneInfo(column_map.time_zone))
    keys = Keys(table, column_map, times, midday)
    rows = [keys.of(row, place, cells) for place, (row, cells) in enumerate(table.rows())]
    same = _same_rows(table, column_map, rows)
    reader = RowReader(table, column_map, times)
    withdrawn = _withdrawn_places(table, column_map)
    always = () if column_map.received else (NO_STAMP,)
    refused = sorted(table.refused, key=lambda each: each.row)
    for place, (row, cells) in enumerate(table.rows()):
        while refused and refused[0].row < row:
            yield refused.pop(0)
        key = rows[place]
        if isinstance(key, RefusedRow):
            yield key
        elif place in same.refused:
            yield RefusedRow(row, column_map.key[0] if column_map.key else "", same.refused[place])
        elif place not in same.left_out:
            found = reader.read(place, cells)
            found.notes += [*table.row_notes.get(row, ()), *same.notes.get(place, ()), *always]
            yield _submission(row, key, found, withdrawn=place in withdrawn)
    yield from refused


def _check(table: Table, column_map: ColumnMap) -> None:
    named = {column_map.received, column_map.modified, *column_map.key}
    named |= {column for columns in column_map.fields.values() for column in columns}
    if lacking := sorted(named - {"", *table.header}):
        raise UsageError(
            f"'{table.file}' has no column {shown(lacking)}, which its mapping names. Give another mapping."
        )


def _submission(row: int, key: RowKey, found: RowValues, *, withdrawn: bool) -> Submission | RefusedRow:
    names = ("nominee_first_name", "nominee_last_name", "nominee_team", "action", "impact")
    if not any(found.values[name] for name in names):
        return RefusedRow(row, "", "it names no nominee and tells no story")
    return Submission(
        number=key.number,
        key=key.key,
        received_at=key.received_at,
        revision=key.revision,
        row=row,
        values=found.values,
        kept=found.kept,
        notes=tuple(found.notes),
        withdrawn=withdrawn,
    )


_WITHDRAWN = {
    Kind.ODK: ("reviewstate", ("rejected",)),
    Kind.KOBO: ("_validation_status", ("not approved", "validation_status_not_approved")),
}
"""Where a system says what the form's owners think of a submission, and what means that they reject it."""


def _withdrawn_places(table: Table, column_map: ColumnMap) -> frozenset[int]:
    """Return the places of rows that the form's owners rejected."""
    wanted, rejected = _WITHDRAWN.get(column_map.kind, ("", ()))
    columns = [name for name in system_columns(table.header, column_map.kind).kept if name.casefold().endswith(wanted)]
    if not wanted or not columns:
        return frozenset()
    return frozenset(place for place, cell in enumerate(table.cells(columns[0])) if cell.casefold() in rejected)


@dataclass(frozen=True, slots=True)
class _Same:
    """Rows of one key, by their place: which are left out, which refused and why, what the others should say."""

    left_out: frozenset[int]
    refused: dict[int, str]
    notes: dict[int, tuple[str, ...]]


def _same_rows(table: Table, column_map: ColumnMap, rows: Sequence[RowKey | RefusedRow]) -> _Same:
    """Choose among rows of one key: the last revision; the first of those that say the same."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(rows):
        if isinstance(key, RowKey):
            places[key.key].append(place)
    repeated = [each for each in places.values() if len(each) > 1]
    wanted = {place for each in repeated for place in each}
    contents = _contents(table, column_map, wanted)
    left_out: set[int] = set()
    refused: dict[int, str] = {}
    notes: dict[int, tuple[str, ...]] = {}
    numbers = table.frame.index
    for each in repeated:
        revisions = {place: key.revision for place in each if isinstance(key := rows[place], RowKey)}
        last = max(revisions.values())
        best = next(place for place in each if revisions[place] == last)
        for place in each:
            if place == best:
                continue
            if revisions[place] < last or contents[place] == contents[best]:
                left_out.add(place)
                what = "an earlier version of it" if revisions[place] < last else "the same once more"
                notes[best] = (*notes.get(best, ()), f"row {numbers[place]} is {what}")
            else:
                refused[place] = f"it has the id of row {numbers[best]}, but says something else"
    return _Same(frozenset(left_out), refused, notes)


def _contents(table: Table, column_map: ColumnMap, wanted: set[int]) -> dict[int, tuple[str, ...]]:
    """Return what some rows say, without what their system notes down."""
    if not wanted:
        return {}
    own = system_columns(table.header, column_map.kind)
    says = [position for position, name in enumerate(table.header) if name not in own.bookkeeping]
    rows = enumerate(table.rows())
    return {place: tuple(cells[position] for position in says) for place, (_, cells) in rows if place in wanted}
