"""Keeps a worker at work beside the server, in a process of its own: pages are served while it reads."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_PAUSE_SECONDS = 5.0
"""Before a worker that ended is started again."""
_LAST_SECONDS = 10.0

Worker = subprocess.Popen[bytes]


@contextmanager
def worker_beside(where: Sequence[str], pause: float = _PAUSE_SECONDS) -> Iterator[list[Worker]]:
    """Run `compassion work` with these options until the block ends; one that breaks down is started again.

    What is yielded holds the one that runs.
    """
    ended = threading.Event()
    command = [sys.executable, "-m", "pipeline.commands", *where, "work"]
    running: list[Worker] = []

    def keep_going() -> None:
        while not ended.wait(pause if running else 0):
            running[:] = [subprocess.Popen(command, stdin=subprocess.DEVNULL)]  # noqa: S603 (our own program)
            if ended.is_set():
                running[0].terminate()
            running[0].wait()

    thread = threading.Thread(target=keep_going, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        ended.set()
        for worker in running:
            worker.terminate()
        thread.join(_LAST_SECONDS)
