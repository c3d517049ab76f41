"""Tells one nomination's whole story: where each source came from, what it says, what people decided, and why they are
one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from forms.errors import UsageError
from pipeline.merge import find_nominees
from pipeline.records import Value
from pipeline.register import nomination_of, received_text, standing_answer, standing_name
from pipeline.sources import card_source, parse_card_source
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.merging import open_questions
from pipeline.store.statements import people_of, statements_of
from pipeline.write_register import json_row

_NAME = ("nominee_first_name", "nominee_last_name")


def explain(name: str, organisation: str = "", *, with_anonymous: bool = False) -> dict[str, Any]:
    """Return what is known of a nomination, by its id, an id that it had, or one of its sources.

    Raises UsageError when there is none of that name.
    """
    row = _find(name, organisation)
    sources = list(models.NominationSource.objects.filter(nomination=row.nomination).order_by("received_at", "source"))
    names = [source.source for source in sources]
    statements = sorted(statements_of(row.organisation, names), key=lambda said: said.order)
    asked = [question for question in open_questions([row.organisation]) if set(question.sources) & set(names)]
    return {
        "nomination_id": row.nomination,
        "organisation": row.organisation,
        "earlier_ids": [source.own_id for source in sources if source.own_id != row.nomination],
        "register": _register_row(row, statements, bool(asked), with_anonymous),
        "sources": [_source(source, statements, with_anonymous) for source in sources],
        "decisions": _decisions(row.organisation, names),
        "links": _links(sources),
        "questions": [
            {"sources": list(question.sources), "probability": question.probability, "reasons": list(question.reasons)}
            for question in asked
        ],
        "merges": _merges(sources),
    }


def _find(name: str, organisation: str) -> models.NominationSource:
    named = parse_card_source(name) or parse_card_source(f"card:{name}")
    source = card_source(*named) if named else name
    rows = models.NominationSource.objects.filter(Q(own_id=name) | Q(source=source)).order_by("organisation")
    if organisation:
        rows = rows.filter(organisation=organisation)
    found = list(rows[:2])
    if not found:
        raise UsageError(f"There is no nomination '{name}': give an id such as N-VPLSX72JACRW, or one of its sources.")
    if len(found) > 1:
        raise UsageError(f"Several organisations have a '{name}'; say which with --organisation CODE.")
    return found[0]


def _register_row(
    row: models.NominationSource, statements: Sequence[Statement], asked: bool, with_anonymous: bool
) -> dict[str, Any] | None:
    if not statements:
        return None
    nominees = find_nominees(statements, {row.organisation: people_of(row.organisation)})
    staff = [nominee.staff for nominee in nominees]
    nomination = nomination_of(row.nomination, statements, staff_ids=staff, asked=asked, with_anonymous=with_anonymous)
    return json_row(nomination)


def _source(source: models.NominationSource, statements: Sequence[Statement], with_anonymous: bool) -> dict[str, Any]:
    said = next((said for said in statements if said.key == source.key), None)
    told: dict[str, Any] = {
        "id": source.source,
        "received_at": received_text(said) if said else timezone.localtime(source.received_at).isoformat(),
        "history": _card_history(source) if source.card_id else _submission_history(source),
        "says": _says(said, statements, with_anonymous) if said else {},
    }
    if said:
        told |= {"source": said.source.source, "file": said.source.file, "withdrawn": said.withdrawn}
        told |= {"page": said.source.page} if said.paper else {"row": said.source.row}
    return told


def _says(said: Statement, statements: Sequence[Statement], with_anonymous: bool) -> dict[str, Any]:
    """Return each answer of a source, how far it can be relied on, and whether it is the one that stands."""
    named = standing_name(statements)
    hidden = () if with_anonymous else _hidden(statements)
    told = {}
    for field, answer in said.answers.items():
        stands = named is said if field in _NAME else standing_answer(statements, field) is answer
        value = "(private)" if field in hidden and answer.value else _plain(answer.value)
        told[field] = {
            "value": value,
            "standing": answer.standing.name.lower(),
            "stands": stands and bool(answer.value),
        }
    return told


def _hidden(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Return the fields that name a nominator who wishes not to be named."""
    row = nomination_of("", statements, staff_ids=[""] * len(statements))
    named = any(said.text("nominator_name") or said.text("nominator_contact") for said in statements)
    return (
        ("nominator_name", "nominator_contact") if named and not (row.nominator_name or row.nominator_contact) else ()
    )


def _plain(value: Value) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _card_history(source: models.NominationSource) -> list[str]:
    told = []
    sightings = models.Sighting.objects.filter(card=source.card_id).select_related("page__batch").order_by("pk")
    for sighting in sightings.defer("ink"):
        page = sighting.page
        told.append(
            f"seen on page {page.number} of {page.file}, batch {page.batch.shown_id}, "
            f"which came in on {_day(page.received)}"
        )
        for run in sighting.runs.order_by("pk"):
            engines = sorted({name for name in run.readings.values_list("engine", flat=True) if name})
            told.append(f"read on {_moment(run.created)}{' by ' + ', '.join(engines) if engines else ''}")
    return told


def _submission_history(source: models.NominationSource) -> list[str]:
    told = []
    before: dict[str, Any] = {}
    versions = models.SubmissionVersion.objects.filter(submission=source.submission_id).select_related("run")
    for version in versions.order_by("number"):
        changed = [name for name, value in version.values.items() if before and before.get(name) != value]
        what = f"; it changed {', '.join(changed)}" if changed else ""
        told.append(
            f"version {version.number}, row {version.row} of {version.run.file}, "
            f"imported on {_moment(version.run.at)}{what}"
        )
        before = version.values
    return told


def _decisions(organisation: str, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = models.Decision.objects.filter(organisation=organisation)
    rows = rows.filter(Q(source__in=names) | Q(other_source__in=names)).order_by("pk")
    told = []
    for row in rows:
        one: dict[str, Any] = {"by": row.by, "at": timezone.localtime(row.at).isoformat(timespec="seconds")}
        if row.kind == models.Decision.Kind.VALUE.value:
            one |= {"source": row.source, "field": row.field, "value": row.value}
        else:
            one |= {row.kind: [row.source, row.other_source]}
        told.append(one)
    return told


def _links(sources: Iterable[models.NominationSource]) -> list[dict[str, Any]]:
    pks = [source.pk for source in sources]
    rows = models.Link.objects.filter(one__in=pks, other__in=pks, until=None, state=models.Link.State.JOINED)
    return [
        {
            "sources": [row.one.source, row.other.source],
            "weight": round(row.weight, 1),
            "probability": round(row.probability, 4),
            "reasons": row.reasons,
        }
        for row in rows.select_related("one", "other").order_by("-weight", "pk")
    ]


def _merges(sources: Iterable[models.NominationSource]) -> list[dict[str, Any]]:
    moves = models.MergeMove.objects.filter(source__in=[source.pk for source in sources]).select_related(
        "run", "source"
    )
    return [
        {
            "at": timezone.localtime(move.run.at).isoformat(timespec="seconds"),
            "source": move.source.source,
            "from": move.before,
            "to": move.after,
        }
        for move in moves.select_related("run", "source").order_by("pk")
    ]


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{_day(local)} at {local:%H:%M}"


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"
