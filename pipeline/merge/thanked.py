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
    groups: dict[tuple[str, ...], list[int]] = {}
    loose: dict[str, list[int]] = {}
    for place, nominee in enumerate(nominees):
        if nominee.staff:
            groups.setdefault(("staff", nominee.staff), []).append(place)
        elif not nominee.name:
            groups.setdefault(("team", nominee.team), []).append(place)
        else:
            loose.setdefault(_last_name(nominee.name), []).append(place)
    found = list(groups.values())
    for places in loose.values():
        found += _gather_namesakes(places, nominees)
    return [Thanked(tuple(members)) for members in sorted(found)]


def _last_name(name: PersonName) -> str:
    """Return what namesakes have in common: the last part of a double-barrelled name counts."""
    return (name.lasts or name.firsts)[-1]


def _gather_namesakes(places: Sequence[int], nominees: Sequence[Nominee]) -> list[list[int]]:
    """Gather people of one last name who are on no list."""
    found: list[list[int]] = []
    for with_ward in (True, False):
        added: list[list[int]] = []
        for place in places:
            nominee = nominees[place]
            if bool(nominee.team) is not with_ward:
                continue
            fits = [group for group in (*found, *added) if _fits(nominee, [nominees[n] for n in group], with_ward)]
            if len(fits) == 1:
                fits[0].append(place)
            else:
                added.append([place])
        found += added
    return [sorted(group) for group in found]


def _fits(nominee: Nominee, group: Sequence[Nominee], with_ward: bool) -> bool:
    if with_ward and any(other.team != nominee.team for other in group):
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
