"""Tells what waits for a person."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.records import FieldReading, Status
from pipeline.store import models
from pipeline.store.cards import SeenCard, current_cards
from pipeline.store.missing_answers import WaitingAnswer, missing_answers
from pipeline.store.organisations import organisation_codes
from pipeline.store.present_register import present_entries
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


def waiting_answers(organisation: str | None = None) -> Iterator[WaitingAnswer]:
    """Yield what is missing of nominations that came electronically alone, an organisation's or everybody's.

    A card that says it, of the same nomination, will do. Told from the register in memory, so that asking again costs
    little.
    """
    for code in organisation_codes():
        if organisation in (None, code):
            missing = [answer for entry in present_entries(code) for answer in entry.missing]
            # Fields of one nomination stay in their order.
            yield from sorted(missing, key=lambda answer: answer.said.key)


def lacks_answer(organisation: str, source: str, field: str) -> bool:
    """Return whether a submission's nomination lacks that answer at this moment, as `waiting_answers` tells it."""
    rows = models.NominationSource.objects.filter(organisation=organisation)
    nomination = rows.filter(source=source).values_list("nomination", flat=True).first()
    if nomination is None:
        return False
    members = list(rows.filter(nomination=nomination).values_list("source", flat=True))
    missing = missing_answers(statements_of(organisation, members))
    return any((answer.said.source.id, answer.field) == (source, field) for answer in missing)
