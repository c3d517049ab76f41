"""The queue of fields that wait for a person: how many, which are read alike, and what people say of them."""

from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from forms.errors import UsageError
from pipeline.records import Value
from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.card_questions import asked_by
from pipeline.store.database import lock
from pipeline.store.decided import MATCHES, WITHDRAWN, told_value
from pipeline.store.decisions import Decided, decide, decide_shown, newest_decision
from pipeline.store.leases import FieldKey, Reviewer, hold, is_free
from pipeline.store.placing import card_lock
from pipeline.store.review import lacks_answer
from pipeline.store.waiting import CONTENT_ORDER, LONGEST_ALIKE

GRID = 40
"""Fields shown side by side: about two screens."""
_FEWEST_ALIKE = 4
"""Fewer are looked at faster one by one."""
_ALIKE = ("tick", "date", "name", "place")
"""What can be checked at a glance."""


class MeanwhileError(UsageError):
    """Somebody else looked at a field meanwhile, so what was said of it was not kept."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Fields of one name that were read alike."""

    field: str
    content: str
    value: str
    """As one text."""
    count: int


@dataclass(frozen=True, slots=True)
class GridDone:
    """What accepting fields side by side did."""

    accepted: tuple[str, ...]
    """Their sources."""
    odd: int
    """Picked out; they wait on, each by itself."""
    left: int
    """Taken or changed by somebody else meanwhile, and left as they are."""


def waiting(organisation: str) -> int:
    """Return how many fields of an organisation's cards wait."""
    return models.WaitingField.objects.filter(organisation=organisation).count()


def waiting_by_content(organisation: str) -> dict[str, int]:
    """Return how many fields of each content wait, in the order that they are looked at."""
    rows = models.WaitingField.objects.filter(organisation=organisation)
    counts = dict(rows.values_list("content").annotate(Count("pk")))
    return {content: counts[content] for content in sorted(counts, key=_order)}


def _order(content: str) -> tuple[int, str]:
    return (CONTENT_ORDER.index(content) if content in CONTENT_ORDER else len(CONTENT_ORDER), content)


def alike(organisation: str) -> list[Alike]:
    """Return which fields were read alike and can be looked at side by side, the most first."""
    rows = models.WaitingField.objects.filter(organisation=organisation, odd=False, content__in=_ALIKE)
    counted = rows.values_list("field", "content", "value").annotate(count=Count("pk"))
    found = [
        Alike(*row)
        for row in counted.filter(count__gte=_FEWEST_ALIKE)
        # Where nothing could be read, nothing is alike; but that nothing is ticked can be seen.
        if (row[2] or row[1] == "tick") and len(row[2]) < LONGEST_ALIKE
    ]
    return sorted(found, key=lambda one: (-one.count, one.field, one.value))


def take_grid(who: Reviewer, field: str, value: str, sitting: str = "") -> tuple[FieldKey, ...]:
    """Lease fields that were read alike, all to one person; those that they hold already first."""
    now = timezone.now()
    with transaction.atomic():
        rows = models.WaitingField.objects.filter(
            organisation=who.organisation, field=field, value=value, odd=False, content__in=_ALIKE
        )
        held = rows.filter(leased_to=who.user, leased_until__gt=now).select_for_update(skip_locked=True)
        mine = sorted(held, key=attrgetter("confidence", "pk"))[:GRID]
        free = rows.filter(is_free(now)).exclude(pk__in=[row.pk for row in mine])
        mine += free.order_by("confidence", "pk").select_for_update(skip_locked=True)[: GRID - len(mine)]
        hold([row.pk for row in mine], who.user, sitting, now)
    return tuple(FieldKey(row.card_id, row.field) for row in mine)


def accept_grid(who: Reviewer, field: str, value: str, shown: Collection[int], odd: Collection[int]) -> GridDone:
    """Decide that fields say what was read, but for the odd ones, all in one transaction.

    `shown` and `odd` are cards by primary key. A field that somebody else holds or decided meanwhile, or that was
    read anew to say something else, is left as it is.
    """
    now = timezone.now()
    with transaction.atomic():
        cards = models.Card.objects.filter(pk__in=shown, organisation=who.organisation)
        lock(card_lock(number) for number in cards.values_list("number", flat=True))
        rows = models.WaitingField.objects.filter(
            organisation=who.organisation, card__in=shown, field=field, value=value, content__in=_ALIKE
        ).select_related("card", "reading")
        ours = [row for row in rows if row.leased_to in (None, who.user) or (row.leased_until or now) <= now]
        accepted = [row for row in ours if row.card_id not in odd]
        picked = [row.pk for row in ours if row.card_id in odd]
        models.Decision.objects.bulk_create([_as_read(row, who, field) for row in accepted])
        models.WaitingField.objects.filter(pk__in=[row.pk for row in accepted]).delete()
        models.WaitingField.objects.filter(pk__in=picked).update(
            odd=True, leased_to=None, leased_until=None, sitting=""
        )
    sources = tuple(card_source(row.card.number, row.card.copy) for row in accepted)
    return GridDone(sources, len(picked), len(set(shown)) - len(ours))


