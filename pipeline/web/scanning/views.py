"""The batches of an organisation, and uploads on their way to become one."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.errors import UsageError
from pipeline.store import jobs, models
from pipeline.store.batch_ledger import batch_lines, batches_of, nobodys_batches
from pipeline.store.uploads import MAX_FILE_BYTES, MAX_FILES, MAX_UPLOAD_BYTES, Intake, TooLargeError, refused_files
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.scanning.forms import UploadForm
from pipeline.web.scanning.receiving import Receiver, check_size

_LISTED = 20
_STOP_POLLING = 286
"""The status by which htmx asks no more."""


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def start(request: WebRequest, organisation: str) -> HttpResponseBase:
    """List what is on its way, and the batches."""
    shown = Paginator(batches_of(organisation), _LISTED).get_page(request.GET.get("page"))
    context = {
        "jobs": _jobs(organisation).exclude(state=models.Job.State.DONE).order_by("-pk"),
        "lines": batch_lines(list(shown)),
        "shown": shown,
        "unclaimed": nobodys_batches().count() if _may_claim(request) else 0,
    }
    return render(request, "scanning/start.html", context)


def _may_claim(request: WebRequest) -> bool:
    return Role.ADMINISTRATOR in request.roles and models.Organisation.objects.count() > 1


@csrf_exempt  # looked at in `_receive`: before, the files would go where Django puts them
@require_http_methods(["GET", "POST"])
@needs(Role.ADMIN, Role.COORDINATOR)
def upload(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Take in files, and lead to the page where they can be watched being read."""
    if request.method == "GET":
        return _upload_page(request, UploadForm())
    intake: Intake | None = None
    try:
        check_size(request)
        intake = Intake()
        request.upload_handlers = [Receiver(request, intake)]
        return _receive(request, intake)
    except TooLargeError as error:
        return _upload_page(request, UploadForm(), str(error), status=413)
    except TooManyFilesSent:
        too_many = f"More than {MAX_FILES} files at once can't be taken. Upload them in portions."
        return _upload_page(request, UploadForm(), too_many, status=413)
    except UsageError as error:
        return _upload_page(request, UploadForm(), str(error), status=400)
    finally:
        if intake is not None:
            intake.abandon()


@csrf_protect
def _receive(request: WebRequest, intake: Intake) -> HttpResponseBase:
    form = UploadForm(request.POST)
    if not form.is_valid():
        form.add_error(None, "Choose the files again: they were not kept.")
        return _upload_page(request, form, status=400)
    if not intake.taken:
        return _upload_page(request, form, "Choose files to upload.", intake.refused, status=400)
    with transaction.atomic():
        job = intake.commit(
            request.organisation.code, request.person, form.cleaned_data["received"], request.POST.getlist("paths")
        )
        record(request, "uploaded scans", f"upload {job.pk}", f"{intake.taken} files, {len(intake.refused)} refused")
    return redirect("scanning:job", request.organisation.code, job.pk)


def _upload_page(
    request: WebRequest,
    form: UploadForm,
    error: str = "",
    refused: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form, "error": error, "refused": refused or [], "file_bytes": MAX_FILE_BYTES,
        "upload_bytes": MAX_UPLOAD_BYTES, "files": MAX_FILES,
    }  # fmt: skip
    return render(request, "scanning/upload.html", context, status=status)


# --- an upload on its way ----------------------------------------------------------------------------------------


def _jobs(organisation: str) -> QuerySet[models.Job]:
    return models.Job.objects.filter(organisation=organisation, kind=models.Job.Kind.READ).select_related("batch")


def _job(organisation: str, pk: int) -> models.Job:
    job = _jobs(organisation).filter(pk=pk).first()
    if job is None:
        raise Http404("There is no such upload.")
    return job


def _progress_of(job: models.Job) -> dict[str, object]:
    kept = models.Page.objects.filter(batch=job.batch_id).count() if job.batch_id else 0
    return {
        "job": job,
        "kept": kept,
        # A torn file may have more pages than it says.
        "expected": max(kept, job.pages_expected or 0),
        "before": jobs.before(job),
    }


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def job(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show how far an upload is; once it is read, its batch."""
    found = _job(organisation, pk)
    if found.state == models.Job.State.DONE and found.batch_id:
        return redirect("scanning:batch", organisation, found.batch_id)
    refused = refused_files(found)
    return render(request, "scanning/job.html", {**_progress_of(found), "refused": refused})


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def progress(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show how far an upload is, for the page that asks again and again."""
    found = _job(organisation, pk)
    ended = found.state in (models.Job.State.DONE, models.Job.State.FAILED)
    return render(request, "scanning/progress.html", _progress_of(found), status=_STOP_POLLING if ended else 200)


@require_POST
@needs(Role.ADMIN, Role.COORDINATOR)
def again(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Try an upload again that failed."""
    return _settle(request, pk, jobs.try_again, "tried upload again", "It waits to be read again.")


@require_POST
@needs(Role.ADMIN, Role.COORDINATOR)
def leave(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Give up an upload that failed."""
    return _settle(request, pk, jobs.give_up, "gave up upload", "Its files are removed; pages that were read are kept.")


def _settle(
    request: WebRequest, pk: int, settle: Callable[[models.Job], bool], action: str, said: str
) -> HttpResponseBase:
    found = _job(request.organisation.code, pk)
    with transaction.atomic():
        settled = settle(found)
        if settled:
            record(request, action, f"upload {pk}")
    if settled:
        messages.success(request, said)
    else:
        messages.error(request, "Nothing was done: this upload hasn't failed, or somebody has settled it meanwhile.")
    return redirect("scanning:start", request.organisation.code)
