"""Looks things up in an organisation's register: searched, filtered, sorted, a page at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.lists import plain_capitals
from pipeline.register import Nomination
from pipeline.store.present_register import Entry, present_entries


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Empty means all."""

    words: str = ""
    """Each must be in the nominee's or nominator's name, a team, an id, a source or a story."""
    ward: str = ""
    """A team's name, however it is spelt: `WARD 7` of a card is `Ward 7` of a form."""
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
    entries = present_entries(organisation)
    words = plain_capitals(query.words).split()
    found = [
        entry.nomination
        for entry in entries
        if _fits(entry.nomination, query) and all(word in entry.text for word in words)
    ]
    found.sort(key=SORTS.get(query.sort.lstrip("-"), SORTS["received_at"]), reverse=query.sort.startswith("-"))
    pages = max(1, -(-len(found) // size))
    number = min(max(1, page), pages)
    return Page(tuple(found[(number - 1) * size : number * size]), len(found), number, pages, _choices(entries))


def _fits(nomination: Nomination, query: Query) -> bool:
    if query.ward and plain_capitals(nomination.nominee_team) != plain_capitals(query.ward):
        return False
    if query.month and not nomination.received_at.startswith(query.month):
        return False
    if query.channel and nomination.channel != query.channel:
        return False
    return not query.status or nomination.status == query.status


def _choices(entries: Iterable[Entry]) -> dict[str, tuple[tuple[str, int], ...]]:
    nominations = [entry.nomination for entry in entries]
    counts = {
        "ward": _teams(Counter(one.nominee_team for one in nominations if one.nominee_team)),
        "month": Counter(one.received_at[:7] for one in nominations),
        "channel": Counter(one.channel.value for one in nominations),
        "status": Counter(one.status.value for one in nominations),
    }
    return {name: tuple(sorted(counted.items(), reverse=name == "month")) for name, counted in counts.items()}


def _teams(spelt: Mapping[str, int]) -> Counter[str]:
    """Count each team once, in the spelling met most; of those met alike, the one in capitals comes last."""
    alike: dict[str, list[str]] = defaultdict(list)
    for spelling in sorted(spelt, key=lambda one: (-spelt[one], one.isupper(), one)):
        alike[plain_capitals(spelling)].append(spelling)
    return Counter({spellings[0]: sum(spelt[one] for one in spellings) for spellings in alike.values()})
