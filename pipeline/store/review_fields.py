"""Tells all that a person is shown of one field: its picture, what was read, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import cv2
from django.db.models import QuerySet

from pipeline.crop_apart import crop_apart
from pipeline.records import Corner, Value
from pipeline.review_file import UNREADABLE
from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.card_questions import Question, asked_by
from pipeline.store.decided import told_value
from pipeline.store.decisions import newest_decision
from pipeline.store.leases import FieldKey
from pipeline.store.page_pictures import NoPictureError, page_pixels

_REACH = {"story": 0.15, "contact": 2.0}
_QUALITY = 90
_USUAL_REACH = 2.5
"""Of a field's height, what is shown above and below it on demand: about a field each way."""


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What a person decided of a field."""

    decision: int
    value: Value | None
    """None when they could not read it."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewField:
    """A field, as it is put before a person."""

    key: FieldKey
    source: str
    organisation: str
    fingerprint: str
    question: Question
    value: Value
    alternatives: tuple[str, ...]
    """Other values that it may have, the likeliest first; at most five."""
    confidence: float
    reason: str
    has_picture: bool
    """False for a card whose image another site has."""
    decided: SaidBefore | None

    @property
    def text(self) -> str:
        """What is put into the field to begin with, as it would be typed."""
        value = self.decided.value if self.decided else self.value
        return UNREADABLE if value is None else value if isinstance(value, str) else "; ".join(value)

    @property
    def seen(self) -> int:
        """The decision that is shown with it, 0 for none."""
        return self.decided.decision if self.decided else 0


_OTHER_NAME = {"nominee_first_name": "nominee_last_name", "nominee_last_name": "nominee_first_name"}


def review_field(organisation: str, key: FieldKey) -> ReviewField | None:
    """Return a field of one of an organisation's cards as it stands now; None when there is none."""
    reading = (
        _readings(organisation, key.card)
        .select_related("run__sighting__card", "run__sighting__page")
        .defer("run__sighting__ink")
        .filter(field=key.field)
        .first()
    )
    if reading is None:
        return None
    card, page = reading.run.sighting.card, reading.run.sighting.page
    source = card_source(card.number, card.copy)
    newest = newest_decision(organisation, source, key.field)
    value = reading.value if isinstance(reading.value, str) else tuple(reading.value)
    return ReviewField(
        key=key,
        source=source,
        organisation=organisation,
        fingerprint=card.fingerprint,
        question=_question(card.fingerprint, reading),
        value=value,
        alternatives=_alternatives(reading, value),
        confidence=reading.confidence,
        reason=reading.reason,
        has_picture=bool(page.suffix) and len(reading.outline_px) >= 4,
        decided=SaidBefore(newest.pk, told_value(newest.value), newest.by, newest.at) if newest else None,
    )


def card_fields(organisation: str, card: int) -> tuple[str, ...]:
    """Return the names of the fields of one of an organisation's cards."""
    return tuple(_readings(organisation, card).values_list("field", flat=True))


def _readings(organisation: str, card: int) -> QuerySet[models.Reading]:
    return models.Reading.objects.filter(
        run__newest=True,
        run__sighting__current=True,
        run__sighting__card=card,
        run__sighting__card__organisation=organisation,
    )


def _question(fingerprint: str, reading: models.Reading) -> Question:
    asked = asked_by(fingerprint)
    if asked and reading.field in asked.questions:
        return asked.questions[reading.field]
    words = reading.field.replace("_", " ").capitalize()
    return Question(reading.field, words, "lines" if reading.content == "story" else "boxes", reading.content)


def _alternatives(reading: models.Reading, value: Value) -> tuple[str, ...]:
    shown = value if isinstance(value, str) else "; ".join(value)
    texts = dict.fromkeys([shown, *(text for text, _ in reading.alternatives)])
    return tuple(text for text in texts if text)[:5]


def name_beside(organisation: str, key: FieldKey) -> str:
    """Return what stands in the nominee's other name, to find somebody on the staff list by."""
    other = _OTHER_NAME.get(key.field)
    if other is None:
        return ""
    reading = _readings(organisation, key.card).filter(field=other).values_list("value", flat=True).first()
    return reading if isinstance(reading, str) else ""


def field_picture(organisation: str, key: FieldKey, *, around: bool = False) -> tuple[bytes, str]:
    """Return the picture of a field with the ending of its kind of file, `around` with the print around it; what is
    written in other fields is painted over.

    Raises NoPictureError when there is none.
    """
    rows = list(
        _readings(organisation, key.card).values_list(
            "field", "content", "outline_px", "run__corners_px", "run__sighting__page__sha256",
            "run__sighting__page__suffix",
        )
    )  # fmt: skip
    outlines = {field: _points(outline) for field, _, outline, *_ in rows}
    own = next((row for row in rows if row[0] == key.field), None)
    if own is None or len(outlines[key.field]) < 4 or not own[5]:
        raise NoPictureError("There is no picture of this field here.")
    _, content, _, corners, sha256, suffix = own
    page = page_pixels(sha256, suffix)
    others = [outline for field, outline in outlines.items() if field != key.field]
    reach = _REACH.get(content, _USUAL_REACH) if around else 0.0
    picture = crop_apart(page, outlines[key.field], others, _points(corners), reach)
    written, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not written:
        raise NoPictureError("The picture of this field can't be shown.")
    return encoded.tobytes(), ".jpg"


def _points(points: Sequence[Sequence[float]]) -> tuple[Corner, ...]:
    return tuple((float(x), float(y)) for x, y in points)
