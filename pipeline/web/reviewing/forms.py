"""What people say of a field."""

from typing import Any

from django import forms

from pipeline.records import Value
from pipeline.review_file import EMPTY, UNREADABLE
from pipeline.store.card_questions import Question
from pipeline.store.leases import Order
from pipeline.store.waiting import CONTENT_ORDER

ORDERS = (
    (Order.CARD.value, "Card by card, as they came in"),
    (Order.CONTENT.value, "By what is asked: all dates, then all names, and so on"),
    (Order.DOUBT.value, "What the machine was least sure of first"),
)
CONTENT_WORDS = {
    "date": "Dates", "name": "Names", "place": "Wards and teams", "contact": "Contacts", "tick": "Ticks",
    "story": "Stories",
}  # fmt: skip
NOTHING = "nothing"
"""The choice of a question of which only one answer may be ticked, when none is."""


class WayForm(forms.Form):
    """In which order to go on, and what alone to look at."""

    order = forms.ChoiceField(choices=ORDERS, widget=forms.RadioSelect, label="In which order?", initial=Order.DOUBT)
    content = forms.ChoiceField(
        choices=[("", "Everything"), *((content, CONTENT_WORDS[content]) for content in CONTENT_ORDER)],
        required=False,
        label="What?",
    )


class ValueForm(forms.Form):
    """What a field says: typed, or chosen where the card gives choices."""

    def __init__(self, question: Question, said: Value | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["value"] = _field_for(question)
        self.fields["value"].initial = _initial(question, said)

    def text(self) -> str:
        """Return what was said as decisions take it."""
        value = self.cleaned_data["value"]
        if isinstance(value, list):
            return "; ".join(value) or EMPTY
        return EMPTY if value == NOTHING else str(value)


def _initial(question: Question, said: Value | None) -> str | list[str]:
    if question.kind == "choice" and question.multiple:
        return list(said) if isinstance(said, tuple) else [said] if said else []
    if said is None:
        return "" if question.kind == "choice" else UNREADABLE
    return said if isinstance(said, str) else "; ".join(said)


def _field_for(question: Question) -> forms.Field:
    choices = [(choice.value, choice.label) for choice in question.choices]
    if question.kind == "choice" and question.multiple:
        return forms.MultipleChoiceField(
            choices=choices, required=False, widget=forms.CheckboxSelectMultiple, label="What is ticked?"
        )
    missing = {"required": "Say what is written, or choose “Nothing is written” or “Can’t be read”."}
    if question.kind == "choice":
        return forms.ChoiceField(
            choices=[*choices, (NOTHING, "Nothing is ticked")],
            widget=forms.RadioSelect,
            label="What is ticked?",
            error_messages=missing,
        )
    plain = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    if question.kind == "lines" and question.content != "contact":
        box = forms.Textarea(attrs={**plain, "rows": 6, "spellcheck": "true"})
        return forms.CharField(widget=box, label="What is written?", error_messages=missing)
    hint = "For example 6/8/2018, 06082018 or 2018-08-06" if question.content == "date" else ""
    return forms.CharField(
        widget=forms.TextInput(attrs=plain), label="What is written?", help_text=hint, error_messages=missing
    )
