"""Tells an organisation's imports: its forms, each file that was taken in, and the versions of a submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from pipeline.register import ANONYMOUS
from pipeline.spreadsheet import defused
from pipeline.store import models
from pipeline.store.anonymity import is_anonymous
from pipeline.store.importing import KINDS
from pipeline.submissions.records import Kind, RefusedRow

_PERSONAL = ("nominator_name", "nominator_contact")
_PRIVATE = "(private)"


@dataclass(frozen=True, slots=True)
class FormTold:
    """A form that an organisation has imported."""

    pk: int
    name: str
    kind: str
    """In words."""
    submissions: int
    imports: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunTold:
    """One file that was imported."""

    pk: int
    form: str
    """The form's name; empty for readings of another site."""
    form_pk: int | None
    file: str
    at: datetime
    by: str
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: tuple[RefusedRow, ...]
    near_misses: tuple[tuple[int, str], ...]
    """New rows that may be known ones, changed, and why."""
    notes: tuple[tuple[int, str], ...]
    kept_columns: tuple[str, ...]
    """Columns that match no field of the card."""


@dataclass(frozen=True, slots=True)
class SubmissionTold:
    """A submission of a form, in a list."""

    pk: int
    source: str
    nomination: str
    received_at: datetime
    versions: int


@dataclass(frozen=True, slots=True)
class VersionTold:
    """What a submission said in one export."""

    number: int
    current: bool
    withdrawn: bool
    file: str
    row: int
    at: datetime
    by: str
    answers: tuple[tuple[str, str, bool], ...]
    """Field, what it says, and whether that is other than in the version before."""
    kept: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionsTold:
    """A submission with all its versions, the newest first."""

    source: str
    nomination: str
    form: str
    form_pk: int
    anonymous: bool
    """Whether who nominated wishes not to be named, by any source of the nomination or any version of this one."""
    names_shown: bool
    """Whether they are named nevertheless, or wish nothing of the kind."""
    versions: tuple[VersionTold, ...]


def forms_of(organisation: str) -> list[FormTold]:
    """Return an organisation's forms, the one that was imported last first."""
    rows = models.Form.objects.filter(organisation=organisation).annotate(
        runs=Count("imports", distinct=True), last=Max("imports__at")
    )
    counts = dict(
        models.Submission.objects.filter(form__organisation=organisation)
        .values_list("form")
        .annotate(Count("pk"))
        .order_by()
    )
    told = [
        FormTold(row.pk, row.name, KINDS[Kind(row.kind)], counts.get(row.pk, 0), row.runs, row.last) for row in rows
    ]
    return sorted(told, key=lambda form: form.last_at or timezone.now(), reverse=True)


def form_of(organisation: str, pk: int) -> FormTold | None:
    """Return one of an organisation's forms."""
    return next((form for form in forms_of(organisation) if form.pk == pk), None)


def runs_of(organisation: str, form: int | None) -> list[RunTold]:
    """Return the imports of a form, or of other sites' readings for None; the newest first."""
    return [_run(row) for row in _runs(organisation).filter(form=form).order_by("-pk")]


def run_of(organisation: str, pk: int) -> RunTold | None:
    """Return one of an organisation's imports."""
    row = _runs(organisation).filter(pk=pk).first()
    return _run(row) if row else None


def refused_table(run: RunTold) -> list[tuple[str, str, str]]:
    """Return the rows that an import refused as a table for a spreadsheet, its header first."""
    rows = [(str(row.row), defused(row.column), defused(row.reason)) for row in run.refused]
    return [("row", "column", "reason"), *rows]


def submissions_of(organisation: str, form: int, page: int = 1, size: int = 50) -> tuple[list[SubmissionTold], int]:
    """Return a page of a form's submissions, the newest first, and how many there are."""
    rows = models.NominationSource.objects.filter(organisation=organisation, submission__form=form)
    start = (max(1, page) - 1) * size
    told = rows.annotate(versions=Count("submission__versions")).order_by("-received_at", "-pk")[start : start + size]
    return [
        SubmissionTold(row.pk, row.source, row.nomination, row.received_at, row.versions) for row in told
    ], rows.count()


def versions_of(organisation: str, source: int, *, with_anonymous: bool = False) -> VersionsTold | None:
    """Return all that a submission ever said. Who wishes not to be named isn't, unless `with_anonymous`."""
    row = models.NominationSource.objects.filter(organisation=organisation, pk=source, submission__isnull=False)
    found = row.select_related("submission__form").first()
    if found is None or found.submission is None:
        return None
    versions = list(found.submission.versions.select_related("run").order_by("number"))
    anonymous = is_anonymous(organisation, [found.nomination])
    anonymous |= any(ANONYMOUS in version.values.get("consent", ()) for version in versions)
    shown = with_anonymous or not anonymous
    told = []
    before: Mapping[str, Any] | None = None
    for version in versions:
        told.append(_version(version, before, private=not shown))
        before = version.values
    form = found.submission.form
    return VersionsTold(found.source, found.nomination, form.name, form.pk, anonymous, shown, tuple(reversed(told)))


def _runs(organisation: str) -> QuerySet[models.ImportRun]:
    return models.ImportRun.objects.filter(organisation=organisation).select_related("form")


def _run(row: models.ImportRun) -> RunTold:
    said = row.result
    return RunTold(
        pk=row.pk,
        form=row.form.name if row.form else "",
        form_pk=row.form_id,
        file=row.file,
        at=row.at,
        by=row.by,
        rows=said.get("rows", 0),
        new=said.get("new", 0),
        changed=said.get("changed", 0),
        unchanged=said.get("unchanged", 0),
        refused=tuple(RefusedRow(one["row"], one["column"], one["reason"]) for one in said.get("refused", ())),
        near_misses=tuple((one["row"], one["reason"]) for one in said.get("near_misses", ())),
        notes=tuple((number, note) for number, note in said.get("notes", ())),
        kept_columns=tuple(said.get("kept_columns", ())),
    )


def _version(version: models.SubmissionVersion, before: Mapping[str, Any] | None, *, private: bool) -> VersionTold:
    answers = []
    for field, value in version.values.items():
        text = value if isinstance(value, str) else "; ".join(value)
        hidden = private and field in _PERSONAL and text
        changed = before is not None and before.get(field) != value
        answers.append((field, _PRIVATE if hidden else text, changed))
    # Other cells may hold an e-mail address or a name, so none is shown.
    kept = tuple((column, _PRIVATE if private else text) for column, text in version.kept.items())
    return VersionTold(
        number=version.number,
        current=version.current,
        withdrawn=version.withdrawn,
        file=version.run.file,
        row=version.row,
        at=version.run.at,
        by=version.run.by,
        answers=tuple(answers),
        kept=kept,
        notes=tuple(version.notes),
    )
