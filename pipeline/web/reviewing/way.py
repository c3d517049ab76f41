"""How somebody goes through what waits: in which order, what alone, and in which of their open pages."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.leases import FieldKey, Order, Reviewer, take
from pipeline.store.review_queue import is_to_review
from pipeline.store.waiting import CONTENT_ORDER
from pipeline.web.access import WebRequest
from pipeline.web.audit import record, saw_lately

_SITTING = re.compile(r"[0-9a-f]{16}")
_SAW = "viewed field"


@dataclass(frozen=True, slots=True)
class Way:
    """The way somebody goes."""

    order: Order
    content: str
    sitting: str

    @property
    def query(self) -> str:
        """The way as the end of a URL."""
        return urlencode({"order": self.order.value, "content": self.content, "sitting": self.sitting})

    def next_url(self, organisation: str) -> str:
        """Return where the next field is."""
        return f"{reverse('reviewing:next', args=[organisation])}?{self.query}"


def way_of(given: QueryDict) -> Way:
    """Return the way that a form or a URL tells; what it doesn't tell, or tells wrongly, is as at the start."""
    order, content, sitting = (given.get(name, "") for name in ("order", "content", "sitting"))
    return Way(
        Order(order) if order in set(Order) else Order.DOUBT,
        content if content in CONTENT_ORDER else "",
        sitting if _SITTING.fullmatch(sitting) else secrets.token_hex(8),
    )


def reviewer(request: WebRequest) -> Reviewer:
    """Return whoever asks, as one who reviews."""
    return Reviewer(request.organisation.code, int(request.user.pk), request.person)


def at_hand(request: WebRequest, way: Way) -> tuple[FieldKey, ...]:
    """Return the field to look at now and the next ones."""
    return take(reviewer(request), way.order, way.content, way.sitting)


def looked_at(request: WebRequest, key: FieldKey) -> None:
    """Enter in the log that somebody saw a field."""
    record(request, _SAW, _source(key), key.field)


def may_look(request: WebRequest, key: FieldKey) -> bool:
    """Return whether a field is somebody's to look at: one to review, or one that they saw today, which somebody else
    may have decided since."""
    return is_to_review(reviewer(request), key) or saw_lately(request, _SAW, _source(key), key.field)


def _source(key: FieldKey) -> str:
    number, copy = models.Card.objects.values_list("number", "copy").get(pk=key.card)
    return card_source(number, copy)
