"""Keeps registers in memory as they stand, for people to look at; only what has changed since is made anew."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db.models import Count, Max, QuerySet

from pipeline.lists import plain_capitals
from pipeline.register import Nomination
from pipeline.store import models
from pipeline.store.missing_answers import WaitingAnswer, missing_answers
from pipeline.store.organisations import profile_of
from pipeline.store.register import told_nominations
from pipeline.store.setup import store_home

_KEPT = 8
"""Registers kept in memory: those of the organisations that people look at just now."""
_FEW = 200
"""So many nominations are made anew by themselves; of more, the whole register is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A nomination of the register."""

    nomination: Nomination
    text: str
    """All its words as plain capitals, to search in."""
    missing: tuple[WaitingAnswer, ...]
    """What must be there and isn't."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which rows of a table that only grows were there.

    The newest alone doesn't tell: PostgreSQL hands out numbers before rows are committed, so that a lower number may
    come later.
    """

    count: int
    newest: int


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a register was made of, as far as it tells whether anything has changed."""

    decisions: _Rows
    runs: _Rows
    others: tuple[object, ...]
    """Of what changes many nominations at once: merges, imports, the profile."""


@dataclass(frozen=True, slots=True)
class _Kept:
    marks: _Marks
    entries: Mapping[str, Entry]
    in_order: tuple[Entry, ...]


_registers: "OrderedDict[tuple[str, str], _Kept]" = OrderedDict()
_making: dict[tuple[str, str], Lock] = {}
_guard = Lock()


def present_entries(organisation: str) -> tuple[Entry, ...]:
    """Return an organisation's nominations as they stand, in the order that they came in.

    Nobody who wishes to stay anonymous is named. Raises UsageError when the organisation was never loaded.
    """
    key = (str(store_home()), organisation)
    with _guard:
        making = _making.setdefault(key, Lock())
    # One at a time: who comes meanwhile needs the same register.
    with making:
        with _guard:
            before = _registers.get(key)
        marks = _marks(organisation)
        if before and before.marks == marks:
            return before.in_order
        kept = _brought_up_to_date(organisation, before, marks) if before else None
        if kept is None:
            profile_of(organisation)
            kept = _kept(marks, _made(organisation, None))
        with _guard:
            _registers[key] = kept
            _registers.move_to_end(key)
            while len(_registers) > _KEPT:
                _registers.popitem(last=False)
    return kept.in_order


def _marks(organisation: str) -> _Marks:
    pairs = models.Decision.objects.filter(organisation=organisation).exclude(kind=models.Decision.Kind.VALUE)
    versions = models.SubmissionVersion.objects.filter(submission__form__organisation=organisation)
    # The organisation's own parts: a run's other organisations come before it, after it, and are taken back alone.
    parts = models.MergePart.objects.filter(organisation=organisation)
    others = (
        _rows(pairs),
        _rows(versions),
        _rows(parts),
        parts.aggregate(undone=Count("undone_at"))["undone"],
        models.Organisation.objects.filter(code=organisation).aggregate(loaded=Max("loaded_at"))["loaded"],
    )
    return _Marks(_rows(_values(organisation)), _rows(_runs(organisation)), others)


def _values(organisation: str) -> QuerySet[models.Decision]:
    return models.Decision.objects.filter(organisation=organisation, kind=models.Decision.Kind.VALUE)


def _runs(organisation: str) -> QuerySet[models.ReadingRun]:
    return models.ReadingRun.objects.filter(sighting__card__organisation=organisation)


def _rows(rows: QuerySet[Any]) -> _Rows:
    told = rows.aggregate(count=Count("pk"), newest=Max("pk"))
    return _Rows(told["count"], told["newest"] or 0)


def _brought_up_to_date(organisation: str, before: _Kept, marks: _Marks) -> _Kept | None:
    """Return the register with the nominations made anew that were read or decided on since; None when the whole must
    be."""
    if marks.others != before.marks.others:
        return None
    runs = _new(_runs(organisation), before.marks.runs, marks.runs)
    decisions = _new(_values(organisation), before.marks.decisions, marks.decisions)
    if runs is None or decisions is None:
        return None
    sources = models.NominationSource.objects.filter(organisation=organisation)
    changed = {
        *sources.filter(card__in=runs.values("sighting__card")).values_list("nomination", flat=True)[: _FEW + 1],
        *sources.filter(source__in=decisions.values("source")).values_list("nomination", flat=True)[: _FEW + 1],
    }
    if len(changed) > _FEW:
        return None
    entries = {key: entry for key, entry in before.entries.items() if key not in changed}
    return _kept(marks, {**entries, **_made(organisation, changed)})


def _new(rows: QuerySet[Any], before: _Rows, now: _Rows) -> QuerySet[Any] | None:
    """Return the rows that have come since; None when one of a lower number is among them, so that none can tell
    which."""
    newer = rows.filter(pk__gt=before.newest)
    if now == before:
        return newer
    return newer if newer.filter(pk__lte=now.newest).count() == now.count - before.count else None


def _kept(marks: _Marks, entries: Mapping[str, Entry]) -> _Kept:
    in_order = sorted(entries.values(), key=lambda one: (one.nomination.received_at, one.nomination.nomination_id))
    return _Kept(marks, entries, tuple(in_order))


def _made(organisation: str, ids: Collection[str] | None) -> dict[str, Entry]:
    return {
        told.nomination.nomination_id: Entry(told.nomination, _text(told.nomination), missing_answers(told.statements))
        for told in told_nominations(organisation, ids)
    }


def _text(nomination: Nomination) -> str:
    return plain_capitals(
        " ".join(
            (
                nomination.nomination_id, nomination.nominee_first_name, nomination.nominee_last_name,
                nomination.nominee_team, nomination.nominator_name, nomination.action, nomination.impact,
                *(source.id for source in nomination.sources),
            )
        )
    )  # fmt: skip
