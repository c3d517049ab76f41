"""Review through the application without a browser: what is kept, what is refused, what is shown to whom."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from pipeline.store import models
from pipeline.store.decisions import decide as choose
from pipeline.store.layouts import known_layouts
from pipeline.store.review_queue import waiting
from pipeline.web.models import AuditEvent
from tests.pipeline.scan_files import drawn_page, jpeg_bytes
from tests.store.builders import make_page
from tests.store.many_waiting import fill
from tests.web.site import make_person

pytestmark = pytest.mark.slow

In = Callable[..., Client]
ACTION = re.compile(r'action="(/RXW/review/decide/\d+/\w+/)"')
HIDDEN = re.compile(r'<input type="hidden" name="(seen|order|content|sitting)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def many(home: Path) -> None:
    """Eight cards with five fields each that wait, and no others, on a page of noise."""
    models.WaitingField.objects.all().delete()
    models.Reading.objects.filter(status="review").update(status="accepted")
    data = jpeg_bytes(drawn_page(seed=3))
    page = make_page(data=data, sha256="ab" * 32)
    folder = home / "pages" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{page.sha256}.jpg").write_bytes(data)
    fill(8, sha256=page.sha256)


def get(client: Client, url: str = "/RXW/review/next/?order=content") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def decide(client: Client, html: str, **said: Any) -> Any:
    return client.post(ACTION.findall(html)[0], {**dict(HIDDEN.findall(html)), **said})


def newest() -> models.Decision:
    return models.Decision.objects.order_by("-pk")[0]


def test_the_start_says_what_waits(client: In) -> None:
    shown = get(client("quality-lead"), "/RXW/review/")
    assert "<strong>40</strong> answers wait" in shown
    assert re.search(r"Names</dt><dd[^>]*>16<", shown)
    assert "share_with_nominee" in shown
    assert "Nobody" not in shown


def test_decided_and_on_to_the_next(client: In) -> None:
    lead = client("quality-lead")
    first = get(lead)
    assert "40 answers left" in first
    answer = decide(lead, first, value="06082018")
    assert answer.status_code == 302
    assert (newest().value, newest().by, newest().field) == (
        "2018-08-06",
        "Quality Lead Rxw (quality-lead.rxw)",
        "date",
    )
    second = get(lead, answer.url)
    assert "39 answers left" in second
    assert ACTION.findall(second) != ACTION.findall(first)
    event = AuditEvent.objects.get(action="decided field")
    assert (event.subject, event.detail) == (newest().source, "date: a value")


def test_the_script_gets_the_field_alone(client: In) -> None:
    lead = client("quality-lead")
    first = get(lead)
    answer = lead.post(
        ACTION.findall(first)[0], {**dict(HIDDEN.findall(first)), "value": "2018-08-06"}, headers={"X-Review": "field"}
    )
    assert (answer.status_code, answer.headers["X-Review"]) == (200, "field")
    assert b"<html" not in answer.content
    assert b"39 answers left" in answer.content


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"value": "31/2/2026"}, "There is no such day as"),
        ({"value": "soon"}, "is no date; write it as"),
        ({"value": ""}, "Say what is written, or choose"),
        ({}, "Say what is written, or choose"),
    ],
)
def test_what_can_be_no_value_is_shown_again(client: In, said: dict[str, str], reason: str) -> None:
    lead = client("quality-lead")
    answer = decide(lead, get(lead), **said)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert reason in shown.replace("&#x27;", "'")
    assert f'value="{said.get("value", "")}"' in shown or not said.get("value")
    assert not models.Decision.objects.exists()


@pytest.mark.parametrize(("button", "value"), [("unreadable", None), ("empty", "")])
def test_buttons(client: In, button: str, value: str | None) -> None:
    lead = client("quality-lead")
    decide(lead, get(lead), value="31/2/2026", button=button)
    assert newest().value == value
    assert waiting("RXW") == 39


def test_ticks(client: In) -> None:
    lead = client("quality-lead")
    shown = get(lead, "/RXW/review/next/?order=content&content=tick")
    assert re.search(r'value="share_with_nominee" checked', shown)
    decide(lead, shown, value=["share_publicly", "stay_anonymous"])
    assert newest().value == ["share_publicly", "stay_anonymous"]
    decide(lead, get(lead, "/RXW/review/next/?order=content&content=tick"))
    assert newest().value == []


def test_back(client: In) -> None:
    lead = client("quality-lead")
    first = get(lead)
    decide(lead, first, value="2018-08-06")
    decide(lead, get(lead), value="2018-08-07")
    decide(lead, get(lead, "/RXW/review/back/?order=content"), button="unreadable")
    assert [str(row.value) for row in models.Decision.objects.order_by("pk")] == ["2018-08-06", "2018-08-07", "None"]
    shown = get(lead, "/RXW/review/back/")
    assert "it can’t be read, by Quality Lead" in shown
    before = re.findall(r"before=(\d+)", shown)
    for _ in range(2):
        shown = get(lead, f"/RXW/review/back/?before={before[0]}")
        before = re.findall(r"before=(\d+)", shown)
    assert ACTION.findall(shown) == ACTION.findall(first)
    assert "6 August 2018, by Quality Lead" in shown
    assert lead.get(f"/RXW/review/back/?before={before[0]}").status_code == 302
    answer = decide(lead, shown, value="2018-08-09")
    assert answer.status_code == 302
    assert newest().value == "2018-08-09"


def test_somebody_else_decided_meanwhile(client: In) -> None:
    lead, other = client("quality-lead"), client("coordinator")
    shown = get(lead)
    past = timezone.now() - timedelta(seconds=1)
    models.WaitingField.objects.filter(leased_to__isnull=False).update(leased_until=past)
    theirs = get(other)
    assert ACTION.findall(theirs) == ACTION.findall(shown), "the lease ran out"
    answer = decide(lead, shown, value="2018-08-06")
    assert answer.status_code == 409
    assert "somebody else is looking at this field now" in answer.content.decode()
    assert 'value="2018-08-06"' in answer.content.decode(), "what was typed is still there"
    decide(other, theirs, value="2018-08-07")
    answer = decide(lead, shown, value="2018-08-06")
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "Coordinator Rxw (coordinator.rxw) decided this field after it was shown to you" in told
    assert "7 August 2018, by Coordinator" in told
    assert 'value="2018-08-06"' in told
    assert models.Decision.objects.count() == 1
    assert decide(lead, told, value="2018-08-06").status_code == 302, "now that they know of it"
    assert newest().value == "2018-08-06"


def test_two_people_get_different_fields_and_leaving_gives_back(client: In) -> None:
    lead, other = client("quality-lead"), client("coordinator")
    shown, theirs = get(lead), get(other)
    assert ACTION.findall(theirs) != ACTION.findall(shown)
    held = models.WaitingField.objects.filter(leased_to__isnull=False)
    assert held.count() == 6
    sitting = dict(HIDDEN.findall(shown))
    assert lead.post("/RXW/review/keep/", sitting).status_code == 204
    assert lead.post("/RXW/review/leave/", sitting).status_code == 302
    assert held.count() == 3


def test_pictures_are_entered_in_the_log(client: In) -> None:
    lead = client("quality-lead")
    card = models.WaitingField.objects.filter(organisation="RXW")[0].card
    for kind, action in (
        (f"crop/{card.pk}/date", "viewed field"),
        (f"around/{card.pk}/date", "viewed print around field"),
        (f"card/{card.pk}", "viewed whole card"),
    ):
        answer = lead.get(f"/RXW/review/{kind}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR) is not None
        assert AuditEvent.objects.filter(action=action, subject=f"card:{card.number}").exists()
    assert lead.get(f"/RXW/review/crop/{card.pk}/colour/").status_code == 404
    assert lead.get(f"/RXW/review/alike/crop/{card.pk}/date/").status_code == 404, "it isn't held side by side"


def test_names_wards_and_dates_are_offered(client: In) -> None:
    lead = client("quality-lead")
    member = models.StaffMember.objects.filter(organisation="RXW", active=True).order_by("pk")[0]
    card = models.WaitingField.objects.filter(organisation="RXW")[0].card_id
    shown = get(lead, f"/RXW/review/suggest/{card}/nominee_last_name/?typed={member.last_name[:4]}")
    assert f"{member.first_name} {member.last_name}" in shown.replace("&#x27;", "'")
    assert "6 August 2018" in get(lead, f"/RXW/review/suggest/{card}/date/?typed=06082018")
    assert "still to come" in get(lead, f"/RXW/review/suggest/{card}/date/?typed=1/1/2090")
    assert get(lead, f"/RXW/review/suggest/{card}/date/?typed=soon").strip() == ""
    ward = models.Ward.objects.filter(organisation="RXW").order_by("pk")[0]
    assert "data-suggestion" in get(lead, f"/RXW/review/suggest/{card}/nominee_team/?typed={ward.name[:4]}")


def test_side_by_side(client: In) -> None:
    lead = client("quality-lead")
    where = "/RXW/review/alike/?field=date&value=2026-11-18"
    shown = get(lead, where)
    assert "18 November 2026" in shown
    cards = re.findall(r'name="shown" value="(\d+)"', shown)
    assert len(cards) == 8
    assert lead.get(re.findall(r"/RXW/review/alike/crop/\d+/date/", shown)[0]).status_code == 200
    assert client("coordinator").get(where).status_code == 302, "somebody else looks at them"
    given = {"field": "date", "value": "2026-11-18", "shown": cards, "odd": cards[2]}
    lead.post("/RXW/review/alike/accept/", given)
    assert models.Decision.objects.filter(field="date", value="2026-11-18").count() == 7
    event = AuditEvent.objects.get(action="decided fields side by side")
    assert event.subject == "7 × date: as read"
    assert event.detail.count("card:RXW-") == 7
    assert "7 accepted; 1 picked out" in get(lead, "/RXW/review/")
    assert f"/decide/{cards[2]}/date/" in get(lead, "/RXW/review/next/?order=content"), "looked at by itself"


def test_answers_that_web_forms_lack(client: In) -> None:
    version = models.SubmissionVersion.objects.filter(current=True, submission__form__organisation="RXW")[0]
    version.values = {**version.values, "action": ""}
    version.save()
    lone = models.NominationSource.objects.get(submission=version.submission)
    models.NominationSource.objects.filter(pk=lone.pk).update(nomination=lone.own_id)
    lead = client("quality-lead")
    assert "answer" in get(lead, "/RXW/review/")
    shown = get(lead, "/RXW/review/answers/")
    assert lone.source in shown
    given = {"source": lone.source, "field": "action", "seen": "0", "value": ""}
    answer = lead.post("/RXW/review/answers/decide/", given)
    assert "Say what is meant" in answer.content.decode()
    lead.post("/RXW/review/answers/decide/", {**given, "value": "She stayed."})
    assert (newest().source, newest().value) == (lone.source, "She stayed.")
    answer = lead.post("/RXW/review/answers/decide/", {**given, "value": "Another."})
    assert "decided this field after it was shown" in answer.content.decode()
    assert "Another." in answer.content.decode()


@pytest.mark.parametrize(("field", "value"), [("action", "She sang."), ("withdrawn", "yes"), ("consent", "(empty)")])
def test_no_answer_is_taken_that_is_not_missing(client: In, field: str, value: str) -> None:
    form = models.NominationSource.objects.filter(organisation="RXW", submission__isnull=False)[0].source
    card = models.Card.objects.filter(organisation="RXW")[0]
    elsewhere = models.NominationSource.objects.filter(organisation="RXW", card=card)[0].source
    for code, source in (("RXW", form), ("RXW", elsewhere), ("RYZ", form), ("RYZ", elsewhere)):
        lead = client("quality-lead", code)
        given = {"source": source, "field": field, "seen": "0", "value": value}
        answer = lead.post(f"/{code}/review/answers/decide/", given)
        assert "missing any more" in answer.content.decode()
    assert not models.Decision.objects.exists()


def test_only_what_waits_or_was_ones_own_is_shown_and_decided(client: In) -> None:
    lead = client("quality-lead")
    shown = get(lead)
    path = ACTION.findall(shown)[0].removeprefix("/RXW/review/decide/")
    pictures = [f"/RXW/review/{kind}/{path}" for kind in ("crop", "around")] + [
        f"/RXW/review/card/{path.split('/')[0]}/"
    ]
    decide(lead, shown, value="2018-08-06")
    models.WaitingField.objects.all().delete()
    colleague = client("coordinator")
    assert [lead.get(url).status_code for url in pictures] == [200] * 3
    assert [colleague.get(url).status_code for url in pictures] == [404] * 3
    assert lead.post(f"/RXW/review/decide/{path}", {"value": "no date"}).status_code == 409
    assert colleague.post(f"/RXW/review/decide/{path}", {"value": "no date"}).status_code == 404


def test_who_wishes_not_to_be_named_is_painted_over_on_the_whole_card(client: In) -> None:
    source = models.NominationSource.objects.filter(organisation="RXW", card__isnull=False)[0]
    person = make_person("quality-lead")
    by = f"{person.get_full_name()} ({person.username})"
    choose(source.source, "date", "2018-08-06", by, known_layouts(), "RXW")
    lead = client("quality-lead")
    url = f"/RXW/review/card/{source.card_id}/"
    choose(source.source, "consent", "share_publicly", "Ann", known_layouts(), "RXW")
    before = lead.get(url).content
    choose(source.source, "consent", "stay_anonymous", "Ann", known_layouts(), "RXW")
    assert lead.get(url).content != before


def test_a_field_without_a_picture_is_entered_in_the_log_too(client: In, home: Path) -> None:
    models.Page.objects.update(suffix="")
    lead = client("quality-lead")
    source = models.Card.objects.get(pk=ACTION.findall(get(lead))[0].split("/")[4]).number
    assert AuditEvent.objects.filter(action="viewed field", subject=f"card:{source}", detail="date").exists()


def test_nothing_of_another_organisation(client: In) -> None:
    make_person("quality-lead", "RYZ")
    stranger = client("quality-lead", "RYZ")
    assert "No answer on a card waits" in stranger.get("/RYZ/review/").content.decode()
    assert "All done" in stranger.get("/RYZ/review/next/").content.decode()
    assert stranger.get("/RYZ/review/alike/?field=date&value=2026-11-18").status_code == 302
    card = models.WaitingField.objects.filter(organisation="RXW")[0].card_id
    stranger.post("/RYZ/review/alike/accept/", {"field": "date", "value": "2026-11-18", "shown": [card]})
    assert not models.Decision.objects.exists()
