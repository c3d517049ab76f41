"""The records that pass between the steps of reading electronic submissions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.records import Value

if TYPE_CHECKING:
    import pandas as pd

FIELDS = (
    "nominee_first_name",
    "nominee_last_name",
    "nominee_team",
    "nominator_type",
    "action",
    "impact",
    "nominator_name",
    "nominator_contact",
    "date",
    "consent",
)
"""The card's fields, in its order. A submission has a value for each."""
WHOLE_NAME = "nominee_name"
"""No field of the card: a column with the nominee's whole name, which is split."""
MAPPED = (WHOLE_NAME, *FIELDS)
"""What a column can be mapped to."""
CHOICES = ("nominator_type", "consent")
UK_TIME = "Europe/London"


class Kind(StrEnum):
    """Which system wrote a table."""

    MSFORMS = "msforms"
    GOOGLE = "google"
    ODK = "odk"
    KOBO = "kobo"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that can't be taken, and why."""

    row: int
    """As a spreadsheet shows it, the header being row 1."""
    column: str
    """The column at fault; empty when it is the row as a whole."""
    reason: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of a file that holds anything, as it stands there."""

    row: int
    """As a spreadsheet shows it."""
    cells: list[str]
    fault: str = ""
    """Why its cells can't be trusted; empty when they can."""
    unsaved: tuple[int, ...] = ()
    """Positions of formulas whose value is an error or was never saved; their cells are empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it lies in its file. Every cell is text; a workbook's date cells are ISO text, which is clear."""

    file: str
    sheet: str
    """Empty for a text file."""
    header: tuple[str, ...]
    """Each name once."""
    frame: "pd.DataFrame"
    """One column of text for each name of the header, under its position; the index is the row as a spreadsheet
    shows it."""
    refused: tuple[RefusedRow, ...] = ()
    """Rows that could not be cut into cells."""
    notes: tuple[str, ...] = ()
    """What a person should know of the whole, such as sheets that were not read."""
    row_notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """What a person should know of one row, such as a formula without a value."""

    def position(self, column: str) -> int:
        """Return where a column stands, from 0. Raises ValueError when there is none."""
        return self.header.index(column)

    def cells(self, column: str) -> list[str]:
        """Return a column's cells, one for each row."""
        cells: list[str] = self.frame.iloc[:, self.position(column)].tolist()
        return cells

    def rows(self, chunk: int = 20_000) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each row's number and cells. Only `chunk` rows at a time are held a second time."""
        for start in range(0, len(self.frame), chunk):
            part = self.frame.iloc[start : start + chunk]
            columns = [part.iloc[:, position].tolist() for position in range(len(self.header))]
            yield from zip(part.index.tolist(), zip(*columns, strict=True), strict=True)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of a table says what. Columns are named as in the table's header."""

    kind: Kind
    sheet: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a card's field, or `nominee_name`, the columns that say it."""
    key: tuple[str, ...] = ()
    """The columns that tell a submission from every other; none when time and content must."""
    received: str = ""
    modified: str = ""
    """The column that sorts the versions of one submission."""
    dates: str = ""
    """`dmy`, `mdy`, or empty: as the file as a whole tells."""
    time_zone: str = UK_TIME
    """Of time stamps that don't say theirs."""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For a column of a choice, what its answers mean: a value, or empty for none."""
    unmatched: tuple[str, ...] = ()
    """Columns that say nothing the card asks; they are kept."""
    sure: Mapping[str, float] = field(default_factory=dict)
    """For each field, how well its column's wording fits, from 0 to 1; 1 where a person said so."""

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns that say a field."""
        return self.fields.get(name, ())


@dataclass(frozen=True, slots=True)
class Submission:
    """One row of a table, as the card's fields."""

    number: str
    """What the source's id shows: Microsoft's ID, ODK's KEY, Kobo's root UUID, else the key."""
    key: str
    """The same for the same submission, whenever and from whatever export it is imported."""
    received_at: datetime
    """Aware."""
    revision: str
    """Sorts the versions of one submission where the file tells; else empty."""
    row: int
    """As a spreadsheet shows it, the header being row 1."""
    values: Mapping[str, Value]
    """Every field of the card; empty text or tuple where nothing is said."""
    kept: Mapping[str, str]
    """What no field holds, by its column's name: other cells, and words that a field's value leaves out."""
    notes: tuple[str, ...] = ()
    """What a person should know, in plain English."""
    withdrawn: bool = False
    """The form's owners rejected it."""


Row = Submission | RefusedRow


def shown(names: Sequence[str], most: int = 12) -> str:
    """Return names for a message, and how many there are beyond `most`."""
    more = len(names) - most
    listed = ", ".join(f"'{name}'" for name in names[:most])
    return f"{listed} and {more} more" if more > 0 else listed or "none"
