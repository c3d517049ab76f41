"""Looks things up in an organisation's register: searched, filtered, sorted, a page at a time."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db.models import Count, Max

from pipeline.lists import plain_capitals
from pipeline.register import Nomination
from pipeline.store import models
from pipeline.store.register import Register, register_of

_KEPT = 8
"""Registers kept in memory: those of the organisations that people look at just now."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Empty means all."""

    words: str = ""
    """Each must be in the nominee's or nominator's name, a team, an id, a source or a story."""
    ward: str = ""
    """A team's name as the register has it."""
    month: str = ""
    """`2026-11`, of the day that it came in."""
    channel: str = ""
    status: str = ""
    sort: str = "-received_at"
    """`received_at`, `nominee`, `nominee_team`, `status` or `channel`; with `-` the other way round."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found."""

    nominations: tuple[Nomination, ...]
    found: int
    number: int
    pages: int
    choices: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """For `ward`, `month`, `channel` and `status`: each value with how many nominations have it."""


SORTS: dict[str, Callable[[Nomination], tuple[str, ...]]] = {
    "received_at": lambda one: (one.received_at, one.nomination_id),
    "nominee": lambda one: (
        plain_capitals(one.nominee_last_name or one.nominee_team),
        plain_capitals(one.nominee_first_name),
        one.received_at,
    ),
    "nominee_team": lambda one: (plain_capitals(one.nominee_team), one.received_at),
    "status": lambda one: (one.status, one.received_at),
    "channel": lambda one: (one.channel, one.received_at),
}


def find(organisation: str, query: Query, page: int = 1, size: int = 50) -> Page:
    """Return a page of an organisation's nominations. Raises UsageError when the organisation was never loaded."""
    register = present_register(organisation)
    found = [nomination for nomination in register.nominations if _fits(nomination, query)]
    found.sort(key=SORTS.get(query.sort.lstrip("-"), SORTS["received_at"]), reverse=query.sort.startswith("-"))
    pages = max(1, -(-len(found) // size))
    number = min(max(1, page), pages)
    return Page(
        tuple(found[(number - 1) * size : number * size]), len(found), number, pages, _choices(register.nominations)
    )


def _fits(nomination: Nomination, query: Query) -> bool:
    if query.ward and nomination.nominee_team != query.ward:
        return False
    if query.month and not nomination.received_at.startswith(query.month):
        return False
    if query.channel and nomination.channel != query.channel:
        return False
    if query.status and nomination.status != query.status:
        return False
    words = plain_capitals(query.words).split()
    return not words or all(word in _text(nomination) for word in words)


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


def _choices(nominations: tuple[Nomination, ...]) -> dict[str, tuple[tuple[str, int], ...]]:
    counts = {
        "ward": Counter(one.nominee_team for one in nominations if one.nominee_team),
        "month": Counter(one.received_at[:7] for one in nominations),
        "channel": Counter(one.channel.value for one in nominations),
        "status": Counter(one.status.value for one in nominations),
    }
    return {name: tuple(sorted(counted.items(), reverse=name == "month")) for name, counted in counts.items()}


_registers: "OrderedDict[tuple[str, str], tuple[Any, Register]]" = OrderedDict()
_guard = Lock()


def present_register(organisation: str) -> Register:
    """Return an organisation's register as it stands, made anew only when something it is made of has changed."""
    from pipeline.store.setup import store_home

    key = (str(store_home()), organisation)
    version = _version(organisation)
    with _guard:
        if key in _registers and _registers[key][0] == version:
            _registers.move_to_end(key)
            return _registers[key][1]
    register = register_of(organisation)
    with _guard:
        _registers[key] = (version, register)
        while len(_registers) > _KEPT:
            _registers.popitem(last=False)
    return register


def _version(organisation: str) -> tuple[object, ...]:
    """Return what changes whenever anything that a register is made of changes."""
    told: tuple[dict[str, Any], ...] = (
        models.Decision.objects.filter(organisation=organisation).aggregate(newest=Max("pk")),
        models.ReadingRun.objects.filter(sighting__card__organisation=organisation).aggregate(newest=Max("pk")),
        models.SubmissionVersion.objects.filter(submission__form__organisation=organisation).aggregate(
            newest=Max("pk")
        ),
        models.MergeRun.objects.aggregate(newest=Max("pk"), undone=Count("undone_at")),
        models.NominationSource.objects.filter(organisation=organisation).aggregate(
            sources=Count("pk"), earliest=Max("received_at")
        ),
        models.Organisation.objects.filter(code=organisation).aggregate(loaded=Max("loaded_at")),
    )
    return tuple(tuple(one.values()) for one in told)
