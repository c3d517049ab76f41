"""Joins statements of one nomination, from whatever sources, and leaves apart what are two.

The same statements and decisions give the same nominations, in whatever order they came in: nothing here depends on
what was merged before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.merge.groups import ASK, PairDecision, gather
from pipeline.merge.match import Pair, Weights, compare, shipped_weights
from pipeline.merge.nominees import Directory, Nominee
from pipeline.merge.reasons import reasons
from pipeline.statement import People, Statement

TOGETHER = 25_000
"""Statements to merge at a time: small organisations go together, because Splink takes a second to begin, and large
numbers apart, because of memory."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two sources that are one nomination, or of which a person is asked whether they are."""

    one: Statement
    other: Statement
    weight: float
    """In bits."""
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge found."""

    groups: tuple[tuple[Statement, ...], ...]
    """The sources of each nomination, the earliest first."""
    joined: tuple[Link, ...]
    """Pairs within nominations, that speak for them."""
    questions: tuple[Link, ...]
    """Pairs of two nominations that a person is asked about, the surest first."""
    contradictions: tuple[tuple[str, str], ...]
    """Keys of pairs whose decisions newer ones contradict."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of two sources, by their keys."""

    one: str
    other: str
    same: bool


def merge(
    statements: Iterable[Statement],
    people: Mapping[str, People],
    decisions: Sequence[Decided] = (),
    weights: Weights | None = None,
) -> Merged:
    """Merge statements of one or more organisations, whose nominations are never mixed.

    `people` are the lists by organisation, `decisions` come oldest first.
    """
    told = sorted(statements, key=lambda said: said.key)
    places = {said.key: n for n, said in enumerate(told)}
    pairs = compare(told, find_nominees(told, people), weights or shipped_weights(), ASK)
    decided = [
        PairDecision(places[decision.one], places[decision.other], decision.same)
        for decision in reversed(decisions)
        if decision.one in places and decision.other in places
    ]
    groups = gather(len(told), pairs, decided, [said.key for said in told])
    nomination = {member: n for n, members in enumerate(groups.members) for member in members}
    within = [pair for pair in pairs if pair.weight >= ASK and nomination[pair.one] == nomination[pair.other]]
    return Merged(
        groups=tuple(
            tuple(sorted((told[n] for n in members), key=lambda said: said.order)) for members in groups.members
        ),
        joined=tuple(_link(pair, told) for pair in within),
        questions=tuple(_link(pair, told) for pair in groups.questions),
        contradictions=tuple((told[said.one].key, told[said.other].key) for said in groups.contradictions),
    )


def find_nominees(statements: Sequence[Statement], people: Mapping[str, People]) -> list[Nominee]:
    """Return whom each statement thanks."""
    directories = {code: Directory(people.get(code, People())) for code in {said.organisation for said in statements}}
    return [directories[said.organisation].nominee(said) for said in statements]


def _link(pair: Pair, told: Sequence[Statement]) -> Link:
    one, other = told[pair.one], told[pair.other]
    return Link(one, other, pair.weight, pair.probability, reasons(pair, one, other))
