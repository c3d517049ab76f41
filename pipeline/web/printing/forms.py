"""What somebody says who prints cards."""

from dataclasses import dataclass
from typing import Any

from django import forms

from pipeline.store import models as store

MOST = 2_000
"""Cards in one run: a box of paper. More are printed by `compassion print`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A card, and how many of it stand on a sheet of A4."""

    name: str
    template: str
    per_sheet: int
    label: str
    hint: str


LAYOUTS = (
    Layout("two", "nomination", 2, "Two to a sheet", "The standard card, A5. Cut the sheet in the middle."),
    Layout("large", "nomination", 1, "One to a sheet, large print", "The standard card, enlarged to A4."),
    Layout("pocket", "pocket", 4, "Four to a sheet", "A small card for the pocket, A6, with fewer questions."),
)


class PrintForm(forms.Form):
    """How many cards, for whom, and how they look."""

    ward = forms.ChoiceField(label="Ward", required=False)
    count = forms.IntegerField(
        label="How many cards",
        min_value=1,
        max_value=MOST,
        initial=20,
        help_text=f"At most {MOST:,} at a time.",
        error_messages={
            "required": "Say how many cards.",
            "invalid": "Say how many cards, as a number.",
            "min_value": "Print at least 1 card.",
            "max_value": f"Print at most {MOST:,} cards at a time.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "nhsuk-input--width-4"}),
    )
    layout = forms.ChoiceField(
        label="How they stand on the paper", choices=[(one.name, one.label) for one in LAYOUTS], initial="two",
        widget=forms.RadioSelect, error_messages={"required": "Choose how the cards stand on the paper."},
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: store.Organisation, only_ward: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wards = organisation.wards.filter(active=True).order_by("position")
        if only_ward:
            wards = wards.filter(code=only_ward)
        ward: Any = self.fields["ward"]
        ward.choices = [*([] if only_ward else [("", "Any ward")]), *wards.values_list("code", "name")]
        ward.required = bool(only_ward)

    @property
    def chosen(self) -> Layout:
        """The layout that was chosen."""
        return next(one for one in LAYOUTS if one.name == self.cleaned_data["layout"])
