"""The table of what waits for a person: written as CSV, filled in with a spreadsheet, and read again."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forms.errors import UsageError
from pipeline.records import FieldReading
from pipeline.spreadsheet import defused, undefused

COLUMNS = ("source", "field", "value", "confidence", "alternatives", "file", "page", "decision", "by")
NEEDED = ("source", "field", "decision")
EMPTY = "(empty)"
"""A decision: nothing is written there. An empty decision leaves the row waiting."""
AS_READ = "(as read)"
"""A decision: the value is right as it stands."""
UNREADABLE = "(can't be read)"
"""A decision: something is written there that nobody can read. The field waits no more, and has no value."""


def is_unreadable(text: str) -> bool:
    """Whether a person's words are `UNREADABLE`, in whatever case and with whatever apostrophe a spreadsheet made."""
    return " ".join(text.replace("’", "'").split()).lower() == UNREADABLE


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A field that a person must look at."""

    source: str
    reading: FieldReading
    file: str
    page: int


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row that a person decided on."""

    row: int
    """As the spreadsheet shows it, the header being row 1."""
    source: str
    field: str
    decision: str
    by: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that can't be taken, and why."""

    row: int
    reason: str


def write_review(path: Path, rows: Iterable[WaitingRow]) -> int:
    """Write the table, with a byte order mark so that Excel shows every letter; return how many rows it
    has."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            reading = row.reading
            cells = (
                row.source,
                reading.name,
                reading.value if isinstance(reading.value, str) else "; ".join(reading.value),
                f"{reading.confidence:.3f}",
                "; ".join(text for text, _ in reading.alternatives),
                row.file,
                str(row.page),
            )
            writer.writerow([*(defused(cell) for cell in cells), "", ""])
            count += 1
    return count


def read_review(path: Path) -> Iterator[FilledRow | RefusedRow]:
    """Yield the rows with a decision, and those that can't be understood. Raises UsageError for no such
    table."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"'{path}' can't be read: {error.strerror}.") from error
    if data.startswith(b"PK"):
        raise UsageError(f"'{path}' is a workbook. Save it from the spreadsheet as CSV, and give that file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    names = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in NEEDED if name not in names]:
        raise UsageError(
            f"'{path}' has no column {', '.join(missing)}; a review file has the columns {', '.join(COLUMNS)}."
        )
    yield from _rows(reader, names)


def _rows(reader: Iterator[list[str]], names: list[str]) -> Iterator[FilledRow | RefusedRow]:
    row = 1
    try:
        for row, cells in enumerate(reader, 2):
            if any(cell.strip() for cell in cells[len(names) :]):
                yield RefusedRow(row, f"it has {len(cells)} values for {len(names)} columns")
                continue
            values = {name: undefused(cell).strip() for name, cell in zip(names, cells, strict=False)}
            if not (decision := values.get("decision")):
                continue
            source, field = values.get("source", ""), values.get("field", "")
            if source and field:
                yield FilledRow(row, source, field, decision, values.get("by", ""))
            else:
                yield RefusedRow(row, "it has a decision, but names no source or no field")
    except csv.Error as error:
        yield RefusedRow(row + 1, f"from here on the file can't be understood: {error}")
