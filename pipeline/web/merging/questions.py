"""The pages that ask whether two sources are one nomination."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.store.page_pictures import NoPictureError, card_picture
from pipeline.store.questions import Asked, answer_question, list_answered, list_open, next_open, question_of
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import picture_response

_LISTED = 50
_ANSWERS = {"same": True, "apart": False}


@require_safe
@needs(Role.COORDINATOR)
def questions(request: WebRequest, organisation: str) -> HttpResponseBase:
    """List what is asked, and what was answered."""
    shown = Paginator(list_open(organisation), _LISTED).get_page(request.GET.get("page"))
    return render(request, "merging/questions.html", {"shown": shown, "answered": list_answered(organisation)})


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def question(request: WebRequest, organisation: str, one: int, other: int) -> HttpResponseBase:
    """Show two sources side by side; keep the answer, and go on to the next question."""
    if request.method == "POST":
        return _answer(request, one, other)
    asked = _asked(request, one, other)
    names = asked.anonymous and asked.names_shown
    pair = f"{asked.one.source} and {asked.other.source}"
    record(request, "viewed question", pair, "with the name of an anonymous nominator" if names else "")
    context = {"asked": asked, "next": next_open(organisation, one, other), "names": names}
    return render(request, "merging/question.html", context)


def _answer(request: WebRequest, one: int, other: int) -> HttpResponseBase:
    code = request.organisation.code
    said = request.POST.get("answer", "")
    following = next_open(code, one, other)
    if said == "skip":
        return redirect("merging:question", code, *following) if following else redirect("merging:questions", code)
    if said not in _ANSWERS:
        messages.error(request, "Say whether they are the same, or two.")
        return redirect("merging:question", code, one, other)
    with transaction.atomic():
        decided = answer_question(code, one, other, same=_ANSWERS[said], by=request.person)
        if decided is None:
            raise Http404("There is no such question.")
        words = "one nomination" if decided.same else "two nominations"
        record(request, "answered question", " and ".join(decided.sources), words)
    if following is None:
        messages.success(request, f"Kept: {words}. No question is left; merge again, so that your answers count.")
        return redirect("merging:start", code)
    messages.info(request, f"Kept: {' and '.join(decided.sources)} are {words}.")
    return redirect("merging:question", code, *following)


@require_safe
@needs(Role.COORDINATOR)
def picture(request: WebRequest, organisation: str, one: int, other: int, side: int) -> HttpResponseBase:
    """Hand out the card of one side, unless its writer wishes not to be named."""
    asked = _asked(request, one, other)
    shown = {1: asked.one, 2: asked.other}.get(side)
    if shown is None or shown.card is None or not asked.names_shown:
        raise Http404("There is no such picture.")
    try:
        data, suffix = card_picture(*shown.card, width=1200)
    except NoPictureError as error:
        raise Http404(str(error)) from error
    record(request, "viewed card", shown.source, "with the name of an anonymous nominator" if asked.anonymous else "")
    return picture_response(data, suffix)


def _asked(request: WebRequest, one: int, other: int) -> Asked:
    with_names = request.GET.get("names") == "show"
    asked = question_of(request.organisation.code, one, other, with_anonymous=with_names)
    if asked is None:
        raise Http404("There is no such question.")
    return asked
