"""The commands over a real store, from what is typed to what is written."""

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from forms.errors import ExitCode
from forms.flow import lay_out
from forms.template_file import load_template
from pipeline.commands import main
from pipeline.records import Outcome, PageReading, Status
from pipeline.register import COLUMNS as REGISTER_COLUMNS
from pipeline.review_file import COLUMNS, UNREADABLE
from pipeline.store import batches
from pipeline.store.pages import keep_page
from tests.store.builders import (
    card_number,
    make_card_reading,
    make_field,
    make_fields,
    make_page,
    make_page_reading,
    same_writing,
)

PROFILE = {
    "organisation.toml": 'code = "RXW"\nname = "Shrewsbury and Telford"\nscheme = "Leading with Compassion"\n',
    "wards.csv": "code,name\nW21,Ward 21\nW07,Ward 7\n",
    "staff.csv": "staff_id,first_name,last_name,job_title,ward\nS00123,Priya,Patel,Nurse,W07\n",
}


def run(home: Path, *arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def write_profile(folder: Path, **changes: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {**PROFILE, **changes}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    """A home with an organisation and a batch of two pages: two cards, each with a field in doubt, and a blank."""
    assert run(store, "load", write_profile(tmp_path / "profile"))[0] == 0
    fingerprint = lay_out(load_template("nomination")).card.fingerprint
    page = np.full((200, 150), 255, np.uint8)
    page[20:30, 20:90] = 0
    _, png = cv2.imencode(".png", page)
    doubtful = make_field(value="PATER", confidence=0.61, status=Status.REVIEW, reason="two names are as likely")
    plain = make_card_reading(fields=make_fields(nominee_last_name=doubtful))
    reading = replace(plain, identity=replace(plain.identity, fingerprint=fingerprint))
    batch = batches.open_batch("/scans").id
    kept = make_page(1, data=png.tobytes(), suffix=".png")
    both = make_page_reading(reading, replace(reading, ink=b"b"))
    keep_page(batch, 1, kept, both, date(2026, 11, 20), same_writing)
    blank = PageReading(Outcome.BLANK, "nothing on it")
    keep_page(batch, 2, make_page(2), blank, date(2026, 11, 20), same_writing)
    batches.finish_batch(batch)
    return store


def batch_of(home: Path) -> str:
    return batches.batch_ids()[0]


def test_load_makes_a_home(tmp_path: Path) -> None:
    home = tmp_path / "new"
    profile = write_profile(tmp_path / "profile")
    assert run(home, "load", profile) == (
        0,
        "Loaded RXW, Shrewsbury and Telford: 2 wards, 1 members of staff.\n",
        "",
    )
    write_profile(
        profile,
        **{
            "organisation.toml": PROFILE["organisation.toml"].replace("Telford", "T"),
            "wards.csv": "code,name\nW07,x\n",
        },
    )
    code, told, _ = run(home, "load", profile, "--json")
    assert code == 0
    assert json.loads(told) == {
        "organisation": "RXW",
        "new": False,
        "earlier_name": "Shrewsbury and Telford",
        "wards": 1,
        "staff": 1,
        "wards_gone": 1,
        "staff_gone": 0,
    }


def test_load_reports_every_fault(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "profile", **{"organisation.toml": 'code = "x"\n'})
    code, told, complaint = run(tmp_path / "home", "load", profile)
    assert (code, told) == (ExitCode.BAD_CONFIGURATION, "")
    assert complaint.count("  - organisation.toml") == 3
    assert not (tmp_path / "home").exists()


def test_pages(home: Path) -> None:
    code, told, _ = run(home, "pages", "--batch", batch_of(home), "--json")
    assert code == 0
    first, second = json.loads(told)
    number = card_number()
    assert first["cards"] == [{"card": number, "copy": 1}, {"card": number, "copy": 2}]
    assert (second["outcome"], second["page"], second["file"]) == ("blank", 2, "stack.pdf")
    _, told, complaint = run(home, "pages")
    assert told == (f"stack.pdf page 1: cards: {number}, {number} copy 2\nstack.pdf page 2: blank: nothing on it\n")
    assert complaint == "2 pages.\n"


@pytest.mark.parametrize("command", [["pages"], ["export", "--readings", "r.json"]])
def test_there_is_no_such_batch(home: Path, command: list[str]) -> None:
    code, told, complaint = run(home, *command, "--batch", "2020-01-01-1")
    assert (code, told) == (ExitCode.USAGE, "")
    assert "There is no batch '2020-01-01-1'" in complaint


def test_export_readings(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "readings.json"
    assert run(home, "export", "--readings", out) == (0, f"{out}: 2 cards.\n", "")
    rows: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    assert [(row["card"], row["copy"]) for row in rows] == [(card_number(), 1), (card_number(), 2)]


def test_review_goes_out_and_comes_back(home: Path, tmp_path: Path) -> None:
    review = tmp_path / "review.csv"
    code, told, _ = run(home, "export", "--review", review, "--json")
    assert (code, json.loads(told)) == (0, {"review": 2})
    rows = read_csv(review)
    assert list(rows[0]) == list(COLUMNS)
    source = f"card:{card_number()}"
    assert rows[0] == {
        "source": source,
        "field": "nominee_last_name",
        "value": "PATER",
        "confidence": "0.610",
        "alternatives": "PATEL; PATER",
        "file": "stack.pdf",
        "page": "1",
        "decision": "",
        "by": "",
    }
    crops = tmp_path / "review_crops"
    names = [f"{card_number()}_nominee_last_name.png", f"{card_number()}-copy2_nominee_last_name.png"]
    assert sorted(path.name for path in crops.iterdir()) == sorted(names)
    crop = cv2.imread(str(crops / names[0]), cv2.IMREAD_GRAYSCALE)
    assert crop is not None
    assert crop.shape == (10 + 24, 70 + 24)
    assert crop[17, 40] == 0
    page = (tmp_path / "review.html").read_text("utf-8")
    assert all(f"review_crops/{name}" in page for name in names)
    assert "two names are as likely" in page

    rows[0] |= {"decision": "PATEL", "by": "Ann"}
    rows[1] |= {"decision": "", "by": "Ann"}
    wrong = rows[0] | {"field": "date", "decision": "soon"}
    with review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows([rows[0], wrong, rows[1]])
    code, told, complaint = run(home, "decide", "--file", review, "--json")
    assert code == ExitCode.NEEDS_PERSON
    reason = "date: 'soon' is no date; write it as 2026-11-22 or 22/11/2026."
    assert json.loads(told) == {"decided": 1, "unchanged": 0, "refused": [{"row": 3, "reason": reason}]}
    assert complaint == f"Row 3 was not taken: {reason}\n"
    (crops / "notes.png").touch()
    assert run(home, "export", "--review", review)[1] == f"{review}: 1 fields that wait for a person.\n"
    assert sorted(path.name for path in crops.iterdir()) == sorted([names[1], "notes.png"])


def test_review_without_the_page_image(home: Path, tmp_path: Path) -> None:
    for image in (home / "pages").rglob("*.png"):
        image.unlink()
    code, told, complaint = run(home, "export", "--review", tmp_path / "review.csv", "--json")
    assert (code, json.loads(told)) == (0, {"review": 2})
    assert "No picture of page 1 of stack.pdf" in complaint
    assert list((tmp_path / "review_crops").iterdir()) == []


def test_decide_on_a_card(home: Path, tmp_path: Path) -> None:
    number = card_number()
    code, told, _ = run(
        home, "decide", "--card", number.lower(), "--copy", 2, "--field", "date", "--value", "1/2/2026", "--by", "Ann"
    )
    assert (code, told) == (0, f"card:{number}/2: date is '2026-02-01'.\n")
    source = ["--source", f"card:{number}/2", "--field", "consent", "--value", "share_publicly", "--by", "Ann"]
    assert json.loads(run(home, "decide", *source, "--json")[1]) == {
        "source": f"card:{number}/2",
        "field": "consent",
        "value": ["share_publicly"],
        "new": True,
    }
    assert run(home, "decide", *source)[1].endswith("is 'share_publicly', as decided before.\n")
    run(home, "export", "--readings", tmp_path / "r.json")
    copy = json.loads((tmp_path / "r.json").read_text("utf-8"))[1]
    assert (copy["fields"]["date"]["value"], copy["fields"]["date"]["status"]) == ("2026-02-01", "decided")


def test_decide_to_leave_a_field_empty(home: Path) -> None:
    arguments = ["--card", card_number(), "--field", "date", "--value", "", "--by", "Ann"]
    assert run(home, "decide", *arguments)[:2] == (0, f"card:{card_number()}: date is ''.\n")
    arguments[arguments.index("--value") + 1] = UNREADABLE
    assert run(home, "decide", *arguments)[:2] == (0, f"card:{card_number()}: date can't be read.\n")
    assert json.loads(run(home, "decide", *arguments, "--json")[1])["value"] is None


def test_decide_same_and_apart(home: Path) -> None:
    sources = [f"card:{card_number()}", f"card:{card_number()}/2"]
    code, told, _ = run(home, "decide", "--same", *sources, "--by", "Ann", "--json")
    assert (code, json.loads(told)) == (0, {"sources": sources, "decision": "same", "new": True})
    code, told, _ = run(home, "decide", "--apart", *sources, "--by", "Ann")
    assert code == 0
    assert told.startswith(f"{sources[0]} and {sources[1]} are two nominations.\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--card", "x", "--source", "y"], "Give one of --card"),
        (["--card", "x", "--field", "date", "--by", "Ann"], "--card needs --field NAME and --value VALUE"),
        (["--file", "x", "--value", "1"], "don't go with --file"),
        (["--same", "a", "b"], "Say who decides"),
        (["--card", "RXW-1", "--field", "date", "--value", "", "--by", "Ann"], "'RXW-1' is no card number"),
        (["--file", "nowhere.csv"], "'nowhere.csv' can't be read"),
        (["--card", card_number(9), "--field", "date", "--value", "", "--by", "Ann"], "was never read here"),
    ],
)
def test_decide_what_cannot_be(home: Path, arguments: list[str], complaint: str) -> None:
    code, told, said = run(home, "decide", *arguments)
    assert (code, told) == (ExitCode.USAGE, "")
    assert complaint in said


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json", "parquet"])
def test_export_register(home: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"register.{ending}"
    code, told, complaint = run(home, "export", "--register", "--organisation", "RXW", "--out", out)
    assert (code, told, complaint) == (0, f"{out}: 2 nominations.\n", "")
    assert out.stat().st_size > 0


def test_export_register_row(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "register.json"
    run(home, "export", "--register", "--organisation", "RXW", "--out", out)
    row = json.loads(out.read_text("utf-8"))[0]
    assert list(row) == list(REGISTER_COLUMNS)
    assert (row["status"], row["nominee_last_name"], row["received_at"]) == ("review", "PATER", "2026-11-20")


def test_export_several_at_once(home: Path, tmp_path: Path) -> None:
    register, readings = tmp_path / "r.csv", tmp_path / "r.json"
    arguments = ["--register", "--organisation", "RXW", "--out", register, "--readings", readings, "--json"]
    assert json.loads(run(home, "export", *arguments)[1]) == {"readings": 2, "register": 2}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Say what to write"),
        (["--review", "r.html"], "--review writes a table"),
        (["--register"], "--register needs --organisation CODE and --out FILE"),
        (["--readings", "r.json", "--out", "x.csv"], "belong to --register"),
        (["--readings", "r.json", "--organisation", "RXW"], "--organisation belongs to"),
        (["--register", "--organisation", "RXW", "--out", "r.csv", "--batch", "x"], "a register is always whole"),
        (
            ["--register", "--organisation", "RL1", "--out", "r.csv"],
            "Organisation 'RL1' was never loaded (loaded: RXW)",
        ),
        (["--register", "--organisation", "RXW", "--out", "r.ods"], "must end in one of"),
        (["--readings", "/proc/no/r.json"], "can't be written"),
    ],
)
def test_export_what_cannot_be(home: Path, arguments: list[str], complaint: str) -> None:
    code, told, said = run(home, "export", *arguments)
    assert (code, told) == (ExitCode.USAGE, "")
    assert complaint in said
