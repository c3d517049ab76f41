"""Reads a small stack by the real command in processes of their own, to be killed, and tells what came of it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forms.organisation import Profile
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.names import sample_organisation, write_profile
from pipeline.simulate.pages import blank_sheet, letter_sheet, write_torn
from pipeline.simulate.print_run import printed_cards
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.stacks import Desk, Piece, scanned, write_stack
from pipeline.store.database import DATABASE_FILE

ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-c", "from pipeline.commands import main; main()")
LONGEST = 300
"""Seconds that any one run may take."""


@dataclass(frozen=True)
class Work:
    """A folder of stacks, and the profile of the organisation whose cards they are."""

    profile: Path
    stacks: Path


def make_work(folder: Path, cards: int, seed: int = 7) -> Work:
    """Make a PDF of cut cards (a blank page, a letter and a photocopied blank among them), the same again, and a
    torn one."""
    rng = np.random.default_rng(seed)
    profile: Profile = sample_organisation(rng, staff=40, wards=5)
    write_profile(profile, folder / "profile")
    scratch, stacks = folder / "scratch", folder / "stacks"
    scratch.mkdir()
    stacks.mkdir()
    desk = Desk(printed_cards(profile, scratch, rng), FontHands(), profile, rng)
    first, copy = desk.with_photocopy()
    pieces = [first, *(desk.card() for _ in range(cards - 2)), copy]
    pieces[1:1] = [Piece(blank_sheet(148.0, 210.0), outcome="blank"), Piece(letter_sheet(), outcome="foreign")]
    pages = [scanned(piece, CONDITIONS["grey200"], rng) for piece in pieces]
    write_stack(pages, stacks / "stack.pdf", 60)
    write_stack(pages[-1:], stacks / "one again.pdf", 60)
    write_torn(stacks / "stack.pdf", stacks / "torn.pdf", 0.02)
    return Work(folder / "profile", stacks)


def compassion(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--home", str(home), *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False,
    )  # fmt: skip


def new_home(home: Path, work: Work) -> Path:
    done = compassion(home, "load", work.profile)
    assert done.returncode == 0, done.stderr
    return home


def read(home: Path, work: Work, workers: int) -> subprocess.CompletedProcess[str]:
    return compassion(home, "read", work.stacks, "--workers", workers, "--received", "2026-01-31", "--json")


def read_and_kill(home: Path, work: Work, workers: int, after: float, *, with_workers: bool) -> bool:
    """Kill a reading after so many seconds: the process alone, or all of them as when the power goes.

    Return whether it was killed; False when it had finished by then.
    """
    arguments = ["--home", str(home), "read", str(work.stacks), "--workers", str(workers), "--received", "2026-01-31"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        if with_workers:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        return True
    assert process.returncode == 6
    return False


def ended(group: int) -> bool:
    """Whether no process of a group is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, 0)
        return False
    return True


def what_came_of_it(home: Path, out: Path) -> dict[str, Any]:
    """Return the ledger, the readings and the store's counts, without the batch's name, which tells the day."""
    ledger = compassion(home, "pages", "--json")
    exported = compassion(home, "export", "--readings", out)
    assert (ledger.returncode, exported.returncode) == (0, 0), ledger.stderr + exported.stderr
    readings = json.loads(out.read_text("utf-8"))
    batches = {row["batch"] for row in readings}
    assert len(batches) == 1
    name = batches.pop()
    return {
        "pages": json.loads(ledger.stdout.replace(name, "BATCH")),
        "readings": json.loads(out.read_text("utf-8").replace(name, "BATCH")),
        "rows": rows(home),
        "images": sorted(path.name for path in (home / "pages").rglob("*") if path.is_file() and path.name[0] != "."),
    }


def rows(home: Path) -> dict[str, int]:
    """Count the rows of every table of the store."""
    with closing(sqlite3.connect(home / DATABASE_FILE)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in names if name.startswith("store_")]
        assert tables
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
