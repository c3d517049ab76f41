"""Bad input through the real commands: each kind ends with its documented code and says which file, and why."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner
from PIL import Image as pillow
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from forms.errors import ExitCode, MissingDependencyError
from forms.flow import lay_out
from forms.template_file import load_template
from pipeline.commands import main
from pipeline.records import Outcome
from tests.pipeline.scan_files import drawn_page, jpeg_bytes, jpeg_image, pdf_bytes, png_bytes, png_header
from tests.store.fixtures import close_store

ORGANISATION = 'code = "RXW"\nname = "Shrewsbury and Telford"\nscheme = "Leading with Compassion"\n'
WARDS = "code,name\nW21,Ward 21\nW07,Ward 7\n"
STAFF = "staff_id,first_name,last_name,job_title,ward\nS00123,Priya,Patel,Nurse,W07\n"


def run(home: Path, *arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def read(home: Path, *paths: Path) -> tuple[int, dict[str, Any], str]:
    """Read with `--json` in this process."""
    code, told, complaint = run(home, "read", *paths, "--workers", 1, "--json")
    return code, json.loads(told), complaint


def ledger(home: Path, batch: str) -> list[dict[str, Any]]:
    code, told, _ = run(home, "pages", "--batch", batch, "--json")
    assert code == ExitCode.DONE
    rows: list[dict[str, Any]] = json.loads(told)
    return rows


def write_profile(folder: Path, **changes: str) -> Path:
    folder.mkdir()
    for name, text in {"organisation.toml": ORGANISATION, "wards.csv": WARDS, "staff.csv": STAFF, **changes}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a loaded `home` and, in `good`, two printed cards as a scanner gives them: a PNG and a PDF."""
    folder = tmp_path_factory.mktemp("desk")
    home, good = folder / "home", folder / "good"
    good.mkdir()
    assert run(home, "load", write_profile(folder / "profile"))[0] == ExitCode.DONE
    printed = folder / "cards.pdf"
    order = ("print", "--organisation", "RXW", "--ward", "W21", "--count", 2, "--out", printed)
    with pytest.MonkeyPatch.context() as fixed:
        # A number whose print is read the same in every run; one in eight random ones goes to a person instead.
        fixed.setattr("forms.numbers.new_token", lambda: "7K3F9XZ")
        assert run(home, *order)[0] == ExitCode.DONE
    close_store()
    with pypdfium2.PdfDocument(printed) as document:
        sheet = document[0].render(scale=200 / 72, grayscale=True).to_numpy()
    sheet = sheet.reshape(sheet.shape[:2])
    left, right = sheet[:, : sheet.shape[1] // 2].copy(), sheet[:, sheet.shape[1] // 2 :].copy()
    (good / "left.png").write_bytes(png_bytes(left))
    (good / "right.pdf").write_bytes(pdf_bytes(jpeg_image(right)))
    return folder


@pytest.fixture
def home(desk: Path, tmp_path: Path) -> Iterator[Path]:
    yield shutil.copytree(desk / "home", tmp_path / "home")
    close_store()


# --- files that can't be read --------------------------------------------------------------------------------------


def encrypted(path: Path) -> None:
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", ownerPassword="owner", canPrint=0))
    canvas.drawString(20, 100, "Words")
    canvas.save()


def truncated(path: Path) -> None:
    whole = pdf_bytes(jpeg_image(drawn_page(seed=1)))
    path.write_bytes(whole[: len(whole) // 3])


def half_a_picture(path: Path) -> None:
    whole = png_bytes(drawn_page(seed=2))
    path.write_bytes(whole[: len(whole) // 2])


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "locked.pdf": (encrypted, "locked with a password"),
    "torn.pdf": (truncated, "damaged or cut off"),
    "torn.png": (half_a_picture, ""),
    "empty.pdf": (lambda path: path.write_bytes(b""), "empty (0 bytes)"),
    "bomb.png": (lambda path: path.write_bytes(png_header(60_000, 60_000)), "60,000"),
    "letter.pdf": (lambda path: path.write_text("Dear Sir or Madam,\n"), "not a PDF, TIFF, JPEG or PNG"),
    "notes.docx": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(60)), "Office document"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read(home: Path, tmp_path: Path, name: str) -> None:
    make, why = UNREADABLE[name]
    make(tmp_path / name)
    code, result, complaint = read(home, tmp_path / name)
    assert code == ExitCode.NOTHING_READ
    assert (result["pages"], result["outcomes"]) == (1, {"unreadable": 1})
    assert complaint.count("Error: ") == 1
    assert complaint.count(name) == 1
    assert why in complaint
    assert "Traceback" not in complaint
    (row,) = ledger(home, result["batch"])
    assert (row["file"], row["outcome"], row["cards"]) == (name, "unreadable", [])
    assert row["reason"] in complaint


def test_a_path_that_is_not_there(home: Path, tmp_path: Path) -> None:
    code, result, complaint = read(home, tmp_path / "nowhere.pdf")
    assert (code, result["outcomes"]) == (ExitCode.NOTHING_READ, {"unreadable": 1})
    assert complaint.count("nowhere.pdf") == 1


@pytest.mark.parametrize("names", [(), (".hidden", "Thumbs.db")])
def test_a_folder_without_scans(home: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"x")
    code, result, complaint = read(home, folder)
    assert (code, result["pages"], result["outcomes"]) == (ExitCode.NOTHING_READ, 0, {})
    assert "There is no file to read" in complaint


def test_the_good_pages_among_bad_files_are_read(desk: Path, home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(desk / "good", tmp_path / "scans")
    for name, (make, _) in UNREADABLE.items():
        make(folder / name)
    (folder / "blank.jpg").write_bytes(jpeg_bytes(drawn_page()[:1, :1].repeat(400, 0).repeat(300, 1)))
    code, result, complaint = read(home, folder, tmp_path / "nowhere")
    assert code == ExitCode.NEEDS_PERSON
    bad = len(UNREADABLE) + 1
    assert (result["cards"], result["outcomes"]) == (2, {"blank": 1, "cards": 2, "unreadable": bad})
    for name, (_, why) in UNREADABLE.items():
        (line,) = [line for line in complaint.splitlines() if f" {name}," in line]
        assert why in line

    rows = ledger(home, result["batch"])
    assert len(rows) == result["pages"] == sum(result["outcomes"].values())
    assert len({(row["file"], row["page"]) for row in rows}) == len(rows)
    assert {row["file"] for row in rows} == {path.name for path in folder.iterdir()} | {"nowhere"}
    counted: dict[str, int] = {}
    for row in rows:
        counted[Outcome(row["outcome"])] = counted.get(row["outcome"], 0) + 1
        assert bool(row["cards"]) == (row["outcome"] == "cards")
        assert row["reason"] or row["outcome"] == "cards"
    assert counted == result["outcomes"]
    numbers = {(card["card"], card["copy"]) for row in rows for card in row["cards"]}
    assert len(numbers) == result["cards"]

    out = tmp_path / "readings.json"
    assert run(home, "export", "--readings", out)[0] == ExitCode.DONE
    readings = json.loads(out.read_text("utf-8"))
    assert {(row["card"], row["copy"]) for row in readings} == numbers
    assert {field["status"] for row in readings for field in row["fields"].values()} == {"blank"}


def test_the_same_paths_again_are_all_duplicates(desk: Path, home: Path) -> None:
    first_code, first, _ = read(home, desk / "good")
    again_code, again, complaint = read(home, desk / "good")
    assert (first_code, again_code, complaint) == (ExitCode.DONE, ExitCode.DONE, "")
    assert again["batch"] != first["batch"]
    assert (again["pages"], again["cards"], again["outcomes"]) == (first["pages"], 0, {"duplicate": first["pages"]})
    before, after = ledger(home, first["batch"]), ledger(home, again["batch"])
    assert [row["sha256"] for row in after] == [row["sha256"] for row in before]
    assert all(first["batch"] in row["reason"] for row in after)


def test_the_same_image_twice_in_one_batch(desk: Path, home: Path, tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        shutil.copy(desk / "good" / "left.png", tmp_path / name)
    _, result, _ = read(home, tmp_path / "1.png", tmp_path / "2.png")
    assert (result["cards"], result["outcomes"]) == (1, {"cards": 1, "duplicate": 1})


# --- what is wrong beside the scans --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (("--organisation", "XYZ"), "XYZ"),
        (("--organisation", "RXW", "--ward", "W99"), "W99"),
        (("--organisation", "RXW", "--template", "nonesuch"), "nonesuch"),
        (("--organisation", "RXW", "--template", "none/such.toml"), "such.toml"),
    ],
)
def test_print_for_what_is_not_known(home: Path, tmp_path: Path, changes: tuple[str, ...], complaint: str) -> None:
    out = tmp_path / "cards.pdf"
    code, told, stderr = run(home, "print", *changes, "--count", 2, "--out", out)
    assert (code, told) == (ExitCode.USAGE, "")
    assert stderr.startswith("Error: ")
    assert complaint in stderr
    assert not out.exists()


def test_every_fault_of_a_template_is_told(home: Path, tmp_path: Path) -> None:
    template = tmp_path / "mine.toml"
    text = load_template("nomination").source
    for right, wrong in {
        'size = "A5"': 'size = "A7"',
        "boxes = 14": "boxes = 0",
        'kind = "lines"\ncontent = "story"': 'kind = "paper"\ncontent = "story"',
        "multiple = true": 'multiple = "yes"',
        "groups = [2, 2, 4]": "groups = [2, 2]",
        "version = 1": "edition = 1",
    }.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    template.write_text(text, encoding="utf-8")
    out = tmp_path / "cards.pdf"
    code, told, complaint = run(
        home, "print", "--organisation", "RXW", "--count", 2, "--template", template, "--out", out
    )
    assert (code, told) == (ExitCode.BAD_CONFIGURATION, "")
    assert not out.exists()
    assert complaint.startswith(f"Error: {template} cannot be used:\n")
    for fault in ("'size' must be one of A4, A5, A6", "'boxes'", "'kind' must be one of", "'multiple'", "'groups'"):
        assert fault in complaint
    assert "unknown key 'edition'; allowed are name, version" in complaint


def test_a_template_that_overflows_its_page(home: Path, tmp_path: Path) -> None:
    template = tmp_path / "long.toml"
    text = load_template("nomination").source.replace("lines = 6", "lines = 26")
    template.write_text(text, encoding="utf-8")
    order = ("--organisation", "RXW", "--count", 2, "--template", template, "--out", tmp_path / "cards.pdf")
    code, _, complaint = run(home, "print", *order)
    assert code == ExitCode.BAD_CONFIGURATION
    assert "  - " in complaint


def test_a_template_that_does_not_come_so_many_to_a_sheet(home: Path, tmp_path: Path) -> None:
    order = ("--organisation", "RXW", "--count", 4, "--per-sheet", 4, "--out", tmp_path / "cards.pdf")
    code, told, complaint = run(home, "print", *order)
    assert code in (ExitCode.USAGE, ExitCode.BAD_CONFIGURATION)
    assert told == ""
    assert "nomination" in complaint


def test_every_fault_of_a_profile_is_told(tmp_path: Path) -> None:
    profile = write_profile(
        tmp_path / "profile",
        **{
            "organisation.toml": 'code = "rxw"\nscheme = "Compassion"\ncolour = "blue"\n',
            "wards.csv": "code,name\nW21,Ward 21\nW21,Ward 21\n",
            "staff.csv": "staff_id,first_name,last_name,job_title,ward\nS1,Priya,Patel,Nurse,W99\n",
        },
    )
    code, told, complaint = run(tmp_path / "home", "load", profile)
    assert (code, told) == (ExitCode.BAD_CONFIGURATION, "")
    faults = [line for line in complaint.splitlines() if line.startswith("  - ")]
    told_of = ["'code'", "'name' is missing", "unknown key 'colour'", "wards.csv line 3", "staff.csv line 2"]
    assert len(faults) == len(told_of)
    assert all(any(word in fault for fault in faults) for word in told_of)


@pytest.mark.parametrize("wrong", ["organisation.toml", "staff.csv"])
def test_a_profile_that_is_no_text(tmp_path: Path, wrong: str) -> None:
    profile = write_profile(tmp_path / "profile")
    (profile / wrong).write_bytes(bytes(range(256)))
    code, told, complaint = run(tmp_path / "home", "load", profile)
    assert (code, told) == (ExitCode.BAD_CONFIGURATION, "")
    assert wrong in complaint


def test_every_fault_of_the_settings_is_told(desk: Path, home: Path) -> None:
    (home / "settings.toml").write_text(
        'colour = "blue"\n[accept]\nwrong_per_thousand = -1\n[accept.names]\n[accept.date]\nwrong = 1\n',
        encoding="utf-8",
    )
    code, told, complaint = run(home, "read", desk / "good")
    assert (code, told) == (ExitCode.BAD_CONFIGURATION, "")
    assert complaint.startswith(f"Error: {home / 'settings.toml'} cannot be used:\n")
    assert complaint.count("  - ") == 4
    assert "allowed are wrong_per_thousand, name, place, date, contact, story, tick" in complaint
    assert run(home, "pages", "--json")[1].strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "scans"),
        ("read", "--again"),
        ("pages",),
        ("print", "--organisation", "RXW", "--count", "2", "--out", "cards.pdf"),
        ("export", "--readings", "readings.json"),
        ("export", "--register", "--organisation", "RXW", "--out", "register.csv"),
        ("decide", "--card", "RXW-7K3F9QZ-0012-H", "--field", "date", "--value", "", "--by", "Ann"),
    ],
)
def test_without_a_home(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, told, complaint = run(tmp_path / "none", *arguments)
    assert (code, told) == (ExitCode.USAGE, "")
    assert complaint.startswith("Error: There is no store")
    assert "compassion load" in complaint
    assert not (tmp_path / "none").exists()


def test_nothing_to_read_is_wrong_usage(home: Path) -> None:
    assert run(home, "read")[0] == ExitCode.USAGE
    assert run(home, "read", "x.pdf", "--again")[0] == ExitCode.USAGE
    assert run(home, "read", "x.pdf", "--received", "yesterday")[0] == ExitCode.USAGE


def test_a_batch_that_is_not_there(home: Path) -> None:
    code, _, complaint = run(home, "read", "--again", "--batch", "2020-01-01-9")
    assert code == ExitCode.USAGE
    assert "2020-01-01-9" in complaint


def test_rows_of_a_review_file_that_cannot_be_taken(desk: Path, home: Path, tmp_path: Path) -> None:
    assert read(home, desk / "good")[0] == ExitCode.DONE
    out = tmp_path / "readings.json"
    run(home, "export", "--readings", out)
    source = f"card:{json.loads(out.read_text('utf-8'))[0]['card']}"
    review = tmp_path / "review.csv"
    with review.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ("source", "field", "decision", "by"),
                (source, "date", "2024-05-06", "Ann"),
                (source, "date", "the other day", "Ann"),
                ("card:nonsense", "date", "2024-05-06", "Ann"),
            ]
        )
    code, told, complaint = run(home, "decide", "--file", review, "--json")
    result = json.loads(told)
    assert (code, result["decided"]) == (ExitCode.NEEDS_PERSON, 1)
    assert [row["row"] for row in result["refused"]] == [3, 4]
    assert "Row 3" in complaint


