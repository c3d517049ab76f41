from pathlib import Path
from typing import Any

import pytest

from forms.errors import UsageError
from forms.organisation import Organisation
from pipeline.register import NominationStatus
from pipeline.sources import nomination_id
from pipeline.statement import Standing
from pipeline.store import models
from pipeline.store.batches import open_batch
from pipeline.store.decisions import decide, decide_pair
from pipeline.store.hand_placing import check_number
from pipeline.store.nomination_history import PRIVATE, EventKind
from pipeline.store.nomination_view import (
    NominationView,
    UnknownNominationError,
    hidden_fields,
    nomination_id_of,
    view_nomination,
)
from pipeline.store.organisations import save_profile
from pipeline.store.page_owners import ELSEWHERE
from pipeline.store.pages import keep_page
from pipeline.store.put_right import put_right
from pipeline.store.questions import question_of
from pipeline.store.register import nominations_of
from pipeline.store.register_file import write_register_of
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)
from tests.store.sources import STORY, make_sent_card, make_submission, merged, send, take

CARD = f"card:{card_number()}"
FORM = "msforms:1"


@pytest.fixture(autouse=True)
def loaded(store: Path) -> None:
    save_profile(make_profile())


def field(view: NominationView, name: str) -> Any:
    return next(said for said in view.fields if said.name == name)


def value(name: str) -> Any:
    (nomination,) = nominations_of("RXW", with_anonymous=True)
    return getattr(nomination, name)


def card_and_form(card: dict[str, Any] | None = None, **form: Any) -> str:
    """One nomination of a card and a submission; its id."""
    send(make_sent_card(values={"action": STORY.upper(), **(card or {})}))
    take(make_submission(1, **form))
    merged()
    decide_pair(CARD, FORM, True, "Ann", "RXW")
    merged()
    (nomination,) = nominations_of("RXW")
    return nomination.nomination_id


def test_a_nomination_tells_its_fields_and_where_each_is_from() -> None:
    view = view_nomination("RXW", card_and_form({"nominee_team": "WARD 8"}))
    assert view.nomination == nominations_of("RXW")[0]
    team = field(view, "nominee_team")
    assert (team.value, team.standing, team.source) == ("Ward 7", Standing.ELECTRONIC, FORM)
    assert team.others == ((CARD, "WARD 8"),)
    assert field(view, "nominee_last_name").others == ()
    seen = {source.id: source for source in view.sources}
    assert (seen[FORM].row, seen[FORM].file) == (2, "Compassion(1-2).xlsx")
    assert (seen[CARD].page, seen[CARD].card, seen[CARD].page_key) == (1, card_number(), None)


def test_its_history_is_told_the_newest_first() -> None:
    key = card_and_form()
    decide(FORM, "nominee_last_name", "Patil", "Ann", make_layouts(), "RXW")
    history = view_nomination("RXW", key).history
    assert [event.at for event in history] == sorted((event.at for event in history), reverse=True)
    kinds = [event.kind for event in history]
    assert {EventKind.SEEN, EventKind.READ, EventKind.IMPORTED, EventKind.SAME, EventKind.DECIDED} <= set(kinds)
    decided = history[0]
    assert (decided.kind, decided.by, decided.source) == (EventKind.DECIDED, "Ann", FORM)
    assert [(said.name, said.value) for said in decided.fields] == [("nominee_last_name", "Patil")]
    read = next(event for event in history if event.kind is EventKind.READ)
    assert read.by == "ppocr 6s"
    assert ("nominee_last_name", "PATEL", 0.99) in [(said.name, said.value, said.confidence) for said in read.fields]


def test_old_ids_and_sources_lead_to_the_present_id() -> None:
    key = card_and_form()
    for name in (key, CARD, card_number(), FORM, nomination_id(CARD)):
        assert nomination_id_of("RXW", name) == key
    moved = {row.own_id for row in models.NominationSource.objects.all()} - {key}
    assert set(view_nomination("RXW", key).earlier_ids) == moved
    for name, organisation in (("N-NOSUCH", "RXW"), (key, "RYZ"), (CARD, "RYZ")):
        with pytest.raises(UnknownNominationError, match="There is no nomination"):
            nomination_id_of(organisation, name)
        with pytest.raises(UnknownNominationError, match="There is no nomination"):
            view_nomination(organisation, name)


