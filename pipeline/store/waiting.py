"""Keeps the table of fields that wait for a person in step with readings and decisions.

Whoever changes which reading speaks for a card calls `renew_waiting` in the same transaction, and whoever keeps a
decision `no_longer_waiting`, both holding the lock on the card's number. What the table must say is what
`review.waiting_fields` works out anew.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction

from pipeline.records import Status
from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.database import lock_all_cards
from pipeline.store.decided import decided_values

CONTENT_ORDER = ("date", "name", "place", "contact", "tick", "story")
"""What is looked at first: what takes a moment, then what takes longer."""
LONGEST_ALIKE = 200
_CHUNK = 300
_FOLLOWS = (
    "reading_id", "organisation", "position", "content", "content_order", "confidence", "value",
)  # fmt: skip
"""The columns that follow from a reading."""


def renew_waiting(cards: Iterable[int]) -> None:
    """See that the table says which fields of some cards (by primary key) wait. Who looks at one that still waits
    keeps it."""
    keys = iter(cards)
    while chunk := list(islice(keys, _CHUNK)):
        _renew(chunk)


def no_longer_waiting(number: str, copy: int, field: str) -> None:
    """Take a field out that a person has decided."""
    models.WaitingField.objects.filter(card__number=number, card__copy=copy, field=field).delete()


@transaction.atomic
def rebuild_waiting() -> int:
    """Make the whole table anew from readings and decisions; return how many fields wait."""
    lock_all_cards()
    renew_waiting(models.Card.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000))
    return models.WaitingField.objects.count()


def _renew(cards: list[int]) -> None:
    before = {(row.card_id, row.field): row for row in models.WaitingField.objects.filter(card__in=cards)}
    new, changed = [], []
    for row in _now_waiting(cards):
        old = before.pop((row.card_id, row.field), None)
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in _FOLLOWS):
            # Picked out for its value, which is another one now.
            old.odd = old.odd and old.value == row.value
            for name in _FOLLOWS:
                setattr(old, name, getattr(row, name))
            changed.append(old)
    if before:
        models.WaitingField.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    models.WaitingField.objects.bulk_create(new, batch_size=500)
    models.WaitingField.objects.bulk_update(changed, [*_FOLLOWS, "odd"], batch_size=100)


def _now_waiting(cards: list[int]) -> Iterator[models.WaitingField]:
    readings = models.Reading.objects.filter(
        status=Status.REVIEW.value, run__newest=True, run__sighting__current=True, run__sighting__card__in=cards
    )
    rows = list(
        readings.values_list(
            "pk", "field", "position", "content", "confidence", "value", "run__sighting__card",
            "run__sighting__card__organisation", "run__sighting__card__number", "run__sighting__card__copy",
        )
    )  # fmt: skip
    sources = {row[6]: card_source(row[8], row[9]) for row in rows}
    decided = decided_values(set(sources.values())) if rows else {}
    for pk, field, position, content, confidence, value, card, organisation, *_ in rows:
        if field not in decided.get(sources[card], {}):
            yield models.WaitingField(
                card_id=card,
                field=field,
                reading_id=pk,
                organisation=organisation,
                position=position,
                content=content,
                content_order=content_order(content),
                confidence=confidence,
                value=as_text(value)[:LONGEST_ALIKE],
            )


def content_order(content: str) -> int:
    """Return which content is looked at first."""
    return CONTENT_ORDER.index(content) if content in CONTENT_ORDER else len(CONTENT_ORDER)


def as_text(value: Any) -> str:
    """Return a stored value as one text."""
    return value if isinstance(value, str) else "; ".join(value)
