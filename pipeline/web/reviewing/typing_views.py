"""What happens while somebody types: fields stay theirs, names and dates are offered."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forms.errors import UsageError
from pipeline.lists import plain_capitals
from pipeline.stated_value import stated_value
from pipeline.store.card_questions import asked_by
from pipeline.store.leases import FieldKey, release, renew
from pipeline.store.listed import suggest_people, suggest_wards
from pipeline.store.review_fields import ReviewField, name_beside, review_field
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.reviewing.way import reviewer, way_of
from pipeline.web.reviewing.words import day_words

_PART = {"nominee_first_name": "first", "nominee_last_name": "last"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody or something on a list."""

    value: str
    """What stands in the field when it is taken."""
    text: str
    detail: str = ""


@require_POST
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def keep(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Keep the fields of an open page with whoever types in it."""
    renew(reviewer(request), way_of(request.POST).sitting)
    return HttpResponse(status=204)


@require_POST
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def leave(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Give back the fields of a page that is closed."""
    release(reviewer(request), way_of(request.POST).sitting)
    return redirect("reviewing:start", organisation)


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def suggest(request: WebRequest, organisation: str, card: int, field: str) -> HttpResponseBase:
    """Offer what may be meant by what was typed so far: people or wards on the list, or a date in words."""
    shown = review_field(organisation, FieldKey(card, field))
    if shown is None:
        raise Http404("There is no such field.")
    typed = request.GET.get("typed", "")[:_LONGEST]
    content = shown.question.content
    words = _day(shown, typed) if content == "date" else ""
    found = _listed(organisation, shown, typed) if content in ("name", "place") else []
    return render(request, "reviewing/suggestions.html", {"words": words, "found": found, "typed": typed})


def _day(shown: ReviewField, typed: str) -> str:
    asked = asked_by(shown.fingerprint)
    layouts = asked.layout.fields if asked else ()
    layout = next((layout for layout in layouts if layout.name == shown.key.field), None)
    try:
        return day_words(str(stated_value(layout, typed))) if layout else ""
    except UsageError:
        return ""


def _listed(organisation: str, shown: ReviewField, typed: str) -> list[Suggestion]:
    if shown.question.content == "place":
        return [Suggestion(plain_capitals(ward.name), ward.name) for ward in suggest_wards(organisation, typed)]
    part = _PART.get(shown.key.field, "")
    found = []
    for one in suggest_people(organisation, typed, part, name_beside(organisation, shown.key)):
        value = {"first": one.first_name, "last": one.last_name}.get(part, f"{one.first_name} {one.last_name}")
        detail = ", ".join(text for text in (one.job_title, one.ward) if text)
        found.append(Suggestion(plain_capitals(value), f"{one.first_name} {one.last_name}", detail))
    return found
