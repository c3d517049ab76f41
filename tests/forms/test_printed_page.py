"""What is printed, looked at as a picture, is what the manifest and the layout say."""

import re
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from forms.code import CardCode, decode_code
from forms.flow import lay_out
from forms.layout import Box
from forms.numbers import parse_number, run_numbers
from forms.organisation import Organisation
from forms.printing import empty_card
from forms.sheet import sheet_of
from forms.symbols import code_modules
from forms.template import Template
from forms.template_file import load_template

DPI = 200
MM = DPI / 25.4
RUNS = [("nomination", 2), ("nomination", 1), ("pocket", 4), ("pocket", 2)]
PrintRun = Callable[..., "Printed"]  # noqa: F821 - a record of conftest.py
Picture = NDArray[np.uint8]


def part(picture: Picture, x0: float, y0: float, x1: float, y1: float) -> Picture:
    """Cut the pixels that lie wholly between two corners in millimetres."""
    return picture[int(np.ceil(y0 * MM)) : int(y1 * MM), int(np.ceil(x0 * MM)) : int(x1 * MM)]


def is_tinted(picture: Picture) -> bool:
    """Whether an orange line goes through: light to a red lamp, and not to a blue one."""
    darkest = picture.reshape(-1, 3)[picture.reshape(-1, 3)[:, 2].argmin()]
    return bool(darkest[2] < 200 and darkest[0] > 225)


def assert_framed(picture: Picture, box: list[float], scale: float) -> None:
    x, y, width, height = box
    reach, middle = 0.4 * scale, 0.4 * min(width, height)
    corner = 0.15 * scale  # The frame's corners are round.
    assert part(picture, x + corner, y + corner, x + width - corner, y + height - corner).min() > 240, box
    centre_x, centre_y = x + width / 2, y + height / 2
    assert is_tinted(part(picture, centre_x - middle, y - reach, centre_x + middle, y))
    assert is_tinted(part(picture, centre_x - middle, y + height, centre_x + middle, y + height + reach))
    assert is_tinted(part(picture, x - reach, centre_y - middle, x, centre_y + middle))
    assert is_tinted(part(picture, x + width, centre_y - middle, x + width + reach, centre_y + middle))


@pytest.mark.parametrize(("name", "per_sheet"), RUNS)
def test_manifest_is_what_is_drawn(print_run: PrintRun, name: str, per_sheet: int) -> None:
    printed = print_run(template=load_template(name), per_sheet=per_sheet, count=per_sheet + 1)
    manifest = printed.manifest
    assert (manifest["template"], manifest["version"]) == (name, 1)
    assert [page["page"] for page in manifest["pages"]] == [1, 2]
    assert [len(page["cards"]) for page in manifest["pages"]] == [per_sheet, 1]
    for page, picture in zip(manifest["pages"], printed.pictures(), strict=True):
        assert picture.shape[:2] == (round(page["height_mm"] * MM), round(page["width_mm"] * MM))
        for card in page["cards"]:
            for field in card["fields"]:
                framed = field.get("cells_mm", []) + [option["box_mm"] for option in field.get("options", [])]
                for box in framed:
                    assert_framed(picture, box, card["scale"])
                for x, y, width, height in field.get("lines_mm", []):
                    space = part(picture, x + 0.2, y + 0.4 * card["scale"], x + width - 0.2, y + height - 0.3)
                    assert space.min() > 245
                    half = 0.25 * card["scale"]
                    assert is_tinted(part(picture, x + 1, y + height - half, x + width - 1, y + height + half))


@pytest.mark.parametrize(("name", "per_sheet"), RUNS)
def test_manifest_has_every_card_in_its_place(print_run: PrintRun, name: str, per_sheet: int) -> None:
    template = load_template(name)
    manifest = print_run(template=template, per_sheet=per_sheet, count=per_sheet + 1).manifest
    card, sheet = lay_out(template).card, sheet_of(template.size, per_sheet)
    cards = [entry for page in manifest["pages"] for entry in page["cards"]]
    assert [entry["card"] for entry in cards] == [str(n) for n in run_numbers("RXW", "7K3F9QZ", per_sheet + 1)]
    for entry, place in zip(cards, [*sheet.cards, sheet.cards[0]], strict=True):
        assert (entry["organisation"], entry["ward"], entry["scale"]) == ("RXW", "W21", round(sheet.scale, 6))
        assert entry["box_mm"] == pytest.approx(place, abs=1e-3)
        assert [field["name"] for field in entry["fields"]] == [field.name for field in card.fields]
        for said, field in zip(entry["fields"], card.fields, strict=True):
            boxes = [*field.cells, *field.lines, *(option.box for option in field.options)]
            found = [
                *said.get("cells_mm", []),
                *said.get("lines_mm", []),
                *(o["box_mm"] for o in said.get("options", [])),
            ]
            for there, box in zip(found, boxes, strict=True):
                corner = (place.x + box.x * sheet.scale, place.y + box.y * sheet.scale)
                size = (box.width * sheet.scale, box.height * sheet.scale)
                assert there == pytest.approx((*corner, *size), abs=2e-3)


def on_sheet(box: Box, place: Box, scale: float) -> Box:
    return Box(place.x + box.x * scale, place.y + box.y * scale, box.width * scale, box.height * scale)


