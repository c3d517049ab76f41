"""Puts nominations on cards: numbers, photocopies, weekly batches of scans, and how they were read."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forms.numbers import run_numbers
from forms.organisation import Profile
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.reading import (
    drawn_legibility,
    match_staff,
    match_ward,
    read_fields,
    unfilled_fields,
)
from pipeline.simulate.nominations.retell import drawn_style
from pipeline.simulate.nominations.telling import Telling, told_values
from pipeline.simulate.nominations.words import pick
from pipeline.simulate.nominations.world import LONDON, SimulatedCard, SimulatedSource
from pipeline.sources import card_source

_TOKEN = "23456789ABCDEFGHJKMNPRSTVWXYZ"  # noqa: S105 (letters and digits for a print run's token, no password)
_RUN = 200
"""Cards of a print run."""
_CAPITALS = 0.2
_LATER_BATCH = 0.15
"""How many cards lie in the box for another week."""
_COPIED_FROM = 300
"""A card is copied while it is at hand: one of so many before it."""


@dataclass(frozen=True, slots=True)
class ToldOnCard:
    """A telling that goes on a card, and its nomination's case."""

    telling: Telling
    case: str


def make_cards(
    told: Sequence[ToldOnCard], profile: Profile, plan: Plan, rng: np.random.Generator
) -> tuple[SimulatedCard, ...]:
    """Return the cards as they were scanned and read, in the order of their scans, some unfilled among them."""
    waiting: list[tuple[datetime.date, ToldOnCard | None]] = [(_batch_day(t.telling.day, rng), t) for t in told]
    unfilled = int(rng.binomial(len(told), plan.shares.unfilled))
    waiting += [(pick(waiting, rng)[0], None) for _ in range(unfilled)]
    order = rng.permutation(len(waiting))
    stack = _Stack(profile, plan, rng)
    return tuple(stack.scanned(*waiting[int(n)]) for n in sorted(order, key=lambda n: waiting[int(n)][0]))


def _batch_day(day: datetime.date, rng: np.random.Generator) -> datetime.date:
    """The Monday on which the box was emptied and its cards scanned."""
    monday = day + datetime.timedelta(days=7 - day.weekday())
    return monday + datetime.timedelta(days=7 if rng.random() < _LATER_BATCH else 0)


class _Stack:
    """Gives each card its number, and its page among those of its batch."""

    def __init__(self, profile: Profile, plan: Plan, rng: np.random.Generator) -> None:
        self._profile = profile
        self._plan = plan
        self._rng = rng
        self._numbers = self._printed()
        self._filled: list[tuple[str, str]] = []
        self._copies: dict[str, int] = {}
        self._pages: dict[datetime.date, int] = {}

    def _printed(self) -> Iterator[tuple[str, str]]:
        """Yield numbers and the wards they were printed for, run after run, each run shuffled by its use."""
        rng, code = self._rng, self._profile.organisation.code
        while True:
            token = "".join(pick(_TOKEN, rng) for _ in range(7))
            ward = pick(self._profile.wards, rng).code if rng.random() < 0.7 else ""
            run = [str(number) for number in run_numbers(code, token, _RUN)]
            yield from ((run[int(place)], ward) for place in rng.permutation(_RUN))

    def scanned(self, day: datetime.date, told: ToldOnCard | None) -> SimulatedCard:
        """Return the next card of the batch of that day."""
        page = self._pages[day] = self._pages.get(day, 0) + 1
        at_hand = self._filled[-_COPIED_FROM:] if told is not None else []
        photocopied = bool(at_hand) and self._rng.random() < self._plan.shares.copy
        number, ward = pick(at_hand, self._rng) if photocopied else next(self._numbers)
        batch = day.isoformat()
        file = f"stack-{batch}.pdf"
        if told is None:
            return SimulatedCard(number, 1, ward, batch, file, page, unfilled_fields())
        copy = self._copies[number] = self._copies.get(number, 0) + 1
        self._filled.append((number, ward))
        card = SimulatedCard(number, copy, ward, batch, file, page, ())
        return self._read(card, day, told, "copy" if photocopied else "")

    def _read(self, card: SimulatedCard, day: datetime.date, told: ToldOnCard, tag: str) -> SimulatedCard:
        telling, rng = told.telling, self._rng
        nominee = telling.thanks.nominee
        values = told_values(telling, drawn_style(rng, _CAPITALS))
        fields = read_fields(values, drawn_legibility(rng), rng)
        staff = match_staff(nominee, values, fields, self._profile, rng)
        source = SimulatedSource(
            id=card_source(card.number, card.copy),
            organisation=self._profile.organisation.code,
            paper=True,
            received_at=datetime.datetime(day.year, day.month, day.day, tzinfo=LONDON),
            values={field.name: field.value for field in fields},
            statuses={field.name: field.status.value for field in fields},
            nominee_staff=staff.value,
            nomination=telling.thanks.id,
            person=nominee.key,
            case=case_of(told.case, tag),
        )
        return SimulatedCard(
            card.number, card.copy, card.ward, card.batch, card.file, card.page, fields, staff,
            match_ward(nominee, values, rng), source,
        )  # fmt: skip


def case_of(case: str, tag: str) -> str:
    """Add a tag to a case; what is hard about a source is no longer just `single`."""
    if not tag:
        return case
    return tag if case == "single" else f"{case}+{tag}"
