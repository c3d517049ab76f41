"""Every page as somebody of all roles sees it: accessible, and no wider than the window."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from pipeline.store import models
from pipeline.web.access import Role
from tests.web.site import Site, make_person, session_of
from tests.web.urls_tried import SAMPLES, arguments_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_PAGES = {
    "importing:discard", "importing:refused", "merging:picture", "merging:progress", "merging:question",
    "merging:run", "people:link", "placing:aside", "placing:number", "placing:picture",
    "placing:printed-number", "placing:state", "register:export", "register:picture", "reviewing:accept",
    "reviewing:around", "reviewing:back", "reviewing:card", "reviewing:crop", "reviewing:decide",
    "reviewing:decide-answer", "reviewing:grid-crop", "reviewing:keep", "reviewing:leave", "reviewing:suggest",
    "scanning:again", "scanning:close", "scanning:give-up", "scanning:open", "scanning:picture",
    "scanning:progress", "scanning:small",
}  # fmt: skip
"""URLs of pictures, of parts of pages, of what is only sent, and of a question, which the sample home has none of."""


def lack_an_answer() -> None:
    """Make a submission lack its story, so that the page about such has something to show."""
    lone = models.NominationSource.objects.filter(organisation="RXW", submission__isnull=False)[0]
    version = models.SubmissionVersion.objects.get(submission=lone.submission, current=True)
    version.values = {**version.values, "action": ""}
    version.save()
    models.NominationSource.objects.filter(pk=lone.pk).update(nomination=lone.own_id)


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(
    width: int, site: Site, new_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    lack_an_answer()
    for role in Role:
        everybody = make_person(role.value, name="all.roles")
    page = new_page(width)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(everybody), "url": site.url}])
    for url in [reverse(name, kwargs=arguments_of(name, "RXW")) for name in SAMPLES if name not in NO_PAGES]:
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{url} is wider than the window"
