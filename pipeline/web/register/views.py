"""The register's list, one nomination, and the pictures of its cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from pipeline.register import Nomination
from pipeline.sources import card_source
from pipeline.store import models as store
from pipeline.store.nomination_history import Event, EventKind
from pipeline.store.nomination_view import (
    FieldSaid,
    NominationView,
    UnknownNominationError,
    hidden_fields,
    nomination_id_of,
    view_nomination,
)
from pipeline.store.page_pictures import NoPictureError, card_picture
from pipeline.store.register_view import Query, find
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.numbers import number
from pipeline.web.pictures import picture_response
from pipeline.web.register.words import CHANNELS, LABELS, STANDINGS, STATUSES, in_words

_PICTURE_PX = 1600
_HEADINGS = (
    ("received_at", "Came in"), ("nominee", "Nominee"), ("nominee_team", "Ward or team"), ("channel", "Channel"),
    ("status", "Status"),
)  # fmt: skip
_FILTERS = {"ward": "Ward or team", "month": "Month", "channel": "Channel", "status": "Status"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading, which sorts by it."""

    text: str
    link: str
    order: str
    """`ascending`, `descending`, or empty when the list is in another order."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing that the list can be narrowed by."""

    name: str
    label: str
    chosen: str
    choices: tuple[tuple[str, str, int], ...]
    """Value, words, and how many nominations have it."""


