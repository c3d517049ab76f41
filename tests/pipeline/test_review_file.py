from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.records import FieldReading, Status
from pipeline.review_file import COLUMNS, FilledRow, RefusedRow, WaitingRow, read_review, write_review
from pipeline.spreadsheet import defused, undefused


def make_row(value: str | tuple[str, ...] = "SUE", **changes: str) -> WaitingRow:
    reading = FieldReading(
        changes.get("name", "nominee_first_name"),
        "name",
        value,
        "",
        0.51234,
        Status.REVIEW,
        "ppocr 6s",
        (("SUE", 0.5), ("SVE", 0.4)),
    )
    return WaitingRow("card:A", reading, "stack.pdf", 3)


def fill(path: Path, text: str, encoding: str = "utf-8") -> list[FilledRow | RefusedRow]:
    path.write_bytes(text.encode(encoding))
    return list(read_review(path))


def test_the_table(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    assert write_review(path, [make_row(), make_row(("a", "b")), make_row("=1+1")]) == 3
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines == [
        "source,field,value,confidence,alternatives,file,page,decision,by",
        "card:A,nominee_first_name,SUE,0.512,SUE; SVE,stack.pdf,3,,",
        "card:A,nominee_first_name,a; b,0.512,SUE; SVE,stack.pdf,3,,",
        "card:A,nominee_first_name,'=1+1,0.512,SUE; SVE,stack.pdf,3,,",
        "",
    ]
    assert list(read_review(path)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_it_comes_back_however_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [
        COLUMNS,
        ("card:A", "impact", "", "", "", "", "", '"Zoë,\r\nshe; said"', "Ann"),
        ("card:A", "date", "", "", "", "", "", " ", "Ann"),
        ("card:B", "nominator_contact", "", "", "", "", "", "'+44 20 7946 0000", ""),
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert fill(tmp_path / "r.csv", text, encoding) == [
        FilledRow(2, "card:A", "impact", "Zoë,\r\nshe; said", "Ann"),
        FilledRow(4, "card:B", "nominator_contact", "+44 20 7946 0000", ""),
    ]


def test_columns_may_be_moved_and_left_out(tmp_path: Path) -> None:
    rows = fill(tmp_path / "r.csv", "Decision,FIELD, source\nx,impact,card:A\ny,date\n\nx,y,z,too much\n")
    assert rows == [
        FilledRow(2, "card:A", "impact", "x", ""),
        RefusedRow(3, "it has a decision, but names no source or no field"),
        RefusedRow(5, "it has 4 values for 3 columns"),
    ]


def test_no_review_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no column source, decision"):
        fill(tmp_path / "r.csv", "field,value\n")
    with pytest.raises(UsageError, match=r"has no column source, field, decision; a review file has the columns"):
        fill(tmp_path / "r.csv", "")
    with pytest.raises(UsageError, match=r"is a workbook\. Save it from the spreadsheet as CSV"):
        fill(tmp_path / "r.csv", "PK\x03\x04")
    with pytest.raises(UsageError, match="can't be read: No such file"):
        list(read_review(tmp_path / "none.csv"))


@pytest.mark.parametrize("text", ["=1", "+44", "-", "@x", "\tx", "\rx", " =1", "＝1"])
def test_formulas_are_defused_and_come_back(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert undefused(defused(text)) == text


@pytest.mark.parametrize("text", ["", "O'NEILL", "'twas", "a=b", "2026-11-22"])
def test_other_text_is_left_alone(text: str) -> None:
    assert defused(text) == undefused(text) == text
