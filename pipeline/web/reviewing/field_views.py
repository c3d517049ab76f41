"""One field at a time: shown, decided, gone back to."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from forms.errors import UsageError
from pipeline.review_file import EMPTY, UNREADABLE
from pipeline.store.leases import FieldKey
from pipeline.store.review_fields import ReviewField, review_field
from pipeline.store.review_queue import MeanwhileError, decide_field, decided_before, waiting, waiting_by_content
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.numbers import number
from pipeline.web.reviewing.forms import CONTENT_WORDS, ValueForm
from pipeline.web.reviewing.way import Way, at_hand, looked_at, may_look, reviewer, way_of
from pipeline.web.reviewing.words import value_words

_FRAGMENT = "X-Review"
"""A header: the page's own script asks for the field alone, and is told so."""
_BUTTONS = {"unreadable": UNREADABLE, "empty": EMPTY}
"""What buttons say instead of the form's value."""


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def next_field(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the next field that waits for a person."""
    return _show_next(request, way_of(request.GET))


def _show_next(request: WebRequest, way: Way, keys: tuple[FieldKey, ...] | None = None) -> HttpResponseBase:
    keys = at_hand(request, way) if keys is None else keys
    while keys:
        shown = review_field(request.organisation.code, keys[0])
        if shown is not None:
            return _show(request, way, shown, keys[1:])
        keys = keys[1:]
    return _respond(request, "reviewing/done.html", {"way": way, "left": waiting(request.organisation.code)})


@require_POST
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def decide(request: WebRequest, organisation: str, card: int, field: str) -> HttpResponseBase:
    """Keep what somebody says of a field, and go on; what can't be kept is shown again with the reason."""
    key = FieldKey(card, field)
    shown = review_field(organisation, key)
    if shown is None or not may_look(request, key):
        raise Http404("There is no such field to review.")
    way = way_of(request.POST)
    form = ValueForm(shown.question, None, request.POST)
    text = _BUTTONS.get(request.POST.get("button", ""), "")
    if not text and form.is_valid():
        text = form.text()
    if text:
        try:
            keys = _keep(request, way, shown.key, text)
        except MeanwhileError as error:
            form.is_valid()
            # Shown anew with what the other person decided, so that whoever decides again knows of it.
            return _show(request, way, review_field(organisation, shown.key) or shown, (), form, str(error), 409)
        except UsageError as error:
            if not form.errors:
                form.add_error("value", _plain(str(error), field))
            return _show(request, way, shown, (), form, status=400)
        return _show_next(request, way, keys) if _is_script(request) else redirect(way.next_url(organisation))
    return _show(request, way, shown, (), form, status=400)


def _keep(request: WebRequest, way: Way, key: FieldKey, text: str) -> tuple[FieldKey, ...]:
    """Keep a decision, enter it in the log and take what comes next, all at one go: each would wait for the disk."""
    seen = request.POST.get("seen", "")
    with transaction.atomic():
        done = decide_field(reviewer(request), key, text, number(seen))
        what = "can’t be read" if done.value is None else "a value"
        record(request, "decided field", done.source, f"{key.field}: {what}")
        return at_hand(request, way)


def _plain(message: str, field: str) -> str:
    """Leave the field's name out of a message that is shown beside it."""
    plain = message.removeprefix(f"{field}: ")
    return plain[:1].upper() + plain[1:]


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def back(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the field that somebody decided last, or before the one that they went back to."""
    way, before = way_of(request.GET), request.GET.get("before", "")
    found = decided_before(reviewer(request), number(before))
    shown = review_field(organisation, found[1]) if found else None
    if found is None or shown is None:
        messages.info(request, "You have decided nothing before that.")
        return redirect(way.next_url(organisation))
    return _show(request, way, shown, (), went_back=found[0])


def _show(
    request: WebRequest,
    way: Way,
    shown: ReviewField,
    following: tuple[FieldKey, ...],
    form: ValueForm | None = None,
    problem: str = "",
    status: int = 200,
    went_back: int = 0,
) -> HttpResponseBase:
    if status != 200 or not shown.has_picture:
        # Otherwise the picture's own request enters it in the log.
        looked_at(request, shown.key)
    said = shown.decided.value if shown.decided else shown.value
    code = request.organisation.code
    left = waiting_by_content(code).get(way.content, 0) if way.content else waiting(code)
    context: dict[str, Any] = {
        "way": way,
        "shown": shown,
        "form": form or ValueForm(shown.question, said),
        "problem": problem,
        "following": following,
        "left": left,
        "left_of": CONTENT_WORDS.get(way.content, "").lower(),
        "went_back": went_back,
        "alternatives": _alternatives(shown),
        "decided_words": _words(shown, said) if shown.decided else "",
        "suggests": shown.question.content in ("name", "place", "date"),
    }
    return _respond(request, "reviewing/field.html", context, status)


def _alternatives(shown: ReviewField) -> list[tuple[str, str]]:
    return [(text, value_words(shown.key.field, shown.question.content, text)) for text in shown.alternatives]


def _words(shown: ReviewField, said: object) -> str:
    if said is None:
        return "it can’t be read"
    text = said if isinstance(said, str) else "; ".join(said) if isinstance(said, tuple) else ""
    return value_words(shown.key.field, shown.question.content, text) or "nothing is written"


def _is_script(request: WebRequest) -> bool:
    return request.headers.get(_FRAGMENT) == "field"


def _respond(request: WebRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponseBase:
    if not _is_script(request):
        return render(request, "reviewing/page.html", {**context, "inside": template}, status=status)
    # Without what a whole page shows around its content, which would be looked up for nothing.
    own = {"organisation": request.organisation, "csrf_token": get_token(request)}
    response = HttpResponse(render_to_string(template, {**context, **own}), status=status)
    response[_FRAGMENT] = "field"
    return response
