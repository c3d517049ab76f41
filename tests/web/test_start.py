"""The start page shows each role what waits, with numbers that lead there."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from pipeline.web.access import Role
from pipeline.web.page import PARTS

pytestmark = pytest.mark.slow


@pytest.mark.browser
@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_its_own(
    role: Role, sign_in: Callable[..., Page], axe: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    page = sign_in(role.value, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
    picture(page, f"start {role.value} 320")
    page.set_viewport_size({"width": 1280, "height": 900})
    axe(page)
    picture(page, f"start {role.value}")
    parts = [part for part, _, _, roles in PARTS if role in roles]
    links = page.locator(".nhsuk-card__link")
    assert links.count() == len(parts)
    for number, part in enumerate(parts):
        links.nth(number).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/RXW/{part}/**")
        assert page.locator(".nhsuk-header__navigation-item--current").count() == 1
        page.goto("/RXW/")


def test_the_numbers_are_those_of_the_parts(client: Callable[..., Client]) -> None:
    from pipeline.store import batch_ledger, exceptions, review_queue

    text = client("coordinator").get("/RXW/").content.decode()
    assert review_queue.waiting("RXW") > 0
    assert f"<strong>{review_queue.waiting('RXW')}</strong> answers to settle" in text
    assert batch_ledger.waiting("RXW") == 1
    assert "<strong>1</strong> batch to close" in text
    assert exceptions.waiting_exceptions("RXW") == 0
    assert "to place" not in text
    other = client("coordinator", "RYZ").get("/RYZ/").content.decode()
    assert "<strong>" not in other
