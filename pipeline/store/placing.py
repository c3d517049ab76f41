"""Decides which copy of a card was seen, and which sighting speaks for it.

A photocopied card comes back many times under one number. The same writing is the same copy scanned again;
other writing is the next copy. Call these within a transaction that holds the lock on the number.
"""

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import timezone

from pipeline.records import CardReading, FieldReading, Value
from pipeline.same_words import says_the_same
from pipeline.sources import card_source, nomination_id
from pipeline.store import models
from pipeline.store.printing import run_of
from pipeline.store.storable import storable
from pipeline.store.waiting import renew_waiting

SameWriting = Callable[[bytes, bytes], bool]
"""Whether two pictures of ink (`CardReading.ink`) show the same writing."""


def card_lock(number: str) -> str:
    """Return the name of the lock on a card number."""
    return f"card:{number}"


def place_card(page: models.Page, place: int, reading: CardReading, same_writing: SameWriting) -> models.Card:
    """Keep a card seen on a page, and what was read; return the copy it is."""
    card = _copy_of(reading, same_writing)
    sighting = models.Sighting.objects.create(card=card, page=page, place=place, filled=reading.filled, ink=reading.ink)
    add_run(sighting, reading)
    let_speak(card)
    if reading.filled:
        add_nomination(card, page.received)
    return card


def let_speak(card: models.Card) -> None:
    """Let the newest filled sighting of a card speak for it, or the newest where none is filled; what waits for a
    person follows. To be called whenever a card was seen or read anew."""
    # Of those that another site sent there is no image here; what was scanned here speaks first. Among sent ones the
    # newest is the last that came in there, because they may be imported in any order.
    columns = ("filled", "page__suffix", "page__received", "page__batch", "pk")
    speaker = max(
        (filled, bool(suffix), (received, batch) if not suffix else (), pk)
        for filled, suffix, received, batch, pk in card.sightings.values_list(*columns)
    )[-1]
    card.sightings.filter(current=True).exclude(pk=speaker).update(current=False)
    card.sightings.filter(pk=speaker, current=False).update(current=True)
    renew_waiting([card.pk])


def _copy_of(reading: CardReading, same_writing: SameWriting) -> models.Card:
    number = reading.identity.number
    copies = list(models.Card.objects.filter(number=number).order_by("copy"))
    if not copies:
        return _new_copy(reading, 1)
    if not reading.filled:
        return _complete(copies[0], reading)
    by_key = {card.pk: card for card in copies}
    inks = models.Sighting.objects.filter(card__number=number, filled=True).order_by("card__copy", "pk")
    empty = dict(by_key)
    for key, ink in inks.values_list("card_id", "ink").iterator(chunk_size=100):
        empty.pop(key, None)
        # A card that another site sent came without a picture of its ink: what was read must tell.
        if same_writing(bytes(ink), reading.ink) if ink else _same_words(by_key[key], reading):
            return _complete(by_key[key], reading)
    if empty:
        return _complete(next(iter(empty.values())), reading)
    return _new_copy(reading, copies[-1].copy + 1)


def _same_words(card: models.Card, reading: CardReading) -> bool:
    rows = models.Reading.objects.filter(run__newest=True, run__sighting__card=card, run__sighting__current=True)
    before = {
        field: value if isinstance(value, str) else tuple(value) for field, value in rows.values_list("field", "value")
    }
    return says_the_same(before, {field.name: field.value for field in reading.fields})


def _new_copy(reading: CardReading, copy: int) -> models.Card:
    identity = reading.identity
    run = run_of(identity.number)
    return models.Card.objects.create(
        number=identity.number,
        copy=copy,
        organisation=identity.organisation,
        # A card that is known by its printed number alone doesn't tell these, but the ledger may.
        ward=identity.ward or (run.ward if run else ""),
        template=identity.template or (run.template if run else ""),
        fingerprint=identity.fingerprint or (run.fingerprint if run else ""),
    )


