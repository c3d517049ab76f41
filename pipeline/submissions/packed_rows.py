"""Packs rows of cells into a table as they come, so that a million of them stay within reasonable memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.errors import NothingReadError
from pipeline.spreadsheet import undefused
from pipeline.submissions.records import RawRow, RefusedRow, Table, shown

if TYPE_CHECKING:
    import pandas as pd

_CHUNK_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a table may be."""

    columns: int = 16_384
    """By default Excel's own."""
    cells: int | None = None


class PackedRows:
    """A table in the making.

    `wider`: whether a cell right of the header is a column without a name, as in a workbook, where each cell has its
    place; else it means that the row was cut wrongly.
    """

    def __init__(self, file: str, sheet: str, names: Sequence[str], *, wider: bool, limits: Limits) -> None:
        self._file, self._sheet = file, sheet
        self._names = list(names)
        self._wider = wider
        self._width = len(names)
        self._limits = limits
        self._count = 0
        self._numbers: list[int] = []
        self._rows: list[list[str]] = []
        self._packed: list[pd.DataFrame] = []
        self._refused: list[RefusedRow] = []
        self._unsaved: dict[int, tuple[int, ...]] = {}

    def table(self, rows: Iterable[RawRow], notes: Sequence[str]) -> Table:
        """Take all rows and return them as a table. Raises NothingReadError when they pass the limits."""
        import pandas as pd

        self._check_size()
        for row in rows:
            self._add(row)
        self._pack()
        frame = pd.concat(self._packed) if len(self._packed) > 1 else self._packed[0]
        # Chunks differ in width where a cell stands right of the header.
        frame = frame.reindex(columns=range(self._width)).fillna("")
        header, renamed = _unique_names(self._names + [""] * (self._width - len(self._names)))
        row_notes = {
            row: tuple(f"{header[n]}: a formula without a usable value; taken as empty" for n in places)
            for row, places in self._unsaved.items()
        }
        return Table(self._file, self._sheet, header, frame, tuple(self._refused), (*notes, *renamed), row_notes)

    def _add(self, row: RawRow) -> None:
        cells = [_clean(cell) for cell in row.cells]
        while len(cells) > len(self._names) and not cells[-1]:
            cells.pop()
        if row.fault or (len(cells) > len(self._names) and not self._wider):
            reason = row.fault or (
                f"it has {len(cells)} cells for {len(self._names)} columns; put quotation marks around a cell that "
                "holds a separator"
            )
            self._refused.append(RefusedRow(row.row, "", reason))
            return
        if row.unsaved:
            self._unsaved[row.row] = row.unsaved
            self._width = max(self._width, row.unsaved[-1] + 1)
        if not any(cells) and not row.unsaved:
            return
        self._width = max(self._width, len(cells))
        self._numbers.append(row.row)
        self._rows.append(cells)
        self._count += 1
        self._check_size()
        if len(self._rows) >= _CHUNK_ROWS:
            self._pack()

    def _check_size(self) -> None:
        if self._width > self._limits.columns:
            raise NothingReadError(
                f"'{self._file}' has more than {self._limits.columns:,} columns. Export it again, of one form only."
            )
        if self._limits.cells is not None and self._width * self._count > self._limits.cells:
            raise NothingReadError(
                f"'{self._file}' holds more than {self._limits.cells:,} cells. Export it in parts, or use the command "
                "'compassion import', which takes more."
            )

    def _pack(self) -> None:
        import pandas as pd

        width = self._width
        padded = [cells + [""] * (width - len(cells)) for cells in self._rows]
        self._packed.append(pd.DataFrame(padded, index=self._numbers, columns=range(width), dtype="str"))
        self._rows, self._numbers = [], []


def _clean(cell: str) -> str:
    if "\r" in cell:
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return undefused(cell).strip()


def _unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Name every column differently: `Name (2)` for a second Name, `Column 3` for one without a name."""
    taken: dict[str, None] = {}
    twice = []
    for place, name in enumerate(names, 1):
        name = name or f"Column {place}"
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        if count > 1:
            twice.append(unique)
        taken[unique] = None
    notes = [f"columns of one name were told apart as {shown(twice)}"] if twice else []
    return tuple(taken), notes
