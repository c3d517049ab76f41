"""The pages that tell what was imported: a file, a form, a submission."""

import csv
import io

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipeline.store.import_history import (
    RunTold,
    form_of,
    refused_table,
    run_of,
    runs_of,
    submissions_of,
    versions_of,
)
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import download_response

_LISTED = 50
_SHOWN_ROWS = 500
"""Refused rows and notes that a page shows; the rest is in the download."""


@require_safe
@needs(Role.COORDINATOR)
def run(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show what came of one file."""
    told = _run(request, pk)
    context = {
        "run": told,
        "refused": told.refused[:_SHOWN_ROWS],
        "notes": told.notes[:_SHOWN_ROWS],
        "near_misses": told.near_misses[:_SHOWN_ROWS],
    }
    return render(request, "importing/run.html", context)


@require_safe
@needs(Role.COORDINATOR)
def refused(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Hand out the refused rows of a file as CSV."""
    told = _run(request, pk)
    text = io.StringIO()
    csv.writer(text).writerows(refused_table(told))
    record(request, "downloaded refused rows", told.file)
    return download_response(text.getvalue().encode("utf-8-sig"), f"refused-rows-{pk}.csv")


@require_safe
@needs(Role.COORDINATOR)
def form(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show a form's imports and its submissions."""
    told = form_of(organisation, pk)
    if told is None:
        raise Http404("There is no such form.")
    shown = Paginator(range(told.submissions), _LISTED).get_page(request.GET.get("page"))
    submissions, _ = submissions_of(organisation, pk, shown.number, _LISTED)
    context = {"form": told, "runs": runs_of(organisation, pk), "submissions": submissions, "shown": shown}
    return render(request, "importing/form.html", context)


@require_safe
@needs(Role.COORDINATOR)
def sites(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the files of readings that other sites sent."""
    return render(request, "importing/sites.html", {"runs": runs_of(organisation, None)})


@require_safe
@needs(Role.COORDINATOR)
def submission(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show all that a submission ever said; the names of who wishes not to be named only when asked for."""
    asked = request.GET.get("names") == "show"
    told = versions_of(organisation, pk, with_anonymous=asked)
    if told is None:
        raise Http404("There is no such submission.")
    shown = told.anonymous and told.names_shown
    record(request, "viewed submission", told.source, "with the name of an anonymous nominator" if shown else "")
    return render(request, "importing/submission.html", {"told": told, "pk": pk})


def _run(request: WebRequest, pk: int) -> RunTold:
    told = run_of(request.organisation.code, pk)
    if told is None:
        raise Http404("There is no such import.")
    return told
