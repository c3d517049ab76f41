"""Gives back what machines read beside what people decided, to learn from."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.recalibrate import Checked
from pipeline.records import Status
from pipeline.scoring import is_right
from pipeline.store import models
from pipeline.store.decided import decided_values, with_source

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class CheckedReading:
    """A value that was read, and which calibration its confidence came from."""

    checked: Checked
    version: str
    """Of the shipped calibration; empty for what was read before it was kept."""


def checked_readings(organisation: str | None = None) -> Iterator[CheckedReading]:
    """Yield the newest reading of every field that has something written in it, of one organisation or of all."""
    rows = models.Reading.objects.filter(run__newest=True, run__sighting__current=True)
    # What another site read says nothing of the readers here.
    rows = rows.exclude(status=Status.BLANK.value).filter(run__sighting__page__batch__origin="")
    if organisation is not None:
        rows = rows.filter(run__sighting__card__organisation=organisation)
    told = (
        with_source(rows)
        .order_by("pk")
        .values_list(  # type: ignore[misc]  # the annotation is not seen
            "card_source", "field", "content", "value", "probability", "calibration", "status"
        )
        .iterator(chunk_size=_CHUNK)
    )
    while chunk := list(islice(told, _CHUNK)):
        decided = decided_values({source for source, *_ in chunk})
        for source, field, content, value, probability, calibration, status in chunk:
            # What a person could not read says nothing of whether the readers were right.
            said = decided.get(source, {}).get(field)
            right = None if said is None else is_right(content, value, said)
            curve, _, version = calibration.partition(" ")
            yield CheckedReading(
                Checked(curve or content, probability, status == Status.ACCEPTED.value, right),
                version.partition("+")[0],
            )
