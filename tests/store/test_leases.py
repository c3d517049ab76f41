"""Two people never look at the same field at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from pipeline.store import models
from pipeline.store.decisions import decide
from pipeline.store.leases import AT_HAND, FieldKey, Order, Reviewer, release, renew, take
from pipeline.store.organisations import save_profile
from pipeline.store.review_queue import decide_field
from tests.store.builders import make_layouts, make_profile
from tests.store.fixtures import close_store
from tests.store.many_waiting import WAITING, fill

ANN, BOB = Reviewer("RXW", 1, "Ann Lee (ann)"), Reviewer("RXW", 2, "Bob Day (bob)")


@pytest.fixture(autouse=True)
def waiting(store: Path) -> Iterator[int]:
    save_profile(make_profile())
    yield fill(6)


def run_out(who: Reviewer) -> None:
    past = timezone.now() - timedelta(seconds=1)
    models.WaitingField.objects.filter(leased_to=who.user).update(leased_until=past)


def cards(keys: tuple[FieldKey, ...]) -> set[int]:
    return {key.card for key in keys}


@pytest.mark.parametrize("order", Order)
def test_what_one_holds_another_does_not_get(order: Order) -> None:
    first, second = take(ANN, order), take(BOB, order)
    assert len(first) == len(second) == AT_HAND
    assert not set(first) & set(second)
    assert take(ANN, order) == first, "what one holds already comes first"
    assert take(Reviewer("RYZ", 1, "Ann Lee (ann)"), order) == ()


def test_a_card_stays_with_one_person() -> None:
    ann, bob = take(ANN, Order.CARD), take(BOB, Order.CARD)
    assert len(cards(ann)) == len(cards(bob)) == 1
    assert cards(ann) != cards(bob)
    assert [key.field for key in ann] == list(WAITING[:3]), "as they stand on the card"
    for key in ann:
        decide_field(ANN, key, "(empty)", 0)
    assert cards(take(ANN, Order.CARD)[:2]) == cards(ann), "the rest of the card comes next"


def test_the_last_card_is_shared() -> None:
    one = models.Card.objects.order_by("pk").first()
    models.WaitingField.objects.exclude(card=one).delete()
    assert (len(take(ANN, Order.CARD)), len(take(BOB, Order.CARD))) == (3, 2)


def test_orders() -> None:
    fields = [key.field for key in take(ANN, Order.CONTENT, at_hand=30)]
    assert fields == sorted(fields, key=["date", "nominee_first_name", "nominee_last_name", "consent", "action"].index)
    release(ANN)
    doubts = [
        models.WaitingField.objects.get(card=key.card, field=key.field).confidence
        for key in take(ANN, Order.DOUBT, at_hand=30)
    ]
    assert doubts == sorted(doubts)
    release(ANN)
    assert {key.field for key in take(ANN, Order.DOUBT, "tick", at_hand=30)} == {"consent"}


def test_walking_away() -> None:
    first = take(ANN, Order.DOUBT)
    run_out(ANN)
    assert take(BOB, Order.DOUBT) == first
    assert not set(take(ANN, Order.DOUBT)) & set(first)


def test_typing_keeps_a_field_and_leaving_gives_it_back() -> None:
    first = take(ANN, Order.DOUBT, sitting="one")
    run_out(ANN)
    assert renew(ANN, "another") == 0
    assert renew(ANN, "one") == AT_HAND
    assert not set(take(BOB, Order.DOUBT)) & set(first)
    assert release(ANN, "another") == 0, "a page that is closed late gives back nothing of another's"
    assert release(ANN, "one") == AT_HAND
    assert set(take(BOB, Order.DOUBT, at_hand=9)) > set(first)


def test_many_at_once(store: Path) -> None:
    """Everything is decided, and nothing by two people."""

    def work(user: int) -> list[FieldKey]:
        who, done = Reviewer("RXW", user, f"P{user} (p{user})"), []
        try:
            while keys := take(who, list(Order)[user % 3]):
                decide_field(who, keys[0], "(empty)", 0)
                done.append(keys[0])
        finally:
            close_store()
        return done

    with ThreadPoolExecutor(6) as pool:
        done = [key for found in pool.map(work, range(1, 7)) for key in found]
    assert len(done) == len(set(done)) == 6 * len(WAITING)
    assert models.Decision.objects.count() == 6 * len(WAITING)
    assert not models.WaitingField.objects.exists()


def test_held_at_once_by_nobody_else(store: Path) -> None:
    def work(user: int) -> tuple[FieldKey, ...]:
        try:
            return take(Reviewer("RXW", user, "x"), Order.DOUBT, at_hand=5)
        finally:
            close_store()

    with ThreadPoolExecutor(6) as pool:
        held = [key for keys in pool.map(work, range(1, 7)) for key in keys]
    assert len(held) == len(set(held))


def test_decided_elsewhere_is_held_no_more() -> None:
    (first, *_) = take(ANN, Order.DOUBT)
    card = models.Card.objects.get(pk=first.card)
    decide(f"card:{card.number}", first.field, "(empty)", "Bob", make_layouts())
    assert first not in take(ANN, Order.DOUBT)
