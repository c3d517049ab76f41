import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from forms.errors import NothingReadError, UsageError
from pipeline.submissions.records import Table
from pipeline.submissions.tables import read_table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def save(path: Path, *sheets: tuple[str, list[list[Any]]], hidden: str = "") -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == hidden:
            sheet.sheet_state = "hidden"
    workbook.save(path)
    return path


def make(tmp_path: Path, *rows: list[Any]) -> Table:
    return read_table(save(tmp_path / "a.xlsx", ("Sheet1", list(rows))))


def test_cells_become_text(tmp_path: Path) -> None:
    moment = datetime(2026, 10, 9, 11, 2, 0, 700_000)
    row = [41, 41.0, 0.5, True, moment, date(2026, 10, 9), time(11, 2), " a\r\nb ", "'=1+1", 7_700_900_123.0]
    table = make(tmp_path, [f"Q{n}" for n in range(len(row))], row)
    stamp, day = "2026-10-09T11:02:01", "2026-10-09T00:00:00"
    assert list(table.rows()) == [
        (2, ("41", "41", "0.5", "TRUE", stamp, day, "11:02:00", "a\nb", "=1+1", "7700900123"))
    ]


def test_rows_are_counted_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = make(tmp_path, ["ID", "Who"], [1, "a"], [], [None, None], [2, "b"], [None, " "])
    assert list(table.rows()) == [(2, ("1", "a")), (5, ("2", "b"))]


def test_a_cell_beside_the_table_is_a_column_without_a_name(tmp_path: Path) -> None:
    table = make(tmp_path, ["ID", "Who"], [1, "a"], [2, "b", None, "chased"])
    assert table.header == ("ID", "Who", "Column 3", "Column 4")
    assert list(table.rows()) == [(2, ("1", "a", "", "")), (3, ("2", "b", "", "chased"))]


def test_a_formula_gives_its_saved_value_never_itself(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ("Sheet1", [["ID", "Who"], [1, "=A2"], [2, '=HYPERLINK("x")'], [3, "#REF!"]]))
    saved = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/"):
                data = data.replace(b"<f>A2</f><v></v>", b"<f>A2</f><v>17</v>").replace(
                    b"<f>A2</f><v />", b"<f>A2</f><v>17</v>"
                )
            new.writestr(name, data)
    table = read_table(saved)
    assert list(table.rows()) == [(2, ("1", "17")), (3, ("2", "")), (4, ("3", ""))]
    assert set(table.row_notes) == {3, 4}
    assert "formula without a usable value" in table.row_notes[3][0]


def test_hidden_sheets_are_not_read_but_mentioned(tmp_path: Path) -> None:
    secret, seen = ("Secret", [["ID", "Start time", "Completion time"], [1, 2, 3]]), ("Seen", [["A", "B"], [1, 2]])
    table = read_table(save(tmp_path / "a.xlsx", secret, ("Empty", []), seen, ("Later", [["C", "D"]]), hidden="Secret"))
    assert (table.sheet, table.header) == ("Seen", ("A", "B"))
    assert table.notes == (
        "only sheet 'Seen' was read, not 'Empty', 'Later'",
        "hidden sheets were not read: 'Secret'",
    )


def test_the_sheet_that_a_system_wrote_comes_before_others(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ("Cover", [["A", "B"]]), ("Form", [["ID", "Start time", "Completion time"]]))
    assert read_table(path).sheet == "Form"
    assert read_table(path, sheet="Cover").header == ("A", "B")
    asks = ("List", [["Exported by", "Ann"], ["Nominee", "Story"], ["Sue", "Kind."]])
    assert read_table(save(tmp_path / "b.xlsx", ("Cover", [["A", "B"]]), asks)).header == ("Nominee", "Story")
    with pytest.raises(UsageError, match="has no sheet 'None'; it has 'Cover', 'Form'"):
        read_table(path, sheet="None")


