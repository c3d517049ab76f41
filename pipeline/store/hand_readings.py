"""Keeps what came of cards that people placed on pages, and never lets a machine undo it.

Call these within a transaction that holds `locks_of` the page.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils import timezone

from pipeline.hand_placed import lies_on
from pipeline.records import CardReading, Corner, HandPlacing, Outcome, PageReading
from pipeline.store import models
from pipeline.store.placing import SameWriting, card_lock, place_card, read_anew
from pipeline.store.printing import run_of
from pipeline.store.storable import storable


def page_lock(page: int) -> str:
    """Return the name of the lock on what people say of a page."""
    return f"placing:{page}"


def locks_of(page: int, reading: PageReading) -> list[str]:
    """Return what must be locked to keep what was read of a page."""
    by_hand = [hand.card for hand in reading.by_hand if hand.card is not None]
    return [page_lock(page), *sorted({card_lock(card.identity.number) for card in (*reading.cards, *by_hand)})]


def next_place(row: models.Page) -> int:
    """Return the place of the next card found on a page."""
    last: int | None = row.sightings.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def waiting_placing(row: models.Page) -> models.PagePlacing | None:
    """Return the placing that a page waits to be read by; a newer saying takes the place of an unread one."""
    newest = row.placings.order_by("-pk").first()
    return newest if newest is not None and newest.placing is not None and newest.read_at is None else None


def placings_of(row: models.Page) -> tuple[HandPlacing, ...]:
    """Return the cards that people placed on a page: those read before, and the one that waits."""
    waiting = waiting_placing(row)
    read = row.placings.filter(sighting__isnull=False).order_by("pk")
    return tuple(hand_placing(placing) for placing in (*read, *([waiting] if waiting else [])))


def hand_placing(placing: models.PagePlacing) -> HandPlacing:
    """Return what a person said, its layout filled in where the print run tells."""
    said: Any = placing.placing
    a, b, c, d = ((float(x), float(y)) for x, y in said["corners_px"])
    run = run_of(said["number"])
    fingerprint = run.fingerprint if run else said["fingerprint"]
    return HandPlacing(said["number"], (a, b, c, d), said["turn"], fingerprint, key=placing.pk)


def not_placed_by_hand(row: models.Page, reading: PageReading) -> list[CardReading]:
    """Return the cards that machines found without help, but for those that a person had placed there.

    A machine that has since learnt to see such a card may give it another number; the person's holds.
    """
    sightings = models.Sighting.objects.filter(page=row, placings__isnull=False).distinct()
    named = [_corners(sighting) for sighting in sightings]
    named += [hand.card.corners_px for hand in reading.by_hand if hand.card is not None]
    return [card for card in reading.cards if not any(lies_on(card.corners_px, other) for other in named)]


def keep_hand_readings(row: models.Page, reading: PageReading, same_writing: SameWriting) -> None:
    """Keep what came of a page's placings. A page on which all that a person looked for was found has its cards."""
    waiting = waiting_placing(row)
    told = {hand.key: hand for hand in reading.by_hand}
    for placing in row.placings.filter(pk__in=told, sighting__isnull=False).select_related("sighting__card"):
        card = told[placing.pk].card
        if card is not None and placing.sighting is not None and card.identity.number == placing.sighting.card.number:
            read_anew(placing.sighting, card)
    hand = told.get(waiting.pk) if waiting else None
    if waiting is None or hand is None:
        return  # Nobody placed anything, or somebody placed it anew while the earlier saying was read.
    fault = hand.reason if hand.card is None else _in_the_way(row, hand.card)
    if hand.card is None or fault:
        waiting.fault = storable(fault)
    else:
        place = next_place(row)
        place_card(row, place, hand.card, same_writing)
        waiting.sighting = models.Sighting.objects.get(page=row, place=place)
        if not waiting.more:
            row.outcome, row.reason = Outcome.CARDS.value, ""
            row.save(update_fields=["outcome", "reason"])
    waiting.read_at = timezone.now()
    waiting.save(update_fields=["fault", "sighting", "read_at"])


def _in_the_way(row: models.Page, card: CardReading) -> str:
    """Say that a card has been read already; empty when nothing lies there."""
    for sighting in row.sightings.select_related("card"):
        if lies_on(card.corners_px, _corners(sighting)):
            other = sighting.card
            if other.organisation != card.identity.organisation:
                return "another card that has been read lies there"
            return f"card {other.number} lies there and has been read already"
    return ""


def _corners(sighting: models.Sighting) -> Iterable[Corner]:
    corners: list[list[float]] = sighting.runs.get(newest=True).corners_px
    return [(x, y) for x, y in corners]
