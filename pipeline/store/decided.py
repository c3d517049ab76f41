"""Tells what people decided. The newest decision wins."""

from collections.abc import Iterable

from pipeline.records import Value
from pipeline.store import models

MATCHES = ("nominee_staff", "nominee_ward")
"""What a person may decide besides a card's fields: whom and which ward it means, `""` for none on the
list."""


def decided_values(sources: Iterable[str]) -> dict[str, dict[str, Value]]:
    """Return, by source and field, the values that stand by decision. At most some hundred sources at a
    time."""
    rows = (
        models.Decision.objects.filter(source__in=list(sources), kind=models.Decision.Kind.VALUE)
        .order_by("pk")
        .values_list("source", "field", "value")
    )
    decided: dict[str, dict[str, Value]] = {}
    for source, field, value in rows:
        decided.setdefault(source, {})[field] = value if isinstance(value, str) else tuple(value or ())
    return decided
