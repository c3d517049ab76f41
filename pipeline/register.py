"""The register: what is known of each nomination of one organisation, from its cards and, later, its other sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.records import FieldReading, Status, Value

ANONYMOUS = "stay_anonymous"
"""The consent that keeps a nominator's name and contact out of the register."""


class Channel(StrEnum):
    """How a nomination came in."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


class NomineeKind(StrEnum):
    """Whom a nomination is for."""

    PERSON = "person"
    TEAM = "team"


class NominationStatus(StrEnum):
    """Whether a nomination may stand as it is."""

    COMPLETE = "complete"
    REVIEW = "review"
    """A field waits for a person."""
    QUESTION = "question"
    """It may be the same as another."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a nomination came from."""

    id: str
    """Such as `card:RXW-7K3F9QZ-0012-H`."""
    source: str
    """The batch of a card, or the name of an electronic source."""
    file: str
    page: int | None = None
    """For a card."""
    row: int | None = None
    """For a row of a table."""


@dataclass(frozen=True, slots=True)
class Nomination:
    """One row of the register; its fields are the columns, in order."""

    nomination_id: str
    organisation: str
    received_at: str
    """An ISO date for a card, date and time for an electronic submission."""
    channel: Channel
    nominee_kind: NomineeKind
    nominee_first_name: str
    nominee_last_name: str
    nominee_staff_id: str
    nominee_team: str
    nominator_type: str
    nominator_name: str
    nominator_contact: str
    action: str
    impact: str
    date: str
    consent: tuple[str, ...]
    status: NominationStatus
    sources: tuple[Source, ...]


COLUMNS = tuple(Nomination.__dataclass_fields__)


def nomination_of_card(
    *,
    nomination_id: str,
    organisation: str,
    received_at: str,
    source: Source,
    fields: Iterable[FieldReading],
    nominee_staff_id: str,
    with_anonymous: bool = False,
) -> Nomination:
    """Return the nomination that a filled card makes, from its fields as they stand.

    A field under review is given as it was read, and the nomination's status says so. Someone who ticked
    `stay_anonymous` is named only `with_anonymous`; neither is one whose ticks wait for a person, because they may
    say so.
    """
    by_name = {field.name: field for field in fields}
    values = {name: field.value for name, field in by_name.items()}
    consent = _list(values, "consent")
    waiting = any(field.status is Status.REVIEW for field in by_name.values())
    nomination = Nomination(
        nomination_id=nomination_id,
        organisation=organisation,
        received_at=received_at,
        channel=Channel.PAPER,
        nominee_kind=_nominee_kind(values),
        nominee_first_name=_text(values, "nominee_first_name"),
        nominee_last_name=_text(values, "nominee_last_name"),
        nominee_staff_id=nominee_staff_id,
        nominee_team=_text(values, "nominee_team"),
        nominator_type=_text(values, "nominator_type"),
        nominator_name=_text(values, "nominator_name"),
        nominator_contact=_text(values, "nominator_contact"),
        action=_text(values, "action"),
        impact=_text(values, "impact"),
        date=_text(values, "date"),
        consent=consent,
        status=NominationStatus.REVIEW if waiting else NominationStatus.COMPLETE,
        sources=(source,),
    )
    unsure = "consent" in by_name and by_name["consent"].status is Status.REVIEW
    if (ANONYMOUS in consent or unsure) and not with_anonymous:
        return replace(nomination, nominator_name="", nominator_contact="")
    return nomination


def _nominee_kind(values: Mapping[str, Value]) -> NomineeKind:
    named = _text(values, "nominee_first_name") or _text(values, "nominee_last_name")
    return NomineeKind.TEAM if _text(values, "nominee_team") and not named else NomineeKind.PERSON


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else "; ".join(value)


def _list(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return ((value,) if value else ()) if isinstance(value, str) else value
