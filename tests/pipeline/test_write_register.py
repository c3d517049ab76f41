import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as parquet
import pytest

from forms.errors import UsageError
from pipeline.register import (
    COLUMNS,
    Channel,
    Nomination,
    NominationStatus,
    NomineeKind,
    Source,
)
from pipeline.write_register import OpenQuestion, write_register

NOMINATION = Nomination(
    nomination_id="N-X",
    organisation="RXW",
    received_at="2026-11-20",
    channel=Channel.PAPER,
    nominee_kind=NomineeKind.PERSON,
    nominee_first_name="ZOË",
    nominee_last_name="=HYPERLINK(1)",
    nominee_staff_id="00123",
    nominee_team="-",
    nominator_type="patient",
    nominator_name="@JO",
    nominator_contact="+44 20 7946 0000",
    action="She stayed;\nall night.\x0b",
    impact='"Calm", at last',
    date="2026-11-18",
    consent=("share_with_nominee", "share_publicly"),
    status=NominationStatus.COMPLETE,
    sources=(Source("card:A", "2026-11-22-1", "=stack.pdf", page=3), Source("msforms:41", "form", "f.xlsx", row=42)),
)
TEXT = {name: str(getattr(NOMINATION, name)) for name in COLUMNS} | {
    "consent": "share_with_nominee; share_publicly",
    "sources": "card:A; msforms:41",
}
DEFUSED = TEXT | {
    name: f"'{TEXT[name]}" for name in ("nominee_last_name", "nominee_team", "nominator_name", "nominator_contact")
}


def test_json(tmp_path: Path) -> None:
    assert write_register(tmp_path / "r.json", [NOMINATION]) == 1
    (row,) = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert list(row) == list(COLUMNS)
    assert row == TEXT | {
        "consent": ["share_with_nominee", "share_publicly"],
        "sources": [
            {"id": "card:A", "source": "2026-11-22-1", "file": "=stack.pdf", "page": 3},
            {"id": "msforms:41", "source": "form", "file": "f.xlsx", "row": 42},
        ],
    }


def test_csv(tmp_path: Path) -> None:
    write_register(tmp_path / "r.csv", [NOMINATION])
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [DEFUSED]
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_parquet(tmp_path: Path) -> None:
    write_register(tmp_path / "r.parquet", [NOMINATION])
    (row,) = parquet.read_table(tmp_path / "r.parquet").to_pylist()
    assert row == TEXT | {
        "consent": ["share_with_nominee", "share_publicly"],
        "sources": ["card:A", "msforms:41"],
    }


def test_workbook(tmp_path: Path) -> None:
    write_register(tmp_path / "r.xlsx", [NOMINATION, replace(NOMINATION, action="x" * 40_000)])
    workbook = openpyxl.load_workbook(tmp_path / "r.xlsx")
    register, sources = workbook["Register"], workbook["Sources"]
    header, row, long_row = register.iter_rows(values_only=True)
    assert header == COLUMNS
    in_xml = {**DEFUSED, "action": "She stayed;\nall night."}
    assert dict(zip(COLUMNS, row, strict=True)) == {name: text or None for name, text in in_xml.items()}
    assert len(str(long_row[COLUMNS.index("action")])) == 32_767
    assert {cell.data_type for cells in register.iter_rows() for cell in cells} == {"s"}
    assert (register.freeze_panes, register.auto_filter.ref) == ("A2", "A1:R3")
    assert register["A1"].font.bold
    assert register.column_dimensions["M"].width == 60
    assert register["M2"].alignment.wrap_text
    assert list(sources.iter_rows(min_row=2, max_row=3, values_only=True)) == [
        ("N-X", "card:A", "2026-11-22-1", "'=stack.pdf", 3, None),
        ("N-X", "msforms:41", "form", "f.xlsx", None, 42),
    ]


QUESTION = OpenQuestion(("card:A", "=odk:1"), ("N-X", "N-Y"), 0.614, ("same nominator +8.1", "different wards -2.0"))


def rows_of(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_the_workbooks_open_questions(tmp_path: Path) -> None:
    write_register(tmp_path / "r.xlsx", [NOMINATION], [QUESTION])
    assert rows_of(tmp_path / "r.xlsx", "Questions") == [
        ("source", "other_source", "nomination_id", "other_nomination_id", "probability", "reasons"),
        ("card:A", "'=odk:1", "N-X", "N-Y", 0.614, "same nominator +8.1\ndifferent wards -2.0"),
    ]


def test_the_workbooks_people_thanked(tmp_path: Path) -> None:
    newer = replace(NOMINATION, nomination_id="N-Y", nominee_first_name="ZOE", nominee_last_name="LEE", nominee_team="")
    write_register(tmp_path / "r.xlsx", [NOMINATION, newer], thanked=[[NOMINATION, newer], [NOMINATION]])
    header, one, other = rows_of(tmp_path / "r.xlsx", "Thanked")
    assert header == (
        "nominee_first_name", "nominee_last_name", "nominee_team", "nominee_staff_id", "nominations", "nomination_ids",
    )  # fmt: skip
    assert one == ("ZOE", "LEE", None, "00123", 2, "N-X; N-Y")
    assert other == ("ZOË", "'=HYPERLINK(1)", "'-", "00123", 1, "N-X")


def test_the_workbooks_sheets(tmp_path: Path) -> None:
    write_register(tmp_path / "r.xlsx", [], [])
    workbook = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert workbook.sheetnames == ["Register", "Questions", "Thanked", "Sources"]
    assert all((sheet.freeze_panes, sheet.max_row) == ("A2", 1) for sheet in workbook)


def test_questions_and_people_are_the_workbooks_only(tmp_path: Path) -> None:
    for ending in ("csv", "json", "parquet"):
        plain, full = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        write_register(plain, [NOMINATION])
        write_register(full, [NOMINATION], [QUESTION], [[NOMINATION]])
        assert plain.read_bytes() == full.read_bytes()


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "xlsx"])
def test_an_empty_register_has_its_columns(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "new" / f"r.{ending}"
    assert write_register(path, []) == 0
    if ending == "json":
        assert json.loads(path.read_text()) == []
        return
    readers: dict[str, Any] = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
    assert list(readers[ending](path).columns) == list(COLUMNS)


def test_another_ending(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in one of \.xlsx, \.csv, \.json, \.parquet"):
        write_register(tmp_path / "r.ods", [])


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.json"
    write_register(path, [NOMINATION])
    before = path.read_bytes()
    monkeypatch.setattr("json.dumps", lambda *_, **__: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        write_register(path, [])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
