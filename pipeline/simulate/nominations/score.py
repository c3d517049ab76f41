"""Measures a merge of one organisation's sources against the truth, by pairs of sources.

A pair is true when both sources are of one nomination. Scores of several organisations are added up with `total`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import comb

from pipeline.simulate.nominations.world import SimulatedSource


@dataclass(frozen=True, slots=True)
class Truth:
    """What a source truly is."""

    nomination: str
    case: str
    """Tags joined with `+`."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """Counts of pairs that have a tag in at least one of their sources."""

    true_pairs: int = 0
    joined_wrongly: int = 0
    missed: int = 0
    missed_but_asked: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """How well a merge did. Counts are of pairs of sources, unless said otherwise."""

    sources: int = 0
    """How many there are."""
    lost: int = 0
    """How many are in no group."""
    true_pairs: int = 0
    joined_pairs: int = 0
    joined_wrongly: int = 0
    missed: int = 0
    missed_but_asked: int = 0
    """Missed, but there is a question between the two groups that hold them."""
    questions: int = 0
    questions_about_true: int = 0
    """Questions to which "the same" is the right answer."""
    by_case: dict[str, CaseScore] = field(default_factory=dict)
    """By tag, in alphabetical order."""

    @property
    def wrong_per_thousand(self) -> float:
        """Wrongly joined of 1,000 joined pairs."""
        return 1000 * self.joined_wrongly / max(1, self.joined_pairs)

    @property
    def missed_per_hundred(self) -> float:
        """Missed of 100 true pairs."""
        return 100 * self.missed / max(1, self.true_pairs)

    @property
    def share_of_missed_asked(self) -> float:
        """Of the missed pairs, those asked about; 1 when none is missed."""
        return self.missed_but_asked / self.missed if self.missed else 1.0

    @property
    def questions_per_thousand(self) -> float:
        """Questions for 1,000 sources."""
        return 1000 * self.questions / max(1, self.sources)


def truth_of(sources: Iterable[SimulatedSource]) -> dict[str, Truth]:
    """Return the truth by source id, for the sources of one organisation."""
    return {source.id: Truth(source.nomination, source.case) for source in sources}


def score(
    truth: Mapping[str, Truth], groups: Iterable[Collection[str]], questions: Iterable[tuple[str, str]] = ()
) -> Score:
    """Score the groups of source ids that a merge made, and the pairs of source ids that it asked about.

    A source in no group counts as lost, and as apart from all others. Raises ValueError when a group or a question
    names a source that isn't there, or one source stands in two groups.
    """
    found = [frozenset(group) for group in groups]
    group_of = _group_of(truth, found)
    asked = {frozenset(pair) for pair in questions}
    for name in {name for pair in asked for name in pair} - truth.keys():
        raise ValueError(f"a question names the source '{name}', which is not there")
    between = {frozenset(group_of[name] for name in pair) for pair in asked}
    cases: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for pair in _true_pairs(truth):
        apart = frozenset(group_of[name] for name in pair)
        missed, answerable = len(apart) == 2, apart in between
        counts = {"true_pairs": 1, "missed": int(missed), "missed_but_asked": int(missed and answerable)}
        totals.update(counts)
        for tag in {tag for name in pair for tag in truth[name].case.split("+")}:
            cases.setdefault(tag, Counter()).update(counts)
    for group in found:
        totals["joined_pairs"] += comb(len(group), 2)
        totals["joined_wrongly"] += _wrong_pairs(truth, group)
        for tag, count in _wrong_by_tag(truth, group).items():
            cases.setdefault(tag, Counter())["joined_wrongly"] += count
    return Score(
        sources=len(truth),
        lost=len(truth) - sum(len(group) for group in found),
        questions=len(asked),
        questions_about_true=sum(len({truth[name].nomination for name in pair}) == 1 for pair in asked),
        by_case={tag: CaseScore(**counts) for tag, counts in sorted(cases.items())},
        **totals,
    )


def total(scores: Iterable[Score]) -> Score:
    """Add scores up: of several organisations, say."""
    sums: Counter[str] = Counter()
    cases: dict[str, Counter[str]] = {}
    for each in scores:
        sums.update({name: getattr(each, name) for name in Score.__dataclass_fields__ if name != "by_case"})
        for tag, case in each.by_case.items():
            counts = {name: getattr(case, name) for name in CaseScore.__dataclass_fields__}
            cases.setdefault(tag, Counter()).update(counts)
    return Score(by_case={tag: CaseScore(**counts) for tag, counts in sorted(cases.items())}, **sums)


def _group_of(truth: Mapping[str, Truth], groups: Iterable[frozenset[str]]) -> dict[str, int]:
    """Number the group of each source; a lost one has a group of its own."""
    found: dict[str, int] = {}
    for number, group in enumerate(groups):
        for name in group:
            if name not in truth:
                raise ValueError(f"a group names the source '{name}', which is not there")
            if name in found:
                raise ValueError(f"the source '{name}' stands in two groups")
            found[name] = number
    lost = (name for name in truth if name not in found)
    return found | {name: -number for number, name in enumerate(lost, start=1)}


def _true_pairs(truth: Mapping[str, Truth]) -> Iterable[tuple[str, str]]:
    nominations: dict[str, list[str]] = {}
    for name, what in truth.items():
        nominations.setdefault(what.nomination, []).append(name)
    for names in nominations.values():
        yield from combinations(names, 2)


def _wrong_pairs(truth: Mapping[str, Truth], group: Iterable[str]) -> int:
    of_each = Counter(truth[name].nomination for name in group)
    return comb(of_each.total(), 2) - sum(comb(count, 2) for count in of_each.values())


def _wrong_by_tag(truth: Mapping[str, Truth], group: frozenset[str]) -> dict[str, int]:
    """Count the wrong pairs of a group by tag: all of them less those where neither source has it."""
    wrong = _wrong_pairs(truth, group)
    if not wrong:
        return {}
    tags = {tag for name in group for tag in truth[name].case.split("+")}
    without = {tag: [name for name in group if tag not in truth[name].case.split("+")] for tag in tags}
    return {tag: count for tag, names in without.items() if (count := wrong - _wrong_pairs(truth, names))}
