"""Gathers statements into nominations: what people decided first, then the surest links; what is unclear is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.merge.match import Pair

LINK = 4.1
"""Bits from which on two statements are one nomination: 94 %. Set on simulated nominations (seed 102), so that of 1,000
pairs joined at most 2 are wrong: two thanks must not be folded into one, and what is missed can be asked."""
ASK = -4.4
"""Bits from which on a person is asked, 5 %: about nine times in 1,000 sources, with three of four missed pairs."""


@dataclass(frozen=True, slots=True)
class PairDecision:
    """What a person said of two statements, by their places."""

    one: int
    other: int
    same: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """Which statements are one nomination, and what could not be told."""

    members: tuple[tuple[int, ...], ...]
    """Places of statements, those of one nomination together, in order."""
    questions: tuple[Pair, ...]
    """Pairs of two groups that may be one nomination, at most one pair for two groups; surest first."""
    contradictions: tuple[PairDecision, ...]
    """Decisions that newer ones contradict, so that they could not be followed."""


def gather(count: int, pairs: Sequence[Pair], decisions: Iterable[PairDecision], names: Sequence[str]) -> Groups:
    """Gather `count` statements. `decisions` come newest first; `names` break ties, so that the order of input is of no
    account."""
    joining = _Joining(count)
    contradictions = [decision for decision in decisions if not joining.decide(decision)]
    ranked = sorted(pairs, key=lambda pair: (-pair.weight, *sorted((names[pair.one], names[pair.other]))))
    weights = {(pair.one, pair.other): pair.weight for pair in pairs}
    for pair in ranked:
        if pair.weight >= LINK:
            joining.link(pair, weights)
    return Groups(joining.groups(), joining.questions(ranked), tuple(contradictions))


class _Joining:
    """Groups as they grow."""

    def __init__(self, count: int) -> None:
        self._leader = list(range(count))
        self._members = {n: [n] for n in range(count)}
        self._apart: dict[int, set[int]] = {}
        """By member: those that a person said are another nomination."""

    def decide(self, decision: PairDecision) -> bool:
        """Follow a decision; False when newer ones contradict it."""
        one, other = self._leader[decision.one], self._leader[decision.other]
        if decision.same:
            if one != other and self._kept_apart(one, other):
                return False
            self._join(one, other)
            return True
        if one == other:
            return False
        self._apart.setdefault(decision.one, set()).add(decision.other)
        self._apart.setdefault(decision.other, set()).add(decision.one)
        return True

    def link(self, pair: Pair, weights: Mapping[tuple[int, int], float]) -> None:
        """Join the groups of a pair, unless a person keeps them apart, or their other members speak against it."""
        one, other = self._leader[pair.one], self._leader[pair.other]
        if one == other or self._kept_apart(one, other):
            return
        crossing = [weights.get((min(a, b), max(a, b)), ASK) for a in self._members[one] for b in self._members[other]]
        if sum(crossing) / len(crossing) >= LINK / 2:
            self._join(one, other)

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Return the groups as they stand."""
        return tuple(sorted(tuple(sorted(members)) for members in self._members.values()))

    def questions(self, ranked: Iterable[Pair]) -> tuple[Pair, ...]:
        """Return the pairs to ask a person about, of two groups the surest one."""
        found: dict[tuple[int, int], Pair] = {}
        for pair in ranked:
            one, other = sorted((self._leader[pair.one], self._leader[pair.other]))
            if pair.weight >= ASK and one != other and not self._kept_apart(one, other):
                found.setdefault((one, other), pair)
        return tuple(found.values())

    def _kept_apart(self, one: int, other: int) -> bool:
        members = set(self._members[other])
        return any(self._apart.get(member, set()) & members for member in self._members[one])

    def _join(self, one: int, other: int) -> None:
        if one == other:
            return
        keep, gone = sorted((one, other))
        for member in self._members[gone]:
            self._leader[member] = keep
        self._members[keep] += self._members.pop(gone)
