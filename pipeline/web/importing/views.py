"""The pages on which an export becomes part of the register: a file, its mapping, its confirmation."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from forms.errors import CompassionError, ConfigurationError
from pipeline.store.import_history import forms_of, runs_of
from pipeline.store.import_proposal import (
    Proposal,
    confirm_import,
    confirm_readings,
    look_at_readings,
    propose_import,
)
from pipeline.store.import_uploads import LARGEST_BYTES, Upload, discard_upload, find_upload, keep_upload
from pipeline.store.submissions import ImportResult
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.field_names import in_words
from pipeline.web.importing.forms import MappingForm, ReadingsForm, UploadForm

_REST_BYTES = 1 << 20
"""What a request holds besides the file."""


@csrf_exempt  # looked at in `_upload`: before, Django would store a file of any size
@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show the forms that are known, and take in a file."""
    if request.method == "GET":
        return _start_page(request, UploadForm())
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES + _REST_BYTES:
        form = UploadForm()
        too_large = f"The file is larger than {LARGEST_BYTES >> 20} MB. Export it in parts."
        return _start_page(request, form, too_large, status=413)
    return _upload(request)


@csrf_protect
def _upload(request: WebRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start_page(request, form, status=400)
    file = form.cleaned_data["file"]
    try:
        upload = keep_upload(request.organisation.code, request.person, file.name, file.chunks())
    except CompassionError as error:
        form.add_error("file", str(error))
        return _start_page(request, form, status=400)
    try:
        record(request, "uploaded file to import", upload.name)
    except Exception:
        discard_upload(upload)
        raise
    return redirect("importing:readings" if upload.readings else "importing:mapping", upload.organisation, upload.token)


def _start_page(request: WebRequest, form: UploadForm, error: str = "", status: int = 200) -> HttpResponseBase:
    code = request.organisation.code
    context = {"form": form, "error": error, "forms": forms_of(code), "sites": len(runs_of(code, None))}
    return render(request, "importing/start.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def mapping(request: WebRequest, organisation: str, token: str) -> HttpResponseBase:
    """Show how an export's columns are taken, let a person put that right, and import."""
    upload = _upload_of(request, token)
    if upload.readings:
        return redirect("importing:readings", organisation, token)
    sheet = request.POST.get("sheet") or request.GET.get("sheet", "")
    try:
        proposal = propose_import(upload, request.POST.get("form_name", ""), sheet)
    except CompassionError as error:
        messages.error(request, str(error))
        if sheet:
            # Another sheet may do; that of the first page is looked at again.
            return redirect("importing:mapping", organisation, token)
        discard_upload(upload)
        return redirect("importing:start", organisation)
    if request.method == "GET":
        return _mapping_page(request, proposal, MappingForm(proposal=proposal), proposal.faults)
    form = MappingForm(request.POST, proposal=proposal)
    if form.is_valid():
        # Once more, with the answers of the columns that were chosen just now.
        proposal = propose_import(upload, form.cleaned_data["form_name"], sheet, form.told())
        form = MappingForm(request.POST, proposal=proposal)
    if not form.is_valid():
        return _mapping_page(request, proposal, form, (), status=400)
    if "import" not in request.POST:
        return _mapping_page(request, proposal, form, proposal.faults)
    name = form.cleaned_data["form_name"]

    def keep_entries(result: ImportResult) -> None:
        record(request, "confirmed mapping", name, upload.name)
        _keep_entry(request, upload, result)

    try:
        result = confirm_import(upload, name, form.told(), request.person, keep_entries)
    except ConfigurationError as error:
        return _mapping_page(request, proposal, form, error.faults, status=400)
    return _imported(request, upload, result)


def _mapping_page(
    request: WebRequest, proposal: Proposal, form: MappingForm, faults: tuple[str, ...], status: int = 200
) -> HttpResponseBase:
    context = {
        "form": form,
        "proposal": proposal,
        "faults": [in_words(fault.removeprefix("[fields]: ").removeprefix("[fields] ")) for fault in faults],
    }
    return render(request, "importing/mapping.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Role.COORDINATOR)
def readings(request: WebRequest, organisation: str, token: str) -> HttpResponseBase:
    """Show what a file of another site's readings holds, and import it."""
    upload = _upload_of(request, token)
    if not upload.readings:
        return redirect("importing:mapping", organisation, token)
    form = ReadingsForm(request.POST or None, initial={"received": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        result = confirm_readings(
            upload, form.cleaned_data["received"], request.person, partial(_keep_entry, request, upload)
        )
        return _imported(request, upload, result)
    try:
        told = look_at_readings(upload)
    except CompassionError as error:
        discard_upload(upload)
        messages.error(request, str(error))
        return redirect("importing:start", organisation)
    return render(request, "importing/readings.html", {"form": form, "upload": upload, "told": told})


@require_POST
@needs(Role.COORDINATOR)
def discard(request: WebRequest, organisation: str, token: str) -> HttpResponseBase:
    """Let go of an upload."""
    upload = _upload_of(request, token)
    # The entry first: a file that is gone doesn't come back when no entry can be made.
    record(request, "discarded file to import", upload.name)
    discard_upload(upload)
    messages.info(request, f"{upload.name} is removed. Nothing of it was imported.")
    return redirect("importing:start", organisation)


def _keep_entry(request: WebRequest, upload: Upload, result: ImportResult) -> None:
    counts = f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged, {len(result.refused)} refused"
    record(request, "imported file", upload.name, counts)


def _imported(request: WebRequest, upload: Upload, result: ImportResult) -> HttpResponseBase:
    if result.rows and result.unchanged == result.rows:
        messages.info(request, f"{upload.name} says nothing new. The register is as it was.")
    else:
        messages.success(request, f"{upload.name} is imported.")
    return redirect("importing:run", upload.organisation, result.run)


def _upload_of(request: WebRequest, token: str) -> Upload:
    upload = find_upload(request.organisation.code, token)
    if upload is None:
        raise Http404("There is no such upload; it may be imported already, or older than a day.")
    return upload
