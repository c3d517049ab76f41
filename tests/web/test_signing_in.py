"""The first administrator, signing in, and looking after people, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.site import PASSWORD, Site, make_person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Look = Callable[..., None]


def test_the_first_administrator_adds_a_colleague_who_signs_in(
    site: Site, new_page: Open, axe: Look, picture: Look
) -> None:
    (link,) = re.findall(r"http://\S+/first/\S+", site.said)
    page = new_page()
    page.goto(link)
    axe(page)
    page.focus("#id_first_name")
    for text in ("Ann", "Lee", "ann.lee", PASSWORD, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your organisations")
    axe(page)
    page.goto(link)
    assert page.locator("h1").inner_text() == "There is no such page"

    page.goto("/RXW/people/add/")
    axe(page)
    picture(page, "people add")
    page.fill("#id_first_name", "Ben")
    page.fill("#id_last_name", "Okafor")
    page.fill("#id_username", "ben.okafor")
    page.check("text=Coordinator")
    page.keyboard.press("Enter")
    invitation = page.input_value("#link")
    axe(page)

    colleague = new_page(width=320)
    colleague.goto(invitation)
    axe(colleague)
    colleague.fill("#id_new_password1", PASSWORD)
    colleague.fill("#id_new_password2", PASSWORD)
    colleague.keyboard.press("Enter")
    colleague.click("main >> text=Sign in")
    axe(colleague)
    colleague.keyboard.press("Tab")
    colleague.fill("#id_username", "ben.okafor")
    colleague.fill("#id_password", PASSWORD)
    colleague.keyboard.press("Enter")
    colleague.wait_for_selector("text=What waits today")
    axe(colleague)
    picture(colleague, "start coordinator 320")
    colleague.goto("/RYZ/")
    assert colleague.locator("h1").inner_text() == "There is no such page"

    page.goto("/RXW/people/")
    axe(page)
    page.goto("/RXW/people/log/")
    axe(page)
    picture(page, "log")
    assert "added person" in page.locator("table").inner_text()


def test_five_wrong_passwords_lock_the_door(site: Site, new_page: Open) -> None:
    make_person("ward")
    page = new_page()
    for _ in range(5):
        page.goto("/sign-in/")
        page.fill("#id_username", "ward.rxw")
        page.fill("#id_password", "wrong words indeed")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Too many wrong passwords"
    page.goto("/sign-in/")
    page.fill("#id_username", "ward.rxw")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Too many wrong passwords")


def test_the_secret_key_is_its_owners_alone(home: Path) -> None:
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
