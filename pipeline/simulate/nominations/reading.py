"""Reads a filled card as the product would: some characters wrong, and mostly, not always, aware of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forms.organisation import Profile
from pipeline.records import FieldReading, Match, Status, Value
from pipeline.scoring import STORY_RIGHT, bare_characters
from pipeline.simulate.nominations.people import Nominee
from pipeline.simulate.nominations.reading_errors import CAPITALS, DIGITS, drop_line, misread_boxes, misread_line
from pipeline.simulate.nominations.words import pick

CONTENTS = {
    "nominee_first_name": "name", "nominee_last_name": "name", "nominee_team": "place", "nominator_type": "tick",
    "action": "story", "impact": "story", "nominator_name": "name", "nominator_contact": "contact", "date": "date",
    "consent": "tick",
}  # fmt: skip
BOXES = {"nominee_first_name": 14, "nominee_last_name": 18, "nominee_team": 20, "nominator_name": 20}
_ALPHABETS = {"name": CAPITALS, "place": CAPITALS | DIGITS, "date": DIGITS}
_ENGINES = {"name": "handprint 1.0", "place": "handprint 1.0", "date": "handprint 1.0", "tick": "ticks 1.0"}
_LINE_ENGINE = "lines 1.0"

_STORY_WRONG, _STORY_SPREAD, _STORY_MOST = 0.03, 0.75, 0.25
_BOXES_WRONG, _BOXES_SPREAD, _BOXES_MOST = 0.005, 0.95, 0.08
"""Lognormal: median share of characters read wrong, its spread, and the most; one card's two go together."""
_TOGETHER = 0.6
_LOST_LINE = 0.015
_TICK_WRONG, _TWO_TICKS = 0.002, 0.006
_ACCEPTED_RIGHT, _ACCEPTED_WRONG = 0.9, 0.03
"""How many right and how many wrong fields are accepted; the others go to a person."""
_WRONG_MEMBER = 0.002


@dataclass(frozen=True, slots=True)
class Legibility:
    """How many of a card's characters are misread, on average."""

    story: float
    boxes: float


def drawn_legibility(rng: np.random.Generator) -> Legibility:
    """Draw how well a card can be read."""
    shared, own = rng.standard_normal(2)
    other = _TOGETHER * shared + np.sqrt(1 - _TOGETHER**2) * own
    return Legibility(
        story=float(min(_STORY_MOST, _STORY_WRONG * np.exp(_STORY_SPREAD * shared))),
        boxes=float(min(_BOXES_MOST, _BOXES_WRONG * np.exp(_BOXES_SPREAD * other))),
    )


def read_fields(values: Mapping[str, Value], legible: Legibility, rng: np.random.Generator) -> tuple[FieldReading, ...]:
    """Return the fields of a card on which `values` were meant."""
    return tuple(_read_field(name, values[name], legible, rng) for name in CONTENTS)


def unfilled_fields() -> tuple[FieldReading, ...]:
    """Return the fields of a card with nothing on it."""
    return tuple(_blank(name) for name in CONTENTS)


def _blank(name: str) -> FieldReading:
    content = CONTENTS[name]
    nothing: Value = () if name == "consent" else ""
    return FieldReading(name, content, nothing, "", 0.999, Status.BLANK, _ENGINES.get(content, _LINE_ENGINE))


def _read_field(name: str, value: Value, legible: Legibility, rng: np.random.Generator) -> FieldReading:
    if not value:
        return _blank(name)
    content = CONTENTS[name]
    if content == "tick":
        return _read_ticks(name, value, rng)
    text = str(value)
    if content == "story":
        return _read_story(name, text, legible, rng)
    if content == "contact":
        read = misread_line(text, 1.5 * legible.boxes, rng)[0].replace(" ", "" if "@" in text else " ")
        return _judged(name, read, read, read == text, text, rng)
    if content == "date":
        return _read_date(name, text, legible, rng)
    boxed = " ".join(text.upper().replace("&", "AND").split())[: BOXES[name]].strip()
    read = misread_boxes(boxed, legible.boxes, _ALPHABETS[content], rng)
    raw = misread_boxes(read, legible.boxes, _ALPHABETS[content], rng)
    return _judged(name, read, raw, read == boxed, boxed, rng)


def _read_story(name: str, text: str, legible: Legibility, rng: np.random.Generator) -> FieldReading:
    whole = drop_line(text, rng) if rng.random() < _LOST_LINE else text
    read, wrong = misread_line(whole, legible.story, rng)
    right = whole == text and wrong <= STORY_RIGHT * len(bare_characters(text))
    return _judged(name, read, read, right, "", rng)


