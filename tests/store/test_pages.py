from pathlib import Path

import pytest

from pipeline.records import Outcome, Page, PageReading
from pipeline.store import batches, pages
from pipeline.store.cards import current_cards
from pipeline.store.page_images import image_path
from pipeline.store.pages import KeptPage
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_fields,
    make_page,
    make_page_reading,
    same_writing,
)


def keep(batch: str, page: Page, reading: PageReading, position: int | None = None) -> KeptPage:
    return pages.keep_page(batch, position or page.number, page, reading, RECEIVED, same_writing)


@pytest.fixture
def batch(store: Path) -> str:
    return batches.open_batch("/scans/stack.pdf").id


def test_a_page_is_kept_with_its_cards(batch: str) -> None:
    first, second = card_number(1), card_number(2)
    kept = keep(
        batch,
        make_page(),
        make_page_reading(make_card_reading(number=first), make_card_reading(number=second)),
    )
    assert kept == KeptPage(Outcome.CARDS, "", ((first, 1), (second, 1)))
    (row,) = pages.page_rows(batch)
    assert row == {
        "file": "stack.pdf",
        "page": 1,
        "sha256": make_page().sha256,
        "outcome": "cards",
        "cards": [{"card": first, "copy": 1}, {"card": second, "copy": 1}],
        "reason": "",
    }
    assert image_path(make_page().sha256, ".jpg").read_bytes() == make_page().data


def test_the_same_page_again_changes_nothing(batch: str) -> None:
    once = keep(batch, make_page(), make_page_reading(make_card_reading()))
    again = keep(batch, make_page(), make_page_reading(make_card_reading(writing="b")))
    assert again == once
    assert len(list(current_cards())) == 1
    assert batches.done_pages(batch) == {("stack.pdf", 1)}


def test_the_same_image_is_a_duplicate_whoever_noticed(batch: str) -> None:
    keep(batch, make_page(1, content="same"), make_page_reading(make_card_reading()))
    kept = keep(batch, make_page(2, content="same"), make_page_reading(make_card_reading(writing="b")))
    assert kept.outcome is Outcome.DUPLICATE
    assert kept.reason == f"the same image as page 1 of stack.pdf in batch {batch}"
    assert kept.cards == ()
    assert [card.copy for card in current_cards()] == [1]


def test_an_unreadable_image_is_tried_anew(batch: str) -> None:
    torn = make_page(1, content="torn")
    keep(batch, torn, PageReading(Outcome.UNREADABLE, "the file ends too early"))
    assert pages.seen(torn.sha256) is None
    assert keep(batch, make_page(2, content="torn"), make_page_reading(make_card_reading())).outcome is Outcome.CARDS
    assert pages.seen(torn.sha256) == pages.SeenPage(batch, "stack.pdf", 2)


def test_the_same_writing_is_the_same_copy_and_the_newest_sighting_speaks(batch: str) -> None:
    keep(batch, make_page(1), make_page_reading(make_card_reading()))
    kept = keep(batch, make_page(2), make_page_reading(make_card_reading(fields=make_fields(impact="Better."))))
    assert kept.cards == ((card_number(), 1),)
    (card,) = current_cards()
    assert card.page == 2
    assert card.fields[5].value == "Better."


def test_other_writing_is_the_next_copy(batch: str) -> None:
    for number, writing in enumerate("abcab", 1):
        keep(batch, make_page(number), make_page_reading(make_card_reading(writing=writing)))
    assert [row["cards"][0]["copy"] for row in pages.page_rows(batch)] == [1, 2, 3, 1, 2]
    assert [(card.copy, card.page) for card in current_cards()] == [(1, 4), (2, 5), (3, 3)]


def test_two_copies_on_one_page(batch: str) -> None:
    cards = (make_card_reading(writing="a"), make_card_reading(writing="b"))
    assert keep(batch, make_page(), make_page_reading(*cards)).cards == (
        (card_number(), 1),
        (card_number(), 2),
    )


def test_an_empty_card_never_replaces_a_filled_one(batch: str) -> None:
    keep(batch, make_page(1), make_page_reading(make_card_reading()))
    assert keep(batch, make_page(2), make_page_reading(make_empty_card_reading())).cards == ((card_number(), 1),)
    (card,) = current_cards()
    assert (card.page, card.filled) == (1, True)


def test_a_card_seen_empty_and_then_filled_is_copy_1(batch: str) -> None:
    keep(batch, make_page(1), make_page_reading(make_empty_card_reading()))
    keep(batch, make_page(2), make_page_reading(make_card_reading()))
    (card,) = current_cards()
    assert (card.copy, card.page, card.filled) == (1, 2, True)


def test_a_file_name_that_is_no_text_is_kept(batch: str) -> None:
    page = make_page(file=b"caf\xe9.pdf".decode("utf-8", "surrogateescape"), content="x")
    keep(batch, page, make_page_reading())
    keep(batch, page, make_page_reading())
    assert [row["file"] for row in pages.page_rows()] == ["caf\ufffd.pdf"]
