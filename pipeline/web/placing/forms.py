"""What people say of pages that no machine could place."""

import re
from typing import Any

from django import forms

from forms.errors import UsageError
from pipeline.page_corners import TURNS, Corners, corners_fault, corners_of_part, to_page, turned_size
from pipeline.records import Corner, HandPlacing
from pipeline.store.hand_placing import check_number
from pipeline.store.layouts import known_layouts

PARTS = {
    "whole": ("The whole page", (0.0, 0.0, 1.0, 1.0)),
    "left": ("Left half", (0.0, 0.0, 0.5, 1.0)),
    "right": ("Right half", (0.5, 0.0, 1.0, 1.0)),
    "top": ("Top half", (0.0, 0.0, 1.0, 0.5)),
    "bottom": ("Bottom half", (0.0, 0.5, 1.0, 1.0)),
    "top-left": ("Top left quarter", (0.0, 0.0, 0.5, 0.5)),
    "top-right": ("Top right quarter", (0.5, 0.0, 1.0, 0.5)),
    "bottom-left": ("Bottom left quarter", (0.0, 0.5, 0.5, 1.0)),
    "bottom-right": ("Bottom right quarter", (0.5, 0.5, 1.0, 1.0)),
}
"""Where a card may lie on a turned page: left, top, right and bottom in shares of it."""
_PAIR = re.compile(r"(-?\d{1,6}(?:\.\d{1,3})?),(-?\d{1,6}(?:\.\d{1,3})?)")
_OTHER = "other"
REASONS = (
    ("It is another organisation's card", "It is another organisation's card"),
    ("It is too badly damaged to be read", "It is too badly damaged to be read"),
    ("It is only a part of a card", "It is only a part of a card"),
    ("It was scanned again, and that page was read", "It was scanned again, and that page was read"),
    ("Nothing is written on it", "Nothing is written on it"),
    (_OTHER, "Another reason"),
)


class PlacingForm(forms.Form):
    """Which card it is, and where it lies."""

    number = forms.CharField(
        label="The card's number",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "Type the number that is printed on the card."},
    )
    part = forms.ChoiceField(
        label="Where the card lies",
        choices=[(name, label) for name, (label, _) in PARTS.items()],
        initial="whole",
        widget=forms.RadioSelect,
    )
    template = forms.ChoiceField(label="Its template", required=False)
    more = forms.BooleanField(label="Another card on this page is still to be placed", required=False)
    turn = forms.TypedChoiceField(
        choices=[(turn, turn) for turn in TURNS], coerce=int, initial=0, widget=forms.HiddenInput
    )
    corners = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: str, size: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.size = organisation, size
        self.fields["number"].help_text = f"All of it, such as {organisation}-7K3F9QZ-0012-H."
        layouts = sorted((layout.template, layout.version, key) for key, layout in known_layouts().items())
        named = [(key, f"{template} {version}") for template, version, key in layouts]
        self.fields["template"].choices = [("", "Found by itself"), *named]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """Say at once what is wrong with a number."""
        try:
            return check_number(self.organisation, self.cleaned_data["number"]).number
        except UsageError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """Corners that were dragged count, else the part that was chosen."""
        said = self.cleaned_data
        if "turn" in said and "part" in said:
            corners = _dragged(said.get("corners", ""), said["turn"], self.size)
            if corners is None:
                corners = corners_of_part(said["turn"], self.size, PARTS[said["part"]][1])
            if fault := corners_fault(corners, self.size):
                self.add_error("part", f"The corners can't be used: {fault}.")
            said["corners_px"] = corners
        return said

    def placing(self) -> HandPlacing:
        """Return what was said."""
        said = self.cleaned_data
        return HandPlacing(said["number"], said["corners_px"], said["turn"], said["template"])


def _dragged(text: str, turn: int, size: tuple[int, int]) -> Corners | None:
    """Read corners of the turned page, drawn in to its edges; None when there are not four."""
    pairs = _PAIR.findall(text)
    if len(pairs) != 4:
        return None
    right, bottom = (side - 1 for side in turned_size(turn, size))
    points: list[Corner] = [(min(max(float(x), 0), right), min(max(float(y), 0), bottom)) for x, y in pairs]
    a, b, c, d = to_page(turn, size, points)
    return a, b, c, d


class AsideForm(forms.Form):
    """Why a page is set aside."""

    reason = forms.ChoiceField(
        label="Why is it set aside?",
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say why the page is set aside."},
    )
    words = forms.CharField(label="In your own words", max_length=500, required=False)
    seen = forms.IntegerField(required=False)
    """The key of the placing on the page that was before whoever says so."""

    def clean(self) -> dict[str, Any]:
        """Another reason needs words."""
        said = self.cleaned_data
        words = said.get("words", "").strip()
        if said.get("reason") == _OTHER and not words:
            self.add_error("words", "Say what the other reason is.")
        reason = "" if said.get("reason") == _OTHER else said.get("reason", "")
        said["why"] = ": ".join(filter(None, (reason, words)))
        return said
