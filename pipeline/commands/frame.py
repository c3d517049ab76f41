"""What every command stands on: where the store is, and the one place that turns errors into exit codes."""

import json
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from forms.errors import CompassionError, ExitCode, UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """Where the store is, as `--home` and `--database` say."""

    home: Path
    database: str | None

    def open(self, *, create: bool = False) -> None:
        """Open the store. Raises UsageError when there is none and `create` is not set."""
        from pipeline.store.setup import open_store

        open_store(self.home, self.database, create=create)


pass_place = click.make_pass_decorator(Place)
"""Gives a command its `Place` as first argument."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
"""The option of every command that reports."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is written into a message that says what to do."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"'{path}' can't be written: {error.strerror or error}. If it is open in another program, close it there."
        ) from error


def print_json(result: object) -> None:
    """Print a result to stdout, as it is, for other programs."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=1))


class CommandGroup(click.Group):
    """Commands that are loaded when they are asked for, from the module of the same name.

    Errors of all of them become messages and exit codes here, and only here.
    """

    def __init__(self, *args: Any, summaries: dict[str, str], package: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summaries = summaries
        self.package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the work."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command."""
        if name not in self.summaries:
            return None
        command = import_module(f"{self.package}.{name}").command
        assert isinstance(command, click.Command)  # noqa: S101
        command.short_help = self.summaries[name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them, so that `--help` comes at once."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whatever goes wrong ends as a message on stderr and a documented exit code."""
        try:
            return super().invoke(ctx)
        except CompassionError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nStopped. What was done is kept; run the same command again to go on.", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 (the one place where faults of the program end)
            click.echo(f"Error: {_bug(error, ctx.params.get('home'))}", err=True)
            ctx.exit(ExitCode.BUG)


def _bug(error: Exception, home: Path | None) -> str:
    """Write the traceback to a file and return what to tell the person."""
    kind = type(error).__name__
    folder = home / "logs" if home is not None and home.is_dir() else Path(tempfile.gettempdir())
    name = f"compassion-{datetime.now():%Y%m%d-%H%M%S-%f}.log"
    log = folder / name
    try:
        folder.mkdir(exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return f"{kind}: {error}\nThis is a fault of the program, and its log could not be written to {folder}."
    return (
        f"{kind}: {error}\nThis is a fault of the program. What led to it is in {log}; "
        "please send that file with your report."
    )
