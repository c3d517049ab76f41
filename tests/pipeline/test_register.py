from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.numbers import CardNumber
from pipeline.records import Value
from pipeline.register import Channel, Nomination, NominationStatus, NomineeKind, nomination_of, received_text
from pipeline.sources import card_source, nomination_id, parse_card_source
from pipeline.statement import Answer, Standing, Statement
from tests.merge.builders import LONDON, MONDAY, make_answer, make_statement, review

LATER = MONDAY + timedelta(days=2)


def make_card(key: str = "card:A", **changes: Any) -> Statement:
    return make_statement(key, **{"consent": ("share_publicly",), "nominator_contact": "jo@example.org", **changes})


def make_nomination(*told: Statement, staff: tuple[str, ...] = (), **changes: Any) -> Nomination:
    staff_ids = staff or tuple(said.staff for said in told)
    return nomination_of("N-X", told, staff_ids=staff_ids, **changes)


def decided(value: Value) -> Answer:
    return Answer(value, Standing.DECIDED)


# --- one card ----------------------------------------------------------------------------------------------------


def test_a_card_makes_a_nomination() -> None:
    card = make_card(action="She stayed.", date="")
    nomination = make_nomination(card, staff=("S1",))
    assert (nomination.nomination_id, nomination.organisation) == ("N-X", "RXW")
    assert (nomination.channel, nomination.status) == (Channel.PAPER, NominationStatus.COMPLETE)
    assert (nomination.nominee_first_name, nomination.nominee_staff_id) == ("Priya", "S1")
    assert (nomination.action, nomination.impact, nomination.date) == ("She stayed.", "", "")
    assert (nomination.consent, nomination.sources) == (("share_publicly",), (card.source,))


def test_a_field_under_review_shows_and_says_so() -> None:
    nomination = make_nomination(make_card(action=review("She stayd.")))
    assert (nomination.action, nomination.status) == ("She stayd.", NominationStatus.REVIEW)


@pytest.mark.parametrize(
    ("first", "last", "team", "kind"),
    [("A", "", "WARD 7", "person"), ("", "B", "", "person"), ("", "", "WARD 7", "team"), ("", "", "", "person")],
)
def test_whom_it_is_for(first: str, last: str, team: str, kind: str) -> None:
    card = make_card(nominee_first_name=first, nominee_last_name=last, nominee_team=team)
    assert make_nomination(card).nominee_kind is NomineeKind(kind)


@pytest.mark.parametrize(
    ("consent", "standing", "named"),
    [
        (("share_publicly",), Standing.ACCEPTED, True),
        ((), Standing.BLANK, True),
        (("share_publicly", "stay_anonymous"), Standing.ACCEPTED, False),
        (("stay_anonymous",), Standing.DECIDED, False),
        # It may yet turn out to be ticked.
        ((), Standing.REVIEW, False),
    ],
)
def test_who_is_named(consent: tuple[str, ...], standing: Standing, named: bool) -> None:
    card = make_card(consent=Answer(consent, standing))
    nomination = make_nomination(card)
    assert (nomination.nominator_name, nomination.nominator_contact) == (
        ("Jo Bloggs", "jo@example.org") if named else ("", "")
    )
    everyone = make_nomination(card, with_anonymous=True)
    assert (everyone.nominator_name, everyone.nominator_contact) == ("Jo Bloggs", "jo@example.org")


@pytest.mark.parametrize("missing", [("action",), ("nominee_first_name", "nominee_last_name")])
def test_what_must_be_there_is_waited_for(missing: tuple[str, ...]) -> None:
    assert make_nomination(make_card(**dict.fromkeys(missing, ""))).status is NominationStatus.REVIEW
    # A person has looked, and there is none.
    said = make_card(**dict.fromkeys(missing, decided("")))
    assert make_nomination(said).status is NominationStatus.COMPLETE


def test_a_team_needs_no_name() -> None:
    card = make_card(nominee_first_name="", nominee_last_name="", nominee_team="Ward 7")
    assert make_nomination(card).status is NominationStatus.COMPLETE


