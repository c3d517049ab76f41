"""The forms of importing: a file, how its columns are taken, when readings came in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone

from pipeline.store.import_proposal import ChoiceColumn, Meant, Proposal
from pipeline.store.importing import KINDS, LONGEST_FORM_NAME
from pipeline.submissions.choices import CONSENTS, TYPES
from pipeline.submissions.records import MAPPED
from pipeline.web.field_names import FIELD_NAMES, VALUE_NAMES
from pipeline.web.numbers import number

_NOT_SAID = "-"
"""An answer whose words are kept, and which is taken for nothing more."""
_NOTHING = "nothing"
_SEVERAL = ("nominator_name", "nominator_contact", "consent")
"""Fields that more than one question often feeds."""
_LONGEST_LABEL = 90


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label="Export of a form, or readings of another site",
        help_text="An .xlsx or .csv file that Microsoft Forms, Google Forms, ODK or KoboToolbox wrote, or a table of "
        "your own; or a .json file with readings of cards. At most 50 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.json"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty. Export it again."},
        max_length=1000,
    )


class ReadingsForm(forms.Form):
    """When the cards of a file of readings came in."""

    received = forms.DateField(
        label="The day that the cards came in",
        help_text="For cards of which the file doesn’t tell it.",
        widget=forms.DateInput(attrs={"type": "date", "class": "nhsuk-input--width-10"}),
        error_messages={"required": "Enter the day.", "invalid": "Enter a day such as 6 August 2018."},
    )

    def clean_received(self) -> Any:
        """Look whether it is a day that has been."""
        day = self.cleaned_data["received"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come. Enter the day that the cards came in.")
        return day


class MappingForm(forms.Form):
    """Which column of an export holds what, and what its answers mean. Columns are chosen by their place."""

    form_name = forms.CharField(
        label="Name of the form",
        max_length=LONGEST_FORM_NAME,
        help_text="The same for every export of this form, so that what is known is known again.",
    )

    def __init__(self, data: QueryDict | None = None, *, proposal: Proposal) -> None:
        # Changed where a column of a choice is newly chosen, whose answers the page didn't show yet.
        self._posted = data.copy() if data is not None else None
        super().__init__(self._posted)
        self._header = proposal.header
        self._proposal = proposal
        self._parts: dict[str, list[str]] = {}
        self._answers: list[tuple[ChoiceColumn, list[tuple[str, str]]]] = []
        self.fields["form_name"].initial = proposal.form
        columns = [(str(place), _label(place, name)) for place, name in enumerate(proposal.header)]
        for name in MAPPED:
            self._add_columns(name, FIELD_NAMES[name], proposal.columns.columns(name), columns, name in _SEVERAL)
        mapped = proposal.columns
        self._add_columns("received", "When it was sent", [mapped.received] if mapped.received else [], columns, False)
        self._add_columns(
            "modified", "When it was last changed", [mapped.modified] if mapped.modified else [], columns, False
        )
        self._add_columns("key", "What tells it from every other", mapped.key, columns, True)
        self._add_rest(proposal)
        for choice in proposal.choices:
            self._add_answers(choice)

    def _add_columns(
        self, name: str, label: str, chosen: Sequence[str], columns: list[tuple[str, str]], several: bool
    ) -> None:
        """Add a list of columns to choose from, and further ones where several may be meant."""
        places = [str(self._header.index(column)) for column in chosen if column in self._header]
        count = max(1, len(places) + several, self._asked(name) + several)
        names = [f"{name}-{n}" for n in range(count)]
        for n, part in enumerate(names):
            self.fields[part] = forms.ChoiceField(
                label=label if n == 0 else f"{label}, and also",
                choices=[("", "None"), *columns],
                required=False,
                initial=places[n] if n < len(places) else "",
            )
        self._parts[name] = names

    def _asked(self, name: str) -> int:
        """Return how many columns a person chose for a field."""
        return sum(bool(self.data.get(f"{name}-{n}")) for n in range(12))

    def _add_rest(self, proposal: Proposal) -> None:
        mapped = proposal.columns
        self.fields["kind"] = forms.ChoiceField(
            label="What wrote this file",
            choices=[(kind.value, words) for kind, words in KINDS.items()],
            initial=mapped.kind.value,
        )
        self.fields["dates"] = forms.ChoiceField(
            label="How dates are written",
            choices=[
                ("", "As the file itself tells"),
                ("dmy", "Day first: 5/10 is 5 October"),
                ("mdy", "Month first: 5/10 is 10 May"),
            ],
            widget=forms.RadioSelect,
            required=False,
            initial=mapped.dates,
        )
        zones = dict.fromkeys(("Europe/London", "UTC", mapped.time_zone))
        self.fields["time_zone"] = forms.ChoiceField(
            label="Time zone of times that don’t tell theirs",
            choices=[(zone, zone) for zone in zones],
            initial=mapped.time_zone,
        )

    def _add_answers(self, choice: ChoiceColumn) -> None:
        """Add what each answer of a choice is taken for. The answer itself is sent along, so that what comes back is
        about what the person saw."""
        place = self._header.index(choice.column)
        pairs = []
        for n, meant in enumerate(choice.answers):
            said, meaning = f"answer-{place}-{n}", f"meaning-{place}-{n}"
            hidden = forms.CharField(widget=forms.HiddenInput, initial=meant.answer, required=False, strip=False)
            self.fields[said] = hidden
            self.fields[meaning] = _consents(meant) if choice.field == "consent" else _type(meant)
            if self._posted is not None and said not in self._posted:
                initial = self.fields[meaning].initial
                self._posted[said] = meant.answer
                self._posted.setlist(meaning, initial if isinstance(initial, list) else [initial])
            pairs.append((said, meaning))
        self._answers.append((choice, pairs))

    # --- for the template ----------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[str, list[BoundField], tuple[str, ...]]]:
        """Yield each field of the card: its name, its lists, and answers of the columns that are chosen."""
        for name in MAPPED:
            yield self._row(name)

    def more_rows(self) -> Iterator[tuple[str, list[BoundField], tuple[str, ...]]]:
        """Yield what else a column may be taken for."""
        for name in ("received", "modified", "key"):
            yield self._row(name)

    def _row(self, name: str) -> tuple[str, list[BoundField], tuple[str, ...]]:
        bound = [self[part] for part in self._parts[name]]
        places = [number(str(one.value() or ""), -1) for one in bound]
        chosen = [self._header[place] for place in places if 0 <= place < len(self._header)]
        examples = [example for column in chosen for example in self._proposal.examples[column]]
        return name, bound, tuple(examples[:4])

    def choices(self) -> Iterator[tuple[ChoiceColumn, list[tuple[BoundField, BoundField, int]]]]:
        """Yield each column of a choice with its answers: the hidden answer, what it means, how often it was given."""
        for choice, pairs in self._answers:
            yield (
                choice,
                [
                    (self[said], self[meaning], meant.count)
                    for (said, meaning), meant in zip(pairs, choice.answers, strict=True)
                ],
            )

    # --- what was said ---------------------------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """Return what a person chose in a mapping file's terms."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "sheet": self._proposal.columns.sheet,
            "key": self._columns("key"),
            "received": "".join(self._columns("received")),
            "modified": "".join(self._columns("modified")),
            "dates": data["dates"],
            "time_zone": data["time_zone"],
            "fields": {name: self._columns(name) for name in MAPPED},
            "choices": self._told_choices(),
        }

    def _columns(self, name: str) -> list[str]:
        places = [self.cleaned_data[part] for part in self._parts[name]]
        return [self._header[int(place)] for place in dict.fromkeys(places) if place]

    def _told_choices(self) -> dict[str, dict[str, str]]:
        chosen = {*self._columns("nominator_type"), *self._columns("consent")}
        told: dict[str, dict[str, str]] = {}
        for choice, pairs in self._answers:
            if choice.column in chosen:
                known = {meant.answer: meant.understood for meant in choice.answers}
                answers = told.setdefault(choice.column, {})
                for said, meaning in pairs:
                    answer, value = self.cleaned_data[said], self.cleaned_data[meaning]
                    if value == _NOT_SAID or (not value and not known.get(answer, False)):
                        continue
                    answers[answer] = "" if value == _NOTHING else value if isinstance(value, str) else "; ".join(value)
        return told


def _consents(meant: Meant) -> forms.Field:
    return forms.MultipleChoiceField(
        label=meant.answer,
        choices=[(value, VALUE_NAMES[value]) for value in CONSENTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=list(meant.values),
    )


def _type(meant: Meant) -> forms.Field:
    unknown = [] if meant.understood else [(_NOT_SAID, "Other, with these words kept")]
    known = [(value, VALUE_NAMES[value]) for value in TYPES]
    return forms.ChoiceField(
        label=meant.answer,
        choices=[*unknown, *known, (_NOTHING, "Nothing")],
        initial=(meant.values[0] if meant.values else _NOTHING) if meant.understood else _NOT_SAID,
    )


def _label(place: int, name: str) -> str:
    short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
    return f"{place + 1}. {short}"
