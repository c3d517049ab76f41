"""Exceptions through the application without a browser: what is said is kept, shown and logged, and to whom."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as pillow

from pipeline.records import Outcome, PageReading
from pipeline.store import models
from pipeline.store.batches import open_batch
from pipeline.store.pages import keep_page
from pipeline.store.read_placed import placed_waiting, read_placed
from pipeline.web.models import AuditEvent
from pipeline.workers import Desk
from tests.pipeline.paper import nameless, scan, whole_sheet
from tests.store.builders import RECEIVED, card_number, make_card_reading, make_page, same_writing
from tests.web.exceptions import keep_exception, seen_corners, upside_down

pytestmark = pytest.mark.slow

In = Callable[..., Client]


def place(client: Client, page: int, **said: Any) -> Any:
    return client.post(f"/RXW/exceptions/{page}/", {"turn": 0, "part": "whole", **said})


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_by_parts_of_the_page_alone(client: In, home: Path) -> None:
    """As without JavaScript: one of two cards of an uncut sheet, by the half it lies in."""
    paper = nameless(marks=True, card=1, paper=whole_sheet())
    page = keep_exception(scan(paper, turn=2, dpi=150))
    admin = client("admin")
    assert "1 page that could not be read" in text_of(admin.get("/RXW/exceptions/"))
    # Turned upright, the second card is on the right again.
    answer = place(admin, page, number=paper.number(1).lower(), turn=180, part="right")
    assert (answer.status_code, answer.url) == (302, "/RXW/exceptions/")
    assert "is being read as card" in text_of(admin.get(answer.url))
    assert "Being read" in text_of(admin.get(f"/RXW/exceptions/{page}/"))
    assert placed_waiting() == [page]
    list(read_placed(Desk()))
    told = text_of(admin.get(f"/RXW/exceptions/{page}/state/"))
    assert f"Card {paper.number(1)}, placed by Admin Rxw (admin.rxw)" in told
    assert "hx-get" not in told
    assert "No page waits for you" in text_of(admin.get("/RXW/exceptions/"))
    assert AuditEvent.objects.get(action="placed card").subject == paper.number(1)


def test_by_dragged_corners(client: In, home: Path) -> None:
    paper, scanned = upside_down()
    page = keep_exception(scanned)
    corners = seen_corners(paper, scanned, 180)
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    place(client("admin"), page, number=paper.number(), turn=180, corners=text)
    list(read_placed(Desk()))
    run = models.ReadingRun.objects.get(sighting__page=page)
    assert (run.alignment_by, run.residual_mm < 0.3) == ("hand", True)
    away = [abs(a - b) for told, true in zip(run.corners_px, scanned.corners(paper), strict=True)
            for a, b in zip(told, true, strict=True)]  # fmt: skip
    assert max(away) < 0.5 * 150 / 25.4


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"number": ""}, "Type the number"),
        ({"number": "RXW-7K3F9QZ-0012"}, "not a whole card number"),
        ({"number": card_number(1, "RYZ")}, "another organisation"),
        ({"turn": 45}, "problem"),
        ({"corners": "5,5 600,5 5,900 600,900"}, "clockwise"),
        ({"corners": "10,10 20,10 20,20 10,20"}, "too small"),
        ({"template": "nothing"}, "problem"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client: In, home: Path, said: dict[str, Any], fault: str) -> None:
    page = keep_exception(scan(nameless(marks=True), dpi=150))
    answer = place(client("admin"), page, **{"number": card_number(), **said})
    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    assert fault in text_of(answer)
    assert not models.PagePlacing.objects.exists()


def test_the_number_is_looked_at_while_it_is_typed(client: In, home: Path) -> None:
    admin = client("admin")

    def said(number: str) -> str:
        return text_of(admin.get("/RXW/exceptions/number/", {"number": number}))

    assert "Number holds" in said(card_number())
    assert "Not yet a number" in said("RXW-7K3F")
    assert "another organisation" in said(card_number(1, "RYZ"))
    seen = models.Card.objects.filter(organisation="RXW").first()
    assert seen is not None
    assert "Seen before" in said(seen.number)
    assert said("") == ""


def test_set_aside_with_a_reason(client: In, home: Path) -> None:
    page = keep_exception(scan(nameless(marks=True), dpi=100))
    other = keep_exception(scan(nameless(marks=False), dpi=100), "other.pdf")
    admin = client("admin")
    assert "Say why" in text_of(admin.post(f"/RXW/exceptions/{page}/aside/", {}))
    assert "Say what the other" in text_of(admin.post(f"/RXW/exceptions/{page}/aside/", {"reason": "other"}))
    answer = admin.post(f"/RXW/exceptions/{page}/aside/", {"reason": "other", "words": "Coffee all over"})
    assert answer.url == f"/RXW/exceptions/{other}/"
    listed = text_of(admin.get("/RXW/exceptions/"))
    assert "Set aside (1)" in listed
    assert "Coffee all over (Admin Rxw (admin.rxw)" in listed
    assert AuditEvent.objects.get(action="set page aside").detail == "Coffee all over"
    assert "if it can be read after all" in text_of(admin.get(f"/RXW/exceptions/{page}/"))


def test_setting_aside_drops_no_card_that_somebody_placed_meanwhile(client: In, home: Path) -> None:
    page = keep_exception(scan(nameless(marks=True), dpi=100))
    place(client("admin"), page, number=card_number(77))
    coordinator = client("coordinator")
    why = {"reason": "Nothing is written on it"}
    told = text_of(coordinator.post(f"/RXW/exceptions/{page}/aside/", why))
    assert "Admin Rxw (admin.rxw) has placed a card here meanwhile" in told
    assert placed_waiting() == [page]
    # Who sees the card there may still decide so.
    seen = models.PagePlacing.objects.get().pk
    assert f'name="seen" value="{seen}"' in told
    assert coordinator.post(f"/RXW/exceptions/{page}/aside/", {**why, "seen": seen}).status_code == 302
    assert placed_waiting() == []


def test_pictures_are_turned_and_the_number_is_enlarged(client: In, home: Path) -> None:
    scanned = scan(nameless(marks=True), dpi=150)
    page = keep_exception(scanned)
    admin = client("admin")

    def picture(url: str) -> pillow.Image:
        return pillow.open(io.BytesIO(admin.get(f"/RXW/exceptions/{page}/{url}").content))

    upright, on_its_side = picture("picture/0/"), picture("picture/90/")
    assert upright.width < upright.height
    assert on_its_side.width == pytest.approx(upright.height, abs=2)
    assert admin.get(f"/RXW/exceptions/{page}/picture/45/").status_code == 404
    number = picture("number/")
    assert number.width > 3 * number.height
    nothing = keep_exception(scan(nameless(marks=False), dpi=150), "none.pdf")
    assert admin.get(f"/RXW/exceptions/{nothing}/number/").status_code == 404


def test_another_organisations_exceptions_are_not_there(client: In, home: Path) -> None:
    page = keep_exception(scan(nameless(marks=True), dpi=100), organisation="RYZ")
    admin = client("admin")
    assert "No page waits" in text_of(admin.get("/RXW/exceptions/"))
    for url in (f"{page}/", f"{page}/state/", f"{page}/picture/0/", f"{page}/number/"):
        assert admin.get(f"/RXW/exceptions/{url}").status_code == 404
    assert admin.post(f"/RXW/exceptions/{page}/aside/", {"reason": "other", "words": "x"}).status_code == 404
    assert place(admin, page, number=card_number()).status_code == 404


def test_a_page_whose_picture_is_gone_can_be_set_aside(client: In, home: Path) -> None:
    batch = open_batch("gone", organisation="RXW").id
    keep_page(batch, 1, make_page(), PageReading(Outcome.EXCEPTION, "lost"), RECEIVED, same_writing)
    page = models.Page.objects.get(batch=batch).pk
    admin = client("admin")
    assert "can't be placed here" in text_of(admin.get(f"/RXW/exceptions/{page}/"))
    assert admin.post(f"/RXW/exceptions/{page}/aside/", {"reason": "other", "words": "gone"}).status_code == 302


def test_a_page_that_has_its_cards_needs_nobody(client: In, home: Path) -> None:
    batch = open_batch("fine", organisation="RXW").id
    reading = PageReading(Outcome.CARDS, cards=(make_card_reading(number=card_number(77)),))
    keep_page(batch, 1, make_page(), reading, RECEIVED, same_writing)
    assert client("admin").get(f"/RXW/exceptions/{models.Page.objects.get(batch=batch).pk}/").status_code == 404
