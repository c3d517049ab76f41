from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.records import Status
from pipeline.review_file import AS_READ, EMPTY, UNREADABLE, FilledRow, RefusedRow
from pipeline.store import batches, models
from pipeline.store.cards import SeenCard, find_card
from pipeline.store.checked import checked_readings
from pipeline.store.decisions import Decided, decide, decide_pair, decide_rows
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from pipeline.store.register import nominations_of
from pipeline.store.review import waiting_fields
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_field,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)

SOURCE = f"card:{card_number()}"


@pytest.fixture
def card(store: Path) -> str:
    """A card that was read, its date in doubt; and a second copy of it, and a card of another organisation."""
    save_profile(make_profile())
    batch = batches.open_batch("/scans").id
    doubtful = make_fields(
        date=make_field(name="date", content="date", value="2026-11-18", confidence=0.5, status=Status.REVIEW)
    )
    readings = [
        make_card_reading(fields=doubtful),
        make_card_reading(writing="b"),
        make_card_reading(number=card_number(organisation="RL1")),
    ]
    keep_page(batch, 1, make_page(), make_page_reading(*readings), RECEIVED, same_writing)
    return SOURCE


def now(copy: int = 1) -> SeenCard:
    card = find_card(card_number(), copy)
    assert card is not None
    return card


def field_of(card: SeenCard, name: str) -> tuple[object, float, Status]:
    (field,) = (field for field in card.fields if field.name == name)
    return field.value, field.confidence, field.status


def test_a_decision_wins_and_the_newest_most_of_all(card: str) -> None:
    decide(card, "date", "19/11/2026", "Ann", make_layouts())
    assert field_of(now(), "date") == ("2026-11-19", 1.0, Status.DECIDED)
    decide(card, "date", "2026-11-17", "Bob", make_layouts())
    assert field_of(now(), "date") == ("2026-11-17", 1.0, Status.DECIDED)
    assert models.Decision.objects.count() == 2
    assert field_of(now(2), "date")[2] is Status.ACCEPTED


def test_what_was_decided_waits_no_more(card: str) -> None:
    assert [(waiting.card.source, waiting.reading.name) for waiting in waiting_fields()] == [(SOURCE, "date")]
    decide(card, "date", "", "Ann", make_layouts())
    assert list(waiting_fields()) == []
    assert field_of(now(), "date")[0] == ""


def test_saying_the_same_again_adds_nothing(card: str) -> None:
    assert decide(card, "consent", "share_publicly", " Ann ", make_layouts()).new
    assert not decide(card, "consent", "Share publicly", "Ann", make_layouts()).new
    assert decide(card, "consent", "share_publicly", "Bob", make_layouts()).new
    assert models.Decision.objects.count() == 2


