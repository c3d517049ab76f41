"""The same story told again: sentences left out and added, words changed, another way of writing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.simulate.nominations.tales import Scene, Sentences, another_sentence
from pipeline.simulate.nominations.words import fragments, pick

_AMOUNTS = (("nearly the same", 0.35), ("light", 0.45), ("heavy", 0.20))
"""How far a second telling strays from the first (an estimate)."""
_FILLERS = ("really", "just", "then", "also", "even", "so")
_GENERIC_OTHERWISE = (("caring", "friendly"), ("thank you", "thanks"), ("always", "ever so"))


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody writes."""

    letters: str
    """`usual`, `small` or `capitals`."""
    stops: bool
    """Whether sentences end with a full stop."""
    ampersand: bool


def drawn_style(rng: np.random.Generator, capitals: float) -> Style:
    """Draw a way of writing; `capitals` is how many write in capitals throughout."""
    chance = rng.random()
    letters = "capitals" if chance < capitals else "small" if chance < capitals + 0.12 else "usual"
    return Style(letters, rng.random() > 0.12, rng.random() < 0.12)


def written(sentences: Sentences, style: Style) -> str:
    """Return the story as somebody of that style writes it."""
    parts = list(sentences) if style.stops else [sentence.removesuffix(".") for sentence in sentences]
    text = " ".join(parts)
    if style.ampersand:
        text = text.replace(" and ", " & ")
    if style.letters == "usual":
        return text
    return text.upper() if style.letters == "capitals" else text.lower()


def told_again(scene: Scene | None, question: str, sentences: Sentences, rng: np.random.Generator) -> Sentences:
    """Return the same answer to `action` or `impact` as the same person gives it a second time.

    At least one of the sentences stays, if in other words.
    """
    if scene is None or not sentences:
        return _generic_again(sentences, rng)
    chance = rng.random()
    if chance < _AMOUNTS[0][1]:
        return tuple(_reworded(sentence, 0.1, rng) for sentence in sentences)
    heavy = chance > 1 - _AMOUNTS[2][1]
    kept = list(sentences)
    for _ in range(1 + heavy):
        if len(kept) > 1 and rng.random() < (0.6 if heavy else 0.3):
            del kept[int(rng.random() * len(kept))]
    again = [_jumbled(_reworded(sentence, 0.7 if heavy else 0.4, rng), heavy, rng) for sentence in kept]
    if rng.random() < (0.6 if heavy else 0.25):
        again.insert(int(rng.random() * (len(again) + 1)), another_sentence(scene, question, rng))
    if heavy and len(again) > 2 and rng.random() < 0.3:
        again[0], again[1] = again[1], again[0]
    return tuple(again)


def corrected(scene: Scene | None, sentences: Sentences, rng: np.random.Generator) -> Sentences:
    """Return an action's story after its writer has opened the form again; it never stays the same."""
    if scene is None or rng.random() < 0.7:
        last = another_sentence(scene, "action", rng) if scene is not None else "Thank you again."
        return (*sentences, last)
    again = tuple(_jumbled(_reworded(sentence, 0.5, rng), False, rng) for sentence in sentences)
    return again if again != sentences else (*sentences, another_sentence(scene, "action", rng))


def of_another(sentences: Sentences, called: str, other: str, rng: np.random.Generator) -> Sentences:
    """Return what somebody says of one nominee as they say it of a second one: nearly the same words."""
    name = re.compile(rf"\b{re.escape(called)}\b")
    return tuple(_reworded(name.sub(other, sentence), 0.1, rng) for sentence in sentences)


def _generic_again(sentences: Sentences, rng: np.random.Generator) -> Sentences:
    text = " ".join(sentences)
    for usual, other in _GENERIC_OTHERWISE:
        if usual in text and rng.random() < 0.3:
            text = text.replace(usual, other)
    return (text,) if text else ()


@cache
def _other_words() -> tuple[re.Pattern[str], Callable[[str], str]]:
    known = fragments().other_words
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b"), known.__getitem__


def _reworded(sentence: str, chance: float, rng: np.random.Generator) -> str:
    """Say each thing that can be said otherwise so with that chance."""
    pattern, otherwise = _other_words()
    return pattern.sub(lambda found: otherwise(found[1]) if rng.random() < chance else found[1], sentence)


def _jumbled(sentence: str, heavy: bool, rng: np.random.Generator) -> str:
    """Leave a word out, or put a little one in."""
    words = sentence.split(" ")
    for _ in range(1 + heavy):
        place = 1 + int(rng.random() * (len(words) - 1)) if len(words) > 1 else 0
        chance = rng.random()
        if chance < 0.25 and len(words) > 5 and place < len(words) - 1:
            del words[place]
        elif chance < 0.5 and place > 0:
            words.insert(place, pick(_FILLERS, rng))
    return " ".join(words)
