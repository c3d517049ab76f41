"""Has the jobs of a plan done by several processes, and hands their results back in order."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from pipeline.simulate.accuracy.cards import CardResult, measure_cards
from pipeline.simulate.accuracy.plan import Plan, jobs_of

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_cards(plan: Plan, workers: int) -> Iterator[list[CardResult]]:
    """Yield the results of each job, in the order of the jobs."""
    yield from run(measure_cards, list(jobs_of(plan)), workers)


def run(work: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """Yield what becomes of each task, in order; with one worker, in this process."""
    if workers == 1 or len(tasks) < 2:
        yield from map(work, tasks)
        return
    # Spawned, not forked: the readers' threads don't survive a fork.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(work, tasks)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
