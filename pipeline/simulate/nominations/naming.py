"""How nominees, their wards and nominators are named by people who know them more or less well."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulate.nominations.people import Nominator, Nominee
from pipeline.simulate.nominations.tales import titles_for
from pipeline.simulate.nominations.words import people_names, pick

_WHOLE = (
    ("{name}, {team}", 0.34), ("{name} ({team})", 0.2), ("{name} - {team}", 0.14), ("{name} on {team}", 0.08),
    ("{name} {team}", 0.1), ("{title} {name}, {team}", 0.1), ("{last}, {first} ({team})", 0.04),
)  # fmt: skip
_SHORT_WARDS = {
    "Emergency Department": ("A&E", "ED", "Casualty"),
    "Acute Medical Unit": ("AMU",),
    "Intensive Care": ("ITU", "ICU", "Intensive Care Unit"),
    "Outpatients": ("OPD", "Out patients"),
    "Neonatal Unit": ("NNU", "SCBU"),
    "Physiotherapy": ("Physio",),
    "Radiology": ("X-ray",),
    "Maternity": ("Maternity Ward", "Labour Ward"),
    "Domestic Services": ("Domestics", "Cleaners"),
    "Palliative Care": ("Palliative Care Team",),
    "Community Nursing": ("District Nurses", "Community Nurses"),
}
_VOWELS = {"a": "e", "e": "i", "i": "y", "o": "u", "u": "o", "y": "i"}


@dataclass(frozen=True, slots=True)
class Naming:
    """A nominee as somebody names them."""

    first: str
    last: str
    team: str
    whole: str
    """The same in one answer: `Sue Smith, Ward 7`."""


def name_nominee(nominee: Nominee, no_team: float, rng: np.random.Generator) -> Naming:
    """Name a nominee; a person's ward is left out with probability `no_team`, less often where it tells twins apart."""
    team = ward_as_written(nominee.team, rng)
    if nominee.is_team:
        return Naming("", "", team, team)
    if rng.random() < (no_team / 2 if nominee.namesake else no_team):
        team = ""
    first, last = _person(nominee, rng)
    return Naming(first, last, team, _whole(nominee, first, last, team, rng))


def _person(nominee: Nominee, rng: np.random.Generator) -> tuple[str, str]:
    """First and last name as written; mostly in full."""
    first, last = nominee.first, _last(nominee.last, rng)
    chance = rng.random()
    if chance < 0.10:
        return pick(people_names().short.get(first, (first,)), rng), last
    if chance < 0.14:
        return first[0], last
    if chance < 0.18:
        return (misspelt(first, rng), last) if rng.random() < 0.5 else (first, misspelt(last, rng))
    if chance < 0.21:
        return first, ""
    if chance < 0.23:
        return pick(titles_for(nominee), rng), last
    if chance < 0.24:
        return last, first
    return first, last


def _last(last: str, rng: np.random.Generator) -> str:
    """Double-barrelled names lose their hyphen or a half."""
    if "-" not in last or (chance := rng.random()) > 0.5:
        return last
    return last.replace("-", " ") if chance < 0.25 else last.split("-")[int(chance < 0.375)]


def misspelt(name: str, rng: np.random.Generator) -> str:
    """Return a name as somebody spells it who has only heard it; the first letter stays."""
    for place in range(1, len(name)):
        if name[place] == name[place - 1] and rng.random() < 0.7:
            return name[:place] + name[place + 1 :]
    places = [place for place in range(1, len(name)) if name[place] in _VOWELS]
    if not places or rng.random() < 0.3:
        place = 1 + int(rng.random() * (len(name) - 1)) if len(name) > 1 else 0
        return name[:place] + name[place] + name[place:]
    place = pick(places, rng)
    return name[:place] + _VOWELS[name[place]] + name[place + 1 :]


def ward_as_written(ward: str, rng: np.random.Generator) -> str:
    """Return a ward's name as people write it: mostly in full."""
    chance = rng.random()
    if chance < 0.6 or not ward:
        return ward
    if ward in _SHORT_WARDS and chance < 0.8:
        return pick(_SHORT_WARDS[ward], rng)
    words = ward.split()
    if words[0] == "Ward" and len(words) > 2 and chance < 0.9:
        return " ".join(words[:2] if chance < 0.75 else words[2:])
    if words[-1] in ("Ward", "Unit", "Department") and len(words) == 2 and chance < 0.75:
        return words[0]
    return ward.lower() if chance > 0.95 else ward


def _whole(nominee: Nominee, first: str, last: str, team: str, rng: np.random.Generator) -> str:
    name = f"{first} {last}".strip()
    if not team:
        return name
    titled = not (first and last) or first in people_names().titles
    pattern = _WHOLE[0][0] if titled else _pattern(rng)
    return pattern.format(name=name, first=first, last=last, team=team, title=pick(titles_for(nominee), rng))


def _pattern(rng: np.random.Generator) -> str:
    chance = rng.random()
    for pattern, share in _WHOLE:
        chance -= share
        if chance < 0:
            return pattern
    return _WHOLE[0][0]


def name_nominator(nominator: Nominator, rng: np.random.Generator) -> str:
    """Return how a nominator signs."""
    chance = rng.random()
    if chance < 0.62:
        return f"{nominator.first} {nominator.last}"
    if chance < 0.74:
        return f"{nominator.first[0]} {nominator.last}"
    if chance < 0.87:
        return nominator.first
    title = "Mr" if nominator.first in people_names().he else "Mrs"
    return f"{title} {nominator.last}"
