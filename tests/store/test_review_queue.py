"""What people say of fields that wait, one by one and side by side."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from forms.errors import UsageError
from pipeline.store import models
from pipeline.store.decisions import decide
from pipeline.store.leases import FieldKey, Order, Reviewer, take
from pipeline.store.organisations import save_profile
from pipeline.store.review_fields import field_picture, name_beside, review_field
from pipeline.store.review_queue import (
    MeanwhileError,
    accept_grid,
    alike,
    decide_field,
    decided_before,
    take_grid,
    waiting,
    waiting_by_content,
)
from tests.store.builders import card_number, make_layouts, make_profile
from tests.store.many_waiting import fill

ANN, BOB = Reviewer("RXW", 1, "Ann Lee (ann)"), Reviewer("RXW", 2, "Bob Day (bob)")
DAY = "2026-11-18"


@pytest.fixture(autouse=True)
def filled(store: Path) -> None:
    save_profile(make_profile())
    fill(6)
    fill(1, "RYZ")


def key(index: int, field: str) -> FieldKey:
    return FieldKey(models.Card.objects.get(number=card_number(index)).pk, field)


def said(who: Reviewer, at: FieldKey, text: str, seen: int = 0) -> object:
    return decide_field(who, at, text, seen).value


def test_counts() -> None:
    assert (waiting("RXW"), waiting("RYZ"), waiting("RXX")) == (30, 5, 0)
    assert list(waiting_by_content("RXW").items()) == [("date", 6), ("name", 12), ("tick", 6), ("story", 6)]


def test_decided_one_by_one_and_back() -> None:
    first, second = key(1, "date"), key(1, "consent")
    assert said(ANN, first, "06082018") == "2018-08-06"
    assert said(ANN, second, "share_publicly; stay_anonymous") == ("share_publicly", "stay_anonymous")
    assert decided_before(BOB) is None
    (newest, at) = decided_before(ANN) or (0, None)
    assert at == second
    (oldest, at) = decided_before(ANN, newest) or (0, None)
    assert at == first
    assert decided_before(ANN, oldest) is None
    shown = review_field("RXW", first)
    assert shown is not None
    assert (shown.text, shown.seen) == ("2018-08-06", oldest)
    assert said(ANN, first, "7 August 2018", oldest) == "2018-08-07"
    assert models.Decision.objects.count() == 3
    assert waiting("RXW") == 28


def test_decided_by_somebody_else_meanwhile() -> None:
    said(BOB, key(1, "date"), DAY)
    with pytest.raises(MeanwhileError, match=r"Bob Day \(bob\) decided this field after it was shown to you"):
        said(ANN, key(1, "date"), "")
    assert models.Decision.objects.count() == 1


def test_taken_by_somebody_else_meanwhile() -> None:
    (first, *_) = take(ANN, Order.DOUBT)
    past = timezone.now() - timedelta(seconds=1)
    models.WaitingField.objects.filter(leased_to=1).update(leased_until=past)
    (same, *_) = take(BOB, Order.DOUBT)
    assert same == first
    with pytest.raises(MeanwhileError, match="somebody else is looking at this field now"):
        said(ANN, first, "(empty)")
    said(BOB, first, "(empty)")


def test_a_lease_that_ran_out_and_nobody_took() -> None:
    (first, *_) = take(ANN, Order.DOUBT)
    models.WaitingField.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    said(ANN, first, "(empty)")


def test_another_organisations_card_is_not_there() -> None:
    theirs = FieldKey(models.Card.objects.get(organisation="RYZ").pk, "date")
    with pytest.raises(UsageError, match="no such card in this organisation"):
        said(ANN, theirs, DAY)
    assert review_field("RXW", theirs) is None
    with pytest.raises(UsageError, match="no picture"):
        field_picture("RXW", theirs)


def test_what_a_person_is_shown() -> None:
    shown = review_field("RXW", key(2, "nominee_last_name"))
    assert shown is not None
    assert (shown.text, shown.alternatives) == ("PATEL", ("PATEL", "PATER"))
    assert name_beside("RXW", shown.key) == "PRIYA"
    assert (shown.question.label, shown.question.kind) == ("Their last name", "boxes")
    assert not shown.has_picture
    assert review_field("RXW", key(2, "colour")) is None


def test_side_by_side() -> None:
    assert {(one.field, one.value, one.count) for one in alike("RXW")} == {
        ("date", DAY, 6), ("nominee_first_name", "PRIYA", 6), ("nominee_last_name", "PATEL", 6),
        ("consent", "share_with_nominee", 6),
    }  # fmt: skip
    assert alike("RYZ") == [], "one is no grid"
    shown = take_grid(ANN, "date", DAY)
    assert len(shown) == 6
    assert take_grid(BOB, "date", DAY) == ()
    odd = shown[2]
    said(BOB, key(5, "consent"), "")
    done = accept_grid(ANN, "date", DAY, {one.card for one in shown}, {odd.card})
    assert (len(done.accepted), done.odd, done.left) == (5, 1, 0)
    assert take_grid(ANN, "date", DAY) == (), "the odd one is looked at by itself"
    assert take(BOB, Order.CONTENT, "date") == (odd,)
    assert set(models.Decision.objects.filter(field="date").values_list("value", "by")) == {(DAY, ANN.by)}


def test_side_by_side_but_not_ours() -> None:
    shown = take_grid(ANN, "date", DAY)
    cards = {one.card for one in shown}
    decide(f"card:{card_number(1)}", "date", "", "Bob", make_layouts())
    models.WaitingField.objects.filter(card=key(2, "date").card).update(leased_to=BOB.user)
    models.WaitingField.objects.filter(card=key(3, "date").card).update(value="2026-11-19")
    theirs = models.Card.objects.get(organisation="RYZ").pk
    done = accept_grid(ANN, "date", DAY, {*cards, theirs}, ())
    assert (len(done.accepted), done.odd, done.left) == (3, 0, 4)
    assert not models.Decision.objects.filter(organisation="RYZ").exists()
