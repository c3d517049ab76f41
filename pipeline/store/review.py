"""Tells what waits for a person."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.records import FieldReading, Status
from pipeline.store.cards import SeenCard, current_cards
from pipeline.store.missing_answers import WaitingAnswer
from pipeline.store.organisations import organisation_codes
from pipeline.store.present_register import present_entries


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
