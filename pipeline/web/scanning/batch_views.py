"""A batch: its ledger, and its closing."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.errors import UsageError
from pipeline.records import Outcome
from pipeline.store import models
from pipeline.store.batch_ledger import (
    CountDiffersError,
    batch_of,
    close_batch,
    give_batch,
    ledger_of,
    nobodys_batches,
    open_again,
)
from pipeline.store.uploads import refused_files
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.scanning.forms import CloseForm, ReopenForm

OUTCOMES = {
    Outcome.CARDS: ("Cards", "have one or more cards, filled in or not"),
    Outcome.BLANK: ("Blanks", "have no print and no writing, such as backs of sheets"),
    Outcome.FOREIGN: ("Strangers", "are none of these cards"),
    Outcome.EXCEPTION: ("Exceptions", "are ours, but a person must place them"),
    Outcome.UNREADABLE: ("Unreadable", "could not be opened; scan them again"),
    Outcome.DUPLICATE: ("Duplicates", "are images that were taken in before"),
}
"""What people call the outcomes of pages, and what the pages are."""


def batch_or_404(organisation: str, batch: str) -> models.Batch:
    """Return an organisation's batch."""
    found = batch_of(organisation, batch)
    if found is None:
        raise Http404("There is no such batch.")
    return found


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def batch(request: WebRequest, organisation: str, batch: str) -> HttpResponseBase:
    """Show what became of every page of a batch."""
    return _ledger_page(request, batch_or_404(organisation, batch), CloseForm(), ReopenForm())


def _ledger_page(
    request: WebRequest, batch: models.Batch, close_form: CloseForm, reopen_form: ReopenForm, status: int = 200
) -> HttpResponse:
    ledger = ledger_of(batch)
    job = models.Job.objects.filter(batch=batch, kind=models.Job.Kind.READ).first()
    context = {
        "ledger": ledger,
        "rows": [(outcome.value, *OUTCOMES[outcome], ledger.counts[outcome]) for outcome in OUTCOMES],
        "exceptions": ledger.counts[Outcome.EXCEPTION],
        "job": job,
        "refused": refused_files(job) if job else [],
        "close_form": close_form,
        "reopen_form": reopen_form,
    }
    return render(request, "scanning/batch.html", context, status=status)


@require_POST
@needs(Role.ADMIN, Role.COORDINATOR)
def close(request: WebRequest, organisation: str, batch: str) -> HttpResponseBase:
    """Close a batch when the paper in the hand agrees with the ledger, or for a reason that is kept."""
    found, form = batch_or_404(organisation, batch), CloseForm(request.POST)
    if form.is_valid():
        try:
            _close(request, found, form)
        except CountDiffersError as error:
            form.add_error("counted", str(error))
        except UsageError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Batch {batch} is closed.")
            return redirect("scanning:batch", organisation, batch)
    return _ledger_page(request, found, form, ReopenForm(), status=400)


@transaction.atomic
def _close(request: WebRequest, batch: models.Batch, form: CloseForm) -> None:
    closing = close_batch(batch, request.person, form.cleaned_data["counted"], form.cleaned_data["reason"])
    record(request, "closed batch", batch.pk, f"{closing.counted} counted, {closing.pages} in the ledger")


@require_POST
@needs(Role.ADMIN, Role.COORDINATOR)
def open_(request: WebRequest, organisation: str, batch: str) -> HttpResponseBase:
    """Open a closed batch again."""
    found, form = batch_or_404(organisation, batch), ReopenForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            open_again(found, request.person, form.cleaned_data["reason"])
            record(request, "opened batch again", batch, form.cleaned_data["reason"])
        messages.success(request, f"Batch {batch} is open again.")
        return redirect("scanning:batch", organisation, batch)
    return _ledger_page(request, found, CloseForm(), form, status=400)


@require_http_methods(["GET", "POST"])
@needs(Role.ADMINISTRATOR)
def unclaimed(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Say of batches from the command line, of which nobody had said it, that they are this organisation's."""
    if request.method == "POST":
        batch = request.POST.get("batch", "")
        with transaction.atomic():
            given = give_batch(batch, organisation)
            if given:
                record(request, "claimed batch", batch)
        if given:
            messages.success(request, f"Batch {batch} belongs to {request.organisation.name} now.")
        return redirect("scanning:unclaimed", organisation)
    several = models.Organisation.objects.count() > 1
    rows = [(batch, _whose_cards(batch)) for batch in nobodys_batches()[:100]] if several else []
    return render(request, "scanning/unclaimed.html", {"rows": rows})


def _whose_cards(batch: models.Batch) -> list[str]:
    cards = models.Card.objects.filter(sightings__page__batch=batch)
    return sorted(cards.values_list("organisation", flat=True).distinct())
