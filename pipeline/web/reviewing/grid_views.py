"""Forty fields that were read alike, side by side: the odd ones are picked out, the rest accepted."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.leases import FieldKey
from pipeline.store.review_queue import GRID, accept_grid, take_grid
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.numbers import number
from pipeline.web.reviewing.way import reviewer, way_of
from pipeline.web.reviewing.words import field_words, value_words

_LONGEST = 200


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def grid(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show fields that were read alike, side by side."""
    field, value = (request.GET.get(name, "")[:_LONGEST] for name in ("field", "value"))
    way = way_of(request.GET)
    keys = take_grid(reviewer(request), field, value, way.sitting)
    if not keys:
        messages.info(request, "None of these wait any more, or somebody else looks at them just now.")
        return redirect("reviewing:start", organisation)
    sources = _sources(keys)
    record(request, "viewed fields side by side", f"{len(keys)} × {field}", ", ".join(sources.values()))
    context = {
        "field": field,
        "value": value,
        "sitting": way.sitting,
        "field_words": field_words(field),
        "value_words": _value_words(keys, field, value),
        "shown": [(key.card, sources[key.card].removeprefix(card_source(""))) for key in keys],
    }
    return render(request, "reviewing/grid.html", context)


def _sources(keys: tuple[FieldKey, ...]) -> dict[int, str]:
    rows = models.Card.objects.filter(pk__in=[key.card for key in keys]).values_list("pk", "number", "copy")
    return {pk: card_source(number, copy) for pk, number, copy in rows}


def _value_words(keys: tuple[FieldKey, ...], field: str, value: str) -> str:
    row = models.WaitingField.objects.filter(card=keys[0].card, field=field).values_list("content", flat=True).first()
    return value_words(field, row or "", value)


@require_POST
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def accept(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Accept what was shown but for the odd ones, and show more of the same while there are any."""
    field, value = (request.POST.get(name, "")[:_LONGEST] for name in ("field", "value"))
    shown, odd = ({number(n) for n in request.POST.getlist(name)[:GRID]} - {0} for name in ("shown", "odd"))
    with transaction.atomic():
        done = accept_grid(reviewer(request), field, value, shown, odd)
        subject = f"{len(done.accepted)} × {field}: as read"
        record(request, "decided fields side by side", subject, ", ".join(done.accepted))
    parts = [f"{len(done.accepted)} accepted"]
    parts += [f"{done.odd} picked out, to be looked at one by one"] if done.odd else []
    parts += [f"{done.left} left, because somebody else took or decided them meanwhile"] if done.left else []
    messages.success(request, "; ".join(parts) + ".")
    query = urlencode({"field": field, "value": value, "sitting": way_of(request.POST).sitting})
    return redirect(f"{reverse('reviewing:grid', args=[organisation])}?{query}")
