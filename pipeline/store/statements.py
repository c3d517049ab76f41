"""Tells what each source of an organisation says now: its cards as they were read, its submissions, and what people
decided. Made for many at a time: rows are fetched as plain values."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pipeline.records import Status, Value
from pipeline.statement import NO_ANSWER, Answer, People, Source, StaffEntry, Standing, Statement
from pipeline.store import models
from pipeline.store.decided import MATCHES, WITHDRAWN, told_value
from pipeline.store.page_owners import is_only_organisation

_STANDINGS = {
    Status.ACCEPTED.value: Standing.ACCEPTED,
    Status.REVIEW.value: Standing.REVIEW,
    Status.BLANK.value: Standing.BLANK,
    Status.DECIDED.value: Standing.DECIDED,
}
_NAME = ("nominee_first_name", "nominee_last_name")
_SURE = 0.5
"""Somebody on a list is meant when that is likelier than not."""
_CHUNK = 2000

Decided = Mapping[str, Mapping[str, Value | None]]
"""What people decided, by source and field; None where somebody could not read it."""


def statements_of(organisation: str, names: Collection[str] | None = None) -> list[Statement]:
    """Return what every source of an organisation says, or those of some names only, in the order of their keys."""
    decided = _decided(organisation, names)
    found = [*_cards(organisation, decided, names), *_submissions(organisation, decided, names)]
    return sorted(found, key=lambda said: said.key)


def people_of(organisation: str) -> People:
    """Return the lists that nominees of an organisation are looked up in."""
    staff = models.StaffMember.objects.filter(organisation=organisation, active=True)
    wards = models.Ward.objects.filter(organisation=organisation).order_by("active", "position")
    return People(
        tuple(StaffEntry(*row) for row in staff.values_list("staff_id", "first_name", "last_name", "ward")),
        dict(wards.values_list("code", "name")),
    )


def _decided(organisation: str, names: Collection[str] | None) -> Decided:
    rows = models.Decision.objects.filter(organisation=organisation, kind=models.Decision.Kind.VALUE)
    if names is not None:
        rows = rows.filter(source__in=names)
    decided: dict[str, dict[str, Value | None]] = {}
    for source, field, value in rows.order_by("pk").values_list("source", "field", "value").iterator(_CHUNK):
        decided.setdefault(source, {})[field] = told_value(value)
    return decided


def _value(stored: Any) -> Value:
    return stored if isinstance(stored, str) else tuple(stored or ())


def _cards(organisation: str, decided: Decided, names: Collection[str] | None) -> Iterator[Statement]:
    runs = models.ReadingRun.objects.filter(
        newest=True,
        sighting__current=True,
        sighting__filled=True,
        sighting__card__organisation=organisation,
        sighting__card__source__isnull=False,
    )
    if names is not None:
        runs = runs.filter(sighting__card__source__source__in=names)
    answers = _read_answers(runs.values("pk"))
    rows = runs.values_list(
        "pk", "nominee_staff", "nominee_staff_confidence", "nominee_ward", "nominee_ward_confidence",
        "sighting__page__batch", "sighting__page__batch__organisation", "sighting__page__batch__origin",
        "sighting__page__file", "sighting__page__number", "sighting__card__source__source",
        "sighting__card__source__key", "sighting__card__source__received_at",
    )  # fmt: skip
    own = {organisation, *([""] if is_only_organisation(organisation) else [])}
    for row in rows.iterator(_CHUNK):
        run, staff, staff_sure, ward, ward_sure, batch, whose, origin, file, page, source, key, received = row
        # As `page_owners.may_name` has it: how another organisation names its scans isn't told.
        told = (origin or batch, file) if origin or whose in own else ("", "")
        said = Statement(
            source=Source(source, *told, page=page),
            key=key,
            organisation=organisation,
            received_at=received,
            paper=True,
            answers=answers.get(run, {}),
            staff=staff if staff_sure >= _SURE else "",
            ward=ward if ward_sure >= _SURE else "",
        )
        yield _with_decisions(said, decided.get(source, {}))


def _read_answers(runs: Any) -> dict[int, dict[str, Answer]]:
    found: dict[int, dict[str, Answer]] = {}
    rows = models.Reading.objects.filter(run__in=runs).values_list("run", "field", "value", "status")
    for run, field, value, status in rows.iterator(_CHUNK):
        found.setdefault(run, {})[field] = Answer(_value(value), _STANDINGS[status])
    return found


def _submissions(organisation: str, decided: Decided, names: Collection[str] | None) -> Iterator[Statement]:
    versions = models.SubmissionVersion.objects.filter(current=True, submission__form__organisation=organisation)
    if names is not None:
        versions = versions.filter(submission__source__source__in=names)
    rows = versions.values_list(
        "values", "withdrawn", "row", "run__file", "submission__form__name", "submission__source__source",
        "submission__source__key", "submission__source__received_at",
    )  # fmt: skip
    for values, withdrawn, row, file, form, source, key, received in rows.iterator(_CHUNK):
        said = Statement(
            source=Source(source, form, file, row=row),
            key=key,
            organisation=organisation,
            received_at=received,
            paper=False,
            answers={field: _typed(value) for field, value in values.items()},
            withdrawn=withdrawn,
        )
        yield _with_decisions(said, decided.get(source, {}))


def _typed(stored: Any) -> Answer:
    value = _value(stored)
    return Answer(value, Standing.ELECTRONIC if value else Standing.BLANK)


def _with_decisions(said: Statement, decided: Mapping[str, Value | None]) -> Statement:
    """Put what people decided in place. Whom a name means is looked up anew when a person put the name right."""
    if not decided:
        return said
    answers = dict(said.answers)
    for field, value in decided.items():
        if field not in (*MATCHES, WITHDRAWN):
            answers[field] = Answer("", Standing.UNREADABLE) if value is None else Answer(value, Standing.DECIDED)
    staff, ward = decided.get("nominee_staff"), decided.get("nominee_ward")
    return Statement(
        source=said.source,
        key=said.key,
        organisation=said.organisation,
        received_at=said.received_at,
        paper=said.paper,
        answers=answers,
        staff=str(staff) if staff is not None else "" if _changed(_NAME, said, answers) else said.staff,
        staff_decided=staff is not None,
        ward=str(ward) if ward is not None else "" if _changed(("nominee_team",), said, answers) else said.ward,
        withdrawn=said.withdrawn if WITHDRAWN not in decided else decided[WITHDRAWN] == "yes",
    )


def _changed(fields: Iterable[str], said: Statement, answers: Mapping[str, Answer]) -> bool:
    return any(_plain(said.answer(field).value) != _plain(answers.get(field, NO_ANSWER).value) for field in fields)


def _plain(value: Value) -> str:
    return " ".join(str(value).split()).casefold()
