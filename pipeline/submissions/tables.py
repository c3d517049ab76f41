"""Reads a table from a file: where its header stands, what its columns are called, its cells as text."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from forms.errors import NothingReadError, UsageError
from pipeline.submissions.packed_rows import Limits, PackedRows
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import MAPPED, Kind, RawRow, Table, shown
from pipeline.submissions.text_tables import text_rows
from pipeline.submissions.wordings import fits
from pipeline.submissions.workbooks import OLE, ZIP, OpenedWorkbook, open_workbook

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_HEADER_WITHIN = 20
"""Rows from the top among which the header is looked for."""
_LONGEST_NAME = 2_000
"""Characters of a column's name; what is longer is an answer."""


def read_table(path: Path, sheet: str = "", limits: Limits = Limits()) -> Table:  # noqa: B008, it is frozen
    """Read a table from CSV, TSV, text or `.xlsx`.

    `sheet`: which sheet of a workbook; by default the first visible one with a header that some form system writes,
    that asks what a card asks, or that names columns, in this order. Raises UsageError when there is no such file or
    sheet, NothingReadError with the reason when it holds no table that can be read, or a larger one than `limits`.
    """
    if not path.is_file():
        raise UsageError(f"There is no file '{path}'. Give an exported table, .xlsx or .csv.")
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if not start:
            raise NothingReadError(f"'{path}' is empty. Export it again.")
        if start.startswith((ZIP, OLE)) or path.suffix.lower() not in TEXT_SUFFIXES:
            with open_workbook(path) as workbook:
                return _table_of_workbook(workbook, sheet, limits)
        if sheet:
            raise UsageError(f"'{path}' has no sheets, so there is no sheet '{sheet}'.")
        return _table_of_text(path, limits)
    except OSError as error:
        raise NothingReadError(f"'{path}' can't be read: {error.strerror or error}.") from error
    except MemoryError as error:
        raise NothingReadError(f"'{path}' needs more memory than there is. Export it in parts.") from error


def sheets_of(path: Path) -> tuple[str, ...]:
    """Return the visible sheets of a workbook; none for a text file."""
    with path.open("rb") as file:
        if not file.read(8).startswith(ZIP):
            return ()
    with open_workbook(path) as workbook:
        return tuple(workbook.sheets)


def _table_of_text(path: Path, limits: Limits) -> Table:
    head, rows = _split(text_rows(path))
    if (place := _header_place(head)) is None:
        raise NothingReadError(_no_header(path))
    if head[place].fault:
        raise NothingReadError(
            f"'{path}' can't be read: row {head[place].row}, its header, is damaged. Export it again."
        )
    packed = PackedRows(path.name, "", _trimmed(head[place].cells), wider=False, limits=limits)
    return packed.table(itertools.chain(head[place + 1 :], rows), _skipped(head[:place]))


def _table_of_workbook(workbook: OpenedWorkbook, wanted: str, limits: Limits) -> Table:
    title = _choose_sheet(workbook, wanted)
    head, rows = _split(workbook.rows(title))
    place = _header_place(head)
    if place is None:
        raise NothingReadError(f"{_no_header(workbook.path)} It was looked for in sheet '{title}'.")
    notes = _skipped(head[:place])
    if others := [name for name in workbook.sheets if name != title]:
        notes.append(f"only sheet '{title}' was read, not {shown(others)}")
    if workbook.hidden:
        notes.append(f"hidden sheets were not read: {shown(workbook.hidden)}")
    packed = PackedRows(workbook.path.name, title, _trimmed(head[place].cells), wider=True, limits=limits)
    return packed.table(itertools.chain(head[place + 1 :], rows), notes)


def _choose_sheet(workbook: OpenedWorkbook, wanted: str) -> str:
    if wanted:
        if wanted not in (*workbook.sheets, *workbook.hidden):
            raise UsageError(f"'{workbook.path}' has no sheet '{wanted}'; it has {shown(workbook.sheets)}.")
        return wanted
    found: list[tuple[int, str]] = []
    for title in workbook.sheets:
        head, _ = _split(workbook.rows(title))
        if (place := _header_place(head)) is not None:
            cells = head[place].cells
            found.append((0 if _is_systems(cells) else 1 if _asks(cells) else 2, title))
    if found:
        return min(found, key=lambda each: each[0])[1]
    hidden = f" Hidden sheets are not read: {shown(workbook.hidden)}." if workbook.hidden else ""
    raise NothingReadError(_no_header(workbook.path) + hidden)


def _split(rows: Iterator[RawRow]) -> tuple[list[RawRow], Iterator[RawRow]]:
    return list(itertools.islice(rows, _HEADER_WITHIN)), rows


def _header_place(head: Sequence[RawRow]) -> int | None:
    """Return which of the first rows is the header: one that a system writes, one that asks what a card asks, else
    the first with two names."""
    for tells in (_is_systems, _asks, _names):
        for place, row in enumerate(head):
            if tells(row.cells):
                return place
    return None


def _is_systems(cells: Sequence[str]) -> bool:
    return recognise(cells) is not Kind.TABLE


def _names(cells: Sequence[str]) -> bool:
    names = [cell for cell in cells if cell.strip()]
    return len(names) > 1 and max(map(len, names)) <= _LONGEST_NAME


def _asks(cells: Sequence[str]) -> bool:
    """Whether these are questions: two of the card's fields or more, by their wording."""
    return _names(cells) and len({name for cell in cells for name in fits(cell)} & set(MAPPED)) > 1


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Return a header without the empty cells at its end, that spreadsheets add."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _skipped(rows: Sequence[RawRow]) -> list[str]:
    return [f"what stands above the header was left out: row {', '.join(str(row.row) for row in rows)}"] if rows else []


def _no_header(path: Path) -> str:
    return (
        f"'{path}' holds no table: none of its first rows names two columns or more. Export it again, with its header."
    )
