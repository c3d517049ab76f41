"""Tells which of the card's fields a question asks for, by its wording, and how well it fits."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from rapidfuzz import fuzz

ENOUGH = 75.0
"""Of 100. What fits less well is not matched at all."""
_LONGEST = 600
"""Characters of a question that are looked at."""
_NEARLY = 88.0
"""How alike a question and a wording must be that differ by slips of the keyboard only."""
_GROUP = re.compile(r"^(group_\w{7,}|grp|group|g\d+|page ?\d*|section ?\d*|part ?\d*|data|main|form)$", re.IGNORECASE)
"""Names of groups that say nothing."""
_PATH = re.compile(r"/|(?<=\w)-(?=\w)")
"""What stands between groups and field in the names of ODK and Kobo."""
_NUMBERING = re.compile(r"^\s*(?:q(?:uestion)?\s*)?\d{1,2}\s*[.):\-]\s*", re.IGNORECASE)
_AGAIN = re.compile(r"(?:\s\(\d+\)|(?<=[a-z?)])\d)$")
"""What tells a second question of the same wording apart; Microsoft adds a digit."""


@dataclass(frozen=True, slots=True)
class _Rule:
    words: tuple[re.Pattern[str], ...]
    never: tuple[re.Pattern[str], ...]
    score: float
    bare: bool

    def holds(self, text: str) -> bool:
        return all(word.search(text) for word in self.words) and not self.forbids(text)

    def forbids(self, text: str) -> bool:
        return any(never.search(text) for never in self.never)


@dataclass(frozen=True, slots=True)
class _Field:
    wordings: tuple[str, ...]
    rules: tuple[_Rule, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a question fits a field, of 100."""

    score: float
    bare: bool = False
    """It doesn't say whose name it asks for."""


@lru_cache(maxsize=4096)
def fits(question: str) -> Mapping[str, Fit]:
    """Return the fields that a question may ask for, those that fit well enough; among them `received`."""
    groups = re.split(_PATH, question.strip()) if " " not in question.strip() else [question]
    # A group's name may be anything; it is left out only where it tells nothing, for it may say whose name is asked.
    found = _fits(_plain(question)) or (_fits(_plain(groups[-1])) if len(groups) > 1 else {})
    before, slash, _ = question.rpartition("/")
    if found or not slash:
        return found
    # Kobo gives each answer of a multiple choice a column of its own, "Sharing your story/You can share it".
    return {name: fit for name, fit in _fits(_plain(before)).items() if name == "consent"}


def _fits(plain: str) -> dict[str, Fit]:
    told = _rewritten(plain)
    found: dict[str, Fit] = {}
    for name, field in _fields().items():
        held = (Fit(rule.score, rule.bare) for rule in field.rules if rule.holds(told))
        fit = max(held, key=_by_score, default=Fit(0))
        if not field.rules[0].forbids(told):
            alike = max(fuzz.ratio(plain, wording) for wording in field.wordings)
            fit = max(fit, Fit(alike if alike >= _NEARLY else 0.0), key=_by_score)
        if fit.score >= ENOUGH:
            found[name] = fit
    return found


def _by_score(fit: Fit) -> float:
    return fit.score


def _plain(question: str) -> str:
    """Bring a question into small letters and single spaces, without groups that say nothing and without numbers."""
    text = unicodedata.normalize("NFKC", question[:_LONGEST]).strip()
    if " " not in text or "/" in text:
        parts = re.split(_PATH, text) if " " not in text else text.split("/")
        text = " ".join(part for part in parts if not _GROUP.match(part.strip())) or text
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text) if " " not in text else text
    text = _AGAIN.sub("", _NUMBERING.sub("", text)).casefold()
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def _rewritten(text: str) -> str:
    for pattern, instead in _rewrites():
        text = " ".join(pattern.sub(instead, text).split())
    return text


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("pipeline.submissions").joinpath("wordings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _rewrites() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(each["pattern"]), each["with"]) for each in _data()["rewrite"])


@lru_cache(maxsize=1)
def _fields() -> dict[str, _Field]:
    return {
        name: _Field(
            tuple(_plain(wording) for wording in field["wordings"]),
            tuple(
                _Rule(
                    tuple(re.compile(pattern) for pattern in rule["words"]),
                    tuple(re.compile(pattern) for pattern in rule.get("never", ())),
                    float(rule["score"]),
                    rule.get("bare", False),
                )
                for rule in field["rules"]
            ),
        )
        for name, field in _data().items()
        if name != "rewrite"
    }
