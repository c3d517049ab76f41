"""The start of review: what waits, and the ways to go through it."""

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipeline.store.review import waiting_answers
from pipeline.store.review_queue import Alike, alike, waiting_by_content
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.reviewing.forms import CONTENT_WORDS, WayForm
from pipeline.web.reviewing.words import field_words, value_words

_SHOWN_ALIKE = 12


@dataclass(frozen=True, slots=True)
class AlikeInWords:
    """Fields that were read alike, in words."""

    alike: Alike
    field: str
    value: str


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show how much waits, and let people choose how to go through it."""
    counts = waiting_by_content(organisation)
    groups = [
        AlikeInWords(one, field_words(one.field), value_words(one.field, one.content, one.value))
        for one in alike(organisation)[:_SHOWN_ALIKE]
    ]
    context = {
        "total": sum(counts.values()),
        "counts": [(CONTENT_WORDS.get(content, content), number) for content, number in counts.items()],
        "form": WayForm(),
        "groups": groups,
        "answers": sum(1 for _ in waiting_answers(organisation)),
    }
    return render(request, "reviewing/start.html", context)
