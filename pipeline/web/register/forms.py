"""What a coordinator says who puts a nomination right, or takes the register away."""

from collections.abc import Iterable
from typing import Any

from django import forms

from pipeline.records import Value
from pipeline.store import models as store
from pipeline.store.listed import suggest_people
from pipeline.web.register.words import LABELS, question_of

STORIES = ("action", "impact")
FORMATS = (
    ("xlsx", "Excel workbook (.xlsx), with sheets for open questions and for those thanked"),
    ("csv", "Table (.csv)"),
    ("json", "JSON (.json), for programs"),
    ("parquet", "Parquet (.parquet), for statistics"),
)


class ChangeForm(forms.Form):
    """What one field says. Its input is made for the field."""

    was = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    """What it said when the form was shown."""

    def __init__(self, data: Any, *, field: str, was: Value, organisation: store.Organisation, find: str = "") -> None:
        super().__init__(data, initial={"value": was if isinstance(was, str) else list(was)})
        self.field = field
        self.fields["value"] = _input(field, as_text(was), organisation, find)

    @property
    def text(self) -> str:
        """What was said, as `put_right` takes it."""
        value = self.cleaned_data["value"]
        return as_text(value) if not isinstance(value, str) else value


def as_text(value: Value | list[str]) -> str:
    """Return a value as one text."""
    return value if isinstance(value, str) else "; ".join(value)


def _input(field: str, was: str, organisation: store.Organisation, find: str) -> forms.Field:
    label = LABELS[field]
    question = question_of(field)
    if field == "nominee_staff":
        return _radios(label, _staff(organisation, was, find))
    if field == "nominee_ward":
        wards = organisation.wards.filter(active=True).order_by("position").values_list("code", "name")
        return forms.ChoiceField(label=label, required=False, choices=[("", "None on the list"), *wards])
    if question and question.choices:
        choices = [(choice.value, choice.label) for choice in question.choices]
        if question.multiple:
            return forms.MultipleChoiceField(
                label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        return _radios(label, [*choices, ("", "Nothing is ticked")])
    if field in STORIES:
        return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 8}))
    if field == "date":
        return forms.CharField(
            label=label,
            required=False,
            help_text="For example, 22/11/2026. Leave it empty when there is none.",
            widget=forms.TextInput(attrs={"class": "nhsuk-input--width-10"}),
        )
    return forms.CharField(label=label, required=False, max_length=200)


def _radios(label: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=list(choices), widget=forms.RadioSelect)


def _staff(organisation: store.Organisation, was: str, find: str) -> list[tuple[str, str]]:
    """Return who may be meant: whoever is now, and those that look like what is sought."""
    found = suggest_people(organisation.code, find, limit=10) if find else []
    told = {
        one.staff_id: ", ".join(
            part for part in (f"{one.first_name} {one.last_name}", one.job_title, one.ward, one.staff_id) if part
        )
        for one in found
    }
    if was and was not in told:
        row = organisation.staff.filter(staff_id=was).first()
        told = {was: f"{row.first_name} {row.last_name}, {was}" if row else was, **told}
    return [*told.items(), ("", "Nobody on the list")]


class ExportForm(forms.Form):
    """In which form the register is taken away, and whether with everybody's name."""

    format = forms.ChoiceField(
        label="As what", choices=FORMATS, initial="xlsx", widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind of file."},
    )  # fmt: skip
    with_anonymous = forms.BooleanField(
        label="Also name those who asked to stay anonymous",
        required=False,
        help_text="Only where you must know who they are. The file then names people who asked not to be named: "
        "pass it on to nobody. That you took it is recorded.",
    )