@require_safe
@needs(Role.COORDINATOR, Role.QUALITY_LEAD)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the nominations that are looked for, without their stories."""
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("words", *_FILTERS, "sort")}
    asked = {name: value for name, value in asked.items() if value}
    page = find(organisation, Query(**asked), number(request.GET.get("page", ""), 1))
    told = ", ".join(f"{name}: {value}" for name, value in asked.items() if name != "sort")
    record(request, "viewed the register's list", f"page {page.number}", told)
    context = {
        "page": page,
        "asked": asked,
        "rows": [_row(one) for one in page.nominations],
        "headings": _headings(asked),
        "filters": _filters(page.choices, asked),
        "narrowed": any(name != "sort" for name in asked),
        "may_export": Role.COORDINATOR in request.roles,
    }
    return render(request, "register/start.html", context)


def _row(one: Nomination) -> dict[str, Any]:
    words, colour = STATUSES[one.status]
    name = f"{one.nominee_first_name} {one.nominee_last_name}".strip()
    return {
        "id": one.nomination_id,
        "received": one.received_at[:10],
        "nominee": name or one.nominee_team or "Nobody named",
        "team": one.nominee_team,
        "channel": CHANNELS[one.channel],
        "status": words,
        "colour": colour,
    }


def _headings(asked: Mapping[str, str]) -> list[Heading]:
    sort = asked.get("sort", Query().sort)
    headings = []
    for name, text in _HEADINGS:
        order = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        link = "?" + urlencode({**asked, "sort": f"-{name}" if order == "ascending" else name})
        headings.append(Heading(text, link, order))
    return headings


def _filters(choices: Mapping[str, tuple[tuple[str, int], ...]], asked: Mapping[str, str]) -> list[Filter]:
    words: dict[str, Any] = {
        "channel": {channel.value: text for channel, text in CHANNELS.items()},
        "status": {status.value: text for status, (text, _) in STATUSES.items()},
    }
    return [
        Filter(
            name,
            label,
            asked.get(name, ""),
            tuple((value, words.get(name, {}).get(value, value), count) for value, count in choices[name]),
        )
        for name, label in _FILTERS.items()
    ]


@require_safe
@needs(Role.COORDINATOR, Role.QUALITY_LEAD)
def nomination(request: WebRequest, organisation: str, nomination: str) -> HttpResponseBase:
    """Show all of one nomination; who made it only when a coordinator asks, if they wish not to be named."""
    show = shows_nominator(request)
    view = view_or_404(organisation, nomination, show)
    present = view.nomination.nomination_id
    if present != nomination:
        return redirect("register:nomination", organisation, present)
    record(request, "viewed nomination", present)
    if show and view.anonymous:
        record(request, "viewed who nominated, who wishes to stay anonymous", present)
    return render(request, "register/nomination.html", _context(request, view, show))


def shows_nominator(request: WebRequest) -> bool:
    """Whether a coordinator asked to see who nominated, whatever they wish."""
    return Role.COORDINATOR in request.roles and "1" in (request.GET.get("show"), request.POST.get("show"))


def view_or_404(organisation: str, name: str, show: bool) -> NominationView:
    """Return a nomination, given its id, an id that it had, or one of its sources."""
    try:
        return view_nomination(organisation, nomination_id_of(organisation, name), with_anonymous=show)
    except UnknownNominationError as error:
        raise Http404(str(error)) from None


def _context(request: WebRequest, view: NominationView, show: bool) -> dict[str, Any]:
    one = view.nomination
    organisation = request.organisation
    words, colour = STATUSES[one.status]
    staff = organisation.staff.filter(staff_id=one.nominee_staff_id).first() if one.nominee_staff_id else None
    ward = organisation.wards.filter(code=view.ward).first() if view.ward else None
    cards = [source for source in view.sources if source.card]
    return {
        "view": view,
        "nominee": _row(one)["nominee"],
        "status": words,
        "colour": colour,
        "channel": CHANNELS[one.channel],
        "fields": [_field(field, view) for field in view.fields],
        "staff": f"{staff.first_name} {staff.last_name} ({staff.staff_id})" if staff else one.nominee_staff_id,
        "ward": ward.name if ward else "",
        "cards": cards,
        "pictures": [source for source in cards if source.page_key],
        "history": [_event(event) for event in view.history],
        "may_change": Role.COORDINATOR in request.roles,
        "show": show,
        "tail": "?show=1" if show else "",
        "withdrawn": one.status == "withdrawn",
    }


def _field(field: FieldSaid, view: NominationView) -> dict[str, Any]:
    of_several = len(view.sources) > 1
    return {
        "name": field.name,
        "label": LABELS[field.name],
        "value": in_words(field.name, field.value),
        "story": field.name in ("action", "impact"),
        "hidden": field.hidden,
        "standing": STANDINGS[field.standing],
        "source": field.source if of_several else "",
        "others": [(source, in_words(field.name, value)) for source, value in field.others],
        # What is hidden can't be put right unseen.
        "may_change": not field.hidden,
    }


_HAPPENED = {
    EventKind.SEEN: "taken in",
    EventKind.READ: "read by machine",
    EventKind.IMPORTED: "imported",
    EventKind.DECIDED: "put right by a person",
    EventKind.SAME: "said to be the same nomination",
    EventKind.APART: "said to be another nomination",
    EventKind.MERGED: "moved by a merge",
}


def _event(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": _HAPPENED[event.kind],
        "source": event.source,
        "other": event.other,
        "by": event.by,
        "place": f"from {event.place}" if event.kind is EventKind.MERGED else event.place,
        "folded": event.kind in (EventKind.READ, EventKind.IMPORTED),
        "fields": [
            {
                "label": LABELS.get(said.name, said.name.replace("_", " ").capitalize()),
                "value": in_words(said.name, said.value) or "nothing",
                "confidence": f"{said.confidence:.1%}" if said.confidence is not None else "",
                "engine": said.engine,
            }
            for said in event.fields
        ],
    }


@require_safe
@needs(Role.COORDINATOR, Role.QUALITY_LEAD)
def picture(request: WebRequest, organisation: str, nomination: str, card: str, copy: int) -> HttpResponseBase:
    """Hand out the picture of a nomination's card; who wrote it is painted over if they wish not to be named."""
    rows = store.NominationSource.objects.filter(organisation=organisation, nomination=nomination)
    if not rows.filter(source=card_source(card, copy)).exists():
        raise Http404("There is no such picture.")
    without = () if shows_nominator(request) else hidden_fields(organisation, card, copy)
    try:
        response = picture_response(*card_picture(card, copy, _PICTURE_PX, without=without))
    except NoPictureError as error:
        raise Http404(str(error)) from None
    record(request, "viewed picture of card", card if copy == 1 else f"{card}/{copy}", "" if without else "whole")
    return response
