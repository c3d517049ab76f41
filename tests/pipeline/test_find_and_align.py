"""A card is found, named and brought onto its layout however it lies, and whatever is spoilt of it."""

from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import _bend_at, _bent_map
from pipeline.card_book import CardBook, empty_picture
from pipeline.engines.tesseract import Tesseract
from pipeline.find import FoundMark, find_symbols
from pipeline.identify import Identified, identify_cards
from pipeline.place import corners_of, group_marks, place_by_code, place_by_marks, project
from pipeline.records import CARD_PX_PER_MM, AlignedCard, Image, Matrix
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.scan import scan as scan_somehow
from tests.pipeline.paper import NoType, Paper, Scanned, cut_card, layout, scan, whole_sheet

WHITE, BLACK = 255, 0


@pytest.fixture(scope="module")
def book() -> CardBook:
    return CardBook()


def identify(page: Image, book: CardBook) -> Identified:
    return identify_cards(page, book, NoType())


def corner_error_mm(card: AlignedCard, scanned: Scanned, paper: Paper, number: int = 0) -> float:
    truth = scanned.corners(paper, number)
    return float(np.linalg.norm(np.array(card.corners_px) - truth, axis=1).max() / (scanned.dpi / 25.4))


def assert_found(paper: Paper, scanned: Scanned, book: CardBook, within_mm: float = 0.5) -> AlignedCard:
    found = identify(scanned.image, book)
    assert found.unplaced == ()
    (card,) = found.cards
    assert (card.identity.number, card.identity.organisation) == (paper.number(), "RXW")
    assert corner_error_mm(card, scanned, paper) < within_mm
    assert card.alignment.residual_mm < 0.4
    return card


class TestLie:
    @pytest.mark.parametrize("turn", [0, 1, 2, 3])
    def test_any_way_up(self, turn: int, book: CardBook) -> None:
        paper = cut_card()
        card = assert_found(paper, scan(paper, turn=turn, skew=1.0), book)
        assert (card.identity.ward, card.identity.template) == ("W02", "nomination")
        assert card.alignment.by == "marks"

    @pytest.mark.parametrize("skew", [-10.0, -4.0, 5.0, 10.0])
    def test_askew(self, skew: float, book: CardBook) -> None:
        paper = cut_card()
        assert_found(paper, scan(paper, skew=skew, turn=1, lid=40), book)

    @pytest.mark.parametrize("size", [0.9, 0.97, 1.1])
    def test_printed_at_another_size(self, size: float, book: CardBook) -> None:
        paper = cut_card()
        card = assert_found(paper, scan(paper, size=size), book)
        assert card.alignment.px_per_mm == pytest.approx(200 / 25.4 * size, rel=0.01)

    def test_small_and_askew_and_upside_down(self, book: CardBook) -> None:
        paper = cut_card()
        assert_found(paper, scan(paper, size=0.9, skew=-10.0, turn=2), book)

    @pytest.mark.parametrize(("dpi", "bilevel"), [(150.0, False), (300.0, True), (400.0, False)])
    def test_however_finely_it_is_scanned(self, dpi: float, bilevel: bool, book: CardBook) -> None:
        paper = cut_card()
        assert_found(paper, scan(paper, dpi=dpi, bilevel=bilevel, skew=2.0), book)

    def test_large_print_card(self, book: CardBook) -> None:
        paper = whole_sheet(per_sheet=1)
        scanned = scan(paper, turn=3, skew=2.0, dpi=150.0)
        (card,) = identify(scanned.image, book).cards
        assert card.identity.number == paper.number()
        assert corner_error_mm(card, scanned, paper) < 0.7
        assert card.layout.width == layout().width

    def test_photograph(self, book: CardBook) -> None:
        paper = cut_card()
        for seed in range(2):
            taken = scan_somehow(paper.sheet, CONDITIONS["phone"], np.random.default_rng(seed))
            (card,) = identify(cv2.cvtColor(taken.image, cv2.COLOR_RGB2GRAY).astype(np.uint8), book).cards
            assert card.identity.number == paper.number()
            truth = np.array(taken.corners(paper.cards[0]["box_mm"]))
            error = np.linalg.norm(np.array(card.corners_px) - truth, axis=1).max() / card.alignment.px_per_mm
            assert error < 0.8

    def test_aligned_picture_lies_on_the_empty_card(self, book: CardBook) -> None:
        paper = cut_card()
        card = assert_found(paper, scan(paper, skew=7.0, turn=3, dpi=300.0), book)
        print_here = card.empty < 128
        # Head and foot are the organisation's own.
        first, last = card.layout.fields[0].cells[0], card.layout.fields[-1].options[-1].box
        print_here[: round(first.y * CARD_PX_PER_MM)] = False
        print_here[round(last.y * CARD_PX_PER_MM) :] = False
        seen = cv2.GaussianBlur(card.image, (0, 0), 0.6)
        assert (seen[print_here] < 190).mean() > 0.95


