"""Builders of the records that the store keeps: plain ones, changed where a test says so."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from forms.flow import lay_out
from forms.layout import CardLayout
from forms.numbers import CardNumber
from forms.organisation import Organisation, Profile, StaffMember, Ward
from forms.template_file import load_template
from pipeline.records import (
    Alignment,
    CardIdentity,
    CardReading,
    FieldReading,
    Match,
    Outcome,
    Page,
    PageReading,
    Status,
)
from pipeline.store.printing import TemplateText

RECEIVED = date(2026, 11, 20)
TEMPLATE = TemplateText("F1F1F1F1", "nomination", 1, 'name = "nomination"')
CORNERS = ((10.0, 10.0), (110.0, 10.0), (110.0, 160.0), (10.0, 160.0))


def card_number(index: int = 1, organisation: str = "RXW", token: str = "7K3F9QZ") -> str:
    return str(CardNumber(organisation, token, index))


def same_writing(one: bytes, other: bytes) -> bool:
    """The tests' writing: the same when the first byte is."""
    return one[:1] == other[:1]


def make_profile(**changes: Any) -> Profile:
    parts = {
        "organisation": Organisation("RXW", "Shrewsbury and Telford Hospital", "Leading with Compassion"),
        "wards": (Ward("W21", "Ward 21"), Ward("W07", "Ward 7")),
        "staff": (
            StaffMember("S00123", "Priya", "Patel", "Nurse", "W07"),
            StaffMember("S00124", "Susan", "Smith", "Porter", ""),
        ),
    }
    return Profile(**{**parts, **changes})


def make_field(**changes: Any) -> FieldReading:
    parts = {
        "name": "nominee_last_name",
        "content": "name",
        "value": "PATEL",
        "raw": "PATE1",
        "confidence": 0.99,
        "status": Status.ACCEPTED,
        "engine": "ppocr 6s",
        "alternatives": (("PATEL", 0.99), ("PATER", 0.005)),
        "outline_px": ((20.0, 20.0), (90.0, 20.0), (90.0, 30.0), (20.0, 30.0)),
    }
    return FieldReading(**{**parts, **changes})


def make_fields(**values: Any) -> tuple[FieldReading, ...]:
    """The standard card's fields; `values` by name replace a value, or a whole field."""
    standard: dict[str, tuple[str, Any]] = {
        "nominee_first_name": ("name", "PRIYA"),
        "nominee_last_name": ("name", "PATEL"),
        "nominee_team": ("place", ""),
        "nominator_type": ("tick", "patient"),
        "action": ("story", "She sat with me all night."),
        "impact": ("story", "I was not afraid."),
        "nominator_name": ("name", "JO BLOGGS"),
        "nominator_contact": ("contact", "jo@example.org"),
        "date": ("date", "2026-11-18"),
        "consent": ("tick", ("share_with_nominee",)),
    }
    fields = []
    for name, (content, standard_value) in standard.items():
        value = values.get(name, standard_value)
        if isinstance(value, FieldReading):
            fields.append(value)
            continue
        fields.append(
            make_field(
                name=name,
                content=content,
                value=value,
                raw=value if isinstance(value, str) else "; ".join(value),
                status=Status.ACCEPTED if value else Status.BLANK,
                alternatives=((value, 0.99),) if value and isinstance(value, str) else (),
            )
        )
    return tuple(fields)


def make_card_reading(**changes: Any) -> CardReading:
    number = changes.pop("number", card_number())
    writing = changes.pop("writing", "a")
    parts = {
        "identity": CardIdentity(number, number.split("-")[0], "W21", "nomination", TEMPLATE.fingerprint),
        "alignment": Alignment("marks", 0.12, np.eye(3), 1.0),
        "corners_px": CORNERS,
        "filled": True,
        "ink": writing.encode(),
        "fields": make_fields(),
        "nominee_staff": Match("S00123", 0.98),
        "nominee_ward": Match("W07", 0.97),
    }
    return CardReading(**{**parts, **changes})


def make_empty_card_reading(**changes: Any) -> CardReading:
    """A card that came back with nothing on it."""
    blank = tuple(
        make_field(
            name=field.name,
            content=field.content,
            value="" if isinstance(field.value, str) else (),
            raw="",
            status=Status.BLANK,
            alternatives=(),
        )
        for field in make_fields()
    )
    nothing = {
        "filled": False,
        "ink": b"",
        "fields": blank,
        "nominee_staff": Match(),
        "nominee_ward": Match(),
    }
    return make_card_reading(**{**nothing, **changes})


def make_page(number: int = 1, file: str = "stack.pdf", content: str | None = None, **changes: Any) -> Page:
    """A page whose image is its own, or that of `content`."""
    data = (content if content is not None else f"{file} {number}").encode()
    parts = {
        "file": file,
        "number": number,
        "data": data,
        "sha256": hashlib.sha256(data).hexdigest(),
        "suffix": ".jpg",
    }
    return Page(**{**parts, **changes})


def make_page_reading(*cards: CardReading, **changes: Any) -> PageReading:
    outcome = Outcome.CARDS if cards else Outcome.BLANK
    return PageReading(**{"outcome": outcome, "cards": cards, **changes})


def make_layouts() -> dict[str, CardLayout]:
    """The layout of the builders' cards, by their fingerprint: the shipped template's."""
    layout = lay_out(load_template("nomination")).card
    return {TEMPLATE.fingerprint: replace(layout, fingerprint=TEMPLATE.fingerprint)}
