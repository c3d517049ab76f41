"""The register, through the application and in a browser."""

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from django.test import Client
from playwright.sync_api import Page

from pipeline.register import Nomination, NominationStatus
from pipeline.store import models
from pipeline.store.put_right import put_right
from pipeline.store.register import nominations_of
from pipeline.web.models import AuditEvent

pytestmark = pytest.mark.slow
In = Callable[..., Client]


def with_picture() -> Nomination:
    """A nomination of a card whose picture is here."""
    return next(one for one in nominations_of("RXW") if one.sources[0].id.startswith("card:"))


def by_id(key: str, **how: Any) -> Nomination:
    return next(one for one in nominations_of("RXW", **how) if one.nomination_id == key)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_the_list_holds_all_and_no_story(client: In) -> None:
    shown = text(client("quality-lead").get("/RXW/register/"))
    nominations = nominations_of("RXW")
    assert f"{len(nominations)} nominations found" in shown
    assert not any(one.action[:40] in shown for one in nominations if len(one.action) > 40)
    assert "Export" not in shown
    assert actions() == ["viewed the register's list"]


def test_the_list_is_searched_filtered_and_sorted(client: In) -> None:
    one = with_picture()
    coordinator = client("coordinator")
    found = text(coordinator.get("/RXW/register/", {"words": one.nomination_id}))
    assert "1 nomination found" in found
    assert one.nomination_id in found
    assert "Nothing fits" in text(coordinator.get("/RXW/register/", {"words": "zzzznothing"}))
    sorted_so = text(coordinator.get("/RXW/register/", {"sort": "nominee", "channel": "electronic"}))
    assert sorted_so.count('aria-sort="ascending"') == 1
    assert "sort=-nominee" in sorted_so
    assert coordinator.get("/RXW/register/", {"sort": "'; --", "page": "x", "month": "never"}).status_code == 200


def test_a_nomination_is_shown_with_its_sources_and_history(client: In) -> None:
    one = with_picture()
    shown = text(client("quality-lead").get(f"/RXW/register/{one.nomination_id}/"))
    for told in (one.sources[0].id, one.sources[0].file, "taken in", "read by machine", "% sure"):
        assert told in shown
    assert "Change" not in shown
    assert ("viewed nomination", one.nomination_id) in AuditEvent.objects.values_list("action", "subject")


def test_a_source_and_an_old_id_lead_to_the_nomination(client: In) -> None:
    one = with_picture()
    coordinator = client("coordinator")
    answer = coordinator.get(f"/RXW/register/{one.sources[0].id}/")
    assert (answer.status_code, answer.url) == (302, f"/RXW/register/{one.nomination_id}/")
    assert coordinator.get("/RXW/register/N-NOSUCHNUMBER/").status_code == 404


def test_who_stays_anonymous_is_hidden_unless_a_coordinator_asks(client: In) -> None:
    one = with_picture()
    put_right("RXW", one.nomination_id, "nominator_name", "Josephine Bloggs", "Ann")
    put_right("RXW", one.nomination_id, "consent", "stay_anonymous", "Ann")
    number = one.sources[0].id.removeprefix("card:")
    page, image = f"/RXW/register/{one.nomination_id}/", f"/RXW/register/{one.nomination_id}/picture/{number}/1/"
    coordinator, lead = client("coordinator"), client("quality-lead")
    assert "Josephine" not in text(coordinator.get(page))
    assert "Josephine" not in text(lead.get(page, {"show": "1"}))
    assert "viewed who nominated, who wishes to stay anonymous" not in actions()
    assert "Josephine" in text(coordinator.get(page, {"show": "1"}))
    assert "viewed who nominated, who wishes to stay anonymous" in actions()
    hidden, shown = coordinator.get(image).content, coordinator.get(image, {"show": "1"}).content
    assert hidden != shown
    assert lead.get(image, {"show": "1"}).content == hidden
    assert coordinator.get(f"{page}change/nominator_name/").status_code == 403


