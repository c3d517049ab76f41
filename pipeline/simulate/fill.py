"""Fills a printed card by hand: what somebody means to say (`Answers`), and what then stands on the paper."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from forms.layout import Box
from forms.organisation import StaffMember, Ward
from pipeline.records import Image, Value
from pipeline.simulate.compose import Style, style_of, write_boxes, write_lines
from pipeline.simulate.hands import Hand
from pipeline.simulate.ink import Pen, draw, pick_pen
from pipeline.simulate.names import any_name, name_lists
from pipeline.simulate.stories import story
from pipeline.simulate.strikes import pick_tick, tick
from pipeline.simulate.writing import Writing

NOMINATORS = (("patient", 0.35), ("carer", 0.2), ("staff", 0.33), ("volunteer", 0.06), ("other", 0.06))
SHORTEST_STORY, LONGEST_STORY, WORDS_A_LINE = 8, 60, 9
"""Words; people see how much room there is."""
BLUNTEST = 0.27
"""Widest pen, in x-heights: who writes small takes a finer pen."""
EARLIEST, LATEST = datetime.date(2016, 1, 4), datetime.date(2025, 10, 31)


@dataclass(frozen=True, slots=True)
class Gaps:
    """How often people leave things out or change their minds, as probabilities."""

    no_date: float = 0.2
    no_nominator: float = 0.4
    no_contact: float = 0.55
    no_impact: float = 0.08
    no_type: float = 0.08
    no_consent: float = 0.25
    team_only: float = 0.1
    team_too: float = 0.7
    off_list: float = 0.15
    nickname: float = 0.12
    corrected_tick: float = 0.04
    two_ticks: float = 0.01


USUAL_GAPS = Gaps()


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody means to write, by field; and which options they tick first and then black out."""

    values: Mapping[str, Value]
    taken_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledCard:
    """What stands on a card in the end, as a perfect reader would say it."""

    card: str
    fields: dict[str, Value]
    hand: str
    pen: str
    staff_id: str = ""
    """Of the nominee, when on the staff list."""
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By choice field: the options with a tick in their box, or one that was taken back."""

    def as_json(self) -> dict[str, Any]:
        """`{"card", "fields": {name: value}}` with values as in the contract."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in self.fields.items()}
        return {"card": self.card, "fields": values, "nominee_staff": self.staff_id, "hand": self.hand, "pen": self.pen}


@dataclass(frozen=True, slots=True)
class Invention:
    """Answers, and the member of staff whom they mean (empty when on no list)."""

    answers: Answers
    staff_id: str = ""


def invent_answers(
    card: Mapping[str, Any], hand: Hand, staff: Sequence[StaffMember], wards: Sequence[Ward], rng: np.random.Generator,
    gaps: Gaps = USUAL_GAPS,
) -> Invention:  # fmt: skip
    """Answers for a card of a manifest, with gaps as people leave them."""
    values: dict[str, Value] = {}
    taken_back: dict[str, tuple[str, ...]] = {}
    names = {entry["name"]: entry for entry in card["fields"]}
    staff_id = _nominee(values, staff, wards, rng, gaps)
    for name, entry in names.items():
        if name in values:
            continue
        if entry["kind"] == "choice":
            values[name], back = _choose(entry, rng, gaps)
            if back:
                taken_back[name] = back
        elif entry["content"] == "date":
            values[name] = "" if rng.random() < gaps.no_date else _any_day(rng).isoformat()
        elif entry["content"] == "contact":
            values[name] = "" if rng.random() < gaps.no_contact else _contact(rng)
        elif entry["content"] == "name":
            values[name] = "" if rng.random() < gaps.no_nominator else " ".join(any_name(rng)).upper()
        elif entry["content"] == "story":
            skipped = name != "action" and rng.random() < gaps.no_impact
            longest = min(LONGEST_STORY, WORDS_A_LINE * len(entry["lines_mm"]))
            values[name] = "" if skipped else story(name, hand.knows, rng, SHORTEST_STORY, longest)
        else:
            values[name] = ""
    return Invention(Answers({name: values[name] for name in names}, taken_back), staff_id)


def _nominee(
    values: dict[str, Value], staff: Sequence[StaffMember], wards: Sequence[Ward], rng: np.random.Generator, gaps: Gaps
) -> str:
    team = rng.random() < gaps.team_only
    person = staff[int(rng.integers(len(staff)))] if staff and rng.random() >= gaps.off_list else None
    first, last = (person.first_name, person.last_name) if person else any_name(rng)
    shown = name_lists().short.get(first, first) if rng.random() < gaps.nickname else first
    values["nominee_first_name"] = "" if team else shown.upper()
    values["nominee_last_name"] = "" if team else last.upper()
    places = {ward.code: ward.name for ward in wards}
    place = places.get(person.ward, "") if person else ""
    if not place or rng.random() < 0.15:
        spare = [*places.values(), *name_lists().other_teams]
        place = spare[int(rng.integers(len(spare)))]
    values["nominee_team"] = place.upper() if team or rng.random() < gaps.team_too else ""
    return person.staff_id if person and not team else ""


