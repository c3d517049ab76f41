"""Tells invented stories of compassion, sentence by sentence, from the fragments of `tales.toml`.

A scene holds what stays the same through a story: who was cared for, what was wrong, where it was. Two tellings of
one scene are about one event; whoever tells the same story twice keeps its sentences (see `retell`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.simulate.nominations.people import HE, SHE, Nominee
from pipeline.simulate.nominations.words import Template, fragments, people_names, pick

SHORTEST, LONGEST = 8, 80
"""Words of a story."""
_MEDIAN, _SPREAD = 23.0, 0.55
"""Of the lognormal number of words."""
_ME = ("I", "I", "I", "me", "my")

Sentences = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What agrees through a story."""

    called: str
    """What the nominee is called when not by a pronoun."""
    pronouns: tuple[str, str, str, str]
    """Nominative, objective, possessive, and the verb that agrees: she, her, her, was."""
    patient: tuple[str, str, str, str, str]
    """First mention, later mention, nominative, objective, possessive."""
    work: bool
    """Whether it is about a colleague."""
    particulars: dict[str, str]


def new_scene(nominee: Nominee, kind: str, rng: np.random.Generator) -> Scene:
    """Draw the scene of a story that a nominator of that kind tells of `nominee`."""
    patient, work = _patient(kind, rng)
    particulars = {name: template_text(pick(fragments().of(name), rng), rng) for name in fragments().fixed}
    return Scene(_called(nominee, rng), nominee.pronouns, patient, work, particulars)


def _patient(kind: str, rng: np.random.Generator) -> tuple[tuple[str, str, str, str, str], bool]:
    if kind == "patient" or (kind == "other" and rng.random() < 0.3):
        return _ME, False
    colleague = kind == "staff" and rng.random() < 0.4
    name = "colleagues" if colleague else "patients" if kind in ("staff", "volunteer") else "relatives"
    template = pick(fragments().of(name), rng)
    first, later, pronoun = template_text(template, rng).split("|")
    she = SHE if pronoun == "she" else HE
    return (first, later, she[0], she[1], she[2]), colleague


def template_text(template: Template, rng: np.random.Generator) -> str:
    """Fill a template that holds nothing but names of lists."""
    parts = list(template)
    for place in range(1, len(parts), 2):
        parts[place] = template_text(pick(fragments().of(parts[place]), rng), rng)
    return "".join(parts)


def titles_for(nominee: Nominee) -> Sequence[str]:
    """Titles that a person may be given."""
    return (*people_names().titles, "Mr") if nominee.pronouns == HE else (*people_names().titles, "Mrs", "Miss")


def _called(nominee: Nominee, rng: np.random.Generator) -> str:
    if nominee.is_team:
        return template_text(pick(fragments().of("called_team"), rng), rng)
    chance = rng.random()
    if chance < 0.5:
        return pick(people_names().short.get(nominee.first, (nominee.first,)), rng) if chance < 0.1 else nominee.first
    if chance < 0.6:
        return f"{pick(titles_for(nominee), rng)} {nominee.last}"
    return template_text(pick(fragments().of("called_person"), rng), rng)


def story_words(rng: np.random.Generator, longest: int = LONGEST) -> int:
    """Draw how many words a story is to have."""
    return int(np.clip(_MEDIAN * np.exp(_SPREAD * rng.standard_normal()), SHORTEST, longest))


def tell_action(scene: Scene, words: int, rng: np.random.Generator) -> Sentences:
    """Answer "How did this person lead with compassion?" in about that many words."""
    teller = _Teller(scene, rng)
    deeds = ["deeds_work"] if scene.work else ["deeds"] * 9 + ["deeds_of_another"] * (scene.patient != _ME)
    if words > 20 and not scene.work and rng.random() < 0.6:
        teller.add("settings")
    teller.add(pick(deeds, rng))
    while teller.words < max(words - 4, SHORTEST):
        teller.add("manners" if rng.random() < 0.3 else pick(deeds, rng))
    if rng.random() < 0.12:
        teller.add("closings")
    return teller.sentences(longest=min(words + 12, LONGEST))


