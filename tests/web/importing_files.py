"""Exports that the tests of import and merge upload, and what a browser sends back of a form."""

from html.parser import HTMLParser
from pathlib import Path

from tests.store.sources import IMPACT, STORY
from tests.store.test_merging import doubtful_story
from tests.submissions.exports import answers, csv_text, msforms

SAMPLE = Path(__file__).parents[2] / "samples" / "electronic" / "Leading with Compassion nominations(1-5).xlsx"


def doubtful(anonymous: bool = False) -> str:
    """Two submissions of which nobody can tell whether they are one, and a row that is cut off."""
    plain = {"nominator_name": "", "nominator_contact": "", "date": "", "consent": "share_with_nominee"}
    other = {**plain, "nominator_name": "Jo Bloggs", "consent": "stay_anonymous"} if anonymous else plain
    rows = [
        answers(nominee_first_name="Priya", nominee_last_name="Patel", action=STORY, impact=IMPACT, **plain),
        answers(
            nominee_first_name="Priya", nominee_last_name="Patel", action=doubtful_story(), impact="Thanks.", **other
        ),
    ]
    return csv_text(msforms(rows)) + '3,"9/22/2026 10:16\n'


class Filled(HTMLParser):
    """The fields of a page's forms, with the values that a browser would send as they are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = ""
        self._first = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "input" and told.get("name"):
            ticks = told.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in told:
                self.values.setdefault(told["name"], []).append(told.get("value", "on" if ticks else ""))
        elif tag == "select":
            self._select, self._first = told["name"], True
        elif tag == "option" and (self._first or "selected" in told):
            self.values[self._select] = [told.get("value", "")]
            self._first = False
