"""Whose a page is."""

import pytest

from pipeline.records import Outcome
from pipeline.store import models
from pipeline.store.batches import open_batch
from pipeline.store.organisations import save_profile
from pipeline.store.page_owners import own_pages, owns_batch, page_of
from pipeline.store.pages import keep_page
from tests.store.builders import (
    RECEIVED,
    Organisation,
    card_number,
    make_card_reading,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)

pytestmark = pytest.mark.usefixtures("store")


def load(code: str) -> None:
    save_profile(make_profile(organisation=Organisation(code, code, "Leading with Compassion")))


def keep(organisation: str, *numbers: str) -> models.Page:
    batch = open_batch(f"{organisation} {numbers}", organisation=organisation).id
    cards = [make_card_reading(number=number, writing=number) for number in numbers]
    reading = make_page_reading(*cards, outcome=Outcome.CARDS if cards else Outcome.EXCEPTION)
    keep_page(batch, 1, make_page(file=f"{organisation}{numbers}.pdf"), reading, RECEIVED, same_writing)
    return models.Page.objects.get(batch=batch)


def test_a_page_is_of_those_who_scanned_it_and_those_whose_card_is_on_it() -> None:
    load("RXW")
    load("RYZ")
    both = keep("RXW", card_number(1), card_number(1, "RYZ"))
    alone = keep("RXW")
    nobodys = keep("")
    assert set(own_pages("RXW")) == {both, alone}
    assert set(own_pages("RYZ")) == {both}
    assert page_of("RYZ", alone.pk) is None
    assert page_of("RYZ", both.pk) == both
    assert owns_batch("RXW", both)
    assert not owns_batch("RYZ", both)
    assert not owns_batch("RXW", nobodys)


def test_what_nobody_claimed_is_of_the_only_organisation() -> None:
    load("RXW")
    page = keep("")
    assert list(own_pages("RXW")) == [page]
    load("RYZ")
    assert not own_pages("RXW")
