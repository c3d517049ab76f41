"""Keeps electronic submissions: new ones, new versions of known ones, and what each import did."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from pipeline.records import Value
from pipeline.sources import nomination_id
from pipeline.store import models
from pipeline.store.database import lock
from pipeline.store.near_misses import near_misses
from pipeline.store.storable import storable
from pipeline.submissions.records import RefusedRow, Submission
from pipeline.submissions.same_mapping import reads_alike

_CHUNK = 500
_LONGEST_KEY = 200
"""With the longest name of a form before it, a key fits the column of sources."""
_MOST_NOTES = 500
"""Notes that are kept with an import; each version has its own."""
_WITHOUT_IDS = ("google", "table")
"""Kinds of forms whose rows are told apart by their time and words."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file with submissions, and the form that they are of."""

    organisation: str
    kind: str
    form: str
    """The form's name."""
    file: str
    sha256: str
    mapping: str
    """TOML: which column holds what."""
    mapping_given: bool
    """Whether a person said so."""
    fields: frozenset[str]
    """The fields that the form asks for."""
    kept_columns: tuple[str, ...] = ()
    """Columns that match no field."""
    mapping_new: bool = False
    """Whether a person said so for this very import: where it reads other than the last one's, rows are read anew."""
    by: str = ""
    """Who imports it; empty for whoever is at the command line."""