# --- several sources ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        ((decided("a"), make_answer("b"), Answer("c", Standing.ACCEPTED), review("d")), "a"),
        ((make_answer("b"), Answer("c", Standing.ACCEPTED), review("d")), "b"),
        ((Answer("c", Standing.ACCEPTED), review("d")), "c"),
        ((review("d"), make_answer("")), "d"),
        ((make_answer("older"), make_answer("newer")), "newer"),
        ((decided("older"), decided("newer")), "newer"),
    ],
)
def test_which_value_stands(answers: tuple[Answer, ...], stands: str) -> None:
    told = [
        make_card(f"card:{n}", action=answer, received_at=MONDAY + timedelta(days=n))
        for n, answer in enumerate(answers)
    ]
    assert make_nomination(*told).action == stands
    assert make_nomination(*reversed(told)).action == stands


def test_all_sources_stay_the_earliest_first() -> None:
    told = make_statement("msforms:1"), make_card("card:B"), make_card("card:A", received_at=LATER)
    nomination = make_nomination(*told)
    assert [source.id for source in nomination.sources] == ["card:B", "msforms:1", "card:A"]
    assert nomination.received_at == "2026-11-23"


def test_first_and_last_name_come_from_one_source() -> None:
    card = make_card(nominee_first_name="PRIVA", nominee_last_name="PATEL")
    form = make_statement(nominee_first_name="", nominee_last_name="Patel")
    nomination = make_nomination(card, form)
    assert (nomination.nominee_first_name, nomination.nominee_last_name) == ("PRIVA", "PATEL")


@pytest.mark.parametrize(
    ("card", "first"),
    [
        ({"nominee_first_name": "PRIYA"}, "Pria"),
        ({"nominee_first_name": decided("Preeti")}, "Preeti"),
        ({"nominee_first_name": review("PRIYA"), "received_at": LATER}, "Pria"),
    ],
)
def test_whose_name_stands(card: dict[str, Any], first: str) -> None:
    told = make_card(**card), make_statement(nominee_first_name="Pria")
    assert make_nomination(*told).nominee_first_name == first


@pytest.mark.parametrize(
    ("one", "other", "joint"),
    [
        (("share_with_nominee", "share_publicly"), ("share_publicly",), ("share_publicly",)),
        (("share_with_nominee",), ("share_publicly",), ()),
        (("share_publicly",), (), ()),
        (("share_publicly",), ("share_publicly", "stay_anonymous"), ("share_publicly", "stay_anonymous")),
        (("stay_anonymous",), (), ("stay_anonymous",)),
    ],
)
def test_consent_is_the_narrower(one: tuple[str, ...], other: tuple[str, ...], joint: tuple[str, ...]) -> None:
    for first, second in ((one, other), (other, one)):
        nomination = make_nomination(make_card(consent=first), make_statement(consent=second))
        assert nomination.consent == joint
        assert bool(nomination.nominator_name) is ("stay_anonymous" not in joint)


TICKS = st.sets(st.sampled_from(["share_with_nominee", "share_publicly", "stay_anonymous"])).map(
    lambda ticked: tuple(sorted(ticked))
)


@given(st.lists(st.tuples(TICKS, st.sampled_from(Standing)), min_size=1, max_size=4))
def test_nothing_is_shared_that_one_source_forbids(told: list[tuple[tuple[str, ...], Standing]]) -> None:
    cards = [make_card(f"card:{n}", consent=Answer(*one)) for n, one in enumerate(told)]
    nomination = make_nomination(*cards)
    for ticked, _ in told:
        assert {tick for tick in nomination.consent if tick.startswith("share")} <= set(ticked)
    if any("stay_anonymous" in ticked for ticked, _ in told):
        assert "stay_anonymous" in nomination.consent
        assert not nomination.nominator_name
        assert not nomination.nominator_contact


def test_a_form_that_does_not_ask_for_consent_forbids_nothing() -> None:
    form = make_statement()
    without = {name: answer for name, answer in form.answers.items() if name != "consent"}
    unasked = Statement(form.source, form.key, form.organisation, form.received_at, False, without)
    assert make_nomination(make_card(), unasked).consent == ("share_publicly",)
    assert make_nomination(unasked).consent == ()


