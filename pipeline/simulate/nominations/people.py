"""Invented organisations, and the people in them: who may be nominated, and who nominates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forms.organisation import Organisation, Profile, StaffMember
from pipeline.simulate.names import name_lists, sample_wards
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.words import people_names, pick

SHE = ("she", "her", "her", "was")
HE = ("he", "him", "his", "was")
THEY = ("they", "them", "their", "were")

_ZIPF, _HEAD = 0.9, 4.0
"""The nth most popular nominee is named in proportion to 1 / (n + _HEAD) ** _ZIPF."""
_NAMED_ONCE = 3
"""For each so many nominations of people on no list there is one such person."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody, or a team, who may be thanked."""

    key: str
    first: str
    last: str
    team: str
    """Name of the ward; empty for somebody who belongs to none."""
    ward: str
    """Its code; empty when it is on no list."""
    pronouns: tuple[str, str, str, str]
    on_list: bool
    namesake: bool = False
    """Whether another on the list has the very same name."""

    @property
    def is_team(self) -> bool:
        """Whether this is a team."""
        return not (self.first or self.last)


def simulated_organisation(number: int, plan: Plan, rng: np.random.Generator) -> Profile:
    """Return the profile of organisation `number`, from 1: wards, and staff of whom some share a name."""
    wards = sample_wards(rng, plan.wards)
    names = _staff_names(plan, rng)
    places = [pick(wards, rng).code for _ in names]
    for twin in np.flatnonzero(rng.random(len(names)) < plan.shares.twins / 2):
        # Each twin made is one of two people of one name, hence half the share.
        other = int(rng.integers(len(names)))
        if other != twin:
            names[twin] = names[other]
            elsewhere = [ward.code for ward in wards if ward.code != places[other]]
            places[twin] = pick(elsewhere, rng)
    staff = tuple(
        StaffMember(f"S{place + 1:05d}", first, last, pick(name_lists().jobs, rng), ward)
        for place, ((first, last), ward) in enumerate(zip(names, places, strict=True))
    )
    code = f"SIM{number:03d}"
    about = Organisation(code, f"Simulated Hospitals {number} NHS Trust", "Leading with Compassion")
    return Profile(about, wards, staff)


