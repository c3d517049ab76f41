import time
from pathlib import Path

import pytest

from pipeline.submissions.tables import read_table

pytestmark = pytest.mark.slow
ROWS = 1_000_000


def test_a_million_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Timestamp,Nominee,Story\n")
        file.writelines(f"2026-10-09 11:02,Sue Smith,Kind {n}\n" for n in range(ROWS))
    begun = time.perf_counter()
    table = read_table(path)
    assert len(table.frame) == ROWS
    assert next(iter(table.rows())) == (2, ("2026-10-09 11:02", "Sue Smith", "Kind 0"))
    assert table.cells("Story")[-1] == f"Kind {ROWS - 1}"
    assert time.perf_counter() - begun < 60


def test_a_cell_of_200_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Timestamp,Story\n2026-10-09," + b"x" * 200_000_000 + b"\n2026-10-10,y\n")
    assert [len(cell) for cell in read_table(path).cells("Story")] == [200_000_000, 1]
