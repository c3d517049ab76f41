"""The samples through the real entry point: every page accounted for, every card found, and read well enough."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from forms.errors import ExitCode
from pipeline.sources import card_source

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("samples")]


def compassion(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    code = "from pipeline.commands import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "--home", str(home), *arguments],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    result = compassion(home, "demo", "--samples", str(SAMPLES))
    assert result.returncode == 0, result.stderr
    assert "Open these" in result.stdout
    return home


@pytest.fixture(scope="module")
def cards(home: Path) -> dict[tuple[str, int], dict[str, Any]]:
    assert compassion(home, "export", "--readings", str(home / "readings.json")).returncode == 0
    rows = json.loads((home / "readings.json").read_text(encoding="utf-8"))
    return {(row["card"], row["copy"]): row for row in rows}


def truth() -> dict[tuple[str, int], dict[str, Any]]:
    return {(card["card"], card["copy"]): card for page in EXPECTED["pages"] for card in page["cards"]}


def test_every_page_has_the_outcome_it_should(home: Path) -> None:
    rows = json.loads(compassion(home, "pages", "--json").stdout)
    found = {
        (row["file"], row["page"]): (row["outcome"], {(c["card"], c["copy"]) for c in row["cards"]}) for row in rows
    }
    expected = {
        (page["file"], page["page"]): (page["outcome"], {(c["card"], c["copy"]) for c in page["cards"]})
        for page in EXPECTED["pages"]
    }
    assert found == expected


def test_every_card_is_read_once(cards: dict[tuple[str, int], dict[str, Any]]) -> None:
    assert set(cards) == set(truth())


def test_corners_are_where_the_card_lies(cards: dict[tuple[str, int], dict[str, Any]]) -> None:
    for key, card in truth().items():
        page_px = max(max(corner) for corner in card["corners_px"])
        for found, true in zip(cards[key]["corners_px"], card["corners_px"], strict=True):
            assert abs(found[0] - true[0]) + abs(found[1] - true[1]) < 0.005 * page_px + 8, key


def test_what_is_accepted_is_right(cards: dict[tuple[str, int], dict[str, Any]]) -> None:
    wrong, accepted = [], 0
    for key, card in truth().items():
        for name, stated in card["fields"].items():
            field = cards[key]["fields"][name]
            if field["status"] == "accepted" and name not in ("action", "impact"):
                accepted += 1
                if str(field["value"]).upper() != str(stated).upper():
                    wrong.append((key, name, field["value"], stated))
    assert accepted >= 60
    assert len(wrong) <= accepted / 50 + 1, wrong


def test_nominees_on_the_staff_list_are_named(cards: dict[tuple[str, int], dict[str, Any]]) -> None:
    listed = [(key, card) for key, card in truth().items() if card["nominee_staff"]]
    right = [key for key, card in listed if cards[key]["nominee_staff"]["value"] == card["nominee_staff"]]
    assert len(right) >= 0.85 * len(listed)


def test_the_register_holds_every_filled_card_and_submission_once(
    home: Path, cards: dict[tuple[str, int], dict[str, Any]]
) -> None:
    filled = {card_source(*key) for key, card in truth().items() if any(card["fields"].values())}
    workbook = openpyxl.load_workbook(home / "register.xlsx")
    rows = list(workbook["Register"].iter_rows(min_row=2, values_only=True))
    sources = [source for row in rows for source in str(row[-1]).split("; ")]
    assert sorted(sources) == sorted(filled | {f"msforms:{number}" for number in range(1, 6)})
    # Three of the five told a card's story again, the other two something new.
    assert [row[3] for row in rows].count("both") == 3
    assert len(rows) == len(filled) + 2


def test_the_same_stack_again_adds_nothing(home: Path) -> None:
    again = compassion(home, "read", str(SAMPLES / "stacks" / "feeder-bilevel.tif"), "--json", "--workers", "1")
    assert again.returncode == ExitCode.DONE, again.stderr
    assert json.loads(again.stdout)["outcomes"] == {"duplicate": 6}
