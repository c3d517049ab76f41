"""The web application over a home with sample data, in a real browser or through Django's own client."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.store.fixtures import close_store
from tests.web.homes import ROOT, made_once
from tests.web.site import Site, open_home, serving

# Playwright's loop runs in the tests' own thread, where Django would suspect asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SCREENSHOTS = ROOT / "output" / "screenshots"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two organisations, a read stack and a merged import; never changed."""
    return made_once(tmp_path_factory)


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, open in this process."""
    copy = tmp_path / "home"
    shutil.copytree(sample_home, copy)
    open_home(copy)
    yield copy
    close_store()


@pytest.fixture
def site(home: Path) -> Iterator[Site]:
    """The real server over the test's home, without a worker."""
    with serving(home, "--no-worker") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if chromium is None:
            pytest.skip("Chromium is missing: apt-get install chromium")
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield running
        running.close()


@pytest.fixture
def new_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers of their own; what goes wrong in one's scripts fails the test."""
    contexts, faults = [], []

    def open_page(width: int = 1280, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        # From the start: Chromium now and then opens a chooser before it has heard that one is awaited.
        page.on("filechooser", lambda _: None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


def _is_fault(message: object) -> bool:
    """A refused page is no fault of a script; whatever the content policy blocks is."""
    return message.type == "error" and "Failed to load resource" not in message.text  # type: ignore[attr-defined]


@pytest.fixture
def sign_in(site: Site, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page signed in as somebody of only that role."""

    def signed_in(role: str, organisation: str = "RXW", width: int = 1280, *, scripts: bool = True) -> Page:
        page = new_page(width, scripts=scripts)
        page.context.add_cookies([{"name": "sessionid", "value": site.session(role, organisation), "url": site.url}])
        page.goto(f"/{organisation}/")
        return page

    return signed_in


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that a page keeps to WCAG 2.2 AA, as far as a machine can tell."""

    def check(page: Page) -> None:
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        assert page.locator("h1").count() == 1, "a page has one h1"

    return check


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a picture of the whole page, for people to look at."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png", full_page=True)

    return keep


@pytest.fixture
def client(home: Path) -> Callable[..., object]:
    """Return Django's own client, signed in as somebody of only that role; as nobody when no role is given."""
    from django.test import Client

    from tests.web.site import make_person

    def signed_in(role: str = "", organisation: str = "RXW") -> Client:
        one = Client(raise_request_exception=True)
        if role:
            one.force_login(make_person(role, organisation), backend="django.contrib.auth.backends.ModelBackend")
        return one

    return signed_in