def test_without_tesseract_the_batch_stays_open(
    desk: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card is known by its printed number where the code is spoiled; the page waits until the tool is there."""
    page = np.asarray(pillow.open(desk / "good" / "left.png")).copy()
    code = lay_out(load_template("nomination")).card.code
    left, top, right, bottom = (
        round(edge * 200 / 25.4) for edge in (code.x, code.y, code.x + code.width, code.y + code.height)
    )
    page[top:bottom, left:right] = 255
    scan = tmp_path / "spoiled.png"
    scan.write_bytes(png_bytes(page))
    with monkeypatch.context() as without:
        without.setattr("pytesseract.pytesseract.tesseract_cmd", str(tmp_path / "no-tesseract"))
        code_now, told, complaint = run(home, "read", scan, "--workers", 1)
    assert (code_now, told) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "apt install tesseract-ocr" in complaint
    code_then, result, complaint = read(home, scan)
    assert code_then == ExitCode.DONE
    assert "Going on with batch" in complaint
    assert (result["cards"], result["outcomes"]) == (1, {"cards": 1})


@pytest.mark.parametrize("workers", [1, 2])
def test_without_the_model_no_page_is_given_up(
    desk: Path, home: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    def missing(**_: object) -> NoReturn:
        raise MissingDependencyError("The handwriting model is missing. Install the package again.")

    monkeypatch.setattr("pipeline.workers.LineReader", missing)
    code, told, complaint = run(home, "read", desk / "good", "--workers", workers)
    assert (code, told) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "Error: The handwriting model is missing. Install the package again." in complaint
    assert run(home, "pages", "--json")[1].strip() == "[]"
