"""The same card scanned again is the same; a photocopied blank with other writing is not."""

from functools import cache

import numpy as np
import pytest

from pipeline.card_book import CardBook
from pipeline.cut import cut_card as cut
from pipeline.identify import identify_cards
from pipeline.records import Value
from pipeline.same import has_writing, picture_ink, same_writing
from tests.pipeline.paper import ANSWERS, NoType, cut_card, scan

OTHER_ANSWERS: dict[str, Value] = {
    "nominee_first_name": "THOMAS",
    "nominee_last_name": "BRANNIGAN",
    "nominator_type": "staff",
    "action": "he stayed late to find my father a bed and a hot meal",
    "date": "2025-02-01",
}


@cache
def ink(filled: bool = True, hand: int = 0, writing: int = 1, other_words: bool = False, **lie: float) -> bytes:
    """The picture of a card's writing, after it was filled in and scanned so."""
    paper = cut_card()
    if filled:
        paper.write(OTHER_ANSWERS if other_words else ANSWERS, hand=hand, seed=writing)
    scanned = scan(paper, **lie)  # type: ignore[arg-type]
    (card,) = identify_cards(scanned.image, CardBook(), NoType()).cards
    return picture_ink(cut(card).ink)


@pytest.mark.parametrize(
    "lie",
    [
        {"skew": 1.0, "seed": 3},
        {"dpi": 300.0, "skew": -3.0, "seed": 4},
        {"dpi": 150.0, "turn": 2, "seed": 5},
        {"dpi": 300.0, "bilevel": True, "seed": 6},
        {"size": 0.97, "turn": 1, "seed": 7},
    ],
)
def test_scanned_again(lie: dict[str, float]) -> None:
    assert same_writing(ink(), ink(**lie))


@pytest.mark.parametrize(("hand", "writing", "other_words"), [(0, 2, True), (1, 1, False), (2, 5, False)])
def test_filled_in_anew(hand: int, writing: int, other_words: bool) -> None:
    """Other words in the same hand, and even the same words in another."""
    other = ink(hand=hand, writing=writing, other_words=other_words, skew=0.5, seed=8)
    assert not same_writing(ink(), other)
    assert not same_writing(other, ink())


def test_two_empty_cards_are_the_same_and_a_filled_one_is_not() -> None:
    empty, again = ink(filled=False), ink(filled=False, skew=2.0, dpi=300.0, seed=9)
    assert same_writing(empty, again)
    assert not same_writing(empty, ink())
    assert not same_writing(ink(), empty)
    assert has_writing(ink())
    assert not has_writing(empty)
    assert not has_writing(again)


def test_a_card_written_on_further_is_not_the_same() -> None:
    paper = cut_card()
    paper.write({"nominee_first_name": "PRIYA"})
    (card,) = identify_cards(scan(paper).image, CardBook(), NoType()).cards
    assert not same_writing(picture_ink(cut(card).ink), ink())


def test_picture_is_small_and_survives_packing() -> None:
    assert 100 < len(ink()) < 20_000
    mask = np.zeros((2100, 1485), np.uint8)
    mask[500:600, 300:900] = 255
    assert same_writing(picture_ink(mask), picture_ink(mask))
    assert not same_writing(picture_ink(mask), picture_ink(mask[:2000]))
