"""`compassion serve`: the web application."""

import signal
import sys
from contextlib import nullcontext

import click

from forms.errors import MissingDependencyError
from pipeline.commands.frame import Place, pass_place
from pipeline.commands.worker_beside import worker_beside

_LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for all of this computer's.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="Port to listen on; 0 for any free one.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="A name that browsers know this computer by.")
@click.option("--behind-tls", is_flag=True, help="A server of yours in front speaks TLS; cookies travel by it only.")
@click.option(
    "--proxy", "proxies", type=click.IntRange(0, 5), default=0, show_default="1 with --behind-tls, else none",
    help="How many servers of yours stand in front.",
)  # fmt: skip
@click.option("--no-worker", is_flag=True, help="Don't read what is uploaded; another 'compassion work' does.")
@pass_place
def command(
    place: Place, host: str, port: int, names: tuple[str, ...], behind_tls: bool, proxies: int, no_worker: bool
) -> None:
    """Serve the web application, on this computer only unless told otherwise.

    The first start shows a link, good for once, that makes the first administrator.
    """
    from pipeline.web.frontend.build import REMEDY, is_there
    from pipeline.web.site import Serving, open_site

    if not is_there():
        raise MissingDependencyError(f"What the web pages look like is missing. {REMEDY}")
    serving = Serving(host, names, behind_tls, proxies or int(behind_tls))
    open_site(place.home.absolute(), place.database, serving)
    from pipeline.web.first_administrator import first_link
    from pipeline.web.server import listen, serve

    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{'localhost' if host in ('0.0.0.0', '::') else shown}:{listening.getsockname()[1]}"  # noqa: S104
    if host not in _LOCAL and not behind_tls:
        click.echo(
            "Warning: passwords and stories travel unencrypted. Put a server with TLS in front, and say --behind-tls.",
            err=True,
        )
    if link := first_link():
        click.echo(f"Make yourself the administrator, once: {address}{link}")
    click.echo(f"Compassion Cards is at {address} (Ctrl+C ends it).")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))  # So that the worker is ended too.
    with nullcontext() if no_worker else worker_beside(_where(place)):
        serve(listening, serving)


def _where(place: Place) -> list[str]:
    return ["--home", str(place.home), *(["--database", place.database] if place.database else [])]