def _as_read(row: models.WaitingField, who: Reviewer, field: str) -> models.Decision:
    return models.Decision(
        kind=models.Decision.Kind.VALUE,
        organisation=who.organisation,
        source=card_source(row.card.number, row.card.copy),
        field=field,
        value=row.reading.value,
        by=who.by,
        at=timezone.now(),
    )


def is_to_review(who: Reviewer, key: FieldKey) -> bool:
    """Return whether a field is one to be looked at: it waits, or this person decided it and may go back to it."""
    card = models.Card.objects.filter(pk=key.card, organisation=who.organisation).first()
    if card is None:
        return False
    if models.WaitingField.objects.filter(card=card, field=key.field).exists():
        return True
    source = card_source(card.number, card.copy)
    decided = models.Decision.objects.filter(organisation=who.organisation, source=source, field=key.field)
    return decided.filter(by=who.by).exists()


def decide_field(who: Reviewer, key: FieldKey, text: str, seen: int) -> Decided:
    """Keep what a person says of a field of a card that they were shown.

    `seen` is the decision that they were shown with it, 0 for none. Raises MeanwhileError when somebody else decided
    or holds the field by now, and UsageError when it can't say what they typed.
    """
    card = models.Card.objects.filter(pk=key.card, organisation=who.organisation).first()
    if card is None:
        raise UsageError("There is no such card in this organisation.")
    asked = asked_by(card.fingerprint)
    with transaction.atomic():
        lock([card_lock(card.number)])
        row = models.WaitingField.objects.filter(card=card, field=key.field).select_for_update().first()
        source = card_source(card.number, card.copy)
        newest = _refuse_decided(who, source, key.field, seen)
        if row and row.leased_to not in (None, who.user) and row.leased_until and row.leased_until > timezone.now():
            raise MeanwhileError(
                "You were away for a while, and somebody else is looking at this field now, so what you entered was "
                "not kept. It stays here until you go on."
            )
        now = told_value(newest.value) if newest else _read(card, key.field)
        return decide_shown(card, key.field, now, text, who.by, asked.layout if asked else None)


def _read(card: models.Card, field: str) -> Value | None:
    readings = models.Reading.objects.filter(
        run__newest=True, run__sighting__current=True, run__sighting__card=card, field=field
    )
    if (reading := readings.first()) is None:
        raise UsageError(f"There is no field '{field}' on this card.")
    return told_value(reading.value)


def decide_answer(who: Reviewer, source: str, field: str, text: str, seen: int) -> Decided:
    """Keep what a person says of an answer that an electronic submission lacks, and of no other; otherwise as
    `decide_field`."""
    with transaction.atomic():
        lock([f"answer:{who.organisation}:{source}"])
        _refuse_decided(who, source, field, seen)
        if not lacks_answer(who.organisation, source, field):
            raise UsageError("This answer isn't missing any more, so what you entered was not kept.")
        return decide(source, field, text, who.by, {}, who.organisation)


def _refuse_decided(who: Reviewer, source: str, field: str, seen: int) -> models.Decision | None:
    newest = newest_decision(who.organisation, source, field)
    if newest is not None and newest.pk != seen:
        raise MeanwhileError(
            f"{newest.by} decided this field after it was shown to you, so what you entered was not kept. "
            "Look at what they decided; if it is wrong, decide again."
        )
    return newest


def decided_before(who: Reviewer, decision: int = 0) -> tuple[int, FieldKey] | None:
    """Return the field of a card that this person decided last, or last before a decision; None when there is none."""
    rows = models.Decision.objects.filter(
        organisation=who.organisation, by=who.by, kind=models.Decision.Kind.VALUE, source__startswith=card_source("")
    ).exclude(field__in=(*MATCHES, WITHDRAWN))
    if decision:
        rows = rows.filter(pk__lt=decision)
    row = rows.order_by("-pk").first()
    key = row and _key(who.organisation, row)
    return (row.pk, key) if row and key else None


def _key(organisation: str, decision: models.Decision) -> FieldKey | None:
    number, _, copy = decision.source.removeprefix(card_source("")).partition("/")
    cards = models.Card.objects.filter(organisation=organisation, number=number, copy=int(copy or 1))
    card = cards.values_list("pk", flat=True).first()
    return None if card is None else FieldKey(card, decision.field)