def test_who_stays_anonymous_is_not_seen_unlogged_on_the_way_to_a_change(client: In) -> None:
    one = with_picture()
    put_right("RXW", one.nomination_id, "nominator_name", "Josephine Bloggs", "Ann")
    put_right("RXW", one.nomination_id, "consent", "stay_anonymous", "Ann")
    coordinator, url = client("coordinator"), f"/RXW/register/{one.nomination_id}/change/nominator_name/"
    entries = ["viewed nomination", "viewed who nominated, who wishes to stay anonymous"]
    assert "Josephine" in text(coordinator.get(f"{url}?show=1"))
    assert actions() == entries
    assert "Josephine" in text(coordinator.post(url, {"show": "1", "was": "x", "value": "y"}))
    assert actions() == 2 * entries


def test_a_picture_is_of_one_of_the_nomination_s_own_cards(client: In) -> None:
    cards = [one for one in nominations_of("RXW") if one.sources[0].id.startswith("card:")]
    one, other = cards[:2]
    number = one.sources[0].id.removeprefix("card:")
    coordinator = client("coordinator")
    answer = coordinator.get(f"/RXW/register/{one.nomination_id}/picture/{number}/1/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "viewed picture of card" in actions()
    assert coordinator.get(f"/RXW/register/{other.nomination_id}/picture/{number}/1/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        ("nominee_last_name", "Patil", "nominee_last_name", "Patil"),
        ("action", "She stayed\nall night.", "action", "She stayed\nall night."),
        ("date", "20/11/2026", "date", "2026-11-20"),
        ("nominator_type", "carer", "nominator_type", "carer"),
        ("consent", ["share_publicly"], "consent", ("share_publicly",)),
        ("nominee_staff", "", "nominee_staff_id", ""),
    ],
)
def test_a_value_is_put_right(field: str, value: Any, column: str, expected: Any, client: In) -> None:
    one = with_picture()
    coordinator = client("coordinator")
    url = f"/RXW/register/{one.nomination_id}/change/{field}/"
    was = one.nominee_staff_id if field == "nominee_staff" else getattr(one, field)
    assert coordinator.get(url).status_code == 200
    said = {"value": value, "was": was if isinstance(was, str) else "; ".join(was)}
    answer = coordinator.post(url, said)
    assert answer.status_code == 302, text(answer)
    assert getattr(by_id(one.nomination_id), column) == expected
    assert models.Decision.objects.filter(field=field).latest("pk").by == "Coordinator Rxw (coordinator.rxw)"
    assert "changed nomination" in actions()


def test_what_cannot_be_is_said_and_nothing_is_changed(client: In) -> None:
    one = with_picture()
    coordinator = client("coordinator")
    url = f"/RXW/register/{one.nomination_id}/change"
    assert "is no date" in text(coordinator.post(f"{url}/date/", {"value": "soon", "was": one.date}))
    changed = coordinator.post(f"{url}/action/", {"value": "mine", "was": "what it said an hour ago"})
    assert "Somebody has changed this meanwhile" in text(changed)
    assert coordinator.get(f"{url}/colour/").status_code == 404
    assert models.Decision.objects.count() == 0


