"""`compassion import`: electronic submissions, and readings from another site, into the store."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forms.errors import CompassionError, ConfigurationError, ExitCode, UsageError
from pipeline.commands.frame import Place, as_json, pass_place, print_json
from pipeline.commands.progress import track

if TYPE_CHECKING:
    from pipeline.store.submissions import ImportResult
    from pipeline.submissions.records import Table

_SHOWN = 20
"""Rows and notes told one by one; --json has them all."""


@click.command
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--organisation", metavar="CODE", required=True, help="Whose submissions they are.")
@click.option("--source", metavar="NAME", show_default="the file's name", help="The form's name; the same each month.")
@click.option(
    "--map",
    "mapping",
    metavar="MAPPING.toml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Which column holds what; what it leaves out is proposed. Kept for the form's next export.",
)
@click.option(
    "--received",
    type=click.DateTime(["%Y-%m-%d"]),
    show_default="as the file says, else its modification date",
    help="For readings: the day the cards came in.",
)
@as_json
@click.pass_context
@pass_place
def command(
    place: Place,
    context: click.Context,
    files: tuple[Path, ...],
    organisation: str,
    source: str | None,
    mapping: Path | None,
    received: datetime | None,
    as_json: bool,
) -> None:
    """Take in exports of Microsoft Forms, Google Forms, ODK and KoboToolbox, any table with a mapping, and files of
    readings from another site.

    A form's name is its file's, without what downloads add, so that next month's export is the same form. Importing
    again changes nothing; an edited submission becomes a new version of the same one.
    """
    place.open()
    from pipeline.store.organisations import profile_of

    profile_of(organisation)
    if missing := [file for file in files if not file.is_file()]:
        raise UsageError(f"There is no file '{missing[0]}'.")
    told: list[dict[str, Any]] = []
    failed: list[CompassionError] = []
    for file in files:
        try:
            told.append(_import_file(file, organisation, source, mapping, received, as_json))
        except CompassionError as error:
            if len(files) == 1 or isinstance(error, ConfigurationError):
                raise
            failed.append(error)
            click.echo(f"Error: {error}", err=True)
    if as_json:
        print_json(told[0] if len(files) == 1 else _together(told))
    if failed and not told:
        context.exit(failed[0].exit_code)
    context.exit(ExitCode.NEEDS_PERSON if failed else _exit_code(told))


def _exit_code(told: list[dict[str, Any]]) -> ExitCode:
    rows, refused = sum(one["rows"] for one in told), sum(len(one["refused"]) for one in told)
    if rows and refused == rows:
        return ExitCode.NOTHING_READ
    return ExitCode.NEEDS_PERSON if refused else ExitCode.DONE


def _together(told: list[dict[str, Any]]) -> dict[str, Any]:
    counts = {name: sum(one[name] for one in told) for name in ("rows", "new", "changed", "unchanged")}
    refused = [{"file": one["file"], **row} for one in told for row in one["refused"]]
    return {**counts, "refused": refused, "files": told}


def _import_file(
    file: Path,
    organisation: str,
    source: str | None,
    mapping: Path | None,
    received: datetime | None,
    as_json: bool,
) -> dict[str, Any]:
    from pipeline.store.importing import holds_readings

    if holds_readings(file):
        if mapping or source:
            raise UsageError(f"'{file}' holds readings, which need no --map and no --source.")
        return _import_readings(file, organisation, received, as_json)
    return _import_table(file, organisation, source, mapping, as_json)


def _import_readings(file: Path, organisation: str, received: datetime | None, as_json: bool) -> dict[str, Any]:
    from pipeline.store.importing import ImportOrder, import_readings, sha256_of
    from pipeline.store.storable import storable

    day = received.date() if received else datetime.fromtimestamp(file.stat().st_mtime).date()
    order = ImportOrder(organisation, "", file.name, sha256_of(file))
    result = import_readings(file, order, day, lambda cards: track(cards, "Importing readings"))
    _tell(file, "readings of cards", result, as_json)
    return {"file": storable(str(file)), "kind": "readings", **result.counts()}


def _import_table(
    file: Path, organisation: str, source: str | None, mapping: Path | None, as_json: bool
) -> dict[str, Any]:
    from pipeline.commands.import_mapping import choose
    from pipeline.store.importing import KINDS, LONGEST_FORM_NAME, ImportOrder, import_table, sha256_of
    from pipeline.store.storable import storable
    from pipeline.submissions.source_names import source_name

    form = " ".join((source if source is not None else source_name(file)).split())
    if not form or len(form) > LONGEST_FORM_NAME:
        raise UsageError(f"Name the form with --source NAME, of at most {LONGEST_FORM_NAME} characters.")
    chosen = choose(file, organisation, form, mapping, quiet=as_json)
    table, columns = chosen.table, chosen.columns
    order = ImportOrder(organisation, form, file.name, sha256_of(file), mapping_new=mapping is not None)
    total = len(table.frame) + len(table.refused)
    result = import_table(chosen, order, lambda rows: track(rows, "Reading rows", total=total))
    _tell(file, f"{KINDS[columns.kind]} '{storable(form)}'", result, as_json, table)
    return {
        "file": storable(str(file)),
        "kind": columns.kind.value,
        "source": storable(form),
        **result.counts(),
        "mapping": {name: list(named) for name, named in columns.fields.items()},
        "kept": list(columns.unmatched),
        "notes": [*table.notes, *(f"Row {row}: {note}" for row, note in result.notes)],
    }


def _tell(file: Path, what: str, result: "ImportResult", as_json: bool, table: "Table | None" = None) -> None:
    """Say what an import did: the count on stdout, what a person should look at on stderr."""
    from pipeline.store.storable import storable

    name = storable(file.name)
    lines = [*(table.notes if table else ())]
    lines += [f"Row {row}: {note}" for row, note in _first(result.notes)]
    lines += [f"Row {row} is new, but {reason}." for row, reason in _first(result.near_misses)]
    for row in _first(result.refused):
        column = f", column '{row.column}'" if row.column else ""
        lines.append(f"Row {row.row} was not taken{column}: {row.reason}.")
    for line in lines:
        click.echo(f"{name}: {line.rstrip('.')}.", err=True)
    more = sum(max(0, len(told) - _SHOWN) for told in (result.notes, result.near_misses, result.refused))
    if more:
        click.echo(f"{name}: and {more} more like these; --json tells all.", err=True)
    if not as_json:
        click.echo(
            f"{name}: {what}, {result.rows} rows: {result.new} new, {result.changed} changed, "
            f"{result.unchanged} unchanged, {len(result.refused)} refused."
        )


def _first(told: list[Any]) -> list[Any]:
    return told[:_SHOWN]
