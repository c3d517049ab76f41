"""Invented nomination stories for the two questions of the card, put together from phrases.

Mostly common words, so that one writer's own words cover as much as possible of them. No real event is told.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np


@dataclass(frozen=True, slots=True)
class Phrases:
    """What `phrases.toml` holds."""

    who: tuple[str, ...]
    whom: tuple[str, ...]
    when: tuple[str, ...]
    deeds: tuple[str, ...]
    manner: tuple[str, ...]
    effects: tuple[str, ...]
    closings: tuple[str, ...]


@cache
def phrases() -> Phrases:
    """The phrases shipped with the package."""
    text = resources.files("pipeline.simulate").joinpath("phrases.toml").read_text(encoding="utf-8")
    return Phrases(**{key: tuple(values) for key, values in tomllib.loads(text).items()})


def _pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def _deed(rng: np.random.Generator, who: str) -> str:
    deed = _pick(phrases().deeds, rng).format(whom=_pick(phrases().whom, rng))
    form = int(rng.integers(3))
    when = _pick(phrases().when, rng)
    if form == 0:
        return f"{who} {deed} {when}."
    if form == 1:
        return f"{when[0].upper()}{when[1:]}, {who[0].lower()}{who[1:]} {deed}."
    return f"{who} {deed}."


def action_story(rng: np.random.Generator, words: int) -> str:
    """An answer to "How did this person lead with compassion?" of about that many words."""
    who = _pick(phrases().who, rng)
    again = who if who in ("She", "He", "They") else _pick(("She", "He", "They"), rng)
    parts = [_deed(rng, who)]
    while _length(parts) < words - 5:
        parts.append(_deed(rng, again) if rng.random() < 0.5 else _new(phrases().manner, parts, rng))
    return " ".join(parts)


def impact_story(rng: np.random.Generator, words: int) -> str:
    """An answer to "What was the impact on you or on others?" of about that many words."""
    parts = [_pick(phrases().effects, rng)]
    while _length(parts) < words - 5 and len(parts) < len(phrases().effects):
        parts.append(_new(phrases().effects, parts, rng))
    if rng.random() < 0.3:
        parts.append(_pick(phrases().closings, rng))
    return " ".join(parts)


def _length(parts: list[str]) -> int:
    return sum(len(part.split()) for part in parts)


def _new(choices: Sequence[str], used: list[str], rng: np.random.Generator) -> str:
    left = [phrase for phrase in choices if phrase not in used]
    return _pick(left or choices, rng)


def story(
    question: str, knows: Callable[[str], bool], rng: np.random.Generator, shortest: int = 8, longest: int = 60
) -> str:
    """A story for `action` or any other field (then `impact`): of several, the one of which a hand knows most words."""
    words = int(rng.integers(shortest, longest + 1))
    make = action_story if question == "action" else impact_story
    told = [make(rng, words) for _ in range(8)]
    return max(told, key=lambda text: _known(text, knows))


def _known(text: str, knows: Callable[[str], bool]) -> float:
    words = text.split()
    bare = [word.rstrip(".,!?") for word in words]
    return sum(knows(a) or knows(b) or knows(b.lower()) for a, b in zip(words, bare, strict=True)) / len(words)
