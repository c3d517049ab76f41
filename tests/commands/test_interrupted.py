"""A reading that is killed and run again ends as one that was let alone; so does one with more workers."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from forms.errors import ExitCode
from tests.commands import stack_runs
from tests.commands.stack_runs import Work, compassion, new_home, read, rows, what_came_of_it

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return stack_runs.make_work(tmp_path_factory.mktemp("work"), cards=4)


@pytest.fixture(scope="module")
def undisturbed(work: Work, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    done = read(new_home(folder / "home", work), work, workers=1)
    assert done.returncode == 6, done.stderr
    return what_came_of_it(folder / "home", folder / "readings.json")


def wait_for_pages(home: Path, count: int, process: "subprocess.Popen[Any]") -> None:
    """Wait until the store has so many pages, or the process ends."""
    end = time.monotonic() + stack_runs.LONGEST
    while rows(home)["store_page"] < count and process.poll() is None:
        assert time.monotonic() < end, "no page was kept"
        time.sleep(0.02)


def test_the_undisturbed_run(undisturbed: dict[str, Any]) -> None:
    """What the others are held against is no accident."""
    outcomes = [row["outcome"] for row in undisturbed["pages"]]
    assert sorted(outcomes) == ["blank", "cards", "cards", "cards", "cards", "duplicate", "foreign", "unreadable"]
    copies = [(row["card"], row["copy"]) for row in undisturbed["readings"]]
    assert len(set(copies)) == len(copies) == 4
    assert sorted(copy for _, copy in copies) == [1, 1, 1, 2]


def test_two_workers_read_as_one(work: Work, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    done = read(new_home(tmp_path / "home", work), work, workers=2)
    assert done.returncode == 6, done.stderr
    assert what_came_of_it(tmp_path / "home", tmp_path / "readings.json") == undisturbed


def test_killed_once(work: Work, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """With workers, who must not stay behind; `make soak` kills many times, with one worker too."""
    workers = 2
    home = new_home(tmp_path / "home", work)
    arguments = ["read", str(work.stacks), "--workers", str(workers), "--received", "2026-01-31"]
    process = subprocess.Popen(
        [*stack_runs.COMMAND, "--home", str(home), *arguments],
        cwd=stack_runs.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    wait_for_pages(home, 3, process)
    assert process.poll() is None
    process.kill()
    process.wait()
    kept = compassion(home, "pages", "--json").stdout
    assert 3 <= rows(home)["store_page"] < 8
    end = time.monotonic() + 60
    while not stack_runs.ended(process.pid):
        assert time.monotonic() < end, "its workers never ended"
        time.sleep(0.1)

    done = read(home, work, workers)
    assert done.returncode == 6
    assert done.stderr.startswith("Going on with batch ")
    assert kept.strip("[]\n") in compassion(home, "pages", "--json").stdout
    assert what_came_of_it(home, tmp_path / "readings.json") == undisturbed


def test_interrupted_from_the_keyboard(work: Work, tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the command and its workers."""
    home = new_home(tmp_path / "home", work)
    process = subprocess.Popen(
        [*stack_runs.COMMAND, "--home", str(home), "read", str(work.stacks), "--workers", "2"],
        cwd=stack_runs.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    wait_for_pages(home, 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "run the same command again" in complaint
    assert "Traceback" not in complaint
    outcomes = {row["outcome"] for row in json.loads(compassion(home, "pages", "--json").stdout)}
    assert outcomes <= {"cards", "blank", "foreign", "duplicate"}
