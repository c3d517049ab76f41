"""A quality lead's day by keyboard, in a real browser."""

import statistics
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from pipeline.records import CardIdentity, Status
from pipeline.store import batches, models
from pipeline.store.pages import keep_page
from pipeline.store.review_queue import waiting
from pipeline.store.waiting import rebuild_waiting
from tests.pipeline.scan_files import drawn_page, jpeg_bytes
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_field,
    make_fields,
    make_page,
    make_page_reading,
    same_writing,
)
from tests.store.many_waiting import fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Look = Callable[..., None]
FORM = "form.review"


def decisions() -> list[tuple[str, str, object]]:
    return [(row.source, row.field, row.value) for row in models.Decision.objects.order_by("pk")]


def field_of(page: Page) -> str:
    return str(page.get_attribute(FORM, "action"))


def press(page: Page, key: str) -> None:
    """Press a key that leads to another field, and wait for it."""
    before = field_of(page)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => document.querySelector('form.review')?.getAttribute('action') !== before", arg=before
    )


def only(field: str, cards: int = 8) -> None:
    """Let these fields alone wait, of cards on a page of noise."""
    models.Reading.objects.filter(status="review").update(status="accepted")
    fill(cards, sha256="ab" * 32)
    models.Reading.objects.filter(status="review").exclude(field=field).update(status="accepted")
    rebuild_waiting()


@pytest.fixture
def noise(home: Path) -> None:
    folder = home / "pages" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{'ab' * 32}.jpg").write_bytes(jpeg_bytes(drawn_page(seed=3)))


def test_a_day_by_keyboard(sign_in: Open, axe: Look, picture: Look) -> None:
    """On real cards: begin, accept, choose, type, can't be read, back, look around, stop."""
    there = waiting("RXW")
    page = sign_in("quality-lead")
    page.goto("/RXW/review/")
    axe(page)
    picture(page, "review start")
    page.focus("[name=order]:checked")
    page.keyboard.press("Enter")
    page.wait_for_selector(FORM)
    axe(page)
    picture(page, "review field")
    assert page.evaluate("document.activeElement.name") == "value", "one can type at once"
    press(page, "Alt+c")
    assert decisions()[-1][2] is None
    assert waiting("RXW") == there - 1
    press(page, "Alt+b")
    page.wait_for_selector("text=it can’t be read, by")
    axe(page)
    picture(page, "review back")
    press(page, "Alt+n")
    assert decisions()[-1][2] in ("", [])
    page.keyboard.press("Alt+a")
    page.wait_for_function("() => document.querySelector('[data-shown] img')?.naturalWidth > 0")
    picture(page, "review around")
    axe(page)
    page.keyboard.press("Alt+a")
    assert page.locator("[data-shown] img").count() == 0
    page.click("text=Show the whole card")
    page.wait_for_function("() => document.querySelector('[data-shown] img')?.naturalWidth > 0")
    page.click("summary")
    axe(page)
    picture(page, "review whole card and keys")
    page.click("text=Stop here")
    page.wait_for_selector("h1 >> text=Review")
    assert not models.WaitingField.objects.filter(leased_to__isnull=False).exists()
    assert decisions()[0][:2] == decisions()[1][:2]


@pytest.mark.usefixtures("noise")
def test_dates_are_typed_as_one_likes(sign_in: Open, axe: Look, picture: Look) -> None:
    only("date")
    page = sign_in("quality-lead")
    page.goto("/RXW/review/next/?order=card")
    page.keyboard.type("06082018")
    page.wait_for_selector("text=6 August 2018")
    press(page, "Enter")
    page.keyboard.type("31/2/2018")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is no such day as")
    assert page.input_value("[name=value]") == "31/2/2018"
    axe(page)
    picture(page, "review no such day")
    page.keyboard.press("Alt+1")
    assert page.input_value("[name=value]") == "2026-11-18", "as it was read"
    page.fill("[name=value]", "2018-08-07")
    press(page, "Enter")
    page.keyboard.type("12")
    assert page.input_value("[name=value]") == "12", "figures are typed in dates"
    assert [value for *_, value in decisions()] == ["2018-08-06", "2018-08-07"]


@pytest.mark.usefixtures("noise")
def test_names_by_figure_and_from_the_list(sign_in: Open, axe: Look, picture: Look) -> None:
    only("nominee_last_name")
    member = models.StaffMember.objects.filter(organisation="RXW", active=True).order_by("pk")[0]
    page = sign_in("quality-lead")
    page.goto("/RXW/review/next/?order=card")
    page.keyboard.press("2")
    assert page.input_value("[name=value]") == "PATER"
    press(page, "Enter")
    page.keyboard.type(member.last_name[:4])
    page.wait_for_selector("[data-suggestion]")
    axe(page)
    picture(page, "review suggestions")
    page.keyboard.press("ArrowDown")
    wanted = page.locator("[data-suggestion]").first.get_attribute("data-suggestion")
    page.keyboard.press("Enter")
    assert page.input_value("[name=value]") == wanted
    press(page, "Enter")
    page.click("summary")
    page.uncheck("text=Use 1 to 5 without Alt")
    page.focus("[name=value]")
    page.keyboard.press("2")
    assert page.input_value("[name=value]").endswith("2"), "figures alone can be switched off"
    assert [value for *_, value in decisions()] == ["PATER", wanted]


@pytest.mark.usefixtures("noise")
def test_ticks_by_figure(sign_in: Open, axe: Look, picture: Look) -> None:
    only("consent")
    page = sign_in("quality-lead", width=320)
    page.goto("/RXW/review/next/?order=card")
    axe(page)
    picture(page, "review ticks 320")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Space")
    press(page, "Enter")
    page.keyboard.press("1")
    press(page, "Enter")
    assert [value for *_, value in decisions()] == [[], ["share_with_nominee"]]


