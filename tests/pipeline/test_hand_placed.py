"""A card that no machine can place is read where a person says it lies, never with more certainty than that."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.hand_placed import UNSURE, lies_on, read_by_hand
from pipeline.records import CardReading, HandPlacing, HandReading, Image, Status
from pipeline.stack import Reader, read_page
from pipeline.workers import Desk, make_reader
from tests.pipeline.paper import Paper, Scanned, cut_card, layout, nameless, scan, whole_sheet

WHITE = 255
TODAY = datetime.date(2026, 8, 6)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return make_reader(Desk())


def placed(
    reader: Reader, page: Image, number: str, corners: NDArray[np.float64], fingerprint: str = layout().fingerprint
) -> HandReading:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return read_by_hand(page, HandPlacing(number, (a, b, c, d), fingerprint=fingerprint, key=7), reader, TODAY)


def read(told: HandReading) -> CardReading:
    assert told.card is not None, told.reason
    assert told.key == 7
    return told.card


def error_mm(card: CardReading, scanned: Scanned, paper: Paper, number: int = 0) -> float:
    away = np.linalg.norm(np.array(card.corners_px) - scanned.corners(paper, number), axis=1)
    return float(away.max()) / (scanned.dpi / 25.4)


def values(card: CardReading) -> dict[str, object]:
    return {field.name: field.value for field in card.fields}


def whole(page: Image) -> NDArray[np.float64]:
    height, width = page.shape
    return np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], dtype=np.float64)


@pytest.mark.parametrize("turn", [0, 2])
def test_named_by_hand_it_is_found_by_its_marks(reader: Reader, turn: int) -> None:
    paper = nameless(marks=True)
    scanned = scan(paper, turn=turn, skew=2.0)
    assert read_page(scanned.image, reader, TODAY).cards == ()
    card = read(placed(reader, scanned.image, paper.number(), whole(scanned.image), ""))
    assert (card.identity.number, card.identity.organisation) == (paper.number(), "RXW")
    assert (card.identity.template, card.identity.fingerprint) == ("nomination", layout().fingerprint)
    assert card.alignment.by == "marks"
    assert error_mm(card, scanned, paper) < 0.5
    assert values(card)["nominee_last_name"] == "NIGHTINGALE"


def test_without_marks_the_corners_are_drawn_to_the_print(reader: Reader) -> None:
    paper = nameless(marks=False)
    scanned = scan(paper, turn=1, skew=-3.0)
    rough = scanned.corners(paper) + np.random.default_rng(2).uniform(-3, 3, (4, 2)) * scanned.dpi / 25.4
    card = read(placed(reader, scanned.image, paper.number(), rough))
    assert (card.alignment.by, card.alignment.residual_mm < 0.2) == ("hand", True)
    assert error_mm(card, scanned, paper) < 0.5
    assert values(card)["nominee_first_name"] == "PRIYA"
    assert any(field.status is Status.ACCEPTED for field in card.fields)
    outline = np.array(next(field.outline_px for field in card.fields if field.name == "date"))
    assert lies_on([tuple(point) for point in outline], card.corners_px)


def test_a_page_left_upside_down_is_turned(reader: Reader) -> None:
    paper = nameless(marks=False)
    scanned = scan(paper)
    card = read(placed(reader, scanned.image, paper.number(), np.roll(scanned.corners(paper), 2, axis=0)))
    assert error_mm(card, scanned, paper) < 0.5


def test_where_no_print_agrees_nothing_is_taken_as_sure(reader: Reader) -> None:
    paper = nameless(marks=False)
    scanned = scan(paper)
    # As far from its own place as a person would never put it: boxes are cut where none are.
    wrong = scanned.corners(paper) * 0.6 + 20
    card = read(placed(reader, scanned.image, paper.number(), wrong))
    assert (card.alignment.by, card.alignment.residual_mm) == ("hand", 6.0)
    assert {(field.status, field.reason) for field in card.fields} == {(Status.REVIEW, UNSURE)}
    assert max(field.confidence for field in card.fields) < 0.4
    assert card.filled
    assert np.array(card.corners_px) == pytest.approx(wrong, abs=0.01)


def test_nothing_tells_the_template_then(reader: Reader) -> None:
    paper = nameless(marks=False)
    scanned = scan(paper)
    told = placed(reader, scanned.image, paper.number(), scanned.corners(paper) * 0.6, "")
    assert told.card is None
    assert "choose the template" in told.reason


def test_another_cards_code_is_not_taken_for_it(reader: Reader) -> None:
    paper, other = cut_card(0), cut_card(1)
    scanned = scan(paper)
    told = placed(reader, scanned.image, other.number(), whole(scanned.image))
    assert told.card is None
    assert f"that of card {paper.number()}, not of card {other.number()}" in told.reason
    theirs = scan(cut_card(0, organisation="RYZ"))
    told = placed(reader, theirs.image, other.number(), whole(theirs.image))
    assert "RYZ" not in told.reason


def test_its_own_code_is_believed_where_marks_are_lost(reader: Reader) -> None:
    paper = cut_card()
    for mark in layout().marks:
        paper.blot(mark, WHITE)
    scanned = scan(paper, skew=1.0)
    card = read(placed(reader, scanned.image, paper.number(), scanned.corners(paper)))
    assert error_mm(card, scanned, paper) < 0.5


def test_one_of_two_cards_of_a_sheet(reader: Reader) -> None:
    paper = nameless(marks=True, card=1, paper=whole_sheet())
    scanned = scan(paper, skew=1.0)
    card = read(placed(reader, scanned.image, paper.number(1), scanned.corners(paper, 1)))
    assert card.identity.number == paper.number(1)
    assert error_mm(card, scanned, paper, 1) < 0.5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "RXW-7K3F9QZ-0012-X"}, "is no card number"),
        ({"fingerprint": "00000000"}, "template of card .* is not known here"),
        ({"corners_px": ((5.0, 5.0), (20.0, 5.0), (20.0, 20.0), (5.0, 20.0))}, "too small to hold a card"),
    ],
)
def test_what_can_not_be_read_says_why(reader: Reader, changes: dict[str, object], reason: str) -> None:
    page = np.full((800, 600), 255, dtype=np.uint8)
    corners: Sequence[tuple[float, float]] = [(0.0, 0.0), (599.0, 0.0), (599.0, 799.0), (0.0, 799.0)]
    placing = HandPlacing(cut_card().number(), (corners[0], corners[1], corners[2], corners[3]))
    told = read_by_hand(page, replace(placing, **changes), reader, TODAY)  # type: ignore[arg-type]
    assert told.card is None

    assert re.search(reason, told.reason)
