"""A whole page, from picture to fields: what becomes of cards, of other people's paper, and of rubbish."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pipeline.lists import make_lists
from pipeline.records import CardReading, FieldReading, Image, Outcome, PageReading, Status
from pipeline.simulate.pages import Sheet, blank_sheet, letter_sheet
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.scan import scan as scan_somehow
from pipeline.stack import Reader, is_blank, read_page
from pipeline.workers import Desk, make_reader
from tests.pipeline.paper import ANSWERS, STAFF, WARDS, Scanned, cut_card, layout, scan, whole_sheet

TODAY = datetime.date(2026, 3, 31)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return make_reader(Desk(lists={"RXW": make_lists(STAFF, WARDS)}))


@pytest.fixture(scope="module")
def read(reader: Reader) -> Callable[[Image], PageReading]:
    return lambda page: read_page(page, reader, TODAY)


def fields_of(card: CardReading) -> dict[str, FieldReading]:
    return {field.name: field for field in card.fields}


def the_card(reading: PageReading) -> CardReading:
    assert (reading.outcome, reading.reason) == (Outcome.CARDS, "")
    (card,) = reading.cards
    return card


class TestCards:
    def test_everything_on_a_card(self, read: Callable[[Image], PageReading]) -> None:
        paper = cut_card()
        paper.write(ANSWERS)
        scanned = scan(paper, dpi=300.0, turn=1, skew=1.0)
        card = the_card(read(scanned.image))
        fields = fields_of(card)
        assert card.identity.number == paper.number()
        assert card.filled
        assert [field.name for field in card.fields] == [field.name for field in layout().fields]
        for name in ("nominee_first_name", "nominee_last_name", "nominee_team", "nominator_type", "date", "consent"):
            assert fields[name].value == ANSWERS[name]
        assert (card.nominee_staff.value, card.nominee_ward.value) == ("S002", "W02")
        for name in ("impact", "nominator_name", "nominator_contact"):
            assert (fields[name].status, fields[name].value) == (Status.BLANK, "")
        assert fields["nominator_type"].status == Status.ACCEPTED
        assert len(str(fields["action"].value).split()) >= 6
        self._assert_outlines_are_where_the_fields_are(scanned, fields)

    def _assert_outlines_are_where_the_fields_are(self, scanned: Scanned, fields: dict[str, FieldReading]) -> None:
        paper = cut_card()
        left, top = paper.cards[0]["box_mm"][:2]
        for field in layout().fields:
            if field.kind == "boxes":
                first = field.cells[0]
                truth = scanned.placed.pixels(np.array([[left + first.x, top + first.y]]))[0]
                assert np.linalg.norm(np.array(fields[field.name].outline_px[0]) - truth) < 0.5 * scanned.dpi / 25.4

    def test_empty_card_is_a_card_all_blank(self, read: Callable[[Image], PageReading]) -> None:
        card = the_card(read(scan(cut_card(), dpi=300.0, skew=-1.0).image))
        assert not card.filled
        assert {field.status for field in card.fields} == {Status.BLANK}
        assert {field.value for field in card.fields} == {"", ()}
        assert (card.nominee_staff.value, card.nominee_ward.value) == ("", "")

    def test_what_must_be_there_and_is_not_goes_to_a_person(self, read: Callable[[Image], PageReading]) -> None:
        paper = cut_card()
        paper.write({"nominee_first_name": "PRIYA"})
        fields = fields_of(the_card(read(scan(paper).image)))
        assert fields["action"].status == Status.REVIEW
        assert "nothing was written" in fields["action"].reason
        assert fields["nominee_team"].status == Status.BLANK
        assert fields["date"].status == Status.BLANK

    def test_two_ticks_and_a_correction(self, read: Callable[[Image], PageReading]) -> None:
        paper = whole_sheet()
        paper.write({"nominee_team": "MATERNITY", "nominator_type": ("patient", "staff")}, card=0)
        paper.write(
            {"nominee_team": "MATERNITY", "nominator_type": "carer"}, card=1, taken_back={"nominator_type": ("staff",)}
        )
        reading = read(scan(paper, dpi=300.0).image)
        two, corrected = (fields_of(card)["nominator_type"] for card in reading.cards)
        assert (two.value, two.status) == ("", Status.REVIEW)
        assert "more than one" in two.reason
        assert corrected.value == "carer"

    def test_card_of_an_organisation_that_is_not_loaded(self, read: Callable[[Image], PageReading]) -> None:
        paper = cut_card(organisation="RJ1")
        paper.write(ANSWERS)
        card = the_card(read(scan(paper, dpi=300.0).image))
        assert card.identity.organisation == "RJ1"
        assert fields_of(card)["date"].value == ANSWERS["date"]
        assert fields_of(card)["nominator_type"].value == "carer"
        assert card.nominee_staff.value == ""

    def test_code_and_number_spoilt_a_person_must_place_it(self, read: Callable[[Image], PageReading]) -> None:
        paper = whole_sheet()
        paper.write(ANSWERS, card=1)
        paper.blot(layout().code, 0, margin=0.5)
        paper.blot(layout().number, 0, margin=0.5)
        reading = read(scan(paper).image)
        assert reading.outcome == Outcome.EXCEPTION
        assert "can't be read" in reading.reason
        assert [card.identity.number for card in reading.cards] == [paper.number(1)]

    def test_unknown_layout_is_not_read_by_another(self, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        paper = cut_card()
        paper.write(ANSWERS)
        monkeypatch.setattr(reader.book, "_cards", {"00000000": next(iter(reader.book.cards()))})
        reading = read_page(scan(paper).image, reader, TODAY)
        assert (reading.outcome, reading.cards) == (Outcome.EXCEPTION, ())
        assert reading.reason.count(paper.number()) == 1
        assert layout().fingerprint in reading.reason


class TestOtherPaper:
    @pytest.mark.parametrize("condition", ["grey300", "grey150", "bilevel300", "turned"])
    def test_blank_page(self, condition: str, read: Callable[[Image], PageReading]) -> None:
        for seed in range(2):
            page = scan_somehow(blank_sheet(148.0, 210.0), CONDITIONS[condition], np.random.default_rng(seed)).image
            reading = read(page)
            assert (reading.outcome, reading.cards) == (Outcome.BLANK, ())
            assert reading.reason

    @pytest.mark.parametrize("condition", ["grey300", "bilevel300", "turned"])
    def test_letter(self, condition: str, read: Callable[[Image], PageReading]) -> None:
        page = scan_somehow(letter_sheet(), CONDITIONS[condition], np.random.default_rng(1)).image
        reading = read(page)
        assert (reading.outcome, reading.cards) == (Outcome.FOREIGN, ())
        assert reading.reason

    def test_a_single_written_line_is_not_blank(self) -> None:
        letter = letter_sheet()
        page = np.full(letter.image.shape[:2], 255, np.uint8)
        top = int(letter.dpi)
        lines = letter.image.min(axis=2)
        first = int(np.flatnonzero(lines.min(axis=1) < 128)[0])
        page[top : top + 60] = lines[first - 5 : first + 55]
        assert not is_blank(page)

    def test_another_organisations_code_is_foreign(self, read: Callable[[Image], PageReading]) -> None:
        import zxingcpp

        code = zxingcpp.create_barcode("https://example.org/parking", zxingcpp.BarcodeFormat.QRCode)
        picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=8))
        sheet = letter_sheet()
        image = sheet.image.copy()
        image[200 : 200 + picture.shape[0], 1500 : 1500 + picture.shape[1]] = picture[:, :, None]
        page = scan_somehow(Sheet(image, sheet.dpi), CONDITIONS["grey300"], np.random.default_rng(1)).image
        assert read(page).outcome == Outcome.FOREIGN


def hostile() -> dict[str, Image]:
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 900)
    card = scan(cut_card(), skew=1.0).image
    return {
        "one pixel": np.zeros((1, 1), np.uint8),
        "one white pixel": np.full((1, 1), 255, np.uint8),
        "three pixels": np.full((3, 1), 128, np.uint8),
        "a sliver": rng.integers(0, 256, (5, 5000), dtype=np.uint8),
        "a sliver on end": rng.integers(0, 256, (5000, 5), dtype=np.uint8),
        "noise": rng.integers(0, 256, (1200, 900), dtype=np.uint8),
        "black": np.zeros((1200, 900), np.uint8),
        "white": np.full((1200, 900), 255, np.uint8),
        "gradient": np.add.outer(ramp * 0.5, ramp * 0.5).astype(np.uint8),
        "checks": (np.indices((900, 900)).sum(axis=0) // 15 % 2 * 255).astype(np.uint8),
        "half a card": card[:, : card.shape[1] // 2],
        "the top of a card": np.ascontiguousarray(card[: card.shape[0] // 3]),
        "a thumbnail of a card": np.ascontiguousarray(card[::9, ::9]),
        "a card in the negative": 255 - card,
        "a card under noise": np.clip(card[:900, :900] + rng.normal(0, 90, (900, 900)), 0, 255).astype(np.uint8),
        "a card mirrored": np.ascontiguousarray(card[:, ::-1]),
    }


@pytest.mark.parametrize("name", list(hostile()))
def test_rubbish_has_an_outcome_and_makes_no_cards_up(name: str, read: Callable[[Image], PageReading]) -> None:
    reading = read(hostile()[name])
    assert reading.outcome in (Outcome.BLANK, Outcome.FOREIGN, Outcome.EXCEPTION, Outcome.CARDS)
    assert bool(reading.reason) == (reading.outcome != Outcome.CARDS)
    assert {card.identity.number for card in reading.cards} <= {cut_card().number()}


def test_reading_is_the_same_every_time(read: Callable[[Image], PageReading]) -> None:
    paper = cut_card()
    paper.write(ANSWERS)
    page = scan(paper).image
    first, again = read(page), read(page.copy())
    assert [replace(f) for f in first.cards[0].fields] == list(again.cards[0].fields)
    assert first.cards[0].ink == again.cards[0].ink
