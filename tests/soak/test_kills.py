"""A reading killed again and again, at random moments, ends as one that was let alone."""

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.commands import stack_runs
from tests.commands.stack_runs import Work, new_home, read, read_and_kill, what_came_of_it

pytestmark = pytest.mark.soak

ROUNDS = 8
MOST_KILLS = 25
"""In one round; then it is let alone, so that a round ends even on a machine that starts slowly."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return stack_runs.make_work(tmp_path_factory.mktemp("work"), cards=8, seed=11)


@pytest.fixture(scope="module")
def undisturbed(work: Work, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """What comes of a run that is let alone, and the seconds it takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    home = new_home(folder / "home", work)
    begun = time.monotonic()
    done = read(home, work, workers=2)
    seconds = time.monotonic() - begun
    assert done.returncode == 6, done.stderr
    return what_came_of_it(home, folder / "readings.json"), seconds


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_until_it_finishes(
    work: Work, undisturbed: tuple[dict[str, Any], float], tmp_path: Path, seed: int
) -> None:
    expected, seconds = undisturbed
    rng = random.Random(seed)
    home = new_home(tmp_path / "home", work)
    workers = 1 + seed % 2
    kills, killed = 0, True
    while killed and kills < MOST_KILLS:
        after = rng.uniform(0.3, seconds / 3)
        killed = read_and_kill(home, work, workers, after, with_workers=rng.random() < 0.5)
        kills += killed
    if killed:
        done = read(home, work, workers)
        assert done.returncode == 6, done.stderr
    assert what_came_of_it(home, tmp_path / "readings.json") == expected
