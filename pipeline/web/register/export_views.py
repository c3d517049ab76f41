"""Where a coordinator takes the register away as a file."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from pipeline.store.register_file import write_register_of
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import download_response
from pipeline.web.register.forms import ExportForm


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def export(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Hand out the register as a file; nothing of it stays behind."""
    form = ExportForm(request.POST or None)
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "register/export.html", {"form": form})
    ending, with_anonymous = form.cleaned_data["format"], form.cleaned_data["with_anonymous"]
    with TemporaryDirectory(prefix="compassion-register-") as folder:
        path = Path(folder) / f"register.{ending}"
        count = write_register_of(organisation, path, with_anonymous=with_anonymous)
        whom = "with those who asked to stay anonymous" if with_anonymous else "without names of the anonymous"
        record(request, "exported register", f"register.{ending}", f"{count} nominations, {whom}")
        named = "-with-anonymous" if with_anonymous else ""
        return download_response(path, f"register-{organisation}-{date.today():%Y-%m-%d}{named}.{ending}")
