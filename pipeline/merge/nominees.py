"""Tells whom a statement thanks: a member of staff, somebody on no list, or a team."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from pipeline.lists import plain_capitals
from pipeline.merge.person_names import PersonName, first_name_meanings, meanings, misread_keys, person_name
from pipeline.statement import People, StaffEntry, Standing, Statement

_SLIP = 0.94
"""How alike (Jaro-Winkler) a name and a listed one must be to be taken for a slip of the pen."""
_WARD_SLIP = 85.0
"""Per cent of the letters of a ward's name that a text must have to be taken for it."""
_NO_TEAM_WORDS = frozenset(("THE", "TEAM", "WARD", "STAFF", "ON", "DEPARTMENT", "DEPT", "UNIT", "ALL", "EVERYONE"))
_TEAM_WORD = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Nominee:
    """Whom a statement thanks."""

    name: PersonName
    team: str
    """The ward's code, where the list has it; else the words that tell the team."""
    team_is_listed: bool = False
    staff: str = ""
    """The id of the member of staff, where one and only one is meant."""


def team_words(text: str) -> str:
    """Return the words of a team's name that tell it from others: `WARD 7` and `The Ward 7 team` are alike."""
    words = _TEAM_WORD.findall(plain_capitals(text).replace("'", ""))
    return " ".join(word for word in words if word not in _NO_TEAM_WORDS) or " ".join(words)


@cache
def usual_names() -> dict[str, str]:
    """Return the fullest name of a kind of team by each of its names: INTENSIVE CARE by ITU."""
    text = resources.files("pipeline.merge").joinpath("teams.toml").read_text(encoding="utf-8")
    found = {}
    for names in tomllib.loads(text)["one"]:
        for name in names:
            found[team_words(name)] = team_words(names[0])
    return found


def _wards_by_usual_name(wards: Mapping[str, str]) -> dict[str, str]:
    """Return the ward of each kind of team of which an organisation has one; `Ward 7 Stroke Unit` is a stroke unit."""
    found: dict[str, set[str]] = {}
    for code, name in wards.items():
        words = team_words(name)
        letters = " ".join(word for word in words.split() if not any(letter.isdigit() for letter in word))
        for written in {words, letters}:
            if written in usual_names():
                found.setdefault(usual_names()[written], set()).add(code)
    return {usual: codes.pop() for usual, codes in found.items() if len(codes) == 1}


def initials(text: str) -> str:
    """Return the initials of a team's name, as people write it: ITU, A&E; nothing for a single word."""
    words = [word for word in _TEAM_WORD.findall(plain_capitals(text)) if word not in ("THE", "OF", "AND", "WARD")]
    return "".join(word[0] for word in words) if len(words) > 1 and all(word.isalpha() for word in words) else ""


def name_is_unsure(said: Statement) -> bool:
    """Tell whether the nominee's name waits for a person."""
    return any(said.answer(f"nominee_{part}_name").standing is Standing.REVIEW for part in ("first", "last"))


