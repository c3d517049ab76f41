"""What happened in an organisation: who thanked whom for what, and when. Not yet how it was told or written."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from pipeline.simulate.nominations.people import Nominator, Nominee, NomineePool, drawn_nominator, relative_of
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.retell import of_another
from pipeline.simulate.nominations.tales import (
    Scene,
    Sentences,
    new_scene,
    story_words,
    tell_action,
    tell_impact,
)
from pipeline.simulate.nominations.words import fragments, pick
from pipeline.simulate.nominations.world import Way

_CARD_ACTION, _CARD_IMPACT = 54, 36
"""Words that the lines of a card hold."""
_FORM_ACTION, _FORM_IMPACT = 80, 60
_NO_IMPACT = 0.12


@dataclass(frozen=True, slots=True)
class Thanks:
    """One true nomination."""

    id: str
    nominee: Nominee
    nominator: Nominator
    way: Way
    day: datetime.date
    scene: Scene | None
    """None for a few words that anybody might write."""
    action: Sentences
    impact: Sentences
    tags: tuple[str, ...]
    """What makes it hard to tell from others."""


def thanks_of_organisation(
    code: str, count: int, pool: NomineePool, plan: Plan, rng: np.random.Generator
) -> Iterator[Thanks]:
    """Yield `count` true nominations of one organisation, in no order."""
    chances = _Chances(code, pool, plan, rng)
    made = 0
    while made < count:
        for thanks in chances.next_group()[: count - made]:
            made += 1
            # What is edited later must stand in the first export.
            late = thanks.way is Way.EDITED and thanks.day >= plan.first_export
            yield replace(thanks, id=f"{code}-N{made:05d}", way=Way.ELECTRONIC if late else thanks.way)


class _Chances:
    """Draws nominations, alone or in groups that belong together."""

    def __init__(self, code: str, pool: NomineePool, plan: Plan, rng: np.random.Generator) -> None:
        self._code = code
        self._pool = pool
        self._plan = plan
        self._rng = rng
        self._ways = tuple(zip(Way, np.cumsum(plan.shares.ways), strict=True))
        shares = plan.shares
        # Shares are of nominations; a group of double thanks has 2.4 of them on average, the other groups 2.
        self._alone = 1 - shares.double_thanks - shares.same_words - shares.thanked_again
        self._groups = np.cumsum(
            [self._alone, shares.double_thanks / 2.4, shares.same_words / 2, shares.thanked_again / 2]
        )

    def next_group(self) -> list[Thanks]:
        """Draw what comes next: one nomination, or several."""
        chance = self._rng.random() * self._groups[-1]
        first = self._single(generic_allowed=chance < self._groups[0])
        if chance < self._groups[0]:
            return [first]
        if chance < self._groups[1]:
            return self._double_thanks(first)
        return self._same_words(first) if chance < self._groups[2] else self._thanked_again(first)

    def _single(self, *, generic_allowed: bool) -> Thanks:
        rng, shares = self._rng, self._plan.shares
        way = self._way()
        twice = way in (Way.CARD_AND_FORM, Way.TWICE_ON_FORM)
        generic = generic_allowed and rng.random() < (shares.generic_told_twice if twice else shares.generic)
        nominee = self._pool.draw()
        nominator = drawn_nominator(self._pool.staff, self._plan, rng)
        scene = None if generic else new_scene(nominee, nominator.kind, rng)
        return self._told("", nominee, nominator, way, self._day(way), scene)

    def _told(
        self, id: str, nominee: Nominee, nominator: Nominator, way: Way, day: datetime.date, scene: Scene | None
    ) -> Thanks:
        rng = self._rng
        on_card = way in (Way.CARD, Way.CARD_AND_FORM)
        tags = ("namesake",) if nominee.namesake else ()
        if scene is None:
            action, impact = _few_words("generic", rng), _few_words("generic_impact", rng)
            impact = () if rng.random() < 0.5 else impact
            return Thanks(id, nominee, nominator, way, day, None, action, impact, ("generic", *tags))
        action = tell_action(scene, story_words(rng, _CARD_ACTION if on_card else _FORM_ACTION), rng)
        words = int(story_words(rng, _CARD_IMPACT if on_card else _FORM_IMPACT) * 0.7)
        impact = () if rng.random() < _NO_IMPACT else tell_impact(scene, words, rng)
        return Thanks(id, nominee, nominator, way, day, scene, action, impact, tags)

    def _double_thanks(self, first: Thanks) -> list[Thanks]:
        """Several people thank one nominee, on one day or within a week; some of one family for one event."""
        rng, shares = self._rng, self._plan.shares
        same_day, same_event = rng.random() < shares.same_day, rng.random() < shares.same_event
        tags = (*first.tags, "double_thanks", *(("same_event",) if same_event else ()))
        group = [replace(first, tags=tags)]
        for _ in range(1 + int(rng.choice(3, p=(0.7, 0.2, 0.1)))):
            nominator = drawn_nominator(self._pool.staff, self._plan, rng)
            scene = new_scene(first.nominee, nominator.kind, rng)
            if same_event and first.scene is not None:
                nominator = relative_of(first.nominator, self._plan, rng)
                scene = replace(first.scene, called=scene.called)
            day = first.day if same_day else self._within(first.day, int(rng.integers(-6, 7)))
            other = self._told("", first.nominee, nominator, self._way(), day, scene)
            group.append(replace(other, tags=tags))
        return group

    def _same_words(self, first: Thanks) -> list[Thanks]:
        """One nominator praises two people in nearly the same words."""
        other = self._pool.another(first.nominee)
        if other is None or first.scene is None:
            return [first]
        tag, rng = "same_words_two_people", self._rng
        called, name = first.scene.called, other.first
        if first.nominee.is_team or called in _called_by_none() or not name:
            name = called
        scene = replace(first.scene, called=name)
        second = replace(
            first,
            nominee=other,
            scene=scene,
            way=first.way if rng.random() < 0.7 else self._way(),
            day=first.day if rng.random() < 0.7 else self._within(first.day, int(rng.integers(0, 4))),
            action=of_another(first.action, called, name, rng),
            impact=of_another(first.impact, called, name, rng),
            tags=(("namesake",) if other.namesake else ()) + (tag,),
        )
        return [replace(first, tags=(*first.tags, tag)), second]

    def _thanked_again(self, first: Thanks) -> list[Thanks]:
        """The same nominator thanks the same nominee for another deed, weeks apart."""
        rng = self._rng
        scene = new_scene(first.nominee, first.nominator.kind, rng)
        day = self._within(first.day, int(rng.integers(14, 71)) * (1 if rng.random() < 0.5 else -1))
        second = self._told("", first.nominee, first.nominator, self._way(), day, scene)
        return [replace(each, tags=(*each.tags, "thanked_again")) for each in (first, second)]

    def _way(self) -> Way:
        chance = self._rng.random()
        return next((way for way, total in self._ways if chance < total), Way.CARD)

    def _day(self, way: Way) -> datetime.date:
        """Draw a day, in time for the first export for what is edited later."""
        first, plan = self._plan.first_day, self._plan
        days = ((plan.first_export if way is Way.EDITED else plan.last_day) - first).days
        return first + datetime.timedelta(days=int(self._rng.random() * days))

    def _within(self, day: datetime.date, shift: int) -> datetime.date:
        """Shift a day; the other way where it would leave the time of the plan."""
        moved = day + datetime.timedelta(days=shift)
        if self._plan.first_day <= moved <= self._plan.last_day:
            return moved
        return day - datetime.timedelta(days=shift)


def _few_words(name: str, rng: np.random.Generator) -> Sentences:
    return ("".join(pick(fragments().of(name), rng)),)


@cache
def _called_by_none() -> frozenset[str]:
    """What nominees are called when not by their names."""
    lists = (*fragments().of("called_person"), *fragments().of("called_team"))
    return frozenset("".join(template) for template in lists)