def _read_date(name: str, text: str, legible: Legibility, rng: np.random.Generator) -> FieldReading:
    digits = text[8:10] + text[5:7] + text[:4]
    raw = misread_boxes(digits, legible.boxes, DIGITS, rng)
    if raw == digits:
        return _judged(name, text, raw, True, text, rng)
    plausible = len(raw) == 8 and 1 <= int(raw[:2]) <= 28 and 1 <= int(raw[2:4]) <= 12 and 2015 <= int(raw[4:]) <= 2024
    read = f"{raw[4:]}-{raw[2:4]}-{raw[:2]}" if plausible else ""
    return _judged(name, read, raw, False, text, rng)


def _read_ticks(name: str, value: Value, rng: np.random.Generator) -> FieldReading:
    ticked = (value,) if isinstance(value, str) else value
    raw = " ".join(ticked)
    if isinstance(value, str):
        chance = rng.random()
        if chance < _TWO_TICKS:
            return FieldReading(name, "tick", "", raw, 0.5, Status.REVIEW, _ENGINES["tick"])
        read = pick(("patient", "carer", "staff", "volunteer", "other"), rng) if chance > 1 - _TICK_WRONG else value
        return _judged(name, read, raw, read == value, "", rng)
    kept = value if rng.random() > _TICK_WRONG else value[:-1]
    return _judged(name, kept, raw, kept == value, "", rng)


def _judged(
    name: str, value: Value, raw: str, right: bool, truth: str, rng: np.random.Generator
) -> FieldReading:  # fmt: skip
    """Give a field its confidence and status, and what was meant, when it is not that, among its alternatives."""
    accepted = bool(value) and rng.random() < (_ACCEPTED_RIGHT if right else _ACCEPTED_WRONG)
    doubt = rng.random()
    confidence = 1 - 0.01 * doubt**2 if accepted else 0.98 - 0.6 * doubt if right else 0.8 - 0.75 * doubt
    status = Status.ACCEPTED if accepted else Status.REVIEW
    content = CONTENTS[name]
    alternatives: tuple[tuple[str, float], ...] = ()
    if truth and isinstance(value, str):
        others = () if right or rng.random() < 0.2 else ((truth, (1 - confidence) * 0.7),)
        alternatives = ((value, confidence), *others)
    return FieldReading(
        name, content, value, raw, float(confidence), status, _ENGINES.get(content, _LINE_ENGINE), alternatives
    )


def match_staff(
    nominee: Nominee,
    values: Mapping[str, Value],
    fields: Sequence[FieldReading],
    profile: Profile,
    rng: np.random.Generator,
) -> Match:
    """Return the member of staff whom a reading takes the nominee for; nobody when it isn't sure enough."""
    if nominee.is_team:
        return Match()
    if rng.random() < _WRONG_MEMBER:
        namesakes = [p.staff_id for p in profile.staff if p.last_name == nominee.last and p.staff_id != nominee.key]
        return Match(pick(namesakes or [profile.staff[0].staff_id], rng), float(rng.uniform(0.5, 0.99)))
    if not nominee.on_list or rng.random() > _chance_to_match(nominee, values, fields):
        return Match("", float(rng.uniform(0.5, 0.99)))
    return Match(nominee.key, float(1 - 0.3 * rng.random() ** 3))


def _chance_to_match(nominee: Nominee, values: Mapping[str, Value], fields: Sequence[FieldReading]) -> float:
    """How likely a nominee on the list is found there, by what was written and how it was read."""
    if nominee.namesake and not values["nominee_team"]:
        return 0.0
    if not (values["nominee_first_name"] and values["nominee_last_name"]):
        return 0.3 if values["nominee_team"] else 0.0
    whole = (values["nominee_first_name"], values["nominee_last_name"]) == (nominee.first, nominee.last)
    unsure = any(field.status is Status.REVIEW for field in fields if field.name.startswith("nominee_"))
    return (0.99 if whole else 0.8) - (0.25 if unsure else 0.0)


def match_ward(nominee: Nominee, values: Mapping[str, Value], rng: np.random.Generator) -> Match:
    """Return the ward whom a reading takes the nominee's for."""
    found = bool(nominee.ward and values["nominee_team"] and rng.random() < 0.93)
    return Match(nominee.ward if found else "", float(rng.uniform(0.8, 0.999)))
