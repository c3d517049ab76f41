from typing import Any

import pytest

from pipeline.records import FieldReading, Status, Value
from pipeline.register import Channel, Nomination, NominationStatus, NomineeKind, Source, nomination_of_card
from pipeline.sources import card_source, nomination_id, parse_card_source

NUMBER = "RXW-7K3F9QZ-0012-"
SOURCE = Source("card:x", "2026-11-22-1", "stack.pdf", page=3)


def make_field(name: str, value: Value, status: Status = Status.ACCEPTED) -> FieldReading:
    return FieldReading(name, "name", value, "", 0.9, status, "ppocr 6s")


def make_nomination(*fields: FieldReading, **changes: Any) -> Nomination:
    standard: dict[str, Value] = {
        "nominee_first_name": "PRIYA",
        "nominee_last_name": "PATEL",
        "nominator_name": "JO BLOGGS",
        "nominator_contact": "jo@example.org",
        "consent": ("share_publicly",),
    }
    by_name = {name: make_field(name, value) for name, value in standard.items()} | {
        field.name: field for field in fields
    }
    parts = {
        "nomination_id": "N-X",
        "organisation": "RXW",
        "received_at": "2026-11-20",
        "source": SOURCE,
        "fields": by_name.values(),
        "nominee_staff_id": "S1",
    }
    return nomination_of_card(**{**parts, **changes})


def test_a_card_makes_a_nomination() -> None:
    nomination = make_nomination(make_field("action", "She stayed."))
    assert (nomination.channel, nomination.status) == (Channel.PAPER, NominationStatus.COMPLETE)
    assert (nomination.nominee_first_name, nomination.nominee_staff_id) == ("PRIYA", "S1")
    assert (nomination.action, nomination.impact, nomination.date) == ("She stayed.", "", "")
    assert (nomination.consent, nomination.sources) == (("share_publicly",), (SOURCE,))


def test_a_field_under_review_shows_and_says_so() -> None:
    nomination = make_nomination(make_field("action", "She stayd.", Status.REVIEW))
    assert (nomination.action, nomination.status) == ("She stayd.", NominationStatus.REVIEW)


@pytest.mark.parametrize(
    ("first", "last", "team", "kind"),
    [("A", "", "WARD 7", "person"), ("", "B", "", "person"), ("", "", "WARD 7", "team"), ("", "", "", "person")],
)
def test_whom_it_is_for(first: str, last: str, team: str, kind: str) -> None:
    fields = [
        make_field("nominee_first_name", first),
        make_field("nominee_last_name", last),
        make_field("nominee_team", team),
    ]
    assert make_nomination(*fields).nominee_kind is NomineeKind(kind)


@pytest.mark.parametrize(
    ("consent", "status", "named"),
    [
        (("share_publicly",), Status.ACCEPTED, True),
        ((), Status.BLANK, True),
        (("share_publicly", "stay_anonymous"), Status.ACCEPTED, False),
        (("stay_anonymous",), Status.DECIDED, False),
        # It may yet turn out to be ticked.
        ((), Status.REVIEW, False),
    ],
)
def test_who_is_named(consent: tuple[str, ...], status: Status, named: bool) -> None:
    nomination = make_nomination(make_field("consent", consent, status))
    assert (nomination.nominator_name, nomination.nominator_contact) == (
        ("JO BLOGGS", "jo@example.org") if named else ("", "")
    )
    everyone = make_nomination(make_field("consent", consent, status), with_anonymous=True)
    assert everyone.nominator_name == "JO BLOGGS"


def test_sources_of_cards() -> None:
    from forms.numbers import CardNumber

    number = str(CardNumber("RXW", "7K3F9QZ", 12))
    assert (card_source(number), card_source(number, 2)) == (f"card:{number}", f"card:{number}/2")
    assert parse_card_source(f"card:{number}") == (number, 1)
    assert parse_card_source(f"card:{number.lower()}/12") == (number, 12)
    for wrong in ("msforms:41", f"card:{number}/", f"card:{number}/0", f"card:{number}/x", "card:RXW-1", number):
        assert parse_card_source(wrong) is None


def test_an_id_is_the_same_wherever_it_is_worked_out() -> None:
    assert nomination_id("card:RXW-7K3F9QZ-0012-H") == "N-VPLSX72JACRW"
    assert nomination_id("card:RXW-7K3F9QZ-0012-H/2") != nomination_id("card:RXW-7K3F9QZ-0012-H")
