"""Gathers nominations by whom they thank: one person under several spellings is one, two of one name stay two."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.merge.nominees import Nominee
from pipeline.merge.person_names import PersonName, first_name_meanings, meanings


@dataclass(frozen=True, slots=True)
class Thanked:
    """A person or team, and the places of the nominations that thank them."""

    members: tuple[int, ...]


def gather_thanked(nominees: Sequence[Nominee]) -> list[Thanked]:
    """Gather nominees, in the order of their first nomination.

    Those on the staff list are gathered by it, teams by their ward or name. Others are one person when their names may
    be one and their wards are the same; one who is named without a ward belongs to the only person of that name, and
    to nobody else where there are several.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    loose: list[int] = []
    for place, nominee in enumerate(nominees):
        if nominee.staff:
            groups.setdefault(("staff", nominee.staff), []).append(place)
        elif not nominee.name:
            groups.setdefault(("team", nominee.team), []).append(place)
        else:
            loose.append(place)
    found = [*groups.values(), *_gather_unlisted(loose, nominees)]
    return [Thanked(tuple(members)) for members in sorted(found)]


def _gather_unlisted(places: Sequence[int], nominees: Sequence[Nominee]) -> list[list[int]]:
    """Gather people who are on no list: first those who are named with a ward."""
    found: list[list[int]] = []
    namesakes: dict[str, set[int]] = {}
    """By part of a last name, and by whole name however it is turned: which of those found."""
    for place in sorted(places, key=lambda n: not nominees[n].team):
        nominee = nominees[place]
        keys = {*nominee.name.lasts, " ".join(nominee.name.words)}
        near = sorted(set().union(*(namesakes.get(key, set()) for key in keys)))
        fits = [n for n in near if _fits(nominee, [nominees[member] for member in found[n]])]
        if len(fits) != 1:
            fits = [len(found)]
            found.append([])
        found[fits[0]].append(place)
        for key in keys:
            namesakes.setdefault(key, set()).add(fits[0])
    return [sorted(group) for group in found]


def _fits(nominee: Nominee, group: Sequence[Nominee]) -> bool:
    if nominee.team and any(other.team != nominee.team for other in group):
        return False
    return all(one_name(nominee.name, other.name) for other in group)


def one_name(one: PersonName, other: PersonName) -> bool:
    """Tell whether two names may be one person's: the same words, or last names that share a part and first names that
    may stand for the same."""
    if one.words == other.words:
        return True
    if not (one.firsts and other.firsts and set(one.lasts) & set(other.lasts)):
        return False
    initials = {name.firsts[0][0] for name in (one, other)}
    if len(one.firsts[0]) == 1 or len(other.firsts[0]) == 1:
        return len(initials) == 1
    return bool(first_name_meanings(one.firsts[0]) & meanings(other.firsts))
