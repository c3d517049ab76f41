"""`compassion work` over uploaded files: killed, started again, two at once; and whose a batch is."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from forms.errors import ExitCode
from pipeline.commands import main
from pipeline.commands.worker_beside import worker_beside
from pipeline.store.setup import open_store
from tests.commands import stack_runs
from tests.commands.stack_runs import Work, compassion, new_home, rows, what_came_of_it
from tests.commands.test_bad_input import write_profile
from tests.pipeline.scan_files import drawn_page, jpeg_bytes
from tests.store.fixtures import close_store


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return stack_runs.make_work(tmp_path_factory.mktemp("work"), cards=4)


def upload(home: Path, files: list[Path]) -> None:
    """Give files as the web application does."""
    open_store(home)
    from pipeline.store.uploads import Intake

    intake = Intake()
    for file in files:
        intake.begin(file.name)
        intake.write(file.read_bytes())
        intake.end()
    intake.commit("RXW", "Ann Lee (ann.lee)", date(2026, 1, 31))
    close_store()


def start(home: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*stack_runs.COMMAND, "--home", str(home), "work", *options],
        cwd=stack_runs.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + stack_runs.LONGEST
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.mark.slow
def test_killed_in_the_middle_it_ends_as_the_command_does(work: Work, tmp_path: Path) -> None:
    """Two workers stand ready; the one at work is killed with its readers, and the other goes on."""
    command_home = new_home(tmp_path / "command", work)
    done = compassion(command_home, "read", work.stacks, "--workers", 1, "--received", "2026-01-31")
    assert done.returncode == ExitCode.NEEDS_PERSON, done.stderr
    expected = what_came_of_it(command_home, tmp_path / "expected.json")

    home = new_home(tmp_path / "home", work)
    upload(home, sorted(work.stacks.iterdir()))
    first = start(home, "--once")
    wait_until(lambda: rows(home)["store_page"] >= 2, "no page was kept")
    second = start(home, "--once")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    _, told = second.communicate(timeout=stack_runs.LONGEST)
    assert second.returncode == 0, told
    assert "is read." in told
    came: dict[str, Any] = what_came_of_it(home, tmp_path / "readings.json")
    assert came["pages"] == expected["pages"]
    assert came["readings"] == expected["readings"]
    assert came["images"] == expected["images"]
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.slow
def test_it_waits_for_uploads_until_it_is_stopped(work: Work, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", work)
    worker = start(home)
    (tmp_path / "page.jpg").write_bytes(jpeg_bytes(drawn_page(seed=1)))
    upload(home, [tmp_path / "page.jpg"])
    wait_until(lambda: rows(home)["store_page"] == 1, "nothing was read")
    worker.terminate()
    worker.communicate(timeout=60)
    assert worker.returncode == 0
    wait_until(lambda: stack_runs.ended(worker.pid), "its readers never ended")


@pytest.mark.slow
def test_beside_a_server_a_worker_that_was_killed_is_started_again(work: Work, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", work)
    (tmp_path / "page.jpg").write_bytes(jpeg_bytes(drawn_page(seed=1)))
    with worker_beside(["--home", str(home)], pause=0.1) as running:
        wait_until(lambda: bool(running), "it was not started")
        first = running[0]
        first.kill()
        wait_until(lambda: running[0] is not first, "it was not started again")
        upload(home, [tmp_path / "page.jpg"])
        wait_until(lambda: rows(home)["store_page"] == 1, "nothing was read")
    assert running[0].poll() is not None


# --- whose a batch is -----------------------------------------------------------------------------------------------


def run(home: Path, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    assert run(store, "load", write_profile(tmp_path / "rxw"))[0] == 0
    (tmp_path / "page.jpg").write_bytes(jpeg_bytes(drawn_page(seed=1)))
    return store


def whose() -> str:
    from pipeline.store import models

    return models.Batch.objects.latest("created").organisation


def test_a_batch_is_the_only_organisations(home: Path, tmp_path: Path) -> None:
    assert run(home, "read", tmp_path / "page.jpg", "--workers", 1)[0] == 0
    assert whose() == "RXW"


def test_with_several_organisations_it_must_be_said(home: Path, tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "ryz")
    toml = (profile / "organisation.toml").read_text("utf-8").replace("RXW", "RYZ")
    (profile / "organisation.toml").write_text(toml, "utf-8")
    assert run(home, "load", profile)[0] == 0
    assert run(home, "read", tmp_path / "page.jpg", "--workers", 1)[0] == 0
    assert whose() == ""
    assert run(home, "read", tmp_path / "page.jpg", "--workers", 1, "--organisation", "RYZ")[0] == 0
    assert whose() == "RYZ"
    code, told = run(home, "read", tmp_path / "page.jpg", "--organisation", "XXX")
    assert (code, "never loaded" in told) == (2, True)
    code, told = run(home, "read", "--again", "--organisation", "RYZ")
    assert (code, "doesn't go with --again" in told) == (2, True)


def test_once_with_nothing_to_do_ends(home: Path) -> None:
    assert run(home, "work", "--once") == (0, "")
