"""Tells what a card asks in a field, in the words that are printed on it."""

from dataclasses import dataclass
from functools import cache

from forms.errors import ConfigurationError
from forms.flow import lay_out
from forms.layout import CardLayout
from forms.template import Template
from forms.template_file import load_template, parse_template, template_names
from pipeline.store.layouts import standard_layout
from pipeline.store.printing import kept_template


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A field, as a person is asked about it."""

    field: str
    label: str
    kind: str
    content: str
    multiple: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What one layout asks."""

    layout: CardLayout
    questions: dict[str, Question]


_known: dict[str, Asked] = {}
"""By fingerprint: a layout never changes under its fingerprint."""


def asked_by(fingerprint: str) -> Asked | None:
    """Return what cards of a layout ask; None when the layout isn't known here.

    Of a card that another site sent the layout isn't told; it is taken for the standard card's.
    """
    if not fingerprint:
        return _shipped()[standard_layout().fingerprint]
    if fingerprint not in _known:
        found = _shipped().get(fingerprint) or _kept(fingerprint)
        if found is None:
            return None
        _known[fingerprint] = found
    return _known[fingerprint]


@cache
def _shipped() -> dict[str, Asked]:
    templates = [load_template(name) for name in template_names()]
    return {asked.layout.fingerprint: asked for asked in map(_asked, templates)}


def _kept(fingerprint: str) -> Asked | None:
    kept = kept_template(fingerprint)
    try:
        return _asked(parse_template(kept.toml)) if kept else None
    except ConfigurationError:
        return None  # Printed by a version with other rules.


def _asked(template: Template) -> Asked:
    questions = {
        field.name: Question(
            field.name,
            field.label,
            field.kind,
            field.content,
            field.multiple,
            tuple(Choice(option.value, option.label) for option in field.options),
        )
        for field in template.fields
    }
    return Asked(lay_out(template).card, questions)