def _staff_names(plan: Plan, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Draw names, no two alike while there are enough."""
    names: dict[tuple[str, str], None] = {}
    tries = 0
    while len(names) < plan.staff and tries < 20 * plan.staff:
        names[drawn_name(rng, plan.shares.double_barrelled)] = None
        tries += 1
    drawn = list(names)
    return drawn + [pick(drawn, rng) for _ in range(plan.staff - len(drawn))]


def drawn_name(rng: np.random.Generator, double_barrelled: float = 0.03) -> tuple[str, str]:
    """Draw a first and a last name."""
    known = people_names()
    first, last = pick(known.first, rng), pick(known.last, rng)
    if rng.random() < double_barrelled and "-" not in last and (second := pick(known.last, rng)) != last:
        last = f"{last}-{second}" if "-" not in second else last
    return first, last


class NomineePool:
    """Whom an organisation's nominations are for, some of them far more often than others."""

    def __init__(self, profile: Profile, plan: Plan, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shares = plan.shares
        self.staff = _nominees_on_list(profile)
        self._strangers = _strangers(profile, plan, rng)
        self._teams = _teams(profile)
        groups = (self.staff, self._strangers, self._teams)
        self._weights = [_popularity(len(group), rng) for group in groups]

    def draw(self) -> Nominee:
        """Draw a nominee: a member of staff, somebody on no list, or a team."""
        chance = self._rng.random()
        if chance < self._shares.team:
            return self._of(self._teams, self._weights[2])
        if (chance - self._shares.team) < (1 - self._shares.team) * self._shares.off_list:
            return self._of(self._strangers, self._weights[1])
        return self._of(self.staff, self._weights[0])

    def another(self, nominee: Nominee) -> Nominee | None:
        """Draw somebody else of whom the same words could be said; None when nobody is found."""
        for _ in range(40):
            other = self.draw()
            if other.key != nominee.key and other.pronouns == nominee.pronouns:
                return other
        return None

    def _of(self, group: Sequence[Nominee], cumulative: NDArray[np.float64]) -> Nominee:
        return group[min(int(np.searchsorted(cumulative, self._rng.random())), len(group) - 1)]


def _popularity(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Cumulative shares, shape (size,), so that a few are named often; who they are is drawn."""
    weights = 1.0 / (np.arange(1, size + 1) + _HEAD) ** _ZIPF
    shares: NDArray[np.float64] = np.cumsum(rng.permutation(weights / weights.sum()))
    return shares


def _pronouns(first: str) -> tuple[str, str, str, str]:
    return HE if first in people_names().he else SHE


def _nominees_on_list(profile: Profile) -> tuple[Nominee, ...]:
    often = Counter((person.first_name, person.last_name) for person in profile.staff)
    wards = {ward.code: ward.name for ward in profile.wards}
    return tuple(
        Nominee(
            key=person.staff_id,
            first=person.first_name,
            last=person.last_name,
            team=wards[person.ward],
            ward=person.ward,
            pronouns=_pronouns(person.first_name),
            on_list=True,
            namesake=often[person.first_name, person.last_name] > 1,
        )
        for person in profile.staff
    )


def _strangers(profile: Profile, plan: Plan, rng: np.random.Generator) -> tuple[Nominee, ...]:
    """People on no list: volunteers, contractors, staff of other organisations."""
    nominations = plan.count / plan.organisations * plan.shares.off_list
    taken = {(person.first_name, person.last_name) for person in profile.staff}
    found: list[Nominee] = []
    for number in range(1, max(3, round(nominations / _NAMED_ONCE)) + 1):
        name = drawn_name(rng)
        while name in taken:
            name = drawn_name(rng)
        taken.add(name)
        ward = pick(profile.wards, rng)
        code, team = (ward.code, ward.name) if rng.random() < 0.6 else ("", pick(name_lists().other_teams, rng))
        found.append(Nominee(f"off-list:{number}", *name, team, code, _pronouns(name[0]), on_list=False))
    return tuple(found)


def _teams(profile: Profile) -> tuple[Nominee, ...]:
    wards = [Nominee(f"team:{ward.code}", "", "", ward.name, ward.code, THEY, True) for ward in profile.wards]
    others = [Nominee(f"team:{name}", "", "", name, "", THEY, False) for name in name_lists().other_teams]
    return (*wards, *others)


@dataclass(frozen=True, slots=True)
class Nominator:
    """Who nominates, as they would give their name and contact if they give them."""

    kind: str
    first: str
    last: str
    contact: str
    gives_name: bool
    gives_contact: bool


_KINDS = (("patient", 0.33), ("carer", 0.24), ("staff", 0.33), ("volunteer", 0.05), ("other", 0.05))


def drawn_kind(rng: np.random.Generator) -> str:
    """Draw what a nominator is."""
    chance = rng.random()
    for kind, share in _KINDS:
        chance -= share
        if chance < 0:
            return kind
    return _KINDS[-1][0]


def drawn_nominator(staff: Sequence[Nominee], plan: Plan, rng: np.random.Generator) -> Nominator:
    """Draw a nominator; staff are on the staff list."""
    kind = drawn_kind(rng)
    if kind == "staff":
        member = pick(staff, rng)
        first, last = member.first, member.last
    else:
        first, last = drawn_name(rng)
    named = rng.random() < plan.shares.named_nominator
    return Nominator(kind, first, last, _contact(first, last, rng), named, rng.random() < (0.6 if named else 0.1))


def relative_of(nominator: Nominator, plan: Plan, rng: np.random.Generator) -> Nominator:
    """Draw another of the same family, who writes on their own account."""
    first, last = drawn_name(rng)
    while first == nominator.first:
        first, last = drawn_name(rng)
    last = nominator.last if rng.random() < 0.5 else last
    named = rng.random() < plan.shares.named_nominator
    return replace(
        nominator, first=first, last=last, contact=_contact(first, last, rng), gives_name=named, gives_contact=named
    )


def _contact(first: str, last: str, rng: np.random.Generator) -> str:
    """An address under a domain kept for examples, or a number of those that Ofcom keeps for drama."""
    if rng.random() < 0.4:
        return f"07700 900{int(rng.integers(1000)):03d}"
    name = f"{first}.{last}".lower().replace("'", "").replace(" ", "")
    return f"{name}{int(rng.integers(1, 100)) if rng.random() < 0.5 else ''}@example.{pick(('org', 'com', 'net'), rng)}"