class TestSpoilt:
    @pytest.mark.parametrize("shade", [WHITE, BLACK])
    @pytest.mark.parametrize("lost", range(4))
    def test_one_mark_lost(self, lost: int, shade: int, book: CardBook) -> None:
        paper = cut_card()
        paper.blot(layout().marks[lost], shade)
        assert_found(paper, scan(paper, skew=3.0), book)

    @pytest.mark.parametrize("lost", list(combinations(range(4), 2)))
    def test_two_marks_lost(self, lost: tuple[int, int], book: CardBook) -> None:
        paper = cut_card()
        for corner, shade in zip(lost, (WHITE, BLACK), strict=True):
            paper.blot(layout().marks[corner], shade)
        card = assert_found(paper, scan(paper, skew=-4.0, turn=lost[0]), book)
        assert card.alignment.by == "marks+code"

    @pytest.mark.parametrize("size", [0.9, 1.1])
    def test_two_marks_lost_of_another_size(self, size: float, book: CardBook) -> None:
        paper = cut_card()
        for corner in (1, 2):
            paper.blot(layout().marks[corner], WHITE)
        assert_found(paper, scan(paper, skew=8.0, size=size), book)

    def test_only_the_code_left(self, book: CardBook) -> None:
        paper = cut_card()
        for mark in layout().marks:
            paper.blot(mark, WHITE)
        found = identify(scan(paper, skew=2.0).image, book)
        for card in found.cards:
            assert card.alignment.residual_mm < 0.4
        assert len(found.cards) + len(found.unplaced) == 1
        assert all(paper.number() in reason for reason in found.unplaced)

    @pytest.mark.parametrize("shade", [WHITE, BLACK])
    def test_code_lost_the_printed_number_names_the_card(self, shade: int, book: CardBook) -> None:
        paper = cut_card(1)
        paper.blot(layout().code, shade, margin=0.5)
        scanned = scan(paper, skew=-2.0, turn=2)
        found = identify_cards(scanned.image, book, Tesseract())
        assert found.unplaced == ()
        (card,) = found.cards
        assert (card.identity.number, card.identity.organisation) == (paper.number(), "RXW")
        assert card.identity.fingerprint == layout().fingerprint
        assert corner_error_mm(card, scanned, paper) < 0.5

    def test_code_and_a_mark_lost(self, book: CardBook) -> None:
        paper = cut_card(1)
        paper.blot(layout().code, BLACK, margin=0.5)
        paper.blot(layout().marks[2], WHITE)
        scanned = scan(paper, skew=5.0)
        (card,) = identify_cards(scanned.image, book, Tesseract()).cards
        assert card.identity.number == paper.number()
        assert corner_error_mm(card, scanned, paper) < 0.5

    def test_code_and_number_lost_a_person_must_place_it(self, book: CardBook) -> None:
        paper = cut_card()
        paper.blot(layout().code, BLACK, margin=0.5)
        paper.blot(layout().number, BLACK, margin=0.5)
        found = identify_cards(scan(paper).image, book, Tesseract())
        assert found.cards == ()
        (reason,) = found.unplaced
        assert "code and number can't be read" in reason

    def test_card_of_which_only_the_code_shows_is_not_read_wrong(self, book: CardBook) -> None:
        paper = cut_card()
        code = layout().code
        kept = paper.sheet.image.copy()
        paper.sheet.image[:] = WHITE
        scale = paper.sheet.dpi / 25.4
        y0, y1 = round((code.y - 2) * scale), round((code.y + code.height + 2) * scale)
        x0, x1 = round((code.x - 2) * scale), round((code.x + code.width + 2) * scale)
        paper.sheet.image[y0:y1, x0:x1] = kept[y0:y1, x0:x1]
        found = identify(scan(paper).image, book)
        assert found.cards == ()
        assert paper.number() in found.unplaced[0]

    def test_unknown_template_says_which(self, book: CardBook, monkeypatch: pytest.MonkeyPatch) -> None:
        paper = cut_card()
        monkeypatch.setattr(book, "_cards", {"00000000": next(iter(book.cards()))})
        found = identify(scan(paper).image, book)
        assert found.cards == ()
        assert paper.number() in found.unplaced[0]
        assert "nomination" in found.unplaced[0]
        assert layout().fingerprint in found.unplaced[0]


