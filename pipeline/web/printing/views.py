"""The page where cards are printed, with what was printed before."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from forms.printing import PrintOrder
from pipeline.store.print_cards import print_run
from pipeline.store.print_returns import print_runs_of
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import download_response
from pipeline.web.printing.forms import LAYOUTS, PrintForm

_SHOWN = 50
"""Print runs on the page, the newest."""


@require_http_methods(["GET", "POST"])
@needs(Role.WARD, Role.ADMIN, Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Print cards, and show what was printed before and what came back."""
    only_ward = _only_ward(request)
    form = PrintForm(
        request.POST or None,
        organisation=request.organisation,
        only_ward=only_ward,
        initial={"ward": request.ward},
    )
    if request.method == "POST" and form.is_valid():
        return _printed(request, form)
    wards = dict(request.organisation.wards.values_list("code", "name"))
    runs = [
        (one, wards.get(one.run.ward, one.run.ward))
        for one in print_runs_of(organisation, only_ward or None, most=_SHOWN)
    ]
    layouts = list(zip(LAYOUTS, form["layout"], strict=True))
    context = {"form": form, "layouts": layouts, "runs": runs, "only_ward": wards.get(only_ward, only_ward)}
    return render(request, "printing/start.html", context)


def _only_ward(request: WebRequest) -> str:
    """Return the ward that whoever asks may print for; empty for all."""
    return "" if request.roles & {Role.ADMIN, Role.COORDINATOR} else request.ward


def _printed(request: WebRequest, form: PrintForm) -> HttpResponseBase:
    """Print, and hand the PDF out; nothing of it stays behind."""
    code, ward, count = request.organisation.code, form.cleaned_data["ward"], form.cleaned_data["count"]

    def keep_entry(order: PrintOrder) -> None:
        told = f"{count} cards, ward {ward or 'any'}, {form.chosen.label.lower()}"
        record(request, "printed cards", f"{code}-{order.token}", told)

    with TemporaryDirectory(prefix="compassion-print-") as folder:
        out = Path(folder) / "cards.pdf"
        order = print_run(code, ward, form.chosen.template, form.chosen.per_sheet, count, out, then=keep_entry)
        return download_response(out, f"cards-{code}-{order.token}.pdf")