def test_consent_that_one_source_leaves_open_waits() -> None:
    # Who is named and what is shared hang on it, whatever the others say.
    told = make_card(consent=review(("share_publicly",))), make_statement(consent=("share_publicly",))
    nomination = make_nomination(*told)
    assert nomination.status is NominationStatus.REVIEW
    assert not nomination.nominator_name


@pytest.mark.parametrize("field", ["action", "date", "nominator_name", "nominee_first_name"])
def test_what_was_typed_settles_what_was_badly_read(field: str) -> None:
    told = make_card(**{field: review("2026-01-01" if field == "date" else "J0")}), make_statement()
    assert make_nomination(*told).status is NominationStatus.COMPLETE


@pytest.mark.parametrize(
    ("withdrawn", "asked", "waits", "status"),
    [
        (True, True, True, NominationStatus.WITHDRAWN),
        (False, True, True, NominationStatus.QUESTION),
        (False, False, True, NominationStatus.REVIEW),
        (False, False, False, NominationStatus.COMPLETE),
    ],
)
def test_which_status_goes_before_which(withdrawn: bool, asked: bool, waits: bool, status: NominationStatus) -> None:
    told = make_card(withdrawn=withdrawn, impact=review("safe") if waits else ""), make_card("card:B")
    assert make_nomination(*told, asked=asked).status is status


@pytest.mark.parametrize(
    ("keys", "channel"),
    [
        (["card:A"], Channel.PAPER),
        (["card:A", "card:B"], Channel.PAPER),
        (["msforms:1"], Channel.ELECTRONIC),
        (["card:A", "msforms:1"], Channel.BOTH),
    ],
)
def test_how_it_came_in(keys: list[str], channel: Channel) -> None:
    assert make_nomination(*(make_statement(key) for key in keys)).channel is channel


def test_when_it_came_in() -> None:
    assert received_text(make_card()) == "2026-11-23"
    assert received_text(make_statement()) == "2026-11-23T10:00:00+00:00"
    # In London's time, summer or winter, whatever zone a source tells.
    summer = datetime.fromisoformat("2026-06-30T23:30:00+00:00")
    assert received_text(make_statement(received_at=summer)) == "2026-07-01T00:30:00+01:00"
    assert received_text(make_card(received_at=datetime(2026, 7, 1, tzinfo=LONDON))) == "2026-07-01"


@pytest.mark.parametrize(
    ("card", "form", "staff_id"),
    [
        (("S1", False), ("S2", False), "S2"),
        (("S1", False), ("", False), "S1"),
        (("S1", True), ("S2", False), "S1"),
        (("", True), ("S2", False), ""),
        (("", False), ("", False), ""),
    ],
    ids=["the standing name's", "the only one", "a decision", "a decision that it is nobody", "nobody"],
)
def test_which_member_of_staff(card: tuple[str, bool], form: tuple[str, bool], staff_id: str) -> None:
    told = make_card(staff_decided=card[1]), make_statement(staff_decided=form[1])
    assert make_nomination(*told, staff=(card[0], form[0])).nominee_staff_id == staff_id
    assert make_nomination(*reversed(told), staff=(form[0], card[0])).nominee_staff_id == staff_id


# --- sources and ids ---------------------------------------------------------------------------------------------


def test_sources_of_cards() -> None:
    number = str(CardNumber("RXW", "7K3F9QZ", 12))
    assert (card_source(number), card_source(number, 2)) == (f"card:{number}", f"card:{number}/2")
    assert parse_card_source(f"card:{number}") == (number, 1)
    assert parse_card_source(f"card:{number.lower()}/12") == (number, 12)
    for wrong in ("msforms:41", f"card:{number}/", f"card:{number}/0", f"card:{number}/x", "card:RXW-1", number):
        assert parse_card_source(wrong) is None


def test_an_id_is_the_same_wherever_it_is_worked_out() -> None:
    assert nomination_id("card:RXW-7K3F9QZ-0012-H") == "N-VPLSX72JACRW"
    assert nomination_id("card:RXW-7K3F9QZ-0012-H/2") != nomination_id("card:RXW-7K3F9QZ-0012-H")