def _choose(entry: Mapping[str, Any], rng: np.random.Generator, gaps: Gaps) -> tuple[Value, tuple[str, ...]]:
    options = [str(option["value"]) for option in entry["options"]]
    if entry.get("multiple"):
        if rng.random() < gaps.no_consent:
            return (), ()
        return tuple(option for option in options if rng.random() < 0.45), ()
    if rng.random() < gaps.no_type:
        return "", ()
    shares = np.array([dict(NOMINATORS).get(option, 0.1) for option in options])
    chosen = str(rng.choice(options, p=shares / shares.sum()))
    others = [option for option in options if option != chosen]
    if others and rng.random() < gaps.corrected_tick:
        return chosen, (str(rng.choice(others)),)
    if others and rng.random() < gaps.two_ticks:
        return tuple(sorted([chosen, str(rng.choice(others))], key=options.index)), ()
    return chosen, ()


def _any_day(rng: np.random.Generator) -> datetime.date:
    return EARLIEST + datetime.timedelta(days=int(rng.integers((LATEST - EARLIEST).days)))


def _contact(rng: np.random.Generator) -> str:
    """An e-mail address, or a number out of those kept for drama (01632 960, 07700 900)."""
    last = int(rng.integers(1000))
    form = rng.random()
    if form < 0.3:
        return f"07700 900{last:03d}"
    if form < 0.4:
        return f"01632 960{last:03d}"
    first, second = (part.lower().replace("'", "") for part in any_name(rng))
    host = str(rng.choice(["example.org", "example.com", "example.net"]))
    return f"{first}.{second}@{host}" if form < 0.8 else f"{first[0]}{second}{last % 90 + 10}@{host}"


def fill_card(
    page: Image, dpi: float, card: Mapping[str, Any], invention: Invention, hand: Hand, rng: np.random.Generator,
    pen: Pen | None = None, style: Style | None = None,
) -> FilledCard:  # fmt: skip
    """Writes the answers on a card of a sheet, in place, and says what stands there.

    `page` is (H, W, 3) RGB at `dpi` of the whole sheet, `card` its entry in the manifest. Two ticks in a single choice
    count as nothing; a story ends where the lines do.
    """
    style = style or style_of(hand, rng)
    pen = pen or _fitting(pick_pen(rng), card, style)
    fields: dict[str, Value] = {}
    touched: dict[str, tuple[str, ...]] = {}
    for entry in card["fields"]:
        value = invention.answers.values.get(entry["name"], "")
        back = invention.answers.taken_back.get(entry["name"], ())
        ink, fields[entry["name"]] = _write(entry, value, back, hand, style, rng)
        if entry["kind"] == "choice":
            touched[entry["name"]] = (*((value,) if isinstance(value, str) else value), *back)
        draw(page, dpi, ink, pen, rng)
    return FilledCard(str(card["card"]), fields, hand.name, pen.name, invention.staff_id, touched)


def _fitting(pen: Pen, card: Mapping[str, Any], style: Style) -> Pen:
    lines = [line[3] for entry in card["fields"] for line in entry.get("lines_mm", [])]
    widest = BLUNTEST * style.x_height * min(lines) if lines else pen.width
    return replace(pen, width=min(pen.width, max(widest, 0.3)))


def _write(
    entry: Mapping[str, Any], value: Value, back: tuple[str, ...], hand: Hand, style: Style, rng: np.random.Generator
) -> tuple[list[Writing], Value]:
    if entry["kind"] == "choice":
        return _mark(entry, value, back, rng)
    text = str(value)
    if entry["kind"] == "lines":
        return write_lines(text, [Box(*line) for line in entry["lines_mm"]], hand, style, rng)
    cells = [Box(*cell) for cell in entry["cells_mm"]]
    if entry["content"] != "date":
        return write_boxes(text, cells, hand, style, rng)
    year, month, day = text.split("-") if text else ("", "", "")
    ink, written = write_boxes(day + month + year, cells, hand, style, rng)
    return ink, text if len(written) == 8 else ""


def _mark(
    entry: Mapping[str, Any], value: Value, back: tuple[str, ...], rng: np.random.Generator
) -> tuple[list[Writing], Value]:
    chosen = (value,) if isinstance(value, str) else value
    habit = pick_tick(rng)
    ink = []
    for option in entry["options"]:
        box = Box(*option["box_mm"])
        if option["value"] in back:
            ink += [tick(box, pick_tick(rng), rng), tick(box, "blacked out", rng)]
        elif option["value"] in chosen:
            ink.append(tick(box, habit, rng))
    if entry.get("multiple"):
        return ink, tuple(option for option in chosen if option)
    return ink, chosen[0] if len(chosen) == 1 else ""
