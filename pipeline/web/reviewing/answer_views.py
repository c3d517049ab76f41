"""Answers that web forms lack, which a person may know."""

from dataclasses import dataclass
from itertools import islice

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forms.errors import UsageError
from pipeline.review_file import EMPTY
from pipeline.store.decisions import newest_decision
from pipeline.store.review import waiting_answers
from pipeline.store.review_queue import decide_answer
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.numbers import number
from pipeline.web.reviewing.way import reviewer
from pipeline.web.reviewing.words import field_words

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer that is missing, and what the submission says besides."""

    source: str
    field: str
    words: str
    told: tuple[tuple[str, str], ...]
    seen: int
    problem: str
    typed: str


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def answers(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the nominations of web forms that lack a nominee or a story, with what else they say."""
    return _show(request)


def _show(request: WebRequest, problem: str = "", source: str = "", typed: str = "") -> HttpResponseBase:
    code = request.organisation.code
    shown = []
    for waiting in islice(waiting_answers(code), _SHOWN):
        said, newest = waiting.said, newest_decision(code, waiting.said.source.id, waiting.field)
        told = [(field_words(name), said.text(name)) for name in ("nominee_team", "action", "impact", "date")]
        told.insert(0, ("Nominee", f"{said.text('nominee_first_name')} {said.text('nominee_last_name')}".strip()))
        here = said.source.id == source
        shown.append(
            ShownAnswer(
                source=said.source.id,
                field=waiting.field,
                words=field_words(waiting.field),
                told=tuple((words, text) for words, text in told if text),
                seen=newest.pk if newest else 0,
                problem=problem if here else "",
                typed=typed if here else "",
            )
        )
    if shown:
        names = ", ".join(one.source for one in shown)
        record(request, "viewed submissions that lack an answer", f"{len(shown)} submissions", names)
    elsewhere = problem if not any(one.problem for one in shown) else ""
    context = {"shown": shown, "problem": elsewhere, "typed": typed}
    return render(request, "reviewing/answers.html", context, status=400 if problem else 200)


@require_POST
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def decide_missing(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Keep what somebody says of an answer that a web form lacks."""
    source, field, text, seen = (request.POST.get(name, "").strip() for name in ("source", "field", "value", "seen"))
    text = EMPTY if request.POST.get("button") == "empty" else text
    if not text:
        return _show(request, "Say what is meant, or choose “Nobody knows”.", source)
    try:
        with transaction.atomic():
            done = decide_answer(reviewer(request), source, field, text, number(seen))
            record(request, "decided field", done.source, f"{field}: a value")
    except UsageError as error:
        return _show(request, str(error), source, text)
    messages.success(request, f"{field_words(field)} of {source} is kept.")
    return redirect("reviewing:answers", organisation)