def tell_impact(scene: Scene, words: int, rng: np.random.Generator) -> Sentences:
    """Answer "What was the impact on you or on others?" in about that many words."""
    teller = _Teller(scene, rng, begun=True)
    work = ["effects_work"] * 3 + ["closings"]
    other = ["effects"] * 9 + ["effects_of_another"] * (scene.patient != _ME)
    while teller.words < max(words - 4, SHORTEST):
        teller.add(pick(work if scene.work else other, rng))
    if rng.random() < 0.15:
        teller.add("closings")
    return teller.sentences(longest=min(words + 12, LONGEST))


def another_sentence(scene: Scene, question: str, rng: np.random.Generator) -> str:
    """One more thing to say of a scene, in answer to `action` or `impact`."""
    teller = _Teller(scene, rng, begun=True)
    lists = ("deeds_work", "effects_work") if scene.work else ("deeds", "effects")
    teller.add(lists[question == "impact"])
    return teller.sentences(LONGEST)[0]


class _Teller:
    """Adds sentence to sentence, none twice."""

    def __init__(self, scene: Scene, rng: np.random.Generator, *, begun: bool = False) -> None:
        self._scene = scene
        self._rng = rng
        self._used: set[Template] = set()
        self._told: list[str] = []
        self._begun = begun
        self.words = 0

    def add(self, name: str) -> None:
        """Add a sentence from the list of that name."""
        entries = fragments().of(name)
        template = pick(entries, self._rng)
        for _ in range(5):
            if template not in self._used:
                break
            template = pick(entries, self._rng)
        self._used.add(template)
        sentence = _Sentence(self._scene, self._rng, first=not (self._told or self._begun)).finished(template)
        self._told.append(sentence)
        self.words += sentence.count(" ") + 1

    def sentences(self, longest: int) -> Sentences:
        """What was told, cut after the sentence with which it gets no longer than `longest` words."""
        kept, total = self._told[:1], self._told[0].count(" ") + 1
        for sentence in self._told[1:]:
            total += sentence.count(" ") + 1
            if total > longest:
                break
            kept.append(sentence)
        return tuple(kept)


class _Sentence:
    """Fills in one sentence: who is meant by name first, by a pronoun from then on."""

    def __init__(self, scene: Scene, rng: np.random.Generator, *, first: bool = False) -> None:
        self._scene = scene
        self._rng = rng
        self._named = first or rng.random() < 0.25
        self._patient = 0 if first else 1 if rng.random() < 0.4 else 2

    def finished(self, template: Template) -> str:
        """Return the sentence with its capital and its full stop."""
        text = self.filled(template)
        ending = "" if text[-1] in ".!?" or text.endswith(('."', '?"', '!"')) else "."
        return text[0].upper() + text[1:] + ending

    def filled(self, template: Template) -> str:
        """Return the fragment with everything in braces replaced."""
        parts = list(template)
        for place in range(1, len(parts), 2):
            parts[place] = self._word(parts[place])
        return "".join(parts)

    def _word(self, name: str) -> str:
        if name in ("N", "n", "ns", "nwas"):
            return self._nominee(name)
        if name in ("P", "p", "ps"):
            return self._cared_for(name)
        if (known := self._scene.particulars.get(name)) is not None:
            return known
        return self.filled(pick(fragments().of(name), self._rng))

    def _nominee(self, name: str) -> str:
        scene = self._scene
        if name == "N" and self._named:
            self._named = False
            return scene.called
        return scene.pronouns[("N", "n", "ns", "nwas").index(name)]

    def _cared_for(self, name: str) -> str:
        first, later, *pronouns = self._scene.patient
        mention, self._patient = self._patient, 2
        if mention == 2 or self._scene.patient == _ME:
            return pronouns[("P", "p", "ps").index(name)]
        noun = first if mention == 0 else later
        return f"{noun}'s" if name == "ps" else noun
