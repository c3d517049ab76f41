from pathlib import Path

import pytest

from pipeline.submissions.tables import read_table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_many_rows(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Timestamp,Nominee,Story\n")
        file.writelines(f"2026-10-09 11:02,Sue Smith,Kind {n}\n" for n in range(rows))
    table = read_table(path)
    assert len(table.frame) == rows
    assert next(iter(table.rows())) == (2, ("2026-10-09 11:02", "Sue Smith", "Kind 0"))
    assert table.cells("Story")[-1] == f"Kind {rows - 1}"


def test_a_cell_of_200_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Timestamp,Story\n2026-10-09," + b"x" * 200_000_000 + b"\n2026-10-10,y\n")
    assert [len(cell) for cell in read_table(path).cells("Story")] == [200_000_000, 1]
