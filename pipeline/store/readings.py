"""Tells the readings of the cards, as `compassion export --readings` writes them."""

from collections.abc import Iterator
from typing import Any

from pipeline.records import FieldReading, Match
from pipeline.store.cards import SeenCard, current_cards


def readings_rows(batch: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield each card and copy as it stands now, unfilled ones too, by organisation, number and copy."""
    for card in current_cards(batch=batch):
        yield readings_row(card)


def readings_row(card: SeenCard) -> dict[str, Any]:
    """Return one card in the form of the readings file."""
    return {
        "card": card.number,
        "copy": card.copy,
        "organisation": card.organisation,
        "ward": card.ward,
        "batch": card.batch,
        "file": card.file,
        "page": card.page,
        "received": card.received.isoformat(),
        "corners_px": [[round(x, 1), round(y, 1)] for x, y in card.corners_px],
        "alignment": {"by": card.alignment_by, "residual_mm": round(card.residual_mm, 3)},
        "fields": {field.name: _field(field) for field in card.fields},
        "nominee_staff": _match(card.nominee_staff),
        "nominee_ward": _match(card.nominee_ward),
    }


def _field(field: FieldReading) -> dict[str, Any]:
    return {
        "value": field.value if isinstance(field.value, str) else list(field.value),
        "raw": field.raw,
        "confidence": _probability(field.confidence),
        "status": field.status.value,
        "engine": field.engine,
        "alternatives": [[text, _probability(probability)] for text, probability in field.alternatives],
    }


def _match(match: Match) -> dict[str, Any]:
    return {"value": match.value, "confidence": _probability(match.confidence)}


def _probability(probability: float) -> float:
    """Round to five digits; a doubt that is left must not round away."""
    return 1.0 if probability == 1.0 else min(round(probability, 5), 0.99999)
