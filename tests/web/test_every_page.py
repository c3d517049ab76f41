"""Every page as somebody of all roles sees it: accessible, and no wider than the window."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from pipeline.web.access import Role
from tests.web.site import Site, make_person, session_of
from tests.web.urls_tried import SAMPLES, arguments_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_PAGES = {
    "importing:discard", "importing:refused", "merging:run", "merging:progress", "merging:picture", "register:export",
    "register:picture", "scanning:progress", "scanning:again", "scanning:give-up", "scanning:close", "scanning:open",
    "scanning:picture", "scanning:small", "reviewing:decide", "reviewing:back", "reviewing:keep", "reviewing:leave",
    "reviewing:suggest", "reviewing:crop", "reviewing:around", "reviewing:card", "reviewing:accept",
    "reviewing:grid-crop", "reviewing:decide-answer", "placing:number", "placing:aside", "placing:state",
    "placing:picture", "placing:printed-number",
}  # fmt: skip
"""URLs of pictures, of parts of pages, and of what is only sent."""


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(
    width: int, site: Site, new_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    for role in Role:
        everybody = make_person(role.value, name="all.roles")
    page = new_page(width)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(everybody), "url": site.url}])
    for name in sorted(SAMPLES.keys() - NO_PAGES):
        url = reverse(name, kwargs=arguments_of(name, "RXW"))
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{url} is wider than the window"