class Directory:
    """The staff and wards of one organisation, to look nominees up in."""

    def __init__(self, people: People) -> None:
        self._by_key: dict[str, list[tuple[StaffEntry, PersonName]]] = {}
        for entry in people.staff:
            name = person_name(entry.first_name, entry.last_name)
            for key in {key for word in name.lasts for key in misread_keys(word)}:
                self._by_key.setdefault(key, []).append((entry, name))
        self._wards: dict[str, str] = {}
        self._ward_words: list[tuple[frozenset[str], str]] = []
        for code, name_of_ward in people.wards.items():
            self._ward_words.append((frozenset(team_words(name_of_ward).split()), code))
            for written in (initials(name_of_ward), name_of_ward, f"{code} {name_of_ward}", code):
                if written:
                    self._wards[team_words(written)] = code
        self._by_usual = _wards_by_usual_name(people.wards)
        self._codes = frozenset(people.wards)
        self._teams: dict[str, str] = {}

    def nominee(self, said: Statement) -> Nominee:
        """Return whom a statement thanks. A name that waits for a person is not looked up: it may be misread."""
        name = person_name(said.text("nominee_first_name"), said.text("nominee_last_name"))
        team = said.ward or self.team(said.text("nominee_team"))
        staff = said.staff
        if not said.staff and not said.staff_decided and not name_is_unsure(said):
            staff = self.staff_id(name, team)
        return Nominee(name, team, team in self._codes, staff)

    def team(self, text: str) -> str:
        """Return the code of the ward that a text names, else the words that tell the team.

        A ward is meant by its name or code, by the initials of its name, by some of its words when no other ward has
        them, or by its words and more.
        """
        words = team_words(text)
        if not words:
            return ""
        if words not in self._teams:
            self._teams[words] = (
                self._wards.get(words)
                or self._ward_by_words(frozenset(words.split()))
                or self._ward_misread(words)
                or self._ward_called_otherwise(words)
                or usual_names().get(words, words)
            )
        return self._teams[words]

    def _ward_by_words(self, words: frozenset[str]) -> str:
        for fits in (words.issubset, words.issuperset):
            found = [code for names, code in self._ward_words if names and words and fits(names)]
            if len(found) == 1:
                return found[0]
        return ""

    def _ward_misread(self, words: str) -> str:
        """Return the one ward whose name has all but a few of the letters."""
        found = process.extract(words, self._wards.keys(), scorer=fuzz.ratio, score_cutoff=_WARD_SLIP, limit=5)
        codes = {self._wards[name] for name, _, _ in found}
        return codes.pop() if len(codes) == 1 and len(words) > 4 else ""

    def _ward_called_otherwise(self, words: str) -> str:
        """Return the one ward that has another name of the same kind of team."""
        usual = usual_names().get(words)
        return self._by_usual.get(usual, "") if usual else ""

    def staff_id(self, name: PersonName, team: str = "") -> str:
        """Return the id of the one member of staff that a name means; empty for nobody, and for one of several.

        Ways of writing a name are tried from the surest on. Somebody listed on another ward than the one named is
        not taken: it may be another person of that name.
        """
        listed = self._candidates(name)
        for alike, needs_ward in _WAYS:
            fits = [entry for entry, other in listed if alike(name, other)]
            if not fits:
                continue
            here = [entry for entry in fits if team and entry.ward == team]
            if len(here) == 1:
                return here[0].staff_id
            elsewhere = team in self._codes and fits[0].ward not in ("", team)
            return fits[0].staff_id if len(fits) == 1 and not needs_ward and not elsewhere else ""
        return ""

    def _candidates(self, name: PersonName) -> list[tuple[StaffEntry, PersonName]]:
        found = {}
        for key in {key for word in name.words for key in misread_keys(word)}:
            for entry, listed in self._by_key.get(key, ()):
                found[entry.staff_id] = (entry, listed)
        return [found[staff_id] for staff_id in sorted(found)]


def _as_listed(name: PersonName, listed: PersonName) -> bool:
    return name.words == listed.words


def _short_form(name: PersonName, listed: PersonName) -> bool:
    return bool(name.firsts) and name.lasts == listed.lasts and _first_alike(name, listed)


def _part_of_a_double_name(name: PersonName, listed: PersonName) -> bool:
    return bool(set(name.lasts) & set(listed.lasts)) and _first_alike(name, listed)


def _first_alike(name: PersonName, listed: PersonName) -> bool:
    """Compare first names by what they may stand for: one that the other's short form is, or that shares a meaning."""
    if not name.firsts or not listed.firsts or len(name.firsts[0]) == 1:
        return False
    return bool(first_name_meanings(name.firsts[0]) & meanings(listed.firsts))


def _initial(name: PersonName, listed: PersonName) -> bool:
    firsts = (name.firsts[:1], listed.firsts[:1])
    if not all(firsts) or not set(name.lasts) & set(listed.lasts):
        return False
    return len(name.firsts[0]) == 1 and listed.firsts[0].startswith(name.firsts[0])


def _slip_of_the_pen(name: PersonName, listed: PersonName) -> bool:
    return bool(name.firsts) and JaroWinkler.similarity(name.text, listed.text) >= _SLIP


_WAYS: tuple[tuple[Callable[[PersonName, PersonName], bool], bool], ...] = (
    (_as_listed, False),
    (_short_form, False),
    (_part_of_a_double_name, False),
    (_initial, True),
    (_slip_of_the_pen, True),
)
"""How a name may be written, surest first, and whether it then counts only on the member's own ward."""
