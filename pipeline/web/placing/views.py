"""The pages about exceptions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.errors import UsageError
from pipeline.page_corners import TURNS, to_turned, turned_size
from pipeline.store.exception_pictures import page_size
from pipeline.store.exceptions import (
    ExceptionPage,
    State,
    exception_of,
    exceptions_in,
    next_exception,
    open_exceptions,
    placed_cards,
    waiting_exceptions,
)
from pipeline.store.hand_placing import TypedNumber, check_number, place_by_hand, set_aside
from pipeline.store.numbers_out import numbers_out
from pipeline.store.page_owners import owns_batch
from pipeline.store.page_pictures import NoPictureError
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.numbers import number as number_of
from pipeline.web.placing.forms import PARTS, AsideForm, PlacingForm
from pipeline.web.placing.pictures import page_or_404

_SHOWN = 24


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """List the pages that wait for a person, and what became of those that one has looked at."""
    shown = Paginator(open_exceptions(organisation), _SHOWN).get_page(request.GET.get("page"))
    record(request, "viewed small pictures of pages", "exceptions")
    context = {
        "shown": shown,
        "reading": exceptions_in(organisation, State.READING),
        "aside": exceptions_in(organisation, State.ASIDE),
        "placed": placed_cards(organisation),
    }
    return render(request, "placing/start.html", context)


@require_http_methods(["GET", "POST"])
@needs(Role.ADMIN, Role.COORDINATOR)
def page(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show one page to be placed, or take what a person says of it."""
    row = page_or_404(organisation, pk)
    found = exception_of(organisation, pk)
    placed = placed_cards(organisation, pk)
    if found is None and not placed:
        raise Http404("This page needs nobody.")
    if found is None or (found.state is State.READING and "change" not in request.GET):
        said = found.placing if found else None
        turn = said.turn if said else placed[0].turn
        return render(request, "placing/state.html", {"found": found, "placed": placed, "row": row, "turn": turn})
    try:
        size = page_size(row)
    except NoPictureError as error:
        return render(request, "placing/no_picture.html", {"found": found, "why": error, "form": AsideForm()})
    if request.method == "POST":
        form = PlacingForm(request.POST, organisation=organisation, size=size)
        if form.is_valid() and _place(request, found, form, size):
            return _next(request, pk)
        return _page(request, found, form, size, AsideForm())
    return _page(request, found, _first_form(request, found, size), size, AsideForm())


def _place(request: WebRequest, found: ExceptionPage, form: PlacingForm, size: tuple[int, int]) -> bool:
    code = request.organisation.code
    try:
        placing, more = form.placing(), form.cleaned_data["more"]
        with transaction.atomic():
            place_by_hand(found.key, placing, size, request.person, code, more=more)
            record(request, "placed card", placing.number, f"{found.batch}: {found.file} page {found.page}")
    except UsageError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"{_name(found)} is being read as card {placing.number}.")
    return True


def _name(found: ExceptionPage) -> str:
    return f"Page {found.page} of {found.file}"


def _next(request: WebRequest, pk: int) -> HttpResponseBase:
    code = request.organisation.code
    following = next_exception(code, pk)
    if following is None:
        return redirect("placing:start", code)
    return redirect("placing:page", code, following)


def _first_form(request: WebRequest, found: ExceptionPage, size: tuple[int, int]) -> PlacingForm:
    """A form as it was left, or one with what the machines made of the number."""
    code, said = request.organisation.code, found.placing
    asked = number_of(request.GET.get("turn", ""), -1)
    turn = asked if asked in TURNS else None
    if said is not None and turn in (None, said.turn) and not (found.more and not found.fault):
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in to_turned(said.turn, size, said.corners_px))
        initial = {"number": said.number, "turn": said.turn, "template": said.fingerprint, "corners": corners}
        return PlacingForm(organisation=code, size=size, initial=initial)
    typed = _typed(code, found.looks_like)
    number = typed.number if isinstance(typed, TypedNumber) else ""
    return PlacingForm(organisation=code, size=size, initial={"number": number, "turn": turn or 0})


def _page(
    request: WebRequest, found: ExceptionPage, form: PlacingForm, size: tuple[int, int], aside_form: AsideForm
) -> HttpResponse:
    code = request.organisation.code
    turn = int(form["turn"].value()) if str(form["turn"].value()) in map(str, TURNS) else 0
    text = str(form["number"].value() or "") or found.looks_like
    waiting = waiting_exceptions(code)
    context = {
        "found": found,
        "form": form,
        "aside": aside_form,
        "turn": turn,
        "left": (turn + 270) % 360,
        "right": (turn + 90) % 360,
        "size": turned_size(turn, size),
        "parts": {name: part for name, (_, part) in PARTS.items()},
        "waiting": waiting,
        "others": waiting - (found.state is State.OPEN),
        "whole": owns_batch(code, page_or_404(code, found.key)),
        "following": next_exception(code, found.key),
        **_said_of(code, text, found.batch),
    }
    return render(request, "placing/page.html", context)


@require_POST
@needs(Role.ADMIN, Role.COORDINATOR)
def aside(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Set a page aside, and go on to the next."""
    row = page_or_404(organisation, pk)
    found = exception_of(organisation, pk)
    if found is None:
        raise Http404("This page needs nobody.")
    form = AsideForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                set_aside(pk, form.cleaned_data["why"], request.person, form.cleaned_data["seen"])
                record(request, "set page aside", f"{found.batch}: {row}", form.cleaned_data["why"])
        except UsageError as error:
            form.add_error(None, str(error))
            found = exception_of(organisation, pk) or found
        else:
            messages.success(request, f"{_name(found)} is set aside.")
            return _next(request, pk)
    try:
        size = page_size(row)
    except NoPictureError as error:
        return render(request, "placing/no_picture.html", {"found": found, "why": error, "form": form})
    return _page(request, found, _first_form(request, found, size), size, form)


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def state(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Tell how far the reading of a page is, for the page that asks again and again."""
    row = page_or_404(organisation, pk)
    found = exception_of(organisation, pk)
    placed = placed_cards(organisation, pk)
    if found is None and not placed:
        raise Http404("This page needs nobody.")
    return render(request, "placing/progress.html", {"found": found, "placed": placed, "row": row})


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def number(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Say what is known of a number while it is typed."""
    return render(request, "placing/number.html", _said_of(organisation, request.GET.get("number", "")[:60], None))


def _said_of(organisation: str, text: str, batch: str | None) -> dict[str, object]:
    typed = _typed(organisation, text)
    if isinstance(typed, TypedNumber):
        return {"typed": typed, "suggested": numbers_out(organisation, text, batch) if typed.seen else []}
    return {"wrong": str(typed) if text.strip() else "", "suggested": numbers_out(organisation, text, batch)}


def _typed(organisation: str, text: str) -> TypedNumber | UsageError:
    try:
        return check_number(organisation, text)
    except UsageError as error:
        return error
