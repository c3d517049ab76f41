from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import Match, Outcome, PageReading
from pipeline.store import batches, models
from pipeline.store.again import count_kept_images, keep_again, kept_images
from pipeline.store.cards import SeenCard, current_cards
from pipeline.store.decisions import decide
from pipeline.store.pages import keep_page, page_rows
from tests.store.builders import (
    CORNERS,
    RECEIVED,
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_field,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    same_writing,
)


@pytest.fixture
def batch(store: Path) -> str:
    return batches.open_batch("/scans").id


def keep(batch: str, number: int, reading: PageReading) -> None:
    keep_page(batch, number, make_page(number), reading, RECEIVED, same_writing)


def read_again(*readings: PageReading) -> None:
    for image, reading in zip(kept_images(), readings, strict=True):
        keep_again(image.key, reading, same_writing)


def value(card: SeenCard, name: str) -> object:
    return next(field.value for field in card.fields if field.name == name)


def test_kept_images_come_back_in_order(batch: str, store: Path) -> None:
    for number in (1, 2, 3):
        keep(batch, number, make_page_reading())
    keep_page(
        batch, 4, replace(make_page(4), data=b"", suffix=""), PageReading(Outcome.UNREADABLE), RECEIVED, same_writing
    )
    keep_page(batch, 5, make_page(5, content="stack.pdf 1"), make_page_reading(), RECEIVED, same_writing)
    (store / "pages" / make_page(2).sha256[:2] / f"{make_page(2).sha256}.jpg").unlink()
    images = list(kept_images(batch))
    assert count_kept_images() == len(images) == 3
    assert [(image.page.number, image.page.data) for image in images] == [
        (1, make_page(1).data),
        (2, b""),
        (3, make_page(3).data),
    ]
    assert "not in the home" in images[1].page.reason
    assert list(kept_images("2020-01-01-1")) == []


def test_a_new_reading_stands_beside_the_old(batch: str) -> None:
    keep(batch, 1, make_page_reading(make_card_reading()))
    better = make_card_reading(fields=make_fields(impact="Better."), nominee_staff=Match("S00124", 0.9))
    read_again(make_page_reading(better))
    (card,) = current_cards()
    assert (value(card, "impact"), card.nominee_staff.value) == ("Better.", "S00124")
    assert [run.newest for run in models.ReadingRun.objects.order_by("pk")] == [False, True]
    assert models.Reading.objects.filter(field="impact").count() == 2


def test_decisions_stand(batch: str) -> None:
    keep(batch, 1, make_page_reading(make_card_reading()))
    decide(f"card:{card_number()}", "impact", "As I say.", "Ann", make_layouts())
    read_again(make_page_reading(make_card_reading(fields=make_fields(impact="Better."))))
    (card,) = current_cards()
    assert value(card, "impact") == "As I say."


def test_copies_stay_what_they_are(batch: str) -> None:
    first, second = (
        make_card_reading(writing="a"),
        make_card_reading(writing="b", corners_px=tuple((x + 200, y) for x, y in CORNERS)),
    )
    keep(batch, 1, make_page_reading(first, second))
    # Found in another order, and with ink that no longer tells them apart.
    read_again(make_page_reading(replace(second, ink=b"c"), replace(first, ink=b"c")))
    assert [(card.copy, card.corners_px[0][0]) for card in current_cards()] == [(1, 10.0), (2, 210.0)]


def test_a_card_that_is_found_now_is_added(batch: str) -> None:
    keep(batch, 1, PageReading(Outcome.EXCEPTION, "its code can't be read"))
    read_again(make_page_reading(make_card_reading()))
    (row,) = page_rows()
    assert (row["outcome"], row["reason"], row["cards"]) == ("cards", "", [{"card": card_number(), "copy": 1}])


def test_a_card_that_is_not_found_now_stays(batch: str) -> None:
    keep(batch, 1, make_page_reading(make_card_reading()))
    read_again(PageReading(Outcome.FOREIGN))
    assert [row["outcome"] for row in page_rows()] == ["cards"]
    assert len(list(current_cards())) == 1


def test_a_page_that_cannot_be_read_now_keeps_its_outcome(batch: str) -> None:
    keep(batch, 1, PageReading(Outcome.FOREIGN))
    read_again(PageReading(Outcome.UNREADABLE, "gone"))
    assert [row["outcome"] for row in page_rows()] == ["foreign"]
    read_again(PageReading(Outcome.BLANK))
    assert [row["outcome"] for row in page_rows()] == ["blank"]


def test_writing_that_is_seen_now_makes_the_older_sighting_speak(batch: str) -> None:
    keep(batch, 1, make_page_reading(make_empty_card_reading()))
    keep(batch, 2, make_page_reading(make_empty_card_reading()))
    read_again(make_page_reading(make_card_reading()), make_page_reading(make_empty_card_reading()))
    (card,) = current_cards()
    assert (card.page, card.filled) == (1, True)
    assert models.NominationSource.objects.get().source == f"card:{card_number()}"


def test_a_new_version_of_an_engine_brings_new_readings_and_keeps_the_old(batch: str) -> None:
    def read_by(engine: str, surname: str, confidence: float) -> PageReading:
        field = make_field(
            value=surname, confidence=confidence, engine=engine, probability=0.5, calibration=f"name.listed of {engine}"
        )
        return make_page_reading(make_card_reading(fields=make_fields(nominee_last_name=field)))

    keep(batch, 1, read_by("hand 1", "PATER", 0.7))
    decide(f"card:{card_number()}", "impact", "As I say.", "Ann", make_layouts())
    read_again(read_by("hand 2", "PATEL", 0.99))
    kept = models.Reading.objects.filter(field="nominee_last_name").order_by("pk")
    assert list(kept.values_list("value", "engine", "confidence", "calibration", "run__newest")) == [
        ("PATER", "hand 1", 0.7, "name.listed of hand 1", False),
        ("PATEL", "hand 2", 0.99, "name.listed of hand 2", True),
    ]
    (card,) = current_cards()
    surname = next(field for field in card.fields if field.name == "nominee_last_name")
    assert (surname.value, surname.engine, surname.probability) == ("PATEL", "hand 2", 0.5)
    assert (value(card, "impact"), card.copy) == ("As I say.", 1)


def test_the_same_said_again_adds_nothing(batch: str) -> None:
    keep(batch, 1, make_page_reading(make_card_reading()))
    read_again(make_page_reading(make_card_reading()))
    assert models.ReadingRun.objects.count() == 1
    fitted_anew = make_fields(impact=make_field(name="impact", content="story", calibration="story 2"))
    read_again(make_page_reading(make_card_reading(fields=fitted_anew)))
    assert models.ReadingRun.objects.count() == 2
