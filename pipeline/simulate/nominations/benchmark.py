"""Measures the merge on simulated nominations: seconds, memory, and what it joined rightly and wrongly."""

import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.merge import TOGETHER, merge
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.score import Score, score, total, truth_of
from pipeline.simulate.nominations.simulation import simulate
from pipeline.simulate.nominations.statements import people_of, statement_of
from pipeline.simulate.nominations.world import OrganisationWorld, World

_ALIKE = 80.0
"""The plain way links what is so much alike, in per cent."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One merge of simulated nominations."""

    nominations: int
    organisations: int
    sources: int
    seconds: float
    megabytes: float
    """The most memory that the process had, the simulated world included."""
    score: Score


def measure_merge(plan: Plan) -> Measured:
    """Merge a simulated world in a process of its own, so that its memory is its own."""
    return _in_own_process(_merged, plan)


def measure_plain(plan: Plan) -> Measured:
    """The plain way beside it: every pair of an organisation compared by rapidfuzz, name and words as one text."""
    return _in_own_process(_plain, plan)


def _in_own_process(measure: object, plan: Plan) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (plan,))  # type: ignore[arg-type]


def _merged(plan: Plan) -> Measured:
    world = simulate(plan)
    groups, questions, seconds = [], [], 0.0
    for batch in _batches(world.organisations):
        statements = [statement_of(source) for organisation in batch for source in organisation.sources]
        people = {organisation.code: people_of(organisation) for organisation in batch}
        began = time.perf_counter()
        found = merge(statements, people)
        seconds += time.perf_counter() - began
        groups += [[(said.organisation, said.source.id) for said in members] for members in found.groups]
        questions += [
            ((link.one.organisation, link.one.source.id), (link.other.organisation, link.other.source.id))
            for link in found.questions
        ]
    return _measured(plan, world, seconds, groups, questions)


def _batches(organisations: Sequence[OrganisationWorld]) -> Iterator[list[OrganisationWorld]]:
    """Yield organisations by as many as the store merges at a time."""
    batch: list[OrganisationWorld] = []
    for organisation in organisations:
        batch.append(organisation)
        if sum(len(one.cards) + len(one.submissions) for one in batch) >= TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _plain(plan: Plan) -> Measured:
    import numpy as np
    from rapidfuzz import fuzz, process

    world = simulate(plan)
    began = time.perf_counter()
    groups = []
    for organisation in world.organisations:
        sources = organisation.sources
        texts = [" ".join(map(str, source.values.values())).casefold() for source in sources]
        alike = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.float32)
        leader = list(range(len(sources)))
        for one, other in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
            keep, gone = sorted((leader[one], leader[other]))
            leader = [keep if place == gone else place for place in leader]
        for first in sorted(set(leader)):
            groups.append([(organisation.code, sources[n].id) for n, place in enumerate(leader) if place == first])
    return _measured(plan, world, time.perf_counter() - began, groups, [])


def _measured(
    plan: Plan,
    world: World,
    seconds: float,
    groups: Sequence[Sequence[tuple[str, str]]],
    questions: Sequence[tuple[tuple[str, str], tuple[str, str]]],
) -> Measured:
    scores = []
    sources = 0
    for organisation in world.organisations:
        code = organisation.code
        sources += len(organisation.sources)
        ours = [[name for _, name in group] for group in groups if group[0][0] == code]
        asked = [(one[1], other[1]) for one, other in questions if one[0] == code]
        scores.append(score(truth_of(organisation.sources), ours, asked))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Measured(plan.count, plan.organisations, sources, seconds, megabytes, total(scores))
