"""What is written on a card is what is said to be written, and it keeps to its place."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forms.layout import Box
from forms.organisation import read_profile
from pipeline.simulate.compose import style_of, write_boxes, write_lines
from pipeline.simulate.fill import Answers, FilledCard, Gaps, Invention, fill_card, invent_answers
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.hands import Hand, UnipenHands
from pipeline.simulate.names import sample_organisation, write_profile
from pipeline.simulate.pages import blank_sheet
from pipeline.simulate.stories import story
from pipeline.simulate.strikes import TICK_KINDS, tick

LINES = [Box(10.0, 20.0 + 8 * n, 90.0, 8.0) for n in range(3)]


@pytest.fixture(params=["pen strokes", "fonts"])
def hand(request: pytest.FixtureRequest, handwriting: Path) -> Hand:
    rng = np.random.default_rng(1)
    return UnipenHands(handwriting, "train").pick(rng) if request.param == "pen strokes" else FontHands().pick(rng)


def fill(card: dict[str, Any], hand: Hand, seed: int) -> tuple[np.ndarray[Any, Any], FilledCard]:
    rng = np.random.default_rng(seed)
    profile = sample_organisation(np.random.default_rng(0), staff=30, wards=5)
    sheet = blank_sheet(148.5, 210.0, 150.0)
    invention = invent_answers(card, hand, profile.staff, profile.wards, rng)
    return sheet.image, fill_card(sheet.image, sheet.dpi, card, invention, hand, rng)


def test_same_seed_same_card(card: dict[str, Any], hand: Hand) -> None:
    (first, said), (second, again) = fill(card, hand, 3), fill(card, hand, 3)
    assert said == again
    assert np.array_equal(first, second)
    assert not np.array_equal(first, fill(card, hand, 4)[0])


def test_every_field_has_a_value_of_its_kind(card: dict[str, Any], hand: Hand) -> None:
    for seed in range(6):
        values = fill(card, hand, seed)[1].as_json()["fields"]
        assert list(values) == [field["name"] for field in card["fields"]]
        assert isinstance(values["consent"], list)
        assert isinstance(values["nominator_type"], str)
        if values["date"]:
            assert datetime.date(2015, 1, 1) < datetime.date.fromisoformat(values["date"]) < datetime.date.today()


def test_story_stays_within_its_lines(hand: Hand) -> None:
    rng = np.random.default_rng(2)
    told = story("action", hand.knows, rng, 60, 60)
    ink, written = write_lines(told, LINES, hand, style_of(hand, rng), rng)
    assert 3 < len(written.split()) < len(told.split())
    assert all(a.lower() == b.lower() for a, b in zip(written.split(), told.split(), strict=False))
    bounds = np.array([piece.bounds for piece in ink])
    assert bounds[:, 0].min() > LINES[0].x - 1
    assert bounds[:, 2].max() < LINES[0].x + LINES[0].width + 2
    assert bounds[:, 1].min() > LINES[0].y - 5
    assert bounds[:, 3].max() < LINES[-1].y + LINES[-1].height + 7


def test_short_story_is_written_whole(hand: Hand) -> None:
    rng = np.random.default_rng(2)
    _, written = write_lines("the nurse sat", LINES, hand, style_of(hand, rng), rng)
    assert written == "the nurse sat"


def test_each_character_stands_in_its_own_box(hand: Hand) -> None:
    cells = [Box(12.0 + 6.4 * n, 30.0, 5.5, 7.0) for n in range(14)]
    rng = np.random.default_rng(7)
    ink, written = write_boxes("ANN MARIE", cells, hand, style_of(hand, rng), rng)
    assert written == "ANN MARIE"
    boxes = [cell for cell, character in zip(cells, "ANN MARIE", strict=False) if character != " "]
    for piece, cell in zip(ink, boxes, strict=True):
        left, top, right, bottom = piece.bounds
        assert abs((left + right) / 2 - (cell.x + cell.width / 2)) < 2.5
        assert top > cell.y - 2.5
        assert bottom < cell.y + cell.height + 2.5


def test_text_longer_than_its_boxes_is_cut(hand: Hand) -> None:
    cells = [Box(12.0 + 6.4 * n, 30.0, 5.5, 7.0) for n in range(4)]
    rng = np.random.default_rng(7)
    assert write_boxes("CHRISTOPHER", cells, hand, style_of(hand, rng), rng)[1] == "CHRI"


@pytest.mark.parametrize("kind", [name for name, _ in TICK_KINDS])
def test_marks_reach_into_their_box(kind: Any) -> None:
    box = Box(12.0, 80.0, 4.5, 4.5)
    left, top, right, bottom = tick(box, kind, np.random.default_rng(1)).bounds
    assert left < box.x + box.width * 0.5 < right
    assert top < box.y + box.height * 0.8
    assert bottom > box.y + box.height * 0.4


def test_two_ticks_in_a_single_choice_count_as_none(card: dict[str, Any]) -> None:
    sheet = blank_sheet(148.5, 210.0, 150.0)
    invention = Invention(Answers({"nominator_type": ("patient", "staff")}))
    truth = fill_card(
        sheet.image, sheet.dpi, card, invention, FontHands().pick(np.random.default_rng(1)), np.random.default_rng(1)
    )
    assert truth.fields["nominator_type"] == ""
    assert sheet.image.min() < 200


def test_a_tick_taken_back_is_blacked_out(card: dict[str, Any]) -> None:
    sheet = blank_sheet(148.5, 210.0, 300.0)
    invention = Invention(Answers({"nominator_type": "staff"}, {"nominator_type": ("patient",)}))
    hand = FontHands().pick(np.random.default_rng(1))
    truth = fill_card(sheet.image, sheet.dpi, card, invention, hand, np.random.default_rng(1))
    assert truth.fields["nominator_type"] == "staff"
    scale = sheet.dpi / 25.4
    options = next(f for f in card["fields"] if f["name"] == "nominator_type")["options"]
    x, y, width, height = (round(side * scale) for side in options[0]["box_mm"])
    assert (sheet.image[y : y + height, x : x + width].min(axis=2) < 200).mean() > 0.5


def test_nothing_is_written_when_nothing_is_said(card: dict[str, Any], hand: Hand) -> None:
    sheet = blank_sheet(148.5, 210.0, 150.0)
    truth = fill_card(sheet.image, sheet.dpi, card, Invention(Answers({})), hand, np.random.default_rng(1))
    assert sheet.image.min() == 255
    assert set(truth.fields.values()) == {"", ()}


def test_gaps_can_be_closed(card: dict[str, Any]) -> None:
    gaps = Gaps(no_date=0, no_contact=0, team_only=0, no_type=0)
    profile = sample_organisation(np.random.default_rng(0), staff=30, wards=5)
    hand = FontHands().pick(np.random.default_rng(1))
    for seed in range(10):
        rng = np.random.default_rng(seed)
        values = invent_answers(card, hand, profile.staff, profile.wards, rng, gaps).answers.values
        assert all(values[name] for name in ("date", "nominator_contact", "nominee_last_name", "nominator_type"))


def test_sample_organisation_can_be_loaded(tmp_path: Path) -> None:
    profile = sample_organisation(np.random.default_rng(0), staff=300, wards=20)
    write_profile(profile, tmp_path)
    assert read_profile(tmp_path) == profile
    assert profile == sample_organisation(np.random.default_rng(0), staff=300, wards=20)