@pytest.mark.usefixtures("noise")
def test_a_grid_by_keyboard(sign_in: Open, axe: Look, picture: Look) -> None:
    only("date", cards=45)
    page = sign_in("quality-lead", width=320)
    page.goto("/RXW/review/")
    axe(page)
    picture(page, "review start 320")
    page.focus("a.look")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=odd]")
    assert page.locator("[name=odd]").count() == 40
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("() => [...document.querySelectorAll('.grid img')].every(one => one.naturalWidth > 0)")
    picture(page, "review grid")
    odd = page.input_value("[name=odd] >> nth=1")
    page.focus("[name=odd] >> nth=1")
    page.keyboard.press("Space")
    page.focus("text=Accept the others")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=39 accepted; 1 picked out")
    assert page.locator("[name=odd]").count() == 5
    assert models.WaitingField.objects.filter(odd=True).get().card_id == int(odd)


@pytest.mark.usefixtures("noise")
def test_two_at_once_one_walks_away_and_a_stack_is_read_meanwhile(sign_in: Open, home: Path) -> None:
    """Nothing is lost, nothing is decided twice."""
    only("date", cards=9)
    ann, bob = sign_in("quality-lead"), sign_in("coordinator")
    for page in (ann, bob):
        page.goto("/RXW/review/next/?order=card")
    assert field_of(ann) != field_of(bob)
    batch = batches.open_batch("/meanwhile", organisation="RXW").id
    for n in range(1, 4):
        press(ann, "Enter")
        doubt = make_field(name="date", content="date", value="2026-11-18", confidence=0.5, status=Status.REVIEW)
        identity = CardIdentity(card_number(n, token="9K3F9QZ"), "RXW")
        card = make_card_reading(identity=identity, fields=make_fields(date=doubt))
        keep_page(batch, n, make_page(n), make_page_reading(card), RECEIVED, same_writing)
        press(bob, "Enter")
    ann.keyboard.type("01012020")
    walked_away = field_of(ann)
    past = timezone.now() - timedelta(seconds=1)
    person = models.WaitingField.objects.get(card=int(walked_away.split("/")[4]), field="date").leased_to
    models.WaitingField.objects.filter(leased_to=person).update(leased_until=past)
    for _ in range(12):
        if not bob.locator(FORM).count():
            break
        bob.keyboard.press("Enter")
        bob.wait_for_timeout(30)
        bob.wait_for_function("() => !document.querySelector('[aria-busy]')")
    bob.wait_for_selector("text=All done")
    ann.keyboard.press("Enter")
    ann.wait_for_selector("text=decided this field after it was shown to you")
    assert ann.input_value("[name=value]") == "01012020", "what was typed is still there"
    assert waiting("RXW") == 0
    told = decisions()
    assert len(told) == len(set(map(str, told))) == 12


@pytest.mark.usefixtures("noise")
def test_signed_out_meanwhile_nothing_typed_is_lost(sign_in: Open) -> None:
    only("date")
    page = sign_in("quality-lead")
    page.goto("/RXW/review/next/?order=card")
    page.keyboard.type("06082018")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Not kept: you were signed out")
    assert page.input_value("[name=value]") == "06082018"
    assert decisions() == []


@pytest.mark.usefixtures("noise")
def test_without_scripts(sign_in: Open) -> None:
    only("date")
    page = sign_in("quality-lead", scripts=False)
    page.goto("/RXW/review/")
    page.click("text=Begin")
    first = field_of(page)
    page.fill("[name=value]", "06082018")
    page.press("[name=value]", "Enter")
    assert field_of(page) != first
    page.click("text=Can’t be read")
    page.click("[data-back]")
    page.click("text=On to what waits")
    page.click("text=Stop here")
    assert [value for *_, value in decisions()] == ["2018-08-06", None]
    assert not models.WaitingField.objects.filter(leased_to__isnull=False).exists()


@pytest.mark.soak
@pytest.mark.usefixtures("noise")
@pytest.mark.parametrize("order", ["card", "content", "doubt"])
def test_two_hundred_fields_while_fifty_thousand_wait(sign_in: Open, order: str) -> None:
    assert fill(10_000, sha256="ab" * 32) >= 50_000
    page = sign_in("quality-lead")
    page.goto(f"/RXW/review/next/?order={order}")
    for n in range(200):
        if n % 4 == 0 and page.get_attribute(FORM, "data-content") == "date":
            page.keyboard.type("06082018")
        press(page, "Alt+c" if n % 10 == 9 else "Enter")
        page.wait_for_timeout(250)  # A person looks at the field, if only for a moment.
    page.wait_for_timeout(100)
    took = page.evaluate("performance.getEntriesByName('review: next picture').map(one => one.duration)")
    assert len(took) == 200
    assert models.Decision.objects.count() == 200
    took.sort()
    waited = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.name.includes('/decide/')).map(one => one.duration)"
    )
    print(f"\nof which the server, median {statistics.median(waited):.0f} ms", end="")
    middle = statistics.median(took)
    print(f"\n{order}: from Enter to the next picture, median {middle:.0f} ms, 95th {took[190]:.0f} ms")


def test_where_nothing_waits(sign_in: Open, axe: Look, picture: Look) -> None:
    page = sign_in("quality-lead", "RYZ")
    for number, path in enumerate(("review/next/", "review/answers/", "review/alike/")):
        page.goto(f"/RYZ/{path}")
        axe(page)
        picture(page, f"review nothing waits {number}")
