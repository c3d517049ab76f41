"""The staff and wards of an organisation, arranged in memory to be looked up and searched while somebody types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from pipeline.lists import plain_capitals
from pipeline.store import models
from pipeline.store.per_profile import PerProfile

_LOOKED_AT = 200
"""Of those who share the name that is typed, among whom the other name is looked for."""
_ALIKE = 70.0
"""Of 100: below, a name has too little in common with what was typed to be offered."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody on the staff list who has not left."""

    staff_id: str
    first_name: str
    last_name: str
    job_title: str
    ward: str
    """The ward's name; empty for someone who belongs to none."""


@dataclass(frozen=True, slots=True)
class ListedWard:
    """A ward, team or department on the list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An organisation's lists."""

    people: tuple[ListedPerson, ...]
    wards: tuple[ListedWard, ...]
    staff_ids: Mapping[str, frozenset[str]]
    """By name, small letters: who is called that."""
    ward_codes: Mapping[str, frozenset[str]]
    first_names: tuple[str, ...]
    """As they are written in boxes, in the order of `people`; and so the others."""
    last_names: tuple[str, ...]
    full_names: tuple[str, ...]
    ward_names: tuple[str, ...]


def suggest_people(
    organisation: str, typed: str, name: str = "", other: str = "", limit: int = 6
) -> list[ListedPerson]:
    """Return who on the staff list may be meant by what was typed so far, the likeliest first.

    `name` says which of their names is typed, `first` or `last`, and `other` what the other one is, as far as is
    known; otherwise both are typed.
    """
    listed = lists_of(organisation)
    both = {"first": (listed.first_names, listed.last_names), "last": (listed.last_names, listed.first_names)}
    names, others = both.get(name, (listed.full_names, listed.full_names))
    known = plain_capitals(other)
    found = _likeliest(typed, names, _LOOKED_AT if known else limit)
    found.sort(key=lambda n: others[n] != known if known else False)
    return [listed.people[n] for n in found[:limit]]


def suggest_wards(organisation: str, typed: str, limit: int = 6) -> list[ListedWard]:
    """Return which wards may be meant by what was typed so far, the likeliest first."""
    listed = lists_of(organisation)
    return [listed.wards[n] for n in _likeliest(typed, listed.ward_names, limit)]


def _likeliest(typed: str, names: tuple[str, ...], limit: int) -> list[int]:
    """Return the places of the names that begin like it, then of those with a word that does, then of those like it."""
    wanted = plain_capitals(typed)
    if not wanted:
        return []
    inside = f" {wanted}"
    begin = [n for n, name in enumerate(names) if name.startswith(wanted)]
    words = [n for n, name in enumerate(names) if inside in name] if len(begin) < limit else []
    found = list(dict.fromkeys([*begin, *words]))[:limit]
    if len(found) < limit and len(wanted) > 2:
        close = process.extract(wanted, names, scorer=fuzz.ratio, limit=limit, score_cutoff=_ALIKE)
        found = list(dict.fromkeys([*found, *(place for _, _, place in close)]))[:limit]
    return found


def lists_of(organisation: str) -> Listed:
    """Return an organisation's lists, fetched anew when its profile was loaded since."""
    return _lists.of(organisation)


def _fetched(organisation: str) -> Listed:
    wards = models.Ward.objects.filter(organisation=organisation)
    ward_names = dict(wards.values_list("code", "name"))
    active = tuple(
        ListedWard(*row) for row in wards.filter(active=True).order_by("position").values_list("code", "name")
    )
    staff = models.StaffMember.objects.filter(organisation=organisation, active=True)
    people = tuple(
        ListedPerson(staff_id, first, last, job, ward_names.get(ward, ""))
        for staff_id, first, last, job, ward in staff.order_by("last_name", "first_name", "staff_id").values_list(
            "staff_id", "first_name", "last_name", "job_title", "ward"
        )
    )
    return Listed(
        people=people,
        wards=active,
        staff_ids=_by_name((f"{one.first_name} {one.last_name}", one.staff_id) for one in people),
        ward_codes=_by_name((one.name, one.code) for one in active),
        first_names=tuple(plain_capitals(one.first_name) for one in people),
        last_names=tuple(plain_capitals(one.last_name) for one in people),
        full_names=tuple(plain_capitals(f"{one.first_name} {one.last_name}") for one in people),
        ward_names=tuple(plain_capitals(one.name) for one in active),
    )


def plain_name(text: str) -> str:
    """Return a name as it is looked up."""
    return " ".join(text.split()).casefold()


def _by_name(entries: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, key in entries:
        found.setdefault(plain_name(name), set()).add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


_lists = PerProfile(_fetched)
"""A list of 20,000 takes some 10 MB."""
