"""Finds out which column of an export holds what: by what a person gave, by a proposal, and by asking at a terminal."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from forms.errors import UsageError
from pipeline.store.importing import KINDS, ChosenMapping, choose_mapping
from pipeline.submissions.mapping_file import read_mapping
from pipeline.submissions.mapping_text import as_toml
from pipeline.submissions.propose import missing
from pipeline.submissions.records import MAPPED, ColumnMap, Table
from pipeline.submissions.tables import read_table

_NOMINEE = ("nominee_name", "nominee_first_name", "nominee_last_name", "nominee_team")


def choose(file: Path, organisation: str, form: str, mapping: Path | None, *, quiet: bool) -> ChosenMapping:
    """Return the table, which column holds what, and whether a person said so.

    At a terminal the mapping is shown, and what is missing is asked for. Without one it is reported on stderr.
    Raises UsageError, which holds a mapping to fill in, when there is no nominee or no story.
    """
    given = read_mapping(mapping) if mapping else None
    table = read_table(file, given.sheet if given else "")
    chosen = choose_mapping(table, organisation, form, given)
    if chosen.passed_over:
        click.echo(f"{chosen.passed_over}\nSo a mapping is proposed anew.", err=True)
    if missing(chosen.columns):
        if not _at_terminal():
            click.echo(as_toml(chosen.columns, table), nl=False)
            raise UsageError(
                f"'{file}': {'; '.join(missing(chosen.columns))}. Above is a mapping to fill in; save it, and give it "
                "with --map MAPPING.toml."
            )
        chosen = replace(chosen, columns=_ask(chosen.columns, table), said=True)
    if not quiet:
        _show(chosen.columns, table)
    return chosen


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _show(columns: ColumnMap, table: Table) -> None:
    """Say on stderr which column is taken for what."""
    click.echo(f"{table.file}: {KINDS[columns.kind]}; its columns are taken as", err=True)
    for name in MAPPED:
        for column in columns.columns(name):
            sure = columns.sure.get(name, 1.0)
            doubt = "" if sure >= 0.8 else f"   (not sure: {sure:.0%})"
            click.echo(f"  {name:20} {_short(column)}{doubt}", err=True)
    for column in columns.unmatched:
        click.echo(f"  {'(kept beside)':20} {_short(column)}", err=True)


def _ask(columns: ColumnMap, table: Table) -> ColumnMap:
    """Ask at the terminal which columns hold the nominee and the story."""
    for n, column in enumerate(table.header, 1):
        click.echo(f"{n:4}  {_short(column)}", err=True)
    fields = dict(columns.fields)
    if not any(columns.columns(name) for name in _NOMINEE):
        fields["nominee_name"] = _asked("Which column names the person or team that is nominated?", table)
    if not columns.columns("action"):
        fields["action"] = _asked("Which column tells what they did?", table)
    used = {column for named in fields.values() for column in named}
    return replace(columns, fields=fields, unmatched=tuple(name for name in columns.unmatched if name not in used))


def _asked(question: str, table: Table) -> tuple[str, ...]:
    number: int = click.prompt(question, type=click.IntRange(1, len(table.header)), err=True)
    return (table.header[number - 1],)


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:87]}…"
