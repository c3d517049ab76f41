"""Hands fields that wait out to the people who review, so that no two look at the same one at once.

A field is leased to an account. The lease is renewed whenever that person does something, is given back when they
decide or leave, and runs out when they walk away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from pipeline.store import models

LEASE = timedelta(minutes=10)
"""Long enough to type the longest story that fits on a card without a pause to save it; short enough that what
somebody left behind comes to others within the same sitting."""
AT_HAND = 3
"""How many fields a person holds: the one they look at and the next ones, whose pictures load meanwhile."""


class Order(StrEnum):
    """In which order fields are looked at."""

    CARD = "card"
    """Card by card, as they came in."""
    CONTENT = "content"
    """All dates, then all names, and so on."""
    DOUBT = "doubt"
    """What the machine is least sure of first."""


_COLUMNS = {
    Order.CARD: ("card_id", "position"),
    Order.CONTENT: ("content_order", "field", "card_id", "position"),
    Order.DOUBT: ("confidence", "pk"),
}


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews."""

    organisation: str
    user: int
    by: str
    """As decisions name them."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """A field of a card."""

    card: int
    """The card's primary key."""
    field: str


def take(
    who: Reviewer, order: Order, content: str = "", sitting: str = "", at_hand: int = AT_HAND
) -> tuple[FieldKey, ...]:
    """Return the fields that are this person's to look at, first the one for now; none when nothing waits.

    What they hold already comes first. In the order by card, one card's fields stay with one person while others
    have cards of their own to look at.
    """
    now = timezone.now()
    columns = _COLUMNS[order]
    with transaction.atomic():
        rows = models.WaitingField.objects.filter(organisation=who.organisation)
        wanted = rows.filter(content=content) if content else rows
        held = wanted.filter(leased_to=who.user, leased_until__gt=now).select_for_update(skip_locked=True)
        # Sorted here: asked to sort, SQLite would look through all that waits in that order.
        mine = sorted(held, key=attrgetter(*columns))[:at_hand]
        for tier in _tiers(rows, order, who, now, {row.card_id for row in mine}):
            if len(mine) >= at_hand:
                break
            free = wanted.filter(tier, is_free(now)).exclude(pk__in=[row.pk for row in mine])
            mine += free.order_by(*columns).select_for_update(skip_locked=True)[: at_hand - len(mine)]
        hold([row.pk for row in mine], who.user, sitting, now)
    return tuple(FieldKey(row.card_id, row.field) for row in mine)


def _tiers(
    rows: QuerySet[models.WaitingField], order: Order, who: Reviewer, now: datetime, cards: set[int]
) -> Iterator[Q]:
    """Yield what to choose from: first the rest of one's own cards, then cards that nobody else is at, then any."""
    if order is Order.CARD:
        if cards:
            yield Q(card__in=cards)
        others = rows.filter(leased_to__isnull=False, leased_until__gt=now).exclude(leased_to=who.user)
        yield ~Q(card__in=list(others.values_list("card", flat=True)))
    yield Q()


def is_free(now: datetime) -> Q:
    """Select what nobody looks at."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=now)


def hold(rows: list[int], user: int, sitting: str, now: datetime) -> None:
    """Lease rows, by primary key, to a person from now on."""
    models.WaitingField.objects.filter(pk__in=rows).update(leased_to=user, leased_until=now + LEASE, sitting=sitting)


def renew(who: Reviewer, sitting: str) -> int:
    """Renew what a person holds in an open page, as while they type; return how many fields that is."""
    with transaction.atomic():
        return _held(who, sitting).update(leased_until=timezone.now() + LEASE)


def release(who: Reviewer, sitting: str = "") -> int:
    """Give back what a person holds, or what one of their open pages does; return how many fields that was."""
    with transaction.atomic():
        return _held(who, sitting).update(leased_to=None, leased_until=None, sitting="")


def _held(who: Reviewer, sitting: str) -> QuerySet[models.WaitingField]:
    rows = models.WaitingField.objects.filter(organisation=who.organisation, leased_to=who.user)
    rows = rows.filter(sitting=sitting) if sitting else rows
    # What is being decided at this moment is passed over, rather than waited for.
    return models.WaitingField.objects.filter(pk__in=[row.pk for row in rows.select_for_update(skip_locked=True)])
