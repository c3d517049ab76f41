import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.decode import decode_colour
from pipeline.pictures import with_orientation
from pipeline.records import CardReading, Page
from pipeline.store import batches, models, pages
from pipeline.store.page_images import image_path
from pipeline.store.page_pictures import NoPictureError, card_picture, page_picture
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_field,
    make_page,
    make_page_reading,
    same_writing,
)

LEFT = ((0.0, 0.0), (200.0, 0.0), (200.0, 300.0), (0.0, 300.0))
RIGHT = ((200.0, 0.0), (400.0, 0.0), (400.0, 300.0), (200.0, 300.0))
GREEN, RED, PAPER = (0, 160, 0), (0, 0, 200), (250, 250, 250)
OURS, THEIRS = card_number(1, "RXW"), card_number(1, "RYZ")


@pytest.fixture
def batch(store: Path) -> str:
    return batches.open_batch("/scans/stack.pdf").id


def two_cards() -> NDArray[np.uint8]:
    """A page of 400 x 400: a green card on the left, a red one on the right, paper below."""
    pixels = np.full((400, 400, 3), PAPER, np.uint8)
    pixels[:300, :200], pixels[:300, 200:] = GREEN, RED
    return pixels


def png(pixels: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def card(number: str, corners: tuple[tuple[float, float], ...]) -> CardReading:
    return make_card_reading(number=number, corners_px=corners)


def keep(batch: str, data: bytes, *cards: CardReading, number: int = 1, suffix: str = ".png") -> models.Page:
    page: Page = make_page(number, data=data, suffix=suffix, sha256=hashlib.sha256(data).hexdigest())
    pages.keep_page(batch, number, page, make_page_reading(*cards), RECEIVED, same_writing)
    return models.Page.objects.get(batch=batch, number=number)


def keep_both(batch: str, number: int = 1) -> models.Page:
    return keep(batch, png(two_cards()), card(OURS, LEFT), card(THEIRS, RIGHT), number=number)


def colour(picture: tuple[bytes, str], x: int, y: int) -> tuple[int, ...]:
    """The colour at a place, in steps of 50, since a JPEG's is not exact."""
    data, suffix = picture
    assert suffix == ".jpg"
    return tuple(round(int(value) / 50) * 50 for value in decode_colour(data)[y, x])


def steps(wanted: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(round(value / 50) * 50 for value in wanted)


def test_each_organisation_sees_only_its_own_card(batch: str) -> None:
    page = keep_both(batch)
    ours, theirs = page_picture(page, "RXW"), page_picture(page, "RYZ")
    assert colour(ours, 100, 150) == steps(GREEN)
    assert colour(theirs, 300, 150) == steps(RED)
    for hidden in (colour(ours, 300, 150), colour(ours, 205, 20), colour(theirs, 100, 150), colour(theirs, 195, 20)):
        assert hidden == (200, 200, 200)


def test_who_has_no_card_on_a_page_of_others_sees_nothing(batch: str) -> None:
    data, _ = page_picture(keep_both(batch), "RZZ")
    assert np.ptp(decode_colour(data).reshape(-1, 3), axis=0).max() == 0


def test_beside_its_card_an_organisation_sees_nothing_of_a_batch_that_is_not_its_own(batch: str) -> None:
    """There may lie a card that couldn't be placed."""
    assert colour(page_picture(keep_both(batch), "RXW"), 100, 380) == (200, 200, 200)


def test_of_its_own_batch_an_organisation_sees_all_but_the_cards_of_others(batch: str) -> None:
    page = keep_both(batch)
    page.batch.organisation = "RXW"
    picture = page_picture(page, "RXW")
    assert colour(picture, 190, 150) == steps(GREEN)
    assert colour(picture, 300, 150) == (200, 200, 200)
    assert colour(picture, 100, 380) == steps(PAPER)
    assert colour(page_picture(page, "RYZ"), 100, 380) == (200, 200, 200)


def test_a_page_taken_in_again_hides_the_same(batch: str) -> None:
    keep_both(batch)
    again = keep_both(batch, number=2)
    assert again.outcome == "duplicate"
    assert colour(page_picture(again, "RXW"), 300, 150) == (200, 200, 200)


def test_cards_that_seem_to_lie_on_each_other_are_hidden(batch: str) -> None:
    page = keep(batch, png(two_cards()), card(OURS, LEFT), card(THEIRS, LEFT))
    assert colour(page_picture(page, "RXW"), 100, 150) == (200, 200, 200)


def test_a_card_is_cut_out_upright(batch: str) -> None:
    pixels = two_cards()
    pixels[10:60, 10:60] = (255, 0, 0)
    upside_down = np.ascontiguousarray(pixels[::-1, ::-1])
    corners = tuple((400.0 - x, 400.0 - y) for x, y in LEFT)
    keep(batch, png(upside_down), card(OURS, corners))
    picture = card_picture(OURS)
    assert decode_colour(picture[0]).shape == (300, 200, 3)
    assert colour(picture, 35, 35) == (250, 0, 0)
    assert colour(picture, 100, 200) == steps(GREEN)


def test_a_card_that_overlaps_another_organisations_is_covered_there(batch: str) -> None:
    wide = ((0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0))
    keep(batch, png(two_cards()), card(OURS, wide), card(THEIRS, RIGHT))
    assert colour(card_picture(OURS), 100, 150) == steps(GREEN)
    assert colour(card_picture(OURS), 250, 150) == (200, 200, 200)


def test_fields_that_name_somebody_are_painted_over(batch: str) -> None:
    name = make_field(name="nominator_name", outline_px=((20, 200), (120, 200), (120, 220), (20, 220)))
    keep(batch, png(two_cards()), make_card_reading(number=OURS, corners_px=LEFT, fields=(name,)))
    assert colour(card_picture(OURS), 60, 210) == steps(GREEN)
    without = card_picture(OURS, without=("nominator_name", "nominator_contact"))
    assert colour(without, 60, 210) == (200, 200, 200)
    assert colour(without, 60, 100) == steps(GREEN)


def test_what_cannot_be_painted_over_is_not_shown(batch: str) -> None:
    name = make_field(name="nominator_name", outline_px=())
    keep(batch, png(two_cards()), make_card_reading(number=OURS, corners_px=LEFT, fields=(name,)))
    with pytest.raises(NoPictureError, match="names who wrote it"):
        card_picture(OURS, without=("nominator_name",))


def test_a_picture_turned_by_its_exif_note_is_hidden_in_the_right_place(batch: str) -> None:
    stored = np.ascontiguousarray(np.rot90(two_cards()))  # Orientation 6: shown turned a quarter clockwise.
    jpeg = with_orientation(cv2.imencode(".jpg", stored)[1].tobytes(), 6)
    assert np.abs(decode_colour(jpeg).astype(int) - two_cards()).mean() < 5
    page = keep(batch, jpeg, card(OURS, LEFT), card(THEIRS, RIGHT), suffix=".jpg")
    assert colour(page_picture(page, "RXW"), 100, 150) == steps(GREEN)
    assert colour(page_picture(page, "RXW"), 300, 150) == (200, 200, 200)


def test_a_thumbnail_is_as_wide_as_asked_and_never_wider_than_the_page(batch: str) -> None:
    page = keep_both(batch)
    assert decode_colour(page_picture(page, "RXW", width=100)[0]).shape == (100, 100, 3)
    assert decode_colour(page_picture(page, "RXW", width=9000)[0]).shape == (400, 400, 3)
    assert decode_colour(card_picture(OURS, width=50)[0]).shape == (75, 50, 3)


def test_without_an_image_there_is_no_picture(batch: str) -> None:
    page = keep_both(batch)
    image_path(page.sha256, page.suffix).unlink()
    with pytest.raises(NoPictureError, match="isn't kept here"):
        page_picture(page, "RXW")
    with pytest.raises(NoPictureError, match="was never seen here"):
        card_picture(card_number(9))
    nonsense = keep(batch, b"no picture", card(card_number(2), LEFT), number=2)
    with pytest.raises(NoPictureError, match="not a JPEG or PNG"):
        page_picture(nonsense, "RXW")
