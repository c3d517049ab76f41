"""Tells what the words of an answer mean: who nominates, and what may be done with the words."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from rapidfuzz.distance import Levenshtein

CONSENTS = ("share_with_nominee", "share_publicly", "stay_anonymous")
TYPES = ("patient", "carer", "staff", "volunteer", "other")
_SHORT = 4
"""Letters; a word so short is soon another."""
_CLAUSE = re.compile(r"[;\n|.!:]+|,|\bbut\b|\bhowever\b|\balthough\b|\band (?=(?:do not|dont|please)\b)")
_ARTICLES = re.compile(r"\b(i am|i m|im|i was|we are|a|an|the|as|one of|please)\b")
_STARTS_ANEW = re.compile(r"^(yes|but|(please |only |just )*(share|tell|do share)|happy|i agree|i consent|you may)\b")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer means."""

    values: tuple[str, ...] = ()
    understood: bool = True
    """Whether all of it is; what isn't grants nothing."""


def nominator_type(answer: str) -> str:
    """Return who says an answer such as "A patient" nominates; empty when it is none of the card's answers."""
    if answer.strip().casefold() in TYPES:
        return answer.strip().casefold()
    text = _bare(answer)
    wordings = _type_wordings()
    if found := wordings.get(text):
        return found
    # One slip of the keyboard; with more, "patient" and "parent" are alike.
    near = {value for wording, value in wordings.items() if Levenshtein.distance(text, wording, score_cutoff=1) == 1}
    return near.pop() if len(near) == 1 and len(text) > _SHORT and "/" not in answer else ""


def consent(answer: str, question: str = "") -> Meaning:
    """Return what an answer permits. A plain yes or no means what the question asks."""
    text = _small(answer)
    if not text:
        return Meaning()
    if (value := "_".join(answer.split()).casefold()) in CONSENTS:
        return Meaning((value,))
    words = " ".join(re.sub(r"[^\w✓✔☑ ]", " ", text).split())
    data = _data()["consent"]
    if words in data["yes"] or words in data["no"]:
        meaning = question_meaning(question)
        if meaning is None:
            return Meaning((), words in data["no"])
        return Meaning(meaning[words in data["no"]])
    return _by_clauses(text)


@lru_cache(maxsize=256)
def question_meaning(question: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return what yes and what no mean under a question; None when it doesn't say what it asks for."""
    last = question.rpartition("/")[2].strip()
    for part in dict.fromkeys((last, question)):
        plain = re.sub(r"[\s_-]+", "_", part.strip().casefold())
        for value in CONSENTS:
            if plain.endswith(value):
                return (value,), ()
        text = " ".join(re.sub(r"[^\w]|_", " ", _small(part)).split())
        if _found("named", text) and not _found("name_question", text):
            return (), ("stay_anonymous",)
        anonymous = _found("anonymous", text)
        if _found("name_question", text) and not anonymous:
            return (), ("stay_anonymous",)
        granted = [value for value, cue in _CUES if _found(cue, text)]
        if anonymous:
            granted.append("stay_anonymous")
        if granted:
            return tuple(granted), ()
    return None


_CUES = (("share_with_nominee", "nominee"), ("share_publicly", "publicly"))


def _by_clauses(text: str) -> Meaning:
    """Take an answer clause by clause: a clause that says no grants nothing, nor do those that hang on it."""
    granted: set[str] = set()
    refused: set[str] = set()
    clear = True
    saying_no = False
    for clause in filter(None, (" ".join(re.sub(r"[^\w]|_", " ", each).split()) for each in _CLAUSE.split(text))):
        cues = {value for value, cue in _CUES if _found(cue, clause)}
        negated = _found("negation", clause)
        if _found("named", clause):
            refused.add("stay_anonymous")
            negated = negated and bool(cues)
        elif _found("anonymous", clause):
            granted.add("stay_anonymous")
            # "Share publicly without my name" is a yes to sharing.
            negated = _found("negation", _without("anonymous", clause))
        elif not cues and not negated and not any(re.search(each, clause) for each in _data()["consent"]["filler"]):
            clear = False
        saying_no = negated or (saying_no and not _STARTS_ANEW.search(clause))
        (refused if saying_no else granted).update(cues)
        if negated and not cues and not _found("anonymous", clause) and clause not in _data()["consent"]["no"]:
            clear = clear and _found("share", clause)
    if granted & refused or not (clear and (granted or refused or saying_no)):
        return Meaning(("stay_anonymous",) if "stay_anonymous" in granted - refused else (), understood=False)
    return Meaning(tuple(value for value in CONSENTS if value in granted))


def _found(name: str, text: str) -> bool:
    return bool(_pattern(name).search(text))


def _without(name: str, text: str) -> str:
    return " ".join(_pattern(name).sub(" ", text).split())


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_data()["consent"][name])


def _small(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return " ".join(text.replace("\n", ";").split())


def _bare(text: str) -> str:
    text = " ".join(re.sub(r"[^\w]|_", " ", _small(text)).split())
    return " ".join(_ARTICLES.sub(" ", text).split()) or text


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("pipeline.submissions").joinpath("answers.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _type_wordings() -> dict[str, str]:
    return {_bare(wording): value for value, wordings in _data()["nominator_type"].items() for wording in wordings}