def test_no_table_in_it(tmp_path: Path) -> None:
    with pytest.raises(NothingReadError, match="holds no table"):
        make(tmp_path)
    with pytest.raises(NothingReadError, match="Hidden sheets are not read: 'B'"):
        read_table(save(tmp_path / "b.xlsx", ("A", []), ("B", [["A", "B"]]), hidden="B"))


def write_zip(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return path


def encrypted(path: Path) -> Path:
    path.write_bytes(OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000))
    return path


def old_excel(path: Path) -> Path:
    path.write_bytes(OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(2000))
    return path


def picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return path


def text(path: Path) -> Path:
    path.write_text("ID,Who\n1,a\n")
    return path


def cut_off(path: Path) -> Path:
    save(path, ("Sheet1", [["ID", "Who"], [1, "a"]]))
    path.write_bytes(path.read_bytes()[:-200])
    return path


def another_archive(path: Path) -> Path:
    return write_zip(path, mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<a/>")


def declare(path: Path, part: bytes, size: int) -> Path:
    """Make a part of a workbook claim a size."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(part) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    path.write_bytes(data)
    return path


def bomb(path: Path) -> Path:
    save(path, ("Sheet1", [["ID", "Who"], [1, "a"]]))
    return declare(path, b"xl/styles.xml", 4_200_000_000)


def dense_bomb(path: Path) -> Path:
    save(path, ("Sheet1", [["ID", "Who"], [1, "a"]]))
    return declare(path, b"xl/worksheets/sheet1.xml", 900_000_000)


@pytest.mark.parametrize(
    ("write", "match"),
    [
        (encrypted, "is encrypted"),
        (old_excel, r"Excel 97-2003 \(\.xls\)"),
        (picture, "is no workbook, whatever its name says"),
        (text, "is no workbook"),
        (cut_off, "is a damaged workbook"),
        (another_archive, "is an archive, but no Excel workbook"),
        (bomb, "would unpack to 4.2 GB"),
        (dense_bomb, "would unpack to 0.9 GB"),
    ],
)
def test_what_is_no_workbook_is_said_plainly(tmp_path: Path, write: Callable[[Path], Path], match: str) -> None:
    with pytest.raises(NothingReadError, match=match) as raised:
        read_table(write(tmp_path / "a.xlsx"))
    assert "\n" not in str(raised.value)


def test_a_bomb_that_lies_about_its_size_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ("Sheet1", [["ID", "Who"], *([n, "kind " * 50] for n in range(2000))]))
    declare(path, b"xl/worksheets/sheet1.xml", 100)
    with pytest.raises(NothingReadError, match="damaged workbook"):
        read_table(path)


def test_a_workbook_named_csv_is_a_workbook(tmp_path: Path) -> None:
    assert read_table(save(tmp_path / "a.csv", ("Sheet1", [["ID", "Who"], [1, "a"]]))).header == ("ID", "Who")


def test_damage_anywhere_is_a_clear_error_or_harmless(tmp_path: Path) -> None:
    good = save(tmp_path / "a.xlsx", ("Sheet1", [["ID", "Who"], [1, "=A1"], [2, datetime(2026, 1, 2)], [3, "x"]]))
    data = good.read_bytes()
    chance = random.Random(4)
    for number in range(150):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(4, len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(damaged)
        try:
            read_table(path)
        except NothingReadError as error:
            assert str(path) in str(error)


def test_damage_within_the_sheets_is_a_clear_error_or_harmless(tmp_path: Path) -> None:
    good = save(tmp_path / "a.xlsx", ("Sheet1", [["ID", "Who"], [1, "=A1"], [2, datetime(2026, 1, 2)], [3, "x"]]))
    chance = random.Random(5)
    for number in range(150):
        path = tmp_path / f"{number}.xlsx"
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                part = bytearray(old.read(name))
                for _ in range(chance.randint(0, 2)):
                    part[chance.randrange(len(part))] = chance.randrange(32, 127)
                new.writestr(name, bytes(part))
        try:
            read_table(path)
        except NothingReadError as error:
            assert str(path) in str(error)
