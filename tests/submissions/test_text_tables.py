from pathlib import Path

import pytest

from forms.errors import NothingReadError, UsageError
from pipeline.submissions.records import RefusedRow, Table
from pipeline.submissions.tables import read_table

Cells = list[tuple[int, tuple[str, ...]]]


def make(tmp_path: Path, text: str | bytes, encoding: str = "utf-8", name: str = "table.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_table(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    text = line_end.join(["ID,Who was it?", '1,"Zoë – she', 'said “yes”"', "2,Bo"])
    table = make(tmp_path, text, encoding)
    assert table.header == ("ID", "Who was it?")
    assert list(table.rows()) == [(2, ("1", "Zoë – she\nsaid “yes”")), (3, ("2", "Bo"))]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("ID,What, please\n1,a,b\n", ("ID", "What", "please")),
        ("ID;Patient, carer, or staff?\n1;a\n2;b, c\n", ("ID", "Patient, carer, or staff?")),
        ("ID\tWho, when; where\n1\ta\n", ("ID", "Who, when; where")),
        ('ID,"Who; when"\n1,"a; b; c"\n', ("ID", "Who; when")),
        ("sep=;\nID;Who\n1;a\n", ("ID", "Who")),
        ("sep=|\nID|Who, when\n1|a\n", ("ID", "Who, when")),
        ('"sep=\t"\nID\tWho\n', ("ID", "Who")),
    ],
)
def test_separators(tmp_path: Path, text: str, header: tuple[str, ...]) -> None:
    assert make(tmp_path, text).header == header


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = make(tmp_path, 'sep=,\nID,Who\n1,"a\nb\n\nc"\n,\n\n2,d\n3\n4,e,\n')
    assert list(table.rows()) == [(2, ("1", "a\nb\n\nc")), (5, ("2", "d")), (6, ("3", "")), (7, ("4", "e"))]
    assert not table.refused


def test_a_row_with_too_many_cells_is_refused_alone(tmp_path: Path) -> None:
    table = make(tmp_path, "ID,Who\n1,a\n2,b,c\n3,d\n")
    assert [row for row, _ in table.rows()] == [2, 4]
    assert [(refused.row, refused.reason.partition(";")[0]) for refused in table.refused] == [
        (3, "it has 3 cells for 2 columns")
    ]


def test_an_open_quotation_mark_swallows_no_more_than_its_row(tmp_path: Path) -> None:
    table = make(tmp_path, 'ID,Who\n1,a\n2,"b\n3,c\n4,5" tape\n')
    assert [cells for _, cells in table.rows()] == [("1", "a"), ("3", "c"), ("4", '5" tape')]
    assert [refused.row for refused in table.refused] == [3]
    assert "never closed" in table.refused[0].reason
    assert make(tmp_path, 'ID,Who\n1,"a\n').refused[0].row == 2


def test_bytes_that_are_not_utf8_refuse_their_row_alone(tmp_path: Path) -> None:
    table = make(tmp_path, "ID,Who\n1,Zoë\n2,Renée\n3,".encode() + b"\xff\xfe\n4,d\n")
    assert [cells for _, cells in table.rows()] == [("1", "Zoë"), ("2", "Renée"), ("4", "d")]
    assert [(refused.row, "not UTF-8" in refused.reason) for refused in table.refused] == [(4, True)]


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "holds no table"),
        (b"only\none\ncolumn\n", "holds no table"),
        (b"a,b\n\x00\x00,c\n", "NUL"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "which no text has"),
        (b"a,b\n\x8f\x90,c\n", "neither UTF-8 nor Windows"),
        (b"\xff\xfea\x00,\x00b", "not whole UTF-16"),
        (b"\xef\xbb\xbfa,b\n\xff,c", "not whole UTF-8"),
        (b"Zo\xc3\xab,Ren\xc3\xa9,\xff\n1,2,3\n", "row 1, its header, is damaged"),
    ],
)
def test_what_is_no_table_is_said_plainly(tmp_path: Path, data: bytes, match: str) -> None:
    with pytest.raises(NothingReadError, match=match):
        make(tmp_path, data)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="has no sheets"):
        (tmp_path / "a.csv").write_text("a,b\n")
        read_table(tmp_path / "a.csv", sheet="Sheet1")


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    table = make(tmp_path, "Name,Name,,Name\na,b,c,d\n")
    assert table.header == ("Name", "Name (2)", "Column 3", "Name (3)")
    assert table.cells("Name (3)") == ["d"]
    assert "told apart" in table.notes[0]


def test_the_header_is_found_below_a_title(tmp_path: Path) -> None:
    table = make(tmp_path, "Nominations\n\nID,Start time,Completion time\n1,a,b\n")
    assert table.header == ("ID", "Start time", "Completion time")
    assert list(table.rows()) == [(4, ("1", "a", "b"))]
    assert table.notes == ("what stands above the header was left out: row 1",)


def test_text_that_was_defused_comes_back(tmp_path: Path) -> None:
    assert list(make(tmp_path, "ID,Who\n1,'=1+1\n2,'twas\n").rows()) == [(2, ("1", "=1+1")), (3, ("2", "'twas"))]


def test_a_table_without_rows(tmp_path: Path) -> None:
    table = make(tmp_path, "ID,Who\n")
    assert (list(table.rows()), table.refused) == ([], ())
    assert make(tmp_path, "ID,Who\n1,2,3\n").refused == (
        RefusedRow(2, "", "it has 3 cells for 2 columns; put quotation marks around a cell that holds a separator"),
    )


def test_a_cell_of_many_megabytes(tmp_path: Path) -> None:
    table = make(tmp_path, "ID,Who\n1," + "kind " * 4_000_000 + "\n2,b\n")
    assert [len(cells[1]) for _, cells in table.rows()] == [19_999_999, 1]
