"""The start pages: which organisation, and what waits there."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.roles import organisations_of
from pipeline.web.signing_in import ask_to_sign_in
from pipeline.web.start.tiles import tiles_for


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the organisation of whoever signed in, or let them choose."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    organisations = organisations_of(request.user)
    if len(organisations) == 1:
        return redirect("start", organisations[0].code)
    return render(request, "start/choose.html", {"organisations": organisations})


@require_safe
@needs(*Role)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show what waits for whoever asks, by their roles."""
    return render(request, "start/start.html", {"tiles": tiles_for(request)})