class TestSeveral:
    def test_uncut_sheet_left_to_right(self, book: CardBook) -> None:
        paper = whole_sheet()
        scanned = scan(paper, skew=1.5)
        found = identify(scanned.image, book)
        assert [card.identity.number for card in found.cards] == [paper.number(0), paper.number(1)]
        for number, card in enumerate(found.cards):
            assert corner_error_mm(card, scanned, paper, number) < 0.5

    def test_code_lost_on_one_of_two(self, book: CardBook) -> None:
        paper = whole_sheet()
        paper.blot(layout().code, BLACK, card=0, margin=0.5)
        paper.blot(layout().marks[1], WHITE, card=1)
        found = identify_cards(scan(paper, turn=1).image, book, Tesseract())
        assert {card.identity.number for card in found.cards} == {paper.number(0), paper.number(1)}
        assert found.unplaced == ()

    @pytest.mark.parametrize("seed", range(4))
    def test_two_cut_cards_any_way_up(self, seed: int, book: CardBook) -> None:
        papers = cut_card(0), cut_card(1)
        glass = scan_somehow([paper.sheet for paper in papers], CONDITIONS["cut"], np.random.default_rng(seed))
        found = identify(glass.image, book)
        assert found.unplaced == ()
        by_number = {card.identity.number: card for card in found.cards}
        assert set(by_number) == {paper.number() for paper in papers}
        for n, paper in enumerate(papers):
            truth = np.array(glass.corners(paper.cards[0]["box_mm"], n))
            error = np.linalg.norm(np.array(by_number[paper.number()].corners_px) - truth, axis=1)
            assert error.max() / (glass.dpi / 25.4) < 0.5

    def test_the_same_number_twice_is_two_cards(self, book: CardBook) -> None:
        papers = cut_card(0), cut_card(0)
        glass = scan_somehow([paper.sheet for paper in papers], CONDITIONS["cut"], np.random.default_rng(5))
        found = identify(glass.image, book)
        assert [card.identity.number for card in found.cards] == [papers[0].number()] * 2


def similarities() -> st.SearchStrategy[Matrix]:
    """Any turn, 100 to 600 dpi, printed at 90 to 110 %, a mild view from the side."""

    def make(angle: float, scale: float, x: float, y: float, px: float, py: float) -> Matrix:
        c, s = np.cos(angle) * scale, np.sin(angle) * scale
        middle = np.array([[1.0, 0.0, -layout().width / 2], [0.0, 1.0, -layout().height / 2], [0.0, 0.0, 1.0]])
        seen = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [px, py, 1.0]])
        return np.array([[c, -s, 2000 + x], [s, c, 2000 + y], [0.0, 0.0, 1.0]]) @ seen @ middle

    tilt = st.floats(-2e-4, 2e-4)
    return st.builds(
        make, st.floats(-np.pi, np.pi), st.floats(3.6, 26.0), st.floats(0, 900), st.floats(0, 900), tilt, tilt
    )


