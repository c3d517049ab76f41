"""What templates of every part use: NHS form fields, dates for people, pages of a list."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.forms import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

register = template.Library()

_WIDGETS = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
_CLASSES = {
    "input": "nhsuk-input",
    "select": "nhsuk-select",
    "textarea": "nhsuk-textarea",
    "file": "nhsuk-file-upload",
}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, heading: bool = False) -> dict[str, Any]:
    """Show a form's field: label, hint, error, input. With `heading` its label is the page's heading."""
    kind = next((name for widget, name in _WIDGETS if isinstance(bound.field.widget, widget)), "input")
    described = [f"{bound.auto_id}-hint"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attributes = bound.field.widget.attrs
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if kind in _CLASSES:
        error = f" {_CLASSES[kind]}--error" if bound.errors else ""
        attributes["class"] = f"{_CLASSES[kind]}{error} {attributes.get('class', '')}".strip()
    multiple = isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    return {
        "field": bound,
        "kind": kind,
        "word": "checkboxes" if multiple else "radios",
        "described": " ".join(described),
        "heading": heading,
    }


@register.inclusion_tag("parts/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Show what is wrong with a form, above it, each a link to its field."""
    found = []
    for name, errors in form.errors.items():
        if name in form.fields:
            target = form[name].id_for_label or form[name].auto_id
            found += [(target, error) for error in errors]
    return {"errors": found, "others": form.non_field_errors()}


@register.filter
def day(value: object) -> str:
    """Return a date as people write it: 6 August 2018."""
    moment_of = _moment(value)
    return f"{moment_of.day} {moment_of:%B %Y}" if moment_of else str(value or "")


@register.filter
def moment(value: object) -> str:
    """Return a time as people write it: 6 August 2018 at 14:05."""
    moment_of = _moment(value)
    if not isinstance(moment_of, datetime):
        return day(value)
    return f"{moment_of.day} {moment_of:%B %Y} at {moment_of:%H:%M}"


@register.filter
def number(value: int) -> str:
    """Return a number with its thousands apart: 1,234."""
    return f"{value:,}"


def _moment(value: object) -> date | None:
    if isinstance(value, str):
        try:
            value = parse_datetime(value) or parse_date(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


@register.inclusion_tag("parts/pagination.html")
def pagination(page_number: int, pages: int, query: Any = "") -> dict[str, Any]:
    """Show the way to the pages around. `query` is what was asked besides: a QueryDict or a mapping."""
    asked = query.dict() if hasattr(query, "dict") else dict(query or {})
    asked.pop("page", None)

    def link(number: int) -> str:
        return "?" + urlencode({**asked, "page": number})

    shown = sorted({1, pages, *range(max(1, page_number - 1), min(pages, page_number + 1) + 1)})
    items: list[tuple[int, str, bool]] = []
    for before, number_of in zip([0, *shown], shown, strict=False):
        if number_of - before > 1:
            items.append((0, "", False))
        items.append((number_of, link(number_of), number_of == page_number))
    return {
        "items": items if pages > 1 else [],
        "previous": link(page_number - 1) if page_number > 1 else "",
        "next": link(page_number + 1) if page_number < pages else "",
    }