def _complete(card: models.Card, reading: CardReading) -> models.Card:
    """Fill in what an earlier sighting couldn't tell, such as one known by its printed number alone."""
    missing = [
        name
        for name in ("ward", "template", "fingerprint")
        if not getattr(card, name) and getattr(reading.identity, name)
    ]
    for name in missing:
        setattr(card, name, getattr(reading.identity, name))
    if missing:
        card.save(update_fields=missing)
    return card


def add_run(sighting: models.Sighting, reading: CardReading) -> None:
    """Add what was read of a sighting; it is the newest from now on."""
    models.ReadingRun.objects.filter(sighting=sighting, newest=True).update(newest=False)
    run = models.ReadingRun.objects.create(
        sighting=sighting,
        created=timezone.now(),
        filled=reading.filled,
        corners_px=_points(reading.corners_px),
        alignment_by=reading.alignment.by,
        residual_mm=float(reading.alignment.residual_mm),
        page_from_card=reading.alignment.page_from_card.tolist(),
        px_per_mm=float(reading.alignment.px_per_mm),
        nominee_staff=reading.nominee_staff.value,
        nominee_staff_confidence=float(reading.nominee_staff.confidence),
        nominee_ward=reading.nominee_ward.value,
        nominee_ward_confidence=float(reading.nominee_ward.confidence),
    )
    models.Reading.objects.bulk_create(
        [reading_row(run, position, field) for position, field in enumerate(reading.fields)]
    )


def read_anew(sighting: models.Sighting, reading: CardReading) -> None:
    """Add what was read of a sighting this time, unless the same readers say the same again."""
    sighting.filled = reading.filled
    sighting.ink = reading.ink
    sighting.save()
    if not _says_the_same(sighting, reading):
        add_run(sighting, reading)
    let_speak(sighting.card)
    if reading.filled:
        add_nomination(sighting.card, sighting.page.received)


def _says_the_same(sighting: models.Sighting, card: CardReading) -> bool:
    """Whether the same readers, with the same calibration, said the same last time: nothing to keep then."""
    newest = sighting.runs.get(newest=True)
    before = [
        (row.field, row.value, row.confidence, row.status, row.engine, row.calibration) for row in newest.readings.all()
    ]
    now = [
        (
            field.name,
            field.value if isinstance(field.value, str) else list(field.value),
            float(field.confidence),
            field.status.value,
            field.engine,
            field.calibration,
        )
        for field in card.fields
    ]
    matches = [newest.nominee_staff, newest.nominee_ward]
    return before == now and matches == [card.nominee_staff.value, card.nominee_ward.value]


def reading_row(run: models.ReadingRun, position: int, field: FieldReading) -> models.Reading:
    """Return a field's reading as a row, not yet saved."""
    return models.Reading(
        run=run,
        position=position,
        field=storable(field.name),
        content=field.content,
        value=_storable_value(field.value),
        raw=storable(field.raw),
        confidence=float(field.confidence),
        probability=float(field.probability),
        calibration=field.calibration,
        status=field.status.value,
        engine=storable(field.engine),
        alternatives=[[storable(text), float(probability)] for text, probability in field.alternatives],
        outline_px=_points(field.outline_px),
        reason=field.reason,
    )


def _storable_value(value: Value) -> str | list[str]:
    return storable(value) if isinstance(value, str) else [storable(part) for part in value]


def _points(points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]


def add_nomination(card: models.Card, received: date) -> None:
    """See that a filled card has its nomination; it came in on the earliest day of all its sightings."""
    received_at = midnight(received)
    name = card_source(card.number, card.copy)
    source = models.NominationSource.objects.filter(organisation=card.organisation, source=name).first()
    if source is None:
        own_id = nomination_id(name)
        models.NominationSource.objects.create(
            organisation=card.organisation,
            source=name,
            key=name,
            own_id=own_id,
            nomination=own_id,
            received_at=received_at,
            card=card,
        )
    elif received_at < source.received_at:
        source.received_at = received_at
        source.save(update_fields=["received_at"])


def midnight(received: date) -> datetime:
    """Return when a card came in that came in on a day: midnight in London."""
    return timezone.make_aware(datetime.combine(received, time()))
