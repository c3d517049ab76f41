"""Tells what waits for a person."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.records import FieldReading, Status
from pipeline.store.cards import SeenCard, current_cards


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