def test_a_nomination_is_withdrawn_and_taken_back(client: In) -> None:
    one = with_picture()
    coordinator = client("coordinator")
    url = f"/RXW/register/{one.nomination_id}/withdraw/"
    assert "Withdraw this nomination?" in text(coordinator.get(url))
    coordinator.post(url, {"withdrawn": "yes"})
    assert by_id(one.nomination_id).status is NominationStatus.WITHDRAWN
    assert "Take the withdrawal back?" in text(coordinator.get(url))
    coordinator.post(url, {"withdrawn": "no"})
    assert by_id(one.nomination_id).status is one.status


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json", "parquet"])
def test_the_register_is_exported(ending: str, client: In, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    answer: Any = client("coordinator").post("/RXW/register/export/", {"format": ending})
    content = io.BytesIO(b"".join(answer.streaming_content))
    read: dict[str, Callable[[], int]] = {
        "xlsx": lambda: len(pd.read_excel(content)),
        "csv": lambda: len(pd.read_csv(content)),
        "json": lambda: len(json.load(content)),
        "parquet": lambda: len(pd.read_parquet(content)),
    }
    assert read[ending]() == len(nominations_of("RXW"))
    assert f".{ending}" in answer["Content-Disposition"]
    assert list(scratch.iterdir()) == []
    assert "without names of the anonymous" in AuditEvent.objects.get(action="exported register").detail


def test_the_anonymous_are_named_only_on_purpose(client: In) -> None:
    one = with_picture()
    put_right("RXW", one.nomination_id, "nominator_name", "Josephine Bloggs", "Ann")
    put_right("RXW", one.nomination_id, "consent", "stay_anonymous", "Ann")
    coordinator: Any = client("coordinator")
    without = coordinator.post("/RXW/register/export/", {"format": "json"})
    assert b"Josephine" not in b"".join(without.streaming_content)
    named = coordinator.post("/RXW/register/export/", {"format": "json", "with_anonymous": "on"})
    assert b"Josephine" in b"".join(named.streaming_content)
    assert "with-anonymous" in named["Content-Disposition"]
    assert "with those who asked to stay anonymous" in AuditEvent.objects.latest("pk").detail
    assert client("quality-lead").post("/RXW/register/export/", {"format": "json"}).status_code == 403


@pytest.mark.browser
def test_a_coordinator_s_day_with_the_register(
    sign_in: Callable[..., Page], axe: Callable[[Page], None], picture: Callable[[Page, str], None], tmp_path: Path
) -> None:
    one = with_picture()
    page = sign_in("coordinator")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Register").press("Enter")
    axe(page)
    picture(page, "register")
    page.get_by_label("Channel").select_option("paper")
    page.get_by_label("Words").fill(one.nominee_last_name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nominee").press("Enter")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Nominee")
    assert page.get_by_label("Words").input_value() == one.nominee_last_name
    axe(page)
    page.locator("tbody a").first.press("Enter")
    page.wait_for_load_state("load")
    assert (
        page.locator(".card-picture img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    )
    axe(page)
    picture(page, "nomination")
    key = page.url.rstrip("/").rsplit("/", 1)[1]
    page.get_by_role("link", name="Change last name").press("Enter")
    axe(page)
    picture(page, "change")
    page.get_by_label("Last name").fill("Patil")
    page.keyboard.press("Enter")
    page.get_by_text("Last name is saved.").wait_for()
    assert by_id(key).nominee_last_name == "Patil"
    page.get_by_role("link", name="Change member of staff").press("Enter")
    axe(page)
    picture(page, "change-staff")
    page.go_back()
    page.get_by_role("link", name="Withdraw this nomination").press("Enter")
    axe(page)
    picture(page, "withdraw")
    page.goto("/RXW/register/export/")
    axe(page)
    picture(page, "export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").press("Enter")
    saved = tmp_path / "register.xlsx"
    download.value.save_as(saved)
    rows = list(openpyxl.load_workbook(saved)["Register"].values)
    names = [row[rows[0].index("nominee_last_name")] for row in rows[1:]]
    assert "Patil" in names


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 640])
def test_the_register_on_a_narrow_screen(
    width: int, sign_in: Callable[..., Page], axe: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    """640 pixels are what is left of 1,280 at 200 % zoom."""
    page = sign_in("coordinator", width=width)
    for name, url in (("register", ""), ("nomination", f"{with_picture().nomination_id}/"), ("export", "export/")):
        page.goto(f"/RXW/register/{url}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe(page)
        picture(page, f"{name}-{width}")