@pytest.mark.parametrize(
    ("source", "field", "value", "message"),
    [
        (SOURCE, "colour", "blue", "has no field 'colour'; it has nominee_first_name, .*nominee_staff, nominee_ward"),
        (SOURCE, "date", "soon", "date: 'soon' is no date"),
        (SOURCE, "nominator_type", "cat", "is none of its answers, patient, carer, staff, volunteer, other"),
        (SOURCE, "nominee_staff", "S99", "RXW has no member of staff 'S99'"),
        (SOURCE, "nominee_ward", "W99", "RXW has no ward 'W99'"),
        (f"{SOURCE}/3", "date", "", f"Card {card_number()} copy 3 was never read here"),
        ("card:RXW-7K3F9QZ-0012-X", "date", "", "is not the source of a nomination here"),
        ("msforms:41", "date", "", "is not the source of a nomination here"),
    ],
)
def test_what_cannot_be_decided(card: str, source: str, field: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decide(source, field, value, "Ann", make_layouts())
    assert not models.Decision.objects.exists()


def test_somebody_must_decide(card: str) -> None:
    with pytest.raises(UsageError, match="Nobody is named who decided"):
        decide(card, "date", "", " ", make_layouts())


def test_an_unknown_template(card: str) -> None:
    with pytest.raises(UsageError, match=r"The template of card:.* is not known here"):
        decide(card, "date", "", "Ann", {})


def test_a_name_put_right_is_matched_anew(card: str) -> None:
    assert now().nominee_staff.value == "S00123"
    decide(card, "nominee_last_name", "patel", "Ann", make_layouts())
    assert now().nominee_staff.value == "S00123"
    decide(card, "nominee_first_name", "SUSAN", "Ann", make_layouts())
    assert now().nominee_staff.value == ""
    decide(card, "nominee_last_name", "SMITH", "Ann", make_layouts())
    assert now().nominee_staff.value == "S00124"
    decide(card, "nominee_staff", "S00123", "Ann", make_layouts())
    assert (now().nominee_staff.value, now().nominee_staff.confidence) == ("S00123", 1.0)
    decide(card, "nominee_staff", "", "Ann", make_layouts())
    assert now().nominee_staff.value == ""


def test_a_team_put_right_is_matched_anew(card: str) -> None:
    assert now().nominee_ward.value == "W07"
    decide(card, "nominee_team", "WARD 21", "Ann", make_layouts())
    assert now().nominee_ward.value == "W21"
    decide(card, "nominee_ward", "W07", "Ann", make_layouts())
    assert now().nominee_ward.value == "W07"


def test_what_nobody_can_read(card: str) -> None:
    """It waits no more, and no value is made up."""
    words = UNREADABLE.replace("'", "’").upper()
    (decided,) = decide_rows([FilledRow(2, card, "date", words, "Ann")], "", make_layouts())
    assert decided == Decided(card, "date", None, True)
    assert list(waiting_fields()) == []
    assert field_of(now(), "date") == ("", 0.0, Status.DECIDED)
    assert not decide(card, "date", UNREADABLE, "Ann", make_layouts()).new
    assert [one.checked.right for one in checked_readings() if one.checked.curve == "date"] == [None, None, None]
    assert sorted(row.date for row in nominations_of("RXW")) == ["", "2026-11-18"]
    with pytest.raises(UsageError, match="somebody could not read it, so there is no value to agree with"):
        decide(card, "date", AS_READ, "Bob", make_layouts())
    decide(card, "date", "2026-11-17", "Bob", make_layouts())
    assert field_of(now(), "date") == ("2026-11-17", 1.0, Status.DECIDED)


@pytest.mark.parametrize(
    ("field", "status", "named"),
    [("action", "review", True), ("date", "complete", True), ("consent", "complete", False)],
)
def test_what_must_be_there_still_lacks(card: str, field: str, status: str, named: bool) -> None:
    decide(card, "date", "", "Ann", make_layouts())
    decide(card, field, UNREADABLE, "Ann", make_layouts())
    row = next(row for row in nominations_of("RXW") if row.sources[0].id == card)
    assert (row.status, bool(row.nominator_name)) == (status, named), "of a consent nobody can read nothing is allowed"
    assert not getattr(row, field)


def test_rows_are_taken_one_by_one(card: str) -> None:
    rows: list[FilledRow | RefusedRow] = [
        FilledRow(2, SOURCE, "date", AS_READ, "Ann"),
        FilledRow(3, SOURCE, "colour", "blue", "Ann"),
        FilledRow(4, SOURCE, "impact", EMPTY, ""),
        RefusedRow(5, "broken"),
        FilledRow(6, "card:?", "impact", "x", "Ann"),
        FilledRow(7, f"{SOURCE}/2", "nominee_staff", AS_READ, "Ann"),
    ]
    results = list(decide_rows(rows, "Bob", make_layouts()))
    assert results[0] == Decided(SOURCE, "date", "2026-11-18", True)
    assert results[2] == Decided(SOURCE, "impact", "", True)
    assert results[5] == Decided(f"{SOURCE}/2", "nominee_staff", "S00123", True)
    assert [result.row for result in results if isinstance(result, RefusedRow)] == [3, 5, 6]
    assert [decision.by for decision in models.Decision.objects.order_by("pk")] == ["Ann", "Bob", "Ann"]


def test_rows_need_somebody_too(card: str) -> None:
    (result,) = decide_rows([FilledRow(2, SOURCE, "date", "", "")], "", make_layouts())
    assert isinstance(result, RefusedRow)
    assert "--by" in result.reason


def test_same_and_apart(card: str) -> None:
    pair = decide_pair(f"{SOURCE}/2", SOURCE, same=True, by="Ann")
    assert (pair.sources, pair.same, pair.new) == ((SOURCE, f"{SOURCE}/2"), True, True)
    assert not decide_pair(SOURCE, f"{SOURCE}/2", same=True, by="Ann").new
    assert decide_pair(SOURCE, f"{SOURCE}/2", same=False, by="Ann").new
    assert [decision.kind for decision in models.Decision.objects.order_by("pk")] == ["same", "apart"]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (SOURCE, "are the same source"),
        (f"{SOURCE}/9", "is not the source of a nomination here"),
        ("msforms:41", "is not the source of a nomination here"),
        (f"card:{card_number(organisation='RL1')}", "belong to two organisations"),
    ],
)
def test_pairs_that_are_none(card: str, other: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decide_pair(SOURCE, other, same=True, by="Ann")