def marks_under(matrix: Matrix, noise: float = 0.0) -> list[FoundMark]:
    rng = np.random.default_rng(0)
    return [
        FoundMark(corner, project(matrix, corners_of(box)) + rng.normal(0, noise, (4, 2)))
        for corner, box in enumerate(layout().marks)
    ]


class TestPlace:
    trim = corners_of(layout().marks[0]._replace(x=0.0, y=0.0, width=layout().width, height=layout().height))

    @given(similarities())
    def test_four_marks_give_the_whole_card(self, matrix: Matrix) -> None:
        placed = place_by_marks(marks_under(matrix), layout())
        assert placed is not None
        assert placed.residual_mm < 1e-3
        assert project(placed.page_from_card, self.trim) == pytest.approx(project(matrix, self.trim), abs=0.01)

    @given(similarities())
    def test_there_and_back_again(self, matrix: Matrix) -> None:
        back = project(np.linalg.inv(matrix), project(matrix, self.trim))
        assert back == pytest.approx(self.trim, abs=1e-6)

    @settings(max_examples=40)
    @given(similarities(), st.permutations(range(4)))
    def test_order_of_marks_is_irrelevant(self, matrix: Matrix, order: list[int]) -> None:
        marks = marks_under(matrix)
        (group,) = group_marks([marks[n] for n in order], layout())
        assert {mark.corner for mark in group} == {0, 1, 2, 3}

    @settings(max_examples=40)
    @given(similarities(), st.integers(0, 3), st.floats(0, 2 * np.pi))
    def test_a_mark_that_disagrees_is_left_out(self, matrix: Matrix, wrong: int, direction: float) -> None:
        marks = marks_under(matrix)
        away = 12.0 * marks[wrong].side / layout().marks[wrong].width
        shifted = marks[wrong].quad + away * np.array([np.cos(direction), np.sin(direction)])
        marks[wrong] = replace(marks[wrong], quad=shifted)
        placed = place_by_marks(marks, layout())
        assert placed is not None
        assert placed.marks == 3
        assert project(placed.page_from_card, self.trim) == pytest.approx(project(matrix, self.trim), abs=0.1)

    def test_code_takes_its_own_cards_marks(self, book: CardBook) -> None:
        scanned = scan(whole_sheet(), skew=2.0)
        findings = find_symbols(scanned.image)
        assert (len(findings.codes), len(findings.marks)) == (2, 8)
        placed = [place_by_code(code, findings, layout()) for code in findings.codes]
        for place in placed:
            assert place is not None
            assert (place.marks, place.by) == (4, "marks")
            assert place.residual_mm < 0.2

    def test_empty_picture_is_the_cards_size(self, book: CardBook) -> None:
        known = next(iter(book.cards()))
        height, width = empty_picture(known.template).shape
        assert (width, height) == (
            round(known.layout.width * CARD_PX_PER_MM), round(known.layout.height * CARD_PX_PER_MM)
        )  # fmt: skip


@given(st.lists(st.floats(-0.5, 0.5), min_size=12, max_size=12), st.floats(-0.1, 0.1), st.sampled_from([5.0, 10.0]))
def test_a_bent_card_is_cut_where_its_points_are(numbers: list[float], turn: float, px_per_mm: float) -> None:
    matrix = np.array([[11.8, -turn, 30.0], [turn, 11.8, 40.0], [0.0, 1e-6, 1.0]])
    bend = np.array(numbers).reshape(6, 2)
    size = (round(60 * px_per_mm), round(90 * px_per_mm))
    seen = _bent_map(matrix, bend, size, px_per_mm)
    columns, rows = ((np.arange(count) + 0.5) / px_per_mm for count in size)
    points = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    expected = project(matrix, points + _bend_at(bend, points)).reshape(seen.shape)
    assert np.abs(seen - expected).max() < 0.02
