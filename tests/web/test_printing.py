"""Printing, through the application and in a browser."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from playwright.sync_api import Page

from pipeline.store import printing
from pipeline.store.print_cards import print_run
from pipeline.web.models import AuditEvent
from tests.web.site import make_person

pytestmark = pytest.mark.slow


def post(client: Client, **said: Any) -> Any:
    return client.post("/RXW/print/", {"ward": "", "count": "3", "layout": "two", **said})


def ward_client(ward: str) -> Client:
    client = Client()
    person = make_person("ward", "RXW", name="nurse.ward", ward=ward)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("layout", "pages", "template"), [("two", 2, "nomination"), ("large", 3, "nomination"), ("pocket", 1, "pocket")]
)
def test_cards_are_handed_out_and_in_the_ledger(
    layout: str,
    pages: int,
    template: str,
    client: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    answer = post(client("admin"), layout=layout)
    pdf = b"".join(answer.streaming_content)
    assert len(pypdfium2.PdfDocument(pdf)) == pages
    (run,) = printing.print_runs("RXW")
    assert (run.count, run.template, run.ward) == (3, template, "")
    assert answer["Content-Disposition"] == f'attachment; filename="cards-RXW-{run.token}.pdf"'
    assert list(scratch.iterdir()) == []
    event = AuditEvent.objects.get(action="printed cards")
    assert (event.subject, event.person) == (f"RXW-{run.token}", "Admin Rxw (admin.rxw)")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"count": "0"}, "Print at least 1 card"),
        ({"count": "2001"}, "Print at most 2,000 cards"),
        ({"count": "many"}, "as a number"),
        ({"layout": "three"}, "not one of the available choices"),
        ({"ward": "NOWARD"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_printed_is_said_beside_the_field(
    said: dict[str, str], message: str, client: Callable[..., Client]
) -> None:
    answer = post(client("coordinator"), **said)
    assert message in answer.content.decode()
    assert printing.print_runs("RXW") == []


def test_a_ward_prints_for_itself_and_sees_its_own_runs(home: Path, tmp_path: Path) -> None:
    from pipeline.store import models

    own, other = models.Ward.objects.filter(organisation="RXW").order_by("position")[:2]
    print_run("RXW", other.code, "nomination", 2, 4, tmp_path / "other.pdf")
    nurse = ward_client(own.code)
    shown = nurse.get("/RXW/print/").content.decode()
    assert own.name in shown
    assert "Nothing was printed here yet" in shown
    assert "not one of the available choices" in post(nurse, ward=other.code).content.decode()
    assert "required" in post(nurse, ward="").content.decode()
    assert post(nurse, ward=own.code)["Content-Type"] == "application/pdf"
    assert [run.ward for run in printing.print_runs("RXW")] == [own.code, other.code]
    assert f"RXW-{printing.print_runs('RXW')[0].token}" in nurse.get("/RXW/print/").content.decode()


@pytest.mark.browser
def test_a_ward_s_day(
    sign_in: Callable[..., Page], axe: Callable[[Page], None], picture: Callable[[Page, str], None], tmp_path: Path
) -> None:
    page = sign_in("ward")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Print").press("Enter")
    axe(page)
    page.get_by_label("How many cards").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "two"
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    saved = tmp_path / "cards.pdf"
    download.value.save_as(saved)
    assert len(pypdfium2.PdfDocument(saved)) == 10
    (run,) = printing.print_runs("RXW")
    page.get_by_role("rowheader", name=f"RXW-{run.token}").wait_for()
    axe(page)
    picture(page, "print")


@pytest.mark.browser
def test_printing_on_a_narrow_screen(
    sign_in: Callable[..., Page], axe: Callable[[Page], None], picture: Callable[[Page, str], None], tmp_path: Path
) -> None:
    print_run("RXW", "", "nomination", 2, 4, tmp_path / "cards.pdf")
    page = sign_in("ward", width=320, scripts=True)
    page.goto("/RXW/print/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
    picture(page, "print-320")