@dataclass(slots=True)
class ImportResult:
    """What an import did, row by row."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    """Row and what to know of it."""
    near_misses: list[tuple[int, str]] = field(default_factory=list)
    """New rows that may be known ones, changed: row and why. Only where rows have no ids of their own."""
    run: int = 0
    """The import by its number; of a file that was imported before, that import."""

    def counts(self) -> dict[str, Any]:
        """Return it as `compassion import --json` prints it."""
        refused = [
            {"row": row.row, "column": storable(row.column), "reason": storable(row.reason)} for row in self.refused
        ]
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": refused,
            "near_misses": [{"row": row, "reason": reason} for row, reason in self.near_misses],
        }


@transaction.atomic
def save_submissions(export: ExportFile, rows: Iterable[Submission | RefusedRow]) -> ImportResult:
    """Keep what an export holds, all of it or, when anything fails, nothing.

    What is known already changes nothing. A submission that says something else than before gets a new version; one
    that says what it said in an older version, or that the export itself calls older, is an old export's and changes
    nothing either. `rows` hold each key once.
    """
    lock([f"import:{export.organisation}"])
    form, alike = _form(export)
    before = imported_before(export.organisation, export.sha256, form) if alike else None
    if before is not None:
        return before
    run = models.ImportRun.objects.create(
        organisation_id=export.organisation,
        form=form,
        file=storable(export.file),
        sha256=export.sha256,
        at=timezone.now(),
        by=export.by,
        result={},
    )
    result = ImportResult(run=run.pk)
    stream = iter(rows)
    while chunk := list(islice(stream, _CHUNK)):
        result.rows += len(chunk)
        result.refused += [row for row in chunk if isinstance(row, RefusedRow)]
        submissions = [row for row in chunk if isinstance(row, Submission)]
        _keep(form, run, submissions, export.fields, export.mapping_new and not alike, result)
    run.result = {
        **result.counts(),
        "kept_columns": [storable(column) for column in export.kept_columns],
        "notes": [[row, storable(note)] for row, note in result.notes[:_MOST_NOTES]],
    }
    run.save(update_fields=["result"])
    return result


def given_mapping(organisation: str, kind: str, name: str) -> str:
    """Return the mapping that a person gave for a form, as TOML; empty when nobody did."""
    form = models.Form.objects.filter(
        organisation=organisation, kind=kind, name=storable(name), mapping_given=True
    ).first()
    return form.mapping if form else ""


def imported_before(organisation: str, sha256: str, form: models.Form | None) -> ImportResult | None:
    """Return the result of importing this very file again: nothing changes. None when it must be looked at: it is new,
    or some of its rows were refused, which may be taken now."""
    runs = models.ImportRun.objects.filter(organisation=organisation, sha256=sha256, form=form).order_by("-pk")
    for run in runs[:1]:
        if not run.result.get("refused", [None]):
            return ImportResult(rows=run.result["rows"], unchanged=run.result["rows"], run=run.pk)
    return None


def _form(export: ExportFile) -> tuple[models.Form, bool]:
    """Return the form, made when it is new, and whether it was imported last by a mapping that reads alike."""
    mapping = storable(export.mapping)
    others = models.Form.objects.filter(organisation=export.organisation, kind=export.kind)
    form, made = models.Form.objects.get_or_create(
        organisation_id=export.organisation,
        kind=export.kind,
        name=storable(export.form),
        defaults={
            "first": not others.exists(),
            "mapping": mapping,
            "mapping_given": export.mapping_given,
            "created": timezone.now(),
        },
    )
    alike = not made and reads_alike(form.mapping, mapping)
    if not made and (form.mapping, form.mapping_given) != (mapping, export.mapping_given):
        form.mapping, form.mapping_given = mapping, export.mapping_given
        form.save(update_fields=["mapping", "mapping_given"])
    return form, alike


def _keep(
    form: models.Form,
    run: models.ImportRun,
    submissions: Sequence[Submission],
    fields: frozenset[str],
    anew: bool,
    result: ImportResult,
) -> None:
    submissions = list(_with_sound_keys(submissions, result))
    known = {row.key: row for row in form.submissions.filter(key__in=[row.key for row in submissions])}
    versions: dict[str, list[models.SubmissionVersion]] = {}
    told = models.SubmissionVersion.objects.filter(submission__in=known.values()).order_by("number")
    for version in told.defer("values", "kept", "notes").select_related("submission"):
        versions.setdefault(version.submission.key, []).append(version)
    added: list[tuple[Submission, models.SubmissionVersion]] = []
    for said in submissions:
        version = _version(said, run, fields)
        result.notes += [(said.row, note) for note in said.notes]
        before = versions.setdefault(said.key, [])
        if before and not _says_anything_new(version, before, anew, result):
            continue
        version.number = len(before) + 1
        if before:
            _follow(version, before, known[said.key], result)
        else:
            version.submission = known[said.key] = models.Submission(form=form, key=said.key)
            version.current = True
            result.new += 1
        before.append(version)
        added.append((said, version))
    if form.kind in _WITHOUT_IDS:
        fresh = [version for _, version in added if version.number == 1]
        result.near_misses += near_misses(form, fresh)
    _write(form, added)


def _with_sound_keys(submissions: Iterable[Submission], result: ImportResult) -> Iterator[Submission]:
    for said in submissions:
        if len(said.key) > _LONGEST_KEY:
            result.refused.append(RefusedRow(said.row, "", f"its id is longer than {_LONGEST_KEY} characters"))
        elif storable(said.key) != said.key:
            result.refused.append(RefusedRow(said.row, "", "its id holds what is no character"))
        else:
            yield said


def _says_anything_new(
    version: models.SubmissionVersion, before: Sequence[models.SubmissionVersion], anew: bool, result: ImportResult
) -> bool:
    """Tell whether a version of a known submission is to be kept; when not, it counts as unchanged.

    It is known when an older one says the same, unless the export tells that this one is newer (an edit that took an
    edit back), or a person gave another mapping to read it by (`anew`).
    """
    if version.received_at < min(old.received_at for old in before):
        # Of whatever version came in first, so that the order of imports doesn't count.
        models.NominationSource.objects.filter(
            submission=before[0].submission_id, received_at__gt=version.received_at
        ).update(received_at=version.received_at)
    speaker = _speaker(before)
    if not any(old.digest == version.digest and old.revision >= version.revision for old in before):
        return True
    if speaker.digest != version.digest:
        if anew and version.revision >= speaker.revision:
            return True
        result.notes.append((version.row, "it is older than what is known, and changes nothing"))
    result.unchanged += 1
    return False


def _speaker(versions: Sequence[models.SubmissionVersion]) -> models.SubmissionVersion:
    return next(version for version in versions if version.current)


def _follow(
    version: models.SubmissionVersion,
    before: Sequence[models.SubmissionVersion],
    submission: models.Submission,
    result: ImportResult,
) -> None:
    """Let a new version speak for its submission, unless the export tells that it is older than the one that does."""
    version.submission = submission
    speaker = _speaker(before)
    version.current = version.revision >= speaker.revision
    if version.current:
        speaker.current = False
        if speaker.pk:
            models.SubmissionVersion.objects.filter(pk=speaker.pk).update(current=False)
    if version.digest == speaker.digest:
        result.unchanged += 1
    elif version.current:
        result.changed += 1
    else:
        result.unchanged += 1
        result.notes.append((version.row, "it is older than what is known; it is kept, and changes nothing"))


def _write(form: models.Form, added: Sequence[tuple[Submission, models.SubmissionVersion]]) -> None:
    fresh = {said.key: (said, version.submission) for said, version in added if version.submission.pk is None}
    models.Submission.objects.bulk_create([submission for _, submission in fresh.values()], batch_size=_CHUNK)
    for _, version in added:
        version.submission = version.submission  # Its key is known only now.
    models.SubmissionVersion.objects.bulk_create([version for _, version in added], batch_size=_CHUNK)
    models.NominationSource.objects.bulk_create(_sources(form, list(fresh.values())), batch_size=_CHUNK)


def _sources(
    form: models.Form, fresh: Sequence[tuple[Submission, models.Submission]]
) -> Iterator[models.NominationSource]:
    """Yield the sources of new submissions; an id that another submission has already is told apart by its key."""
    prefix = f"{form.kind}:" if form.first else f"{form.kind}:{form.name}:"
    wanted = [f"{prefix}{storable(said.number)}" for said, _ in fresh]
    rows = models.NominationSource.objects.filter(organisation=form.organisation_id, source__in=wanted)
    taken = set(rows.values_list("source", flat=True))
    for (said, submission), source in zip(fresh, wanted, strict=True):
        if source in taken:
            source = f"{source}@{said.key.removeprefix(said.number).strip()}"
        taken.add(source)
        key = f"{form.organisation_id}/{form.kind}:{form.name}:{said.key}"
        own_id = nomination_id(key)
        yield models.NominationSource(
            organisation=form.organisation_id,
            source=source,
            key=key,
            own_id=own_id,
            nomination=own_id,
            received_at=said.received_at,
            submission=submission,
        )


def _version(said: Submission, run: models.ImportRun, fields: frozenset[str]) -> models.SubmissionVersion:
    values = {name: _stored(value) for name, value in said.values.items() if name in fields}
    kept = {storable(column): storable(text) for column, text in said.kept.items()}
    told = json.dumps([values, kept, said.withdrawn], ensure_ascii=False, sort_keys=True)
    return models.SubmissionVersion(
        run=run,
        row=said.row,
        received_at=said.received_at,
        revision=said.revision,
        digest=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
        values=values,
        kept=kept,
        notes=[storable(note) for note in said.notes],
        withdrawn=said.withdrawn,
    )


def _stored(value: Value) -> str | list[str]:
    return storable(value) if isinstance(value, str) else [storable(part) for part in value]
