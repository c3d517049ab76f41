"""Where a coordinator puts a nomination right. Nothing is overwritten: each change is a decision in its history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from forms.errors import UsageError
from pipeline.records import Value
from pipeline.register import NominationStatus
from pipeline.store.nomination_view import NominationView
from pipeline.store.put_right import put_right
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.register.forms import ChangeForm, as_text
from pipeline.web.register.views import shows_nominator, view_or_404
from pipeline.web.register.words import LABELS


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def change(request: WebRequest, organisation: str, nomination: str, field: str) -> HttpResponseBase:
    """Say what one field of a nomination says."""
    show = shows_nominator(request)
    view = view_or_404(organisation, nomination, show)
    was = _value(view, field)
    find = request.GET.get("find", f"{view.nomination.nominee_first_name} {view.nomination.nominee_last_name}").strip()
    form = ChangeForm(request.POST or None, field=field, was=was, organisation=request.organisation, find=find[:100])
    present = view.nomination.nomination_id
    back = reverse("register:nomination", args=[organisation, present]) + ("?show=1" if show else "")
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["was"] != as_text(was):
            form.add_error(None, "Somebody has changed this meanwhile. Look at what it says now, and try again.")
        elif _done(request, present, field, form):
            return redirect(back)
    record(request, "viewed nomination", present, f"to change {LABELS[field].lower()}")
    if show and view.anonymous:
        record(request, "viewed who nominated, who wishes to stay anonymous", present)
    context = {
        "form": form, "label": LABELS[field], "back": back, "find": find if field == "nominee_staff" else "",
        "looks_up": field == "nominee_staff", "show": show, "now": as_text(was),
    }  # fmt: skip
    return render(request, "register/change.html", context)


def _value(view: NominationView, field: str) -> Value:
    """Return what a field says now. What is hidden can't be put right unseen."""
    if field == "nominee_staff":
        return view.nomination.nominee_staff_id
    if field == "nominee_ward":
        return view.ward
    said = next((one for one in view.fields if one.name == field), None)
    if said is None:
        raise Http404("There is no such field.")
    if said.hidden:
        raise PermissionDenied("Whoever nominated asked to stay anonymous; ask to see who it is first.")
    return said.value


def _done(request: WebRequest, nomination: str, field: str, form: ChangeForm) -> bool:
    try:
        with transaction.atomic():
            put_right(request.organisation.code, nomination, field, form.text, request.person)
            record(request, "changed nomination", nomination, LABELS[field].lower())
    except UsageError as error:
        form.add_error("value", str(error))
        return False
    messages.success(request, f"{LABELS[field]} is saved.")
    return True


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def withdraw(request: WebRequest, organisation: str, nomination: str) -> HttpResponseBase:
    """Withdraw a nomination, or take that back, once it is confirmed."""
    view = view_or_404(organisation, nomination, False)
    present = view.nomination.nomination_id
    withdrawn = view.nomination.status is NominationStatus.WITHDRAWN
    if request.method == "POST":
        wanted = request.POST.get("withdrawn", "")
        if wanted not in ("yes", "no"):
            raise Http404("There is no such choice.")
        with transaction.atomic():
            put_right(organisation, present, "withdrawn", wanted, request.person)
            record(request, "withdrew nomination" if wanted == "yes" else "took back withdrawal", present)
        messages.success(request, "The nomination is withdrawn." if wanted == "yes" else "The nomination counts again.")
        return redirect("register:nomination", organisation, present)
    context: dict[str, Any] = {"nomination": view.nomination, "withdrawn": withdrawn}
    return render(request, "register/withdraw.html", context)
