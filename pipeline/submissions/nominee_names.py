"""Splits what stands under "Who would you like to nominate?" into first name, last name and team."""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

_CODE = re.compile(r"[a-z]{0,3}\d{1,3}[a-z]?")
"""A ward such as 7, W21 or 12b."""
_BRACKETS = re.compile(r"^(?P<before>[^()\[\]]+)[(\[](?P<inside>[^()\[\]]+)[)\]]\s*$")
_DASH = re.compile(r"\s+[-–—|/]+\s+|\s*[\n;:]\s*|\s*[–—]\s*")
_AT = re.compile(r"\s+(?:who (?:works|is) )?(?:from|on|in|at|of)\s+(?:the\s+)?", re.IGNORECASE)
_MARK = re.compile(r"[,;:()\[\]\n]|\s[-–—|/]")
_ACRONYM = re.compile(r"[A-Z][A-Z&]{1,4}")
"""A place that only its people know, when it stands apart from a name."""
_SEVERAL = re.compile(r"\s(?:and|&|\+)\s", re.IGNORECASE)
_PARTICLES = frozenset(
    ("van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "la", "le", "al", "el", "bin", "ter")
)  # fmt: skip
_CODE_ALONE = re.compile(r"[a-z]{1,3}\d{1,3}[a-z]?")
_ALL_OF = ("the", "all", "our", "whole", "entire")
_AFTER_NAME = ("ward", "unit", "team", "department", "dept", "clinic", "suite", "centre", "hospital")
"""What follows the name of a ward."""
_AND = ("and", "&", "+")
_COMMON = 2_000
"""The list is the commonest first; rare first names such as Maple are oftener a ward's."""


@dataclass(frozen=True, slots=True)
class NomineeName:
    """Whom a whole name means; all are as written."""

    first: str = ""
    last: str = ""
    team: str = ""
    left: tuple[str, ...] = ()
    """Words that are no part of name or team: a title, a job."""
    several: bool = False
    """It seems to name more than one person, and is not split."""


@lru_cache(maxsize=8192)
def split_nominee(text: str) -> NomineeName:
    """Split a whole name; nothing is made up and no word is lost.

    "Dr Sue Smith, Ward 7" is Sue, Smith and Ward 7, with Dr left; "Smith, Sue" is turned round; "Everyone on W21" is
    a team. What can't be told apart stays together, as first and last name.
    """
    text = text.strip()
    if not text or is_team(text):
        return NomineeName(team=" ".join(text.split()))
    cut = _cut(text)
    if cut and len(cut[0].split()) > 1 and is_team(cut[0]) and all(_known_place(word) for word in _words(cut[0])):
        return NomineeName(team=" ".join(text.split()))
    name, team, left = _without_place(text)
    if not team:
        name, team = _without_last_words(name)
    title, name = _without_title(name)
    found = _first_and_last(name, title)
    return replace(found, team=team, left=(*((title,) if title else ()), *found.left, *left))


def is_team(text: str) -> bool:
    """Whether a text names a team or place and nobody: every word is one of such names, and one of them tells."""
    words = _words(text)
    lists = _lists()
    telling = [word for word in words if word in lists["everyone"] or word in lists["places"]]
    unknown = [word for word in words if not _placely(word)]
    if len(words) < 2:
        return bool(words) and ((words[0] not in _ALL_OF and bool(telling)) or bool(_CODE_ALONE.fullmatch(words[0])))
    if words[0] in ("everyone", "everybody"):
        return True
    if not telling:
        return False
    if words[0] in _ALL_OF:
        return not any(_is_first_name(word) for word in unknown)
    # "Maple Ward": one name before or after; but Sue Ward is a person, and so is Niamh in "Niamh, Stroke Unit".
    ward_of_name = words[-1] in _AFTER_NAME and not _is_first_name(words[0])
    named = (words[0] in ("ward", "team") or ward_of_name) and not _MARK.search(text)
    return len(unknown) <= named


def _known_place(word: str) -> bool:
    return _placely(word) or word in _lists()["wards"]


def _placely(word: str) -> bool:
    return any(word in _lists()[name] for name in ("everyone", "places", "modifiers", "joining")) or bool(
        _CODE.fullmatch(word)
    )


def _is_place(text: str) -> bool:
    """Whether what follows a name is a place, not more of the name."""
    words = _words(text)
    telling = any(word in _lists()["places"] or word in ("team", "floor") for word in words)
    known = all(_known_place(word) for word in words) and any(
        word in _lists()[name] for word in words for name in ("wards", "modifiers")
    )
    return bool(words) and (is_team(text) or telling or known or bool(_ACRONYM.fullmatch(text.strip())))


def _is_job(text: str) -> bool:
    return " ".join(_words(text)) in _lists()["jobs"]


def _without_place(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Take the place, and what somebody is, off the end of a name: name, place, other words."""
    places: list[str] = []
    left: list[str] = []
    while True:
        cut = _cut(text)
        if cut is None:
            break
        name, rest = cut
        swapped = "," in text and len(name.split()) == 1 and _is_first_name(_plain(rest))
        if _is_job(rest):
            left.insert(0, rest)
        elif _is_place(rest) and not swapped:
            places.insert(0, rest)
        else:
            break
        text = name
    return text, ", ".join(places), tuple(left)


def _without_last_words(name: str) -> tuple[str, str]:
    """Take a place off that stands behind first and last name with nothing between: "Sue Smith Stroke Unit"."""
    words = name.split()
    joined = next((n for n, word in enumerate(words) if word.casefold() in _AND), len(words))
    ends = [" ".join(words[start:]) for start in range(2, min(joined, len(words)))]
    for end in ends:
        if all(_placely(word) for word in _words(end)) and is_team(end) and _words(end) != ["ward"]:
            return name[: -len(end)].strip(), end
    if len(words) > 3 and joined == len(words) and is_team(end := " ".join(words[-2:])):
        return " ".join(words[:-2]), end
    return " ".join(words), ""


def _cut(text: str) -> tuple[str, str] | None:
    """Cut off the last part of a text, in brackets or after a comma, dash or "from"; None when there is none."""
    if found := _BRACKETS.match(text):
        return found["before"].strip(" ,"), found["inside"].strip()
    for mark in (re.compile(r"\s*,\s*"), _DASH, _AT):
        ends = [found for found in mark.finditer(text) if found.start() > 0 and found.end() < len(text)]
        for found in (ends if mark is _AT else ends[::-1])[:1]:
            return text[: found.start()].strip(), text[found.end() :].strip()
    return None


def _without_title(name: str) -> tuple[str, str]:
    """Take titles off the front: title, name. A title alone is a name."""
    words = name.split()
    taken = 0
    while taken < len(words) - 1:
        two = " ".join(_plain(word) for word in words[taken : taken + 2])
        if two in _lists()["titles"] and taken + 2 < len(words):
            taken += 2
        elif _plain(words[taken]) in _lists()["titles"] or _plain(words[taken]) in _lists()["titles_surname"]:
            taken += 1
        else:
            break
    return " ".join(words[:taken]), " ".join(words[taken:])


def _first_and_last(name: str, title: str) -> NomineeName:
    before, comma, after = (part.strip() for part in name.partition(","))
    if comma and before and after and "," not in after and _turned_round(before, after):
        inner, after = _without_title(after)
        return NomineeName(after, before, left=(inner,) if inner else ())
    words = name.split()
    if _SEVERAL.search(f" {name} ") and len(words) > 2:
        return NomineeName(first=" ".join(words), several=True)
    if len(words) < 2:
        return NomineeName(last=name) if title and _is_surname(name, title) else NomineeName(first=name)
    cut = next((n for n, word in enumerate(words) if 0 < n < len(words) - 1 and _begins_last(word)), -1)
    return NomineeName(" ".join(words[:cut]), " ".join(words[cut:]))


def _begins_last(word: str) -> bool:
    """Whether a word in the middle belongs to the last name: "van", or a last name that is nobody's first."""
    plain = _plain(word)
    return plain in _PARTICLES or (plain.upper() in _surnames() and not _is_first_name(plain))


def _is_surname(word: str, title: str) -> bool:
    """Whether one word after a title is a last name."""
    parts = _plain(word).split("-")
    if any(_is_first_name(part) for part in parts):
        return False
    surname = "'" in _plain(word) or any(part.upper() in _surnames() for part in parts)
    return surname or _plain(title.split()[-1]) in _lists()["titles_surname"]


def _turned_round(before: str, after: str) -> bool:
    """Whether "before, after" is "Smith, Sue"."""
    return (len(before.split()) == 1 or _plain(before.split()[0]) in _PARTICLES) and len(after.split()) <= 3


def _words(text: str) -> list[str]:
    return [word for word in (_plain(word) for word in re.split(r"[\s,/()]+", text)) if word]


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'").strip(".,:;!\"'")


def _is_first_name(word: str) -> bool:
    return word.upper() in _first_names()


@lru_cache(maxsize=1)
def _first_names() -> frozenset[str]:
    return frozenset(_census("first_names.txt")[:_COMMON])


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    return frozenset(_census("surnames.txt"))


def _census(file: str) -> list[str]:
    return resources.files("pipeline.parse").joinpath(file).read_text(encoding="utf-8").split()


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    text = resources.files("pipeline.submissions").joinpath("nominees.toml").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}
