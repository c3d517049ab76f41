"""Cuts a text file into rows of cells: its encoding, its separator, and rows that are not whole."""

import csv
import io
import itertools
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from forms.errors import NothingReadError
from pipeline.submissions.records import RawRow

_CHUNK = 1 << 20
_SAMPLE_ROWS = 60
_SAMPLE_CHARACTERS = 1 << 20
SEPARATORS = (",", ";", "\t")
_LONGEST_CELL = 2**31 - 1
"""Characters; csv's own limit is 131,072, which a pasted letter can pass."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_NUL = re.compile(rb"\x00")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Bytes that hold together as UTF-8; text in cp1252 has none, unless it is about mojibake."""
_DAMAGED = re.compile("[\udc80-\udcff]")
UNCLOSED = "a quotation mark in it is never closed, so its cells can't be told apart"
DAMAGED = "it holds bytes that are not UTF-8, as the rest of the file is; export it again"


def text_rows(path: Path) -> Iterator[RawRow]:
    """Yield every row that is not empty. Raises NothingReadError when the file is no text, OSError."""
    encoding = _encoding(path)
    with _long_cells(), path.open(encoding=encoding, newline="", errors=_errors(encoding)) as file:
        separator = _separator(file)
        file.seek(0)
        lines: Iterator[str] = iter(file)
        first = next(lines, "")
        if not _stated_separator(first):
            lines = itertools.chain([first], lines)
        for row in _whole_rows(lines, separator):
            if any(cell and not cell.isspace() for cell in row.cells) or row.fault:
                damaged = encoding == "utf-8" and any(_DAMAGED.search(cell) for cell in row.cells)
                yield RawRow(row.row, row.cells, DAMAGED) if damaged else row


def _errors(encoding: str) -> str:
    # Bytes that don't belong are marked, so that only their row is refused.
    return "surrogateescape" if encoding == "utf-8" else "strict"


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _encoding(path: Path) -> str:
    """Tell UTF-8, UTF-16 and cp1252 apart by the bytes."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(BOM_UTF8):
        return "utf-8-sig" if _decodes(path, "utf-8-sig") else _not_text(path, "it is not whole UTF-8")
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16" if _decodes(path, "utf-16") else _not_text(path, "it is not whole UTF-16")
    if _decodes(path, "utf-8"):
        return _not_text(path, "it holds NUL bytes") if _controls(path, _NUL) else "utf-8"
    if found := _controls(path, _CONTROL):
        return _not_text(path, f"it holds the byte {found}, which no text has")
    if _is_mostly_utf8(path):
        return "utf-8"
    return "cp1252" if _decodes(path, "cp1252") else _not_text(path, "it is neither UTF-8 nor Windows text (cp1252)")


def _controls(path: Path, which: re.Pattern[bytes]) -> str:
    """Return the first byte that no text has, such as `0x00`; empty when there is none."""
    found = next(filter(None, (which.search(chunk) for chunk in _chunks(path))), None)
    return f"{found[0][0]:#04x}" if found else ""


def _is_mostly_utf8(path: Path) -> bool:
    whole = alone = 0
    for chunk in _chunks(path):
        rest = _SEQUENCE.sub(b"", chunk)
        whole += len(_SEQUENCE.findall(chunk))
        alone += sum(byte >= 0x80 for byte in rest)
    return whole > 0 and 4 * whole >= alone


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except UnicodeError:
        return False
    return True


def _not_text(path: Path, why: str) -> str:
    raise NothingReadError(f"'{path}' can't be read as a table: {why}. Export it again, as CSV (UTF-8) or .xlsx.")


def _stated_separator(line: str) -> str:
    """Return the separator that a first line such as `sep=;` states; empty when it states none."""
    found = re.fullmatch(r'"?sep=(.|\t)"?[,;\t]*\s*', line, re.IGNORECASE)
    return found[1] if found else ""


def _separator(file: TextIO) -> str:
    """Choose the separator by which most rows are as wide as the header; the widest header among equals."""
    sample = file.read(_SAMPLE_CHARACTERS)
    if stated := _stated_separator(sample.partition("\n")[0] + "\n"):
        return stated
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator))


def _fit(sample: str, separator: str) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    rows = [row for row in itertools.islice(reader, _SAMPLE_ROWS) if any(row)]
    width = max((len(row) for row in rows[:1]), default=0)
    if width < 2:
        return 0.0, width
    # The sample may end within its last row.
    body = rows[1:-1] or rows[1:]
    return (sum(len(row) == width for row in body) + 1) / (len(body) + 1), width


class _Lines:
    """Hands lines to the csv reader, remembers those of the present row, and takes them back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.held: list[str] = []
        self.ended = False
        """Whether the reader asked for more than there is: it does so only within quotation marks."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.held.append(line)
        return line

    def take_back(self) -> None:
        """Take back all lines of the present row but its first."""
        self._again.extendleft(reversed(self.held[1:]))
        self.held, self.ended = [], False


def _whole_rows(lines: Iterator[str], separator: str) -> Iterator[RawRow]:
    """Yield all rows.

    A quotation mark that is closed nowhere, or only by the opening mark of another cell, would swallow the rows
    after it; its row is refused alone.
    """
    row = 0
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator)
    while (cells := next(reader, None)) is not None:
        row += 1
        if source.ended or (len(source.held) > 1 and not _well_formed(source.held, separator)):
            yield RawRow(row, cells[:1], UNCLOSED)
            source.take_back()
            reader = csv.reader(source, delimiter=separator)
        else:
            source.held.clear()
            yield RawRow(row, cells)


def _well_formed(lines: list[str], separator: str) -> bool:
    """Whether every quotation mark that closes a cell ends it."""
    try:
        for _ in csv.reader(lines, delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True
