"""What a web form lacks waits for a person like what a card lacks, and is decided in the same file."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.commands import main
from pipeline.store.register import nominations_of
from tests.commands.test_commands import write_profile

FORM = (
    "Timestamp,Who are you nominating?,What did they do?\n"
    "2026/10/25 10:00:00 AM GMT+1,,She stayed all night by my bed\n"
    "2026/10/25 11:00:00 AM GMT+1,Sue Jones,\n"
    "2026/10/25 12:00:00 PM GMT+1,Tom Bell,He found my glasses\n"
)


def run(home: Path, *arguments: object) -> int:
    result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    run(store, "load", write_profile(tmp_path / "profile"))
    (tmp_path / "Thanks.csv").write_text(FORM, encoding="utf-8")
    assert run(store, "import", tmp_path / "Thanks.csv", "--organisation", "RXW") == 0
    return store


def test_a_missing_answer_is_asked_for_and_decided(home: Path, tmp_path: Path) -> None:
    review = tmp_path / "review.csv"
    run(home, "export", "--review", review, "--organisation", "RXW")
    with review.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["field"], row["page"]) for row in rows] == [("nominee_last_name", "2"), ("action", "3")]
    assert {nomination.status for nomination in nominations_of("RXW")} == {"review", "complete"}
    for row, said in zip(rows, ("KHAN", "(empty)"), strict=True):
        row["decision"], row["by"] = said, "Ann"
    with review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert run(home, "decide", "--file", review) == 0
    assert {nomination.status for nomination in nominations_of("RXW")} == {"complete"}
    assert [nomination.nominee_last_name for nomination in nominations_of("RXW")] == ["KHAN", "Jones", "Bell"]
    run(home, "export", "--review", review, "--organisation", "RXW")
    assert len(review.read_text(encoding="utf-8-sig").splitlines()) == 1
