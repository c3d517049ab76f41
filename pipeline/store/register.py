"""Tells an organisation's nominations as its register holds them."""

from django.utils import timezone

from pipeline.register import Nomination, Source, nomination_of_card
from pipeline.store import models
from pipeline.store.cards import SeenCard, current_cards
from pipeline.store.organisations import profile_of


def nominations_of(organisation: str, *, with_anonymous: bool = False) -> list[Nomination]:
    """Return an organisation's nominations in the order that they came in, from filled cards.

    Those who ticked `stay_anonymous` are named only `with_anonymous`. Raises UsageError when the organisation was
    never loaded.
    """
    profile_of(organisation)
    sources = models.NominationSource.objects.filter(nomination__organisation=organisation)
    known = {
        source: (key, received_at)
        for source, key, received_at in sources.values_list("source", "nomination_id", "received_at").iterator()
    }
    nominations = []
    for card in current_cards(organisation=organisation):
        if not card.filled:
            continue
        key, received_at = known[card.source]
        nominations.append(
            nomination_of_card(
                nomination_id=key,
                organisation=organisation,
                received_at=timezone.localdate(received_at).isoformat(),
                source=_source(card),
                fields=card.fields,
                nominee_staff_id=card.nominee_staff.value,
                with_anonymous=with_anonymous,
            )
        )
    return sorted(nominations, key=lambda nomination: (nomination.received_at, nomination.nomination_id))


def _source(card: SeenCard) -> Source:
    return Source(id=card.source, source=card.batch, file=card.file, page=card.page)
