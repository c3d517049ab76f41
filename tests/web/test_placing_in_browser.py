"""An admin's exceptions in a real browser: dragged by mouse, moved by keyboard, and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from pipeline.store import models
from pipeline.store.read_placed import read_placed
from pipeline.workers import Desk
from tests.pipeline.paper import nameless, scan
from tests.web.exceptions import keep_exception, seen_corners, upside_down
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Look = Callable[..., None]
HANDLES = ".placing-corner"


def middle(page: Page, at: int) -> tuple[float, float]:
    box = page.locator(HANDLES).nth(at).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def where(page: Page, point: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the turned page is on the screen."""
    stage = page.locator(".placing-page")
    box = stage.bounding_box()
    assert box is not None
    width = float(page.locator(".placing-page svg").get_attribute("viewBox").split()[2])  # type: ignore[union-attr]
    return box["x"] + point[0] / width * box["width"], box["y"] + point[1] / width * box["width"]


def read_run(page: int) -> models.ReadingRun:
    list(read_placed(Desk()))
    return models.ReadingRun.objects.get(sighting__page=page)


def test_turned_and_dragged_by_mouse(site: Site, sign_in: Open, axe: Look, picture: Look) -> None:
    paper, scanned = upside_down()
    lost = keep_exception(scanned)
    page = sign_in("admin")
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.click("main >> text=Exceptions")
    axe(page)
    picture(page, "exceptions list")
    page.click("text=Start with the first")
    page.wait_for_selector(HANDLES)
    page.click("text=Turn left")
    page.click("text=Turn left")
    page.locator(".placing-page img[src$='/180/']").evaluate("image => image.decode()")
    for at, corner in enumerate(seen_corners(paper, scanned, 180)):
        page.mouse.move(*middle(page, at))
        page.mouse.down()
        page.mouse.move(*where(page, corner), steps=4)
        page.mouse.up()
    page.fill("#id_number", paper.number().replace("-", " ").lower())
    page.wait_for_selector("text=Number holds")
    axe(page)
    picture(page, "exceptions page")
    page.click("text=Read this card")
    page.wait_for_selector("text=is being read as card")
    axe(page)
    page.click("main >> text=lost.pdf, page 1")
    page.wait_for_selector("text=It is read within seconds")
    axe(page)
    run = read_run(lost)
    page.wait_for_selector(f"text=Card {paper.number()}, placed by")
    axe(page)
    picture(page, "exceptions read")
    assert (run.alignment_by, run.residual_mm < 0.3) == ("hand", True)


def test_by_keyboard_alone(site: Site, sign_in: Open, axe: Look) -> None:
    paper = nameless(marks=True)
    lost = keep_exception(scan(paper, dpi=150))
    keep_exception(scan(nameless(marks=False), dpi=100), "next.pdf")
    page = sign_in("admin")
    page.goto(f"/RXW/exceptions/{lost}/")
    page.wait_for_selector(HANDLES)
    before = [middle(page, at) for at in range(4)]
    page.focus("text=Turn right")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert "Top left corner:" in page.locator("[data-said]").inner_text()
    after = [middle(page, at) for at in range(4)]
    assert after[1:] == before[1:]
    assert 3 < after[0][0] - before[0][0] < after[0][1] - before[0][1] < 60
    page.focus("#id_number")
    page.keyboard.type(paper.number())
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is being read as card")
    assert page.locator("h1").inner_text() == "next.pdf, page 1", "the next exception"
    page.focus('summary:has-text("Set the page aside")')
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is set aside")
    assert read_run(lost).sighting.card.number == paper.number()


def test_clicked_instead_of_dragged_at_320_pixels(site: Site, sign_in: Open, axe: Look, picture: Look) -> None:
    paper, scanned = upside_down()
    lost = keep_exception(scanned)
    page = sign_in("admin", width=320)
    page.goto("/RXW/exceptions/")
    axe(page)
    picture(page, "exceptions list 320")
    page.goto(f"/RXW/exceptions/{lost}/?turn=180")
    page.wait_for_selector(HANDLES)
    for at, corner in enumerate(seen_corners(paper, scanned, 180)):
        page.locator(HANDLES).nth(at).focus()
        x, y = where(page, corner)
        page.mouse.click(x, y)
        moved = middle(page, at)
        assert abs(moved[0] - x) < 2
        assert abs(moved[1] - y) < 2
    axe(page)
    picture(page, "exceptions page 320")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.fill("#id_number", paper.number())
    page.click("text=Read this card")
    page.wait_for_selector("text=is being read as card")
    assert read_run(lost).residual_mm < 0.3


def test_without_scripts(site: Site, sign_in: Open, axe: Look, picture: Look) -> None:
    paper = nameless(marks=True)
    lost = keep_exception(scan(paper, turn=1, dpi=150))
    page = sign_in("admin", scripts=False)
    page.goto(f"/RXW/exceptions/{lost}/")
    page.click("text=Turn left")
    assert page.url.endswith("?turn=270")
    page.fill("#id_number", "RXW-7K3F9QZ-0001")
    page.click("text=Read this card")
    assert "not a whole card number" in page.locator(".nhsuk-error-summary").inner_text()
    picture(page, "exceptions page wrong number")
    page.fill("#id_number", paper.number())
    page.click("text=Read this card")
    assert "is being read" in page.locator(".nhsuk-notification-banner").inner_text()
    said = models.PagePlacing.objects.get()
    assert said.placing["turn"] == 270  # type: ignore[index]
    assert read_run(lost).alignment_by == "marks"
