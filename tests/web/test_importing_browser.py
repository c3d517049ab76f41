"""A coordinator's day in a real browser: an export, its mapping, a merge, a question, by the keyboard alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.store.questions import list_open
from tests.commands.stack_runs import compassion
from tests.web.importing_files import SAMPLE, doubtful
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Look = Callable[..., None]


def go_to(page: Page, text: str, kind: str = "main a, main button, main summary") -> None:
    """Press Tab until what says `text` has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText")
        if focused and text in focused:
            return
    raise AssertionError(f"the keyboard doesn't reach '{text}' of {kind}")


def choose_file(page: Page, file: Path) -> None:
    page.set_input_files("#id_file", file)
    page.focus("#id_file")


def test_a_coordinators_day(site: Site, sign_in: Callable[..., Page], axe: Look, picture: Look, tmp_path: Path) -> None:
    page = sign_in("coordinator", "RYZ")
    page.goto("/RYZ/import/")
    axe(page)
    choose_file(page, SAMPLE)
    go_to(page, "Upload")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Which column holds what")
    axe(page)
    picture(page, "import mapping")
    go_to(page, "Times, dates and ids")
    page.keyboard.press("Enter")
    axe(page)
    go_to(page, "Import 5 rows")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is imported")
    axe(page)
    picture(page, "import result")

    export = tmp_path / "Compassion(1-2).csv"
    export.write_text(doubtful())
    page.goto("/RYZ/import/")
    choose_file(page, export)
    go_to(page, "Upload")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Which column holds what")
    go_to(page, "Import 3 rows")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Rows that were not taken")
    axe(page)
    picture(page, "import refused")

    go_to(page, "Go on to merge")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Merge now")
    axe(page)
    go_to(page, "Merge now")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=begins in a moment")
    axe(page)
    done = compassion(site.home, "work", "--once")
    assert done.returncode == 0, done.stderr
    page.wait_for_selector("text=See what it did")
    axe(page)
    go_to(page, "See what it did")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=New nominations")
    axe(page)
    picture(page, "merge result")

    go_to(page, "Answer 1 question")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Chance of being one")
    axe(page)
    picture(page, "questions")
    go_to(page, "Answer one after the other")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Speaks for one")
    axe(page)
    picture(page, "question")
    go_to(page, "They are two")
    page.keyboard.press("Space")
    page.wait_for_selector("text=No question is left")
    axe(page)
    picture(page, "merge start")


def test_mappings_and_questions_at_320_px(
    site: Site, sign_in: Callable[..., Page], axe: Look, picture: Look, tmp_path: Path
) -> None:
    for form in (False, True):
        export = tmp_path / f"Compassion {form}.csv"
        export.write_text(doubtful(anonymous=form))
        assert compassion(site.home, "import", export, "--organisation", "RYZ").returncode == 6
    assert compassion(site.home, "merge").returncode == 0
    page = sign_in("coordinator", "RYZ", width=320)
    page.goto("/RYZ/import/")
    choose_file(page, tmp_path / "Compassion False.csv")
    page.click("main >> text=Upload")
    page.wait_for_selector("text=Which column holds what")
    look_narrow(page, axe, picture, "import mapping 320")
    page.goto("/RYZ/merge/questions/")
    look_narrow(page, axe, picture, "questions 320")
    asked = list_open("RYZ")[0]
    page.goto(f"/RYZ/merge/questions/{asked.one}/{asked.other}/")
    look_narrow(page, axe, picture, "question 320")


def look_narrow(page: Page, axe: Look, picture: Look, name: str) -> None:
    page.wait_for_load_state("networkidle")  # until the menu is folded up
    picture(page, name)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} is wider than the window"


def test_cards_of_a_question_are_shown_beside_what_they_say(
    site: Site, sign_in: Callable[..., Page], axe: Look, picture: Look
) -> None:
    from pipeline.store import models

    rows = models.NominationSource.objects.filter(organisation="RXW")
    card = rows.filter(card__isnull=False).order_by("pk").first()
    form = rows.filter(submission__isnull=False).order_by("pk").first()
    assert card and form
    run = models.MergeRun.objects.latest("pk")
    models.Link.objects.create(
        organisation="RXW", one=card, other=form, state="asked", weight=1.0, probability=0.6,
        reasons=["same nominee on the staff list +7.1", "dates 3 days apart -1.2"], since=run,
    )  # fmt: skip
    page = sign_in("coordinator")
    page.goto(f"/RXW/merge/questions/{card.pk}/{form.pk}/?names=show")
    assert page.evaluate("document.querySelector('.pictures img').naturalWidth") > 300
    axe(page)
    picture(page, "question card")


def test_without_scripts_a_merge_can_be_asked_for(site: Site, sign_in: Callable[..., Page]) -> None:
    page = sign_in("coordinator", "RYZ", scripts=False)
    page.goto("/RYZ/merge/")
    page.click("text=Merge now")
    assert page.locator("noscript a").inner_text() == "See how far it is now"
    assert compassion(site.home, "work", "--once").returncode == 0
    page.click("noscript a")
    page.wait_for_selector("text=It changed nothing")


def test_an_import_that_takes_seconds_says_so_and_is_sent_once(
    sign_in: Callable[..., Page], axe: Look, picture: Look
) -> None:
    page = sign_in("coordinator", "RYZ")
    page.goto("/RYZ/import/")
    choose_file(page, SAMPLE)
    page.click("text=Upload")
    page.wait_for_selector("text=Which column holds what")
    # Counted instead of sent, to look at the page as it is meanwhile.
    page.evaluate(
        "window.sent = 0; document.addEventListener('submit', (submit) => {"
        " if (!submit.defaultPrevented) window.sent += 1; submit.preventDefault(); })"
    )
    go_to(page, "Import 5 rows")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("5 rows are being imported.")
    expect(page.locator("progress")).to_be_visible()
    assert page.evaluate("window.sent") == 1
    axe(page)
    picture(page, "import busy")
