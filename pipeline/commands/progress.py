"""Shows how far the work is: a bar on a terminal, else a plain line now and then. Always on stderr."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import click

_LINE_SECONDS = 10.0
"""Between two lines where there is no terminal, so that a log doesn't fill up."""

Item = TypeVar("Item")


class Advance(Protocol):
    """Says that so much more is done."""

    def __call__(self, done: int = 1, *, total: int | None = None) -> None:
        """Count `done` more; `total` when it has turned out how much there is."""
        ...


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """Show the progress of `what` ("Reading pages") until the block ends; `total` when it is known."""
    if sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield advance
    else:
        yield _Lines(what, total)


def track(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items, showing how far the work on them is."""
    with progress(what, total) as advance:
        for item in items:
            yield item
            advance()


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: int = 1, *, total: int | None = None) -> None:
            bar.update(task, advance=done, total=total)

        yield advance


class _Lines:
    """Says how far the work is in plain lines, the first one after a while."""

    def __init__(self, what: str, total: int | None) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self.said = time.monotonic()

    def __call__(self, done: int = 1, *, total: int | None = None) -> None:
        self.done += done
        self.total = total if total is not None else self.total
        if time.monotonic() - self.said >= _LINE_SECONDS:
            self.said = time.monotonic()
            of = f" of {self.total}" if self.total is not None else ""
            click.echo(f"{self.what}: {self.done}{of}", err=True)
