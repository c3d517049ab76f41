"""Writes a register as a workbook, CSV, JSON or Parquet."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forms.errors import UsageError
from forms.whole_file import whole_file
from pipeline.register import COLUMNS, Nomination
from pipeline.spreadsheet import defused
from pipeline.statement import Source

_WIDTHS = {
    "nomination_id": 16, "organisation": 13, "received_at": 13, "channel": 11, "nominee_kind": 13,
    "nominee_first_name": 19, "nominee_last_name": 21, "nominee_staff_id": 16, "nominee_team": 24,
    "nominator_type": 15, "nominator_name": 22, "nominator_contact": 28, "action": 60, "impact": 60,
    "date": 12, "consent": 32, "status": 11, "sources": 32,
}  # fmt: skip
"""In characters."""
_WRAPPED = ("action", "impact", "consent", "sources")
_SOURCE_COLUMNS = {"nomination_id": 16, "id": 32, "source": 20, "file": 40, "page": 8, "row": 8}
_QUESTION_COLUMNS = {
    "source": 32, "other_source": 32, "nomination_id": 16, "other_nomination_id": 18, "probability": 11, "reasons": 70,
}  # fmt: skip
_THANKED_COLUMNS = {
    "nominee_first_name": 19, "nominee_last_name": 21, "nominee_team": 24, "nominee_staff_id": 16, "nominations": 12,
    "nomination_ids": 60,
}  # fmt: skip
_LONGEST_CELL = 32_767
"""Characters, Excel's own limit."""
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEADER_COLOUR = "005EB8"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Two sources of which a person is asked whether they are one nomination."""

    sources: tuple[str, str]
    nomination_ids: tuple[str, str]
    probability: float
    reasons: tuple[str, ...]


def write_register(
    path: Path,
    nominations: Iterable[Nomination],
    questions: Iterable[OpenQuestion] = (),
    thanked: Iterable[Sequence[Nomination]] = (),
) -> int:
    """Write the register in the form that the file's ending names; return how many nominations it holds.

    A workbook has sheets besides for the open questions, for the people and teams thanked, and for the sources.
    Raises UsageError for another ending, OSError when the file can't be written.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise UsageError(f"'{path}' must end in one of {', '.join(_WRITERS)}, so that it is known what to write.")
    rows = list(nominations)
    with whole_file(path) as beside:
        if write is _write_workbook:
            _write_workbook(beside, rows, tuple(questions), tuple(thanked))
        else:
            write(beside, rows)
    return len(rows)


def json_row(nomination: Nomination) -> dict[str, Any]:
    """Return a nomination as the register's JSON has it."""
    row: dict[str, Any] = {name: getattr(nomination, name) for name in COLUMNS}
    row["consent"] = list(nomination.consent)
    row["sources"] = [
        {name: value for name in Source.__dataclass_fields__ if (value := getattr(source, name)) is not None}
        for source in nomination.sources
    ]
    return row


def _write_json(path: Path, nominations: Sequence[Nomination]) -> None:
    rows = [json_row(nomination) for nomination in nominations]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_csv(path: Path, nominations: Sequence[Nomination]) -> None:
    import pandas as pd

    frame = pd.DataFrame([_text_row(nomination) for nomination in nominations], columns=list(COLUMNS))
    # With a byte order mark, without which Excel shows letters such as é wrongly.
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_parquet(path: Path, nominations: Sequence[Nomination]) -> None:
    import pandas as pd
    import pyarrow as pa

    rows = [
        {**json_row(nomination), "sources": [source.id for source in nomination.sources]} for nomination in nominations
    ]
    lists = ("consent", "sources")
    schema = pa.schema([(name, pa.list_(pa.string()) if name in lists else pa.string()) for name in COLUMNS])
    pd.DataFrame(rows, columns=list(COLUMNS)).to_parquet(path, engine="pyarrow", schema=schema, index=False)


def _text_row(nomination: Nomination) -> list[str]:
    """Return the cells of a row, lists joined, nothing in them that a spreadsheet would run."""
    row = {
        **{name: getattr(nomination, name) for name in COLUMNS},
        "consent": "; ".join(nomination.consent),
        "sources": "; ".join(source.id for source in nomination.sources),
    }
    return [defused(str(row[name])) for name in COLUMNS]


def _write_workbook(
    path: Path,
    nominations: Sequence[Nomination],
    questions: Sequence[OpenQuestion] = (),
    thanked: Sequence[Sequence[Nomination]] = (),
) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    _fill(
        workbook.create_sheet("Register"),
        {name: _WIDTHS[name] for name in COLUMNS},
        (_text_row(nomination) for nomination in nominations),
        wrapped=_WRAPPED,
    )
    _fill(
        workbook.create_sheet("Questions"),
        _QUESTION_COLUMNS,
        (_question_cells(question) for question in questions),
        wrapped=("reasons",),
    )
    _fill(
        workbook.create_sheet("Thanked"),
        _THANKED_COLUMNS,
        (_thanked_cells(members) for members in thanked),
        wrapped=("nomination_ids",),
    )
    _fill(
        workbook.create_sheet("Sources"),
        _SOURCE_COLUMNS,
        (
            [nomination.nomination_id, *_source_cells(source)]
            for nomination in nominations
            for source in nomination.sources
        ),
    )
    workbook.properties.title = "Register of nominations"
    workbook.save(path)


def _question_cells(question: OpenQuestion) -> list[str | int | float | None]:
    return [
        *(defused(source) for source in question.sources),
        *question.nomination_ids,
        round(question.probability, 3),
        "\n".join(question.reasons),
    ]


def _thanked_cells(members: Sequence[Nomination]) -> list[str | int | None]:
    """Tell of a person or team under the name of their newest nomination."""
    newest = members[-1]
    return [
        defused(newest.nominee_first_name),
        defused(newest.nominee_last_name),
        defused(newest.nominee_team),
        defused(newest.nominee_staff_id),
        len(members),
        "; ".join(nomination.nomination_id for nomination in members),
    ]


def _source_cells(source: Source) -> list[str | int | None]:
    return [defused(source.id), defused(source.source), defused(source.file), source.page, source.row]


def _fill(
    sheet: Any,
    widths: dict[str, int],
    rows: Iterable[Sequence[str | int | float | None]],
    wrapped: Sequence[str] = (),
) -> None:
    """Write a sheet: a header that stays in view and can be filtered by, and rows with their text at the top."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    header = []
    for name in widths:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEADER_COLOUR)
        header.append(cell)
    sheet.append(header)
    # One row of cells is filled again and again: a style takes longer to set than a row to write.
    cells = [WriteOnlyCell(sheet) for _ in widths]
    for cell, name in zip(cells, widths, strict=True):
        cell.alignment = Alignment(vertical="top", wrap_text=name in wrapped)
    count = 0
    for values in rows:
        for cell, value in zip(cells, values, strict=True):
            cell.value = _NOT_IN_XML.sub("", value)[:_LONGEST_CELL] if isinstance(value, str) else value
        sheet.append(cells)
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{count + 1}"


_WRITERS: dict[str, Callable[[Path, Sequence[Nomination]], None]] = {
    ".xlsx": _write_workbook,
    ".csv": _write_csv,
    ".json": _write_json,
    ".parquet": _write_parquet,
}
