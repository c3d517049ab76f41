"""Reads a workbook's sheets as rows of text cells: checked before it is unpacked, formulas by their saved value."""

import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from forms.errors import NothingReadError
from pipeline.submissions.records import RawRow

if TYPE_CHECKING:
    from openpyxl import Workbook

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST_TOTAL, _LARGEST_PART = 4 << 30, 1 << 30
"""Bytes, unpacked: of the whole workbook, and of a part that is held at once (all but the sheets). A million
rows with long stories stay below both."""
_SMALL_PART, _DENSEST = 1 << 29, 200
"""A part larger than this, in bytes, that is packed more densely is no table: sheets pack 10 to 50 times."""
_LAST_ROW = 1_048_576
"""Excel's own."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_OVERLAP = 40
_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, OverflowError, RuntimeError,
)  # fmt: skip
"""What openpyxl and zipfile raise for a damaged file; RuntimeError for parts that are encrypted."""
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
_CARRIAGE_RETURN = re.compile(r"_x000D_\n?", re.IGNORECASE)
"""How a workbook writes a line break of Windows within a cell."""


@dataclass(slots=True)
class OpenedWorkbook:
    """A workbook that is being read."""

    path: Path
    values: "Workbook"
    formulas: "Workbook | None"
    """The same once more, not worked out; only where a sheet holds formulas."""
    hidden: tuple[str, ...] = field(default=())

    @property
    def sheets(self) -> list[str]:
        """The visible sheets, in order."""
        return [sheet.title for sheet in self.values.worksheets if sheet.title not in self.hidden]

    def rows(self, sheet: str) -> Iterator[RawRow]:
        """Yield the rows that hold anything. Raises NothingReadError when the sheet is damaged."""
        with _readable(self.path):
            yield from self._rows(sheet)

    def _rows(self, sheet: str) -> Iterator[RawRow]:
        values = _raw_rows(self.values, sheet)
        formulas = _raw_rows(self.formulas, sheet) if self.formulas else itertools.repeat(())
        for number, (row, formula) in enumerate(zip(values, formulas, strict=False), 1):
            if number > _LAST_ROW:
                raise ValueError(f"sheet '{sheet}' goes on after row {_LAST_ROW:,}")
            cells = [cell_text(value) for value in row]
            unsaved = [n for n, value in enumerate(formula) if value is not None and n < len(row) and row[n] is None]
            unsaved += [n for n, cell in enumerate(cells) if cell in _ERRORS]
            for n in unsaved:
                cells[n] = ""
            if unsaved or any(cells):
                yield RawRow(number, cells, unsaved=tuple(sorted(set(unsaved))))


def _raw_rows(workbook: "Workbook", sheet: str) -> Iterator[tuple[Any, ...]]:
    found: Any = workbook[sheet]
    # What a file says of its size may be wrong, and pads every row with cells.
    found.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = found.iter_rows(values_only=True)
    return rows


@contextmanager
def open_workbook(path: Path) -> Iterator[OpenedWorkbook]:
    """Open a workbook for reading. Raises NothingReadError for what is none, or is too large unpacked."""
    import openpyxl

    with ExitStack() as closing:
        with _readable(path):
            has_formulas = _check(path)
            # From a file that is open, because openpyxl would go by the name.
            file = closing.enter_context(path.open("rb"))
            values = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            formulas = openpyxl.load_workbook(file, read_only=True, keep_links=False) if has_formulas else None
            hidden = tuple(sheet.title for sheet in values.worksheets if sheet.sheet_state != "visible")
        yield OpenedWorkbook(path, values, formulas, hidden)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except NothingReadError:
        raise
    except _BROKEN as error:
        detail = str(error) or type(error).__name__
        raise NothingReadError(
            f"'{path}' is a damaged workbook ({detail[:200]}). Open it in a spreadsheet, save it anew, and give that."
        ) from error


def _check(path: Path) -> bool:
    """Look at a workbook's parts before they are unpacked; return whether a sheet holds formulas."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(OLE):
        raise NothingReadError(_ole(path))
    if not start.startswith(ZIP):
        raise NothingReadError(f"'{path}' is no workbook, whatever its name says. Export it again as .xlsx or .csv.")
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if not any(name.lower() in ("xl/workbook.xml", "[content_types].xml") for name in names):
            raise NothingReadError(f"'{path}' is an archive, but no Excel workbook. Save it as .xlsx or .csv.")
        sheets = [part for part in parts if part.filename.lower().startswith("xl/worksheets/")]
        _check_sizes(path, parts, sheets)
        # Python's zipfile never unpacks more than a part declares, so the declared sizes bound the real ones.
        return any(_has_formulas(archive, sheet) for sheet in sheets)


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo], sheets: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    held = max((part.file_size for part in parts if part not in sheets), default=0)
    bomb = any(part.file_size > _SMALL_PART and part.file_size > _DENSEST * part.compress_size for part in parts)
    if total > _LARGEST_TOTAL or held > _LARGEST_PART or bomb:
        raise NothingReadError(
            f"'{path}' would unpack to {total / 1e9:.1f} GB, more than any export needs; it was not opened. "
            "Export it again as .csv."
        )


def unpacked_bytes(path: Path) -> int:
    """Return how much a workbook says that it holds. Raises NothingReadError when it is no whole archive."""
    with _readable(path), zipfile.ZipFile(path) as archive:
        return sum(part.file_size for part in archive.infolist())


def _has_formulas(archive: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> bool:
    with archive.open(sheet) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            if _FORMULA.search(before + chunk):
                return True
            before = chunk[-_OVERLAP:]
    return False


def _ole(path: Path) -> str:
    with path.open("rb") as file:
        encrypted = "EncryptedPackage".encode("utf-16-le") in file.read(1 << 24)
    if encrypted:
        return f"'{path}' is encrypted. Open it in Excel with its password, save it without one, and give that."
    return f"'{path}' is a workbook of Excel 97-2003 (.xls). Save it as .xlsx or .csv, and give that."


def cell_text(value: object) -> str:
    """Return a cell's value as text: dates as ISO text to the second, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _CARRIAGE_RETURN.sub("\n", value) if "_x000" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
