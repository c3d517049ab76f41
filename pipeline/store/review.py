"""Tells what waits for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import FieldReading, Status
from pipeline.register import missing_fields
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.cards import SeenCard, current_cards
from pipeline.store.organisations import organisation_codes
from pipeline.store.statements import statements_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A field that a person must look at, and the card it is on."""

    card: SeenCard
    reading: FieldReading


def waiting_fields(batch: str | None = None, organisation: str | None = None) -> Iterator[Waiting]:
    """Yield the fields under review that nobody has decided yet, card by card in reading order."""
    for card in current_cards(batch=batch, organisation=organisation, waiting=True):
        for reading in card.fields:
            if reading.status is Status.REVIEW:
                yield Waiting(card, reading)


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that must be there and that an electronic submission lacks."""

    said: Statement
    field: str


def waiting_answers(organisation: str | None = None) -> Iterator[WaitingAnswer]:
    """Yield what is missing of nominations that came electronically alone, an organisation's or everybody's.

    A card that says it, of the same nomination, will do.
    """
    for code in [organisation] if organisation is not None else organisation_codes():
        rows = models.NominationSource.objects.filter(organisation=code)
        nomination = dict(rows.values_list("key", "nomination"))
        groups: dict[str, list[Statement]] = {}
        for said in statements_of(code):
            groups.setdefault(nomination[said.key], []).append(said)
        for members in groups.values():
            yield from (WaitingAnswer(members[0], field) for field in _missing(members))


def lacks_answer(organisation: str, source: str, field: str) -> bool:
    """Return whether a submission's nomination lacks that answer, as `waiting_answers` tells it."""
    rows = models.NominationSource.objects.filter(organisation=organisation)
    nomination = rows.filter(source=source).values_list("nomination", flat=True).first()
    if nomination is None:
        return False
    members = statements_of(organisation, list(rows.filter(nomination=nomination).values_list("source", flat=True)))
    return source == members[0].source.id and field in _missing(members)


def _missing(members: Sequence[Statement]) -> tuple[str, ...]:
    return () if any(said.paper or said.withdrawn for said in members) else missing_fields(members)