@pytest.mark.parametrize(("name", "per_sheet"), RUNS)
def test_codes_and_marks_are_found_where_the_layout_has_them(print_run: PrintRun, name: str, per_sheet: int) -> None:
    template = load_template(name)
    printed = print_run(template=template, per_sheet=per_sheet, count=per_sheet)
    card, sheet = lay_out(template).card, sheet_of(template.size, per_sheet)
    (picture,) = printed.pictures()
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    marks = [(int(id_), found.reshape(4, 2) / MM) for id_, found in zip(ids.ravel(), corners, strict=True)]
    assert len(marks) == 4 * per_sheet
    codes = [code for code in zxingcpp.read_barcodes(picture) if decode_code(code.text)]
    assert len(codes) == per_sheet
    numbers = list(run_numbers("RXW", "7K3F9QZ", per_sheet))
    for number, place in zip(numbers, sheet.cards, strict=True):
        said = CardCode(name, card.fingerprint, "W21", number)
        (code,) = [code for code in codes if decode_code(code.text) == said]
        box = on_sheet(card.code, place, sheet.scale)
        found = np.array([(p.x, p.y) for p in (code.position.top_left, code.position.bottom_right)]) / MM
        # zxing-cpp gives whole pixels.
        assert found.ravel() == pytest.approx((box.x, box.y, box.x + box.width, box.y + box.height), abs=0.2)
        assert box.width / len(code_modules(code.text)) >= 0.5
        for corner, mark in enumerate(card.marks):
            box = on_sheet(mark, place, sheet.scale)
            square = np.array([(box.x, box.y), (box.x + box.width, box.y),
                               (box.x + box.width, box.y + box.height), (box.x, box.y + box.height)])  # fmt: skip
            assert min(abs(points - square).max() for id_, points in marks if id_ == corner) < 0.2
            assert min(mark.x, mark.y, card.width - mark.x - mark.width, card.height - mark.y - mark.height) >= 8


@pytest.mark.parametrize("name", ["nomination", "pocket"])
def test_codes_stand_in_white(print_run: PrintRun, name: str) -> None:
    """Four modules all round, of the largest modules the code can have."""
    template = load_template(name)
    per_sheet = {"nomination": 2, "pocket": 4}[name]
    ward = "Ward for the long of name and many, many words"
    picture = next(print_run(template=template, per_sheet=per_sheet, count=1, ward_name=ward).pictures())
    box = lay_out(template).card.code
    quiet = 4 * box.width / 25
    around = part(picture, box.x - quiet, box.y - quiet, box.x + box.width + quiet, box.y + box.height + quiet).copy()
    edge = int(quiet * MM) - 1  # The code's own edge lies between pixels.
    around[edge:-edge, edge:-edge] = 255
    assert around.min() > 245


def test_web_forms_code_is_read_by_phones_and_leads_there(print_run: PrintRun, organisation: Organisation) -> None:
    long = "https://forms.office.com/Pages/ResponsePage.aspx?id=" + "aB3-_dEf9h" * 8
    for url in (organisation.submit_url, long):
        (picture,) = print_run(organisation=replace(organisation, submit_url=url), count=2).pictures()
        assert [code.text for code in zxingcpp.read_barcodes(picture)].count(url) == 2


def test_no_web_form_no_code(print_run: PrintRun, organisation: Organisation) -> None:
    (picture,) = print_run(organisation=replace(organisation, submit_url=""), count=2).pictures()
    codes = [code.text for code in zxingcpp.read_barcodes(picture)]
    assert len(codes) == 2
    assert all(decode_code(text) for text in codes)


def test_rest_of_a_part_filled_sheet_is_empty(print_run: PrintRun) -> None:
    *_, last = print_run(count=3).pictures()
    assert last[40:-40, last.shape[1] // 2 + 4 :].min() == 255
    cut_mark = last[:30, last.shape[1] // 2 - 3 : last.shape[1] // 2 + 3]
    assert cut_mark.min() < 200


def test_number_and_ward_stand_in_print(print_run: PrintRun) -> None:
    printed = print_run(count=2, ward_name="Maple Ward")
    with pypdfium2.PdfDocument(printed.pdf) as document:
        text = document[0].get_textpage().get_text_bounded()
    numbers = re.findall(r"RXW-\S+", text)
    assert [str(parse_number(number)) for number in numbers] == numbers == [
        card["card"] for card in printed.manifest["pages"][0]["cards"]
    ]  # fmt: skip
    assert text.count("Maple Ward") == 2


def test_empty_card_is_the_card_without_its_own_print(nomination: Template, organisation: Organisation) -> None:
    layout = lay_out(nomination).card
    with pypdfium2.PdfDocument(empty_card(nomination, organisation)) as document:
        assert len(document) == 1
        width, height = document[0].get_size()
        assert (width * 25.4 / 72, height * 25.4 / 72) == pytest.approx((layout.width, layout.height), abs=0.01)
        picture = document[0].render(scale=DPI / 72, rev_byteorder=True).to_numpy()[:, :, :3]
        text = document[0].get_textpage().get_text_bounded()
    for box in (layout.code, layout.number):
        assert part(picture, box.x, box.y, box.x + box.width, box.y + box.height).min() == 255
    assert "led with compassion" in text
    assert_framed(picture, list(layout.fields[0].cells[0]), 1.0)
