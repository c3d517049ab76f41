"""The pages about merges: what waits, how far it is, what was done, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.errors import UsageError
from pipeline.store import models
from pipeline.store.merge_history import MergeTold, merge_of, merge_waiting, merges_of, moves_of
from pipeline.store.merge_jobs import ask_for_merge, is_under_way, merge_job
from pipeline.store.merging import Undone, undo_merge_of
from pipeline.store.questions import questions_open
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record

_LISTED = 20
_STOP_POLLING = 286
"""The status by which htmx asks no more."""


@require_safe
@needs(Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show what waits for a merge, what is asked, and the merges before."""
    shown = Paginator(merges_of(organisation), _LISTED).get_page(request.GET.get("page"))
    context = {
        "waiting": merge_waiting(organisation),
        "questions": questions_open(organisation),
        "shown": shown,
        **_progress_of(organisation),
    }
    return render(request, "merging/start.html", context)


@require_POST
@needs(Role.COORDINATOR)
def run(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Let the worker merge."""
    with transaction.atomic():
        ask_for_merge(organisation, request.person)
        record(request, "asked for a merge", organisation)
    return redirect("merging:progress", organisation)


@require_safe
@needs(Role.COORDINATOR)
def progress(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show how far the merge is; once it is done, what it did."""
    told = _progress_of(organisation)
    if request.htmx:
        return render(request, "merging/progress.html", told, status=200 if told["under_way"] else _STOP_POLLING)
    if told["job"] is None:
        return redirect("merging:start", organisation)
    return render(request, "merging/running.html", told)


@require_safe
@needs(Role.COORDINATOR)
def merge(request: WebRequest, organisation: str, run: int) -> HttpResponseBase:
    """Show what a merge did."""
    context = {"told": _merge_of(organisation, run), "moves": moves_of(organisation, run)}
    return render(request, "merging/merge.html", {**context, "questions": questions_open(organisation)})


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def undo(request: WebRequest, organisation: str, run: int) -> HttpResponseBase:
    """Ask whether a merge is to be taken back, and take it back."""
    told = _merge_of(organisation, run)
    if request.method == "GET":
        return render(request, "merging/undo.html", {"told": told})

    def keep_entry(undone: Undone) -> None:
        record(request, "took back merge", f"merge {run}", f"{undone.moved_back} sources moved back")

    try:
        undone = undo_merge_of(organisation, run, request.person, keep_entry)
    except UsageError as error:
        return render(request, "merging/undo.html", {"told": told, "error": str(error)}, status=409)
    messages.success(request, f"The merge is taken back. {undone.waiting} sources wait to be merged again.")
    return redirect("merging:start", organisation)


def _progress_of(organisation: str) -> dict[str, object]:
    """Return the merge that was asked for last, and the one that came of it: none when it changed nothing."""
    job: models.Job | None = merge_job(organisation)
    done = None
    if job is not None and job.state == models.Job.State.DONE:
        done = next((told for told in merges_of(organisation)[:1] if told.at >= job.at), None)
    return {"job": job, "under_way": job is not None and is_under_way(job), "done": done}


def _merge_of(organisation: str, run: int) -> MergeTold:
    told = merge_of(organisation, run)
    if told is None:
        raise Http404("There is no such merge.")
    return told
