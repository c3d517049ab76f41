"""Fills a store with very many fields that wait, the quick way."""

from datetime import date
from random import Random

from django.utils import timezone

from pipeline.store import models
from pipeline.store.waiting import rebuild_waiting
from tests.store.builders import CORNERS, card_number, make_field, make_fields

WAITING = ("nominee_first_name", "nominee_last_name", "action", "date", "consent")


def fill(cards: int, organisation: str = "RXW", sha256: str = "") -> int:
    """Keep cards of which five fields each wait; return how many wait then. All lie on pages of one image."""
    random = Random(1)
    batch = models.Batch.objects.create(id=f"many-{organisation}", paths_key=organisation, created=timezone.now())
    numbers = [card_number(n, organisation) for n in range(1, cards + 1)]
    rows = models.Card.objects.bulk_create(
        [models.Card(number=number, copy=1, organisation=organisation, ward="W21") for number in numbers],
        batch_size=1000,
    )
    pages = models.Page.objects.bulk_create(
        [
            models.Page(
                batch=batch, position=n, file="many.pdf", number=n, sha256=sha256, suffix=".jpg" if sha256 else "",
                received=date(2026, 11, 20), outcome="cards", created=timezone.now(),
            )
            for n in range(1, cards + 1)
        ],
        batch_size=1000,
    )  # fmt: skip
    sightings = models.Sighting.objects.bulk_create(
        [
            models.Sighting(card=card, page=page, place=0, filled=True, ink=b"a", current=True)
            for card, page in zip(rows, pages, strict=True)
        ],
        batch_size=1000,
    )
    runs = models.ReadingRun.objects.bulk_create(
        [
            models.ReadingRun(
                sighting=sighting, created=timezone.now(), filled=True, corners_px=[list(c) for c in CORNERS],
                alignment_by="marks", residual_mm=0.1, page_from_card=[], px_per_mm=10.0, nominee_staff="",
                nominee_staff_confidence=0.0, nominee_ward="", nominee_ward_confidence=0.0,
            )
            for sighting in sightings
        ],
        batch_size=1000,
    )  # fmt: skip
    outline = [list(corner) for corner in make_field().outline_px]
    readings = []
    for run in runs:
        for place, field in enumerate(make_fields()):
            waits = field.name in WAITING
            readings.append(
                models.Reading(
                    run=run, position=place, field=field.name, content=field.content,
                    value=list(field.value) if isinstance(field.value, tuple) else field.value, raw="",
                    confidence=random.random() if waits else 0.999, status="review" if waits else "accepted",
                    outline_px=outline,
                    alternatives=[["PATEL", 0.9], ["PATER", 0.1]] if field.content == "name" else [],
                )
            )  # fmt: skip
    models.Reading.objects.bulk_create(readings, batch_size=1000)
    return rebuild_waiting()