def test_who_wishes_not_to_be_named_is_hidden_everywhere() -> None:
    key = card_and_form(consent=("stay_anonymous",))
    decide(FORM, "nominator_name", "Josephine", "Ann", make_layouts(), "RXW")
    view = view_nomination("RXW", key)
    assert view.anonymous
    assert (field(view, "nominator_name").value, field(view, "nominator_name").hidden) == ("", True)
    told = repr(view).casefold()
    assert not any(name in told for name in ("bloggs", "jo@example", "josephine"))
    assert PRIVATE in told
    shown = view_nomination("RXW", key, with_anonymous=True)
    assert field(shown, "nominator_name").value == "Josephine"
    assert "bloggs" in repr(shown).casefold()
    assert hidden_fields("RXW", card_number(), 1) == ("nominator_name", "nominator_contact")
    assert hidden_fields("RYZ", card_number(), 1) == ()


def test_a_value_is_put_right_on_the_source_that_speaks() -> None:
    key = card_and_form()
    taken = put_right("RXW", key, "nominee_last_name", "Patil", "Ann")
    assert [(one.source, one.value) for one in taken] == [(FORM, "Patil")]
    assert value("nominee_last_name") == "Patil"
    put_right("RXW", key, "action", "She stayed.", "Ann")
    assert value("action") == "She stayed."


@pytest.mark.parametrize("name", ["nominee_team", "impact", "nominator_type", "date", "nominator_contact"])
def test_a_value_can_be_emptied_though_several_sources_give_it(name: str) -> None:
    key = card_and_form({"nominee_team": "WARD 8"})
    assert len(put_right("RXW", key, name, "", "Ann")) == 2
    assert value(name) == ""


def test_consent_and_withdrawal_are_decided_on_every_source() -> None:
    key = card_and_form()
    put_right("RXW", key, "consent", "share_with_nominee; share_publicly", "Ann")
    assert value("consent") == ("share_with_nominee", "share_publicly")
    assert len(put_right("RXW", key, "withdrawn", "yes", "Ann")) == 2
    assert value("status") is NominationStatus.WITHDRAWN
    put_right("RXW", key, "withdrawn", "no", "Ann")
    assert value("status") is NominationStatus.COMPLETE


def test_whom_it_means_is_put_right() -> None:
    key = card_and_form()
    put_right("RXW", key, "nominee_staff", "S00124", "Ann")
    put_right("RXW", key, "nominee_ward", "W21", "Ann")
    assert value("nominee_staff_id") == "S00124"
    assert view_nomination("RXW", key).ward == "W21"


def test_what_cannot_be_is_refused_and_nothing_is_decided() -> None:
    key = card_and_form()
    before = models.Decision.objects.count()
    for name, said, message in (
        ("date", "soon", "is no date"),
        ("nominee_staff", "S9", "has no member of staff"),
        ("colour", "blue", "has no field 'colour'"),
        ("nominator_type", "cat", "none of its answers"),
    ):
        with pytest.raises(UsageError, match=message):
            put_right("RXW", key, name, said, "Ann")
    with pytest.raises(UsageError, match="There is no nomination"):
        put_right("RYZ", key, "action", "x", "Ann")
    assert models.Decision.objects.count() == before


def test_how_others_name_their_scans_is_not_told(tmp_path: Path) -> None:
    save_profile(make_profile(organisation=Organisation("RYZ", "Royal Yarrow", "Compassion")))
    batch = open_batch("/theirs", organisation="RYZ").id
    page = make_page(3, "RYZ of Jane Roe.pdf")
    keep_page(batch, 1, page, make_page_reading(make_card_reading()), RECEIVED, same_writing)
    take(make_submission(1))
    decide_pair(CARD, FORM, False, "Ann", "RXW")
    pks = dict(models.NominationSource.objects.values_list("source", "pk"))
    view = view_nomination("RXW", nomination_id_of("RXW", CARD))
    asked = question_of("RXW", pks[CARD], pks[FORM])
    typed = check_number("RXW", card_number())
    assert view.sources[0].page == 3
    assert asked and ELSEWHERE in asked.one.where + asked.other.where
    assert [seen.file for seen in typed.seen] == [ELSEWHERE]
    assert any(ELSEWHERE in event.place for event in view.history)
    for ending in ("json", "csv"):
        write_register_of("RXW", tmp_path / f"register.{ending}")
        told = (tmp_path / f"register.{ending}").read_text("utf-8") + f"{view} {asked} {typed}"
        assert "Jane Roe" not in told and batch not in told
