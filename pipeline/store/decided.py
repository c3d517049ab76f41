"""Tells what people decided. The newest decision wins."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, When
from django.db.models import Value as Text
from django.db.models.functions import Cast, Concat

from pipeline.records import Value
from pipeline.sources import card_source
from pipeline.store import models

WITHDRAWN = "withdrawn"
"""What a person may decide of a whole source: `yes` when whoever it concerns takes the nomination back."""
MATCHES = ("nominee_staff", "nominee_ward")
"""What a person may decide besides a card's fields: whom and which ward it means, `""` for none on the list."""


def decided_values(sources: Iterable[str], organisation: str = "") -> dict[str, dict[str, Value | None]]:
    """Return, by source and field, the values that stand by decision; None where a person could not read it. At most
    some hundred sources at a time.

    Names of cards tell their organisation; for other sources it must be said.
    """
    chosen = models.Decision.objects.filter(source__in=list(sources), kind=models.Decision.Kind.VALUE)
    if organisation:
        chosen = chosen.filter(organisation=organisation)
    rows = chosen.order_by("pk").values_list("source", "field", "value")
    decided: dict[str, dict[str, Value | None]] = {}
    for source, field, value in rows:
        decided.setdefault(source, {})[field] = told_value(value)
    return decided


def told_value(stored: Any) -> Value | None:
    """Return a decision's value as records have it; None where a person could not read the field."""
    return tuple(stored) if isinstance(stored, list) else stored


def undecided(readings: QuerySet[models.Reading]) -> QuerySet[models.Reading]:
    """Leave those readings whose field nobody has decided."""
    return with_source(readings).exclude(
        Exists(
            models.Decision.objects.filter(
                kind=models.Decision.Kind.VALUE, source=OuterRef("card_source"), field=OuterRef("field")
            )
        )
    )


def with_source(readings: QuerySet[models.Reading]) -> QuerySet[models.Reading]:
    """Tell of each reading, as `card_source`, the source that decisions on it name."""
    return readings.annotate(card_source=_source_of_reading())


def _source_of_reading() -> Case:
    """What `sources.card_source` says, worked out by the database."""
    number, copy = F("run__sighting__card__number"), F("run__sighting__card__copy")
    first = Concat(Text(card_source("")), number, output_field=CharField())
    later = Concat(Text(card_source("")), number, Text("/"), Cast(copy, CharField()), output_field=CharField())
    return Case(When(run__sighting__card__copy=1, then=first), default=later)
