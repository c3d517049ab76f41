"""Decides which readings may stand and which wait for a person, by how many wrong ones the trust agrees to."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.calibrate import Calibration
from pipeline.records import FieldReading, Status

UNSURE = "not sure enough of the reading"


def accept_fields(
    fields: Sequence[FieldReading], calibration: Calibration, wrong_per_thousand: Callable[[str], float]
) -> tuple[FieldReading, ...]:
    """Send fields below their content's threshold to a person; those with a reason of their own already are."""
    return tuple(
        _accept(field, calibration.threshold(_curve(field), wrong_per_thousand(field.content))) for field in fields
    )


def _accept(field: FieldReading, threshold: float) -> FieldReading:
    if field.status != Status.ACCEPTED or field.confidence >= threshold:
        return field
    return replace(field, status=Status.REVIEW, reason=UNSURE)


def _curve(field: FieldReading) -> str:
    return field.calibration.partition(" ")[0] or field.content
