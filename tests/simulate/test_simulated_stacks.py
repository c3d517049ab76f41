"""The sample set and its command, with fonts and with a (tiny) handwriting folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image as Pictures

from forms.organisation import read_profile
from pipeline.simulate.pages import blank_sheet, write_tiff
from pipeline.simulate.samples import main
from pipeline.simulate.stacks import photocopy


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("samples")
    assert main(["--out", str(out), "--seed", "3", "--cards", "10"]) == 0
    return out


def expected(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return data


def pages_in(path: Path) -> int:
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return len(document)
    with Pictures.open(path) as picture:
        return int(getattr(picture, "n_frames", 1))


def test_every_page_of_every_file_is_expected(samples: Path) -> None:
    listed = {(page["file"], page["page"]) for page in expected(samples)["pages"] if page["page"]}
    whole = [path for path in (samples / "stacks").iterdir() if path.name != "torn.pdf"]
    assert listed == {(path.name, number) for path in whole for number in range(1, pages_in(path) + 1)}


def test_all_kinds_of_pages_are_there(samples: Path) -> None:
    pages = expected(samples)["pages"]
    assert {page["outcome"] for page in pages} == {"cards", "blank", "foreign", "unreadable"}
    assert {Path(page["file"]).suffix for page in pages} == {".pdf", ".tif", ".jpg"}
    assert {len(page["cards"]) for page in pages} == {0, 1, 2}
    assert any(not any(card["fields"].values()) for page in pages for card in page["cards"])


def test_no_card_is_there_twice_but_as_a_copy(samples: Path) -> None:
    cards = [(card["card"], card["copy"]) for page in expected(samples)["pages"] for card in page["cards"]]
    assert len(cards) == len(set(cards))
    assert sum(copy == 2 for _, copy in cards) == 1


def test_torn_pdf_cannot_be_opened(samples: Path) -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(samples / "stacks" / "torn.pdf")


def test_profile_can_be_loaded_and_nominees_are_on_it(samples: Path) -> None:
    staff = {person.staff_id for person in read_profile(samples / "organisation").staff}
    named = {card["nominee_staff"] for page in expected(samples)["pages"] for card in page["cards"]} - {""}
    assert named
    assert named <= staff


def test_attribution_says_that_fonts_were_used(samples: Path) -> None:
    assert "handwriting fonts" in (samples / "ATTRIBUTION.md").read_text(encoding="utf-8")


def test_same_seed_same_files(tmp_path: Path, handwriting: Path) -> None:
    order = ["--handwriting", str(handwriting), "--seed", "9", "--cards", "2", "--conditions", "grey150,bilevel300"]
    for name in ("first", "second"):
        assert main([*order, "--out", str(tmp_path / name)]) == 0
    files = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert [path.name for path in files if path.parent.name == "stacks"] == ["bilevel300-0001.tif", "grey150-0001.pdf"]
    for file in files:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes(), file
    assert "CC BY 4.0" in (tmp_path / "first" / "ATTRIBUTION.md").read_text(encoding="utf-8")


def test_unknown_condition_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--conditions", "grey300,moonlight"])
    assert "moonlight" in capsys.readouterr().err


def test_photocopy_moves_the_boxes_with_the_print(card: dict[str, Any]) -> None:
    sheet = blank_sheet(148.5, 210.0)
    sheet.image[590:610, 290:310] = 0
    paper, moved = photocopy(sheet, card, 0.9, np.random.default_rng(1))
    scale = sheet.dpi / 25.4
    centre = np.array(sheet.size) / 2
    expected_at = (centre + (np.array([300, 600]) / scale - centre) * 0.9) * scale
    rows, columns = np.nonzero(paper.image.min(axis=2)[400:800, 200:500] < 100)
    assert np.median(columns) + 200 == pytest.approx(expected_at[0], abs=2)
    assert np.median(rows) + 400 == pytest.approx(expected_at[1], abs=2)
    assert moved["scale"] == pytest.approx(0.9)
    assert moved["fields"][0]["cells_mm"][0][2] == pytest.approx(5.5 * 0.9)


def test_bilevel_tiff_is_fax_compressed(tmp_path: Path) -> None:
    page = np.where(np.arange(600).reshape(20, 30) % 3, 255, 0).astype(np.uint8)
    write_tiff([page, page], 300, tmp_path / "two.tif")
    with Pictures.open(tmp_path / "two.tif") as picture:
        assert getattr(picture, "n_frames", 1) == 2
        assert picture.info["compression"] == "group4"
        assert np.array_equal(np.asarray(picture.convert("L")), page)
