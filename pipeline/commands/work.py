"""`compassion work`: does in the background what people asked for in the web application."""

import signal
import sys
from types import FrameType

import click

from pipeline.commands.frame import Place, pass_place


@click.command
@click.option("--once", is_flag=True, help="Do what waits now, then end.")
@pass_place
def command(place: Place, once: bool) -> None:
    """Read what people uploaded, until stopped.

    `compassion serve` starts one by itself. A second one stands by, and takes over when the first one ends.
    """
    place.open()
    from pipeline.store.jobs import work

    signal.signal(signal.SIGTERM, _stop)
    work(lambda line: click.echo(line, err=True), once=once)


def _stop(number: int, frame: FrameType | None) -> None:
    """End in good order; what was being done is taken up again by the next worker."""
    sys.exit(0)
