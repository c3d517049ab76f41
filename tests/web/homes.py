"""Makes the home that the tests of the web application copy: real cards read, a real export imported, merged."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.commands.stack_runs import compassion
from tests.web.site import open_home

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples"


def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample home, made by whichever of the tests' processes comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    home = shared / "sample-home"
    with (shared / "sample-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            shutil.rmtree(home, ignore_errors=True)
            _make(home, shared)
            (home / "made").touch()
    return home


def _make(home: Path, scratch: Path) -> None:
    from tests.store.fixtures import close_store

    stack = scratch / "stack"
    stack.mkdir(exist_ok=True)
    for name in ("glass-1.jpg", "torn.pdf"):
        shutil.copy(SAMPLES / "stacks" / name, stack / name)
    other = scratch / "other"
    shutil.copytree(SAMPLES / "organisation", other, dirs_exist_ok=True)
    profile = (other / "organisation.toml").read_text("utf-8").replace('"RXW"', '"RYZ"')
    (other / "organisation.toml").write_text(profile.replace("The Shrewsbury and Telford", "Another"), "utf-8")
    _do(home, "load", SAMPLES / "organisation")
    _do(home, "read", stack, "--workers", 1, "--received", "2026-11-20", "--organisation", "RXW")
    _do(home, "load", other)
    _do(home, "import", *(SAMPLES / "electronic").glob("*.xlsx"), "--organisation", "RXW")
    _do(home, "merge")
    open_home(home)
    close_store()


def _do(home: Path, *arguments: object) -> None:
    done = compassion(home, *arguments)
    assert done.returncode in (0, 6), done.stderr
