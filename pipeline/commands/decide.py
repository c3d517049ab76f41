"""`compassion decide`: what a person says."""

from pathlib import Path

import click

from forms.errors import ExitCode, UsageError
from pipeline.commands.frame import Place, as_json, pass_place, print_json
from pipeline.commands.progress import track


@click.command
@click.option("--card", metavar="CARD", help="The card's number.")
@click.option("--copy", metavar="N", type=click.IntRange(min=1), default=1, help="Which copy of the card.")
@click.option("--source", metavar="SOURCE", help="Instead of --card: a source, such as card:RXW-7K3F9QZ-0012-H/2.")
@click.option(
    "--field", metavar="NAME", help="The field; also nominee_staff (an id), nominee_ward (a code), withdrawn."
)
@click.option(
    "--value",
    metavar="VALUE",
    help="What it says. Lists are joined with '; ', empty is ''; \"(can't be read)\" where nobody can read it.",
)
@click.option("--same", metavar="SOURCE SOURCE", nargs=2, help="These two are one nomination.")
@click.option("--apart", metavar="SOURCE SOURCE", nargs=2, help="These two are two nominations.")
@click.option(
    "--file",
    metavar="REVIEW.csv",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Take back what 'export --review' wrote. Rows without a decision are left waiting; "
    "'(as read)' says that the value is right, '(empty)' that nothing is written there, '(can't be read)' that "
    "nobody can read it.",
)
@click.option("--organisation", metavar="CODE", help="Whose source it is, where several have one of that name.")
@click.option("--by", metavar="WHO", help="Who decides; with --file, for rows that don't say it.")
@as_json
@click.pass_context
@pass_place
def command(
    place: Place,
    context: click.Context,
    card: str | None,
    copy: int,
    source: str | None,
    field: str | None,
    value: str | None,
    same: tuple[str, str] | None,
    apart: tuple[str, str] | None,
    file: Path | None,
    organisation: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Say what a field of a card or submission says, or whether two sources are one nomination.

    Decisions win over every reading, now and later. They are never erased, only followed by newer ones.
    """
    given = [name for name in ("card", "source", "same", "apart", "file") if context.params[name]]
    if len(given) != 1:
        raise click.UsageError("Give one of --card, --source, --same, --apart and --file.")
    if (card or source) and (field is None or value is None):
        raise click.UsageError(f"--{given[0]} needs --field NAME and --value VALUE.")
    if not (card or source) and (field is not None or value is not None):
        raise click.UsageError(f"--field and --value don't go with --{given[0]}.")
    if by is None and file is None:
        raise click.UsageError("Say who decides: --by WHO.")
    place.open()
    if file is not None:
        context.exit(_take_back(file, by or "", organisation or "", as_json))
    elif pair := same or apart:
        _decide_pair(pair, same is not None, by or "", organisation or "", as_json)
    else:
        decided_on = source or _source_of(card or "", copy)
        _decide(decided_on, field or "", value or "", by or "", organisation or "", as_json)


def _source_of(card: str, copy: int) -> str:
    from forms.numbers import parse_number
    from pipeline.sources import card_source

    number = parse_number(card)
    if number is None:
        raise UsageError(
            f"'{card}' is no card number: a character is wrong or missing. It looks like RXW-7K3F9QZ-0012-H."
        )
    return card_source(str(number), copy)


def _decide(source: str, field: str, value: str, by: str, organisation: str, as_json: bool) -> None:
    from pipeline.store.decisions import decide
    from pipeline.store.layouts import known_layouts

    decided = decide(source, field, value, by, known_layouts(), organisation)
    said = list(decided.value) if isinstance(decided.value, tuple) else decided.value
    if as_json:
        print_json({"source": decided.source, "field": decided.field, "value": said, "new": decided.new})
    else:
        shown = "; ".join(said) if isinstance(said, list) else said
        told = "can't be read" if shown is None else f"is '{shown}'"
        click.echo(f"{decided.source}: {decided.field} {told}{'' if decided.new else ', as decided before'}.")


def _decide_pair(pair: tuple[str, str], same: bool, by: str, organisation: str, as_json: bool) -> None:
    from pipeline.store.decisions import decide_pair

    decided = decide_pair(*pair, same, by, organisation)
    if as_json:
        word = "same" if decided.same else "apart"
        print_json({"sources": list(decided.sources), "decision": word, "new": decided.new})
    else:
        number = "one nomination" if decided.same else "two nominations"
        click.echo(f"{' and '.join(decided.sources)} are {number}{'' if decided.new else ', as decided before'}.")
        click.echo("'compassion merge' follows it.")


def _take_back(file: Path, by: str, organisation: str, as_json: bool) -> ExitCode:
    """Take a review file back, row by row; a row that can't be taken doesn't stop the others."""
    from pipeline.review_file import RefusedRow, read_review
    from pipeline.store.decisions import decide_rows
    from pipeline.store.layouts import known_layouts

    decided = unchanged = 0
    refused = []
    for result in track(decide_rows(read_review(file), by, known_layouts(), organisation), "Keeping decisions"):
        if isinstance(result, RefusedRow):
            refused.append({"row": result.row, "reason": result.reason})
            click.echo(f"Row {result.row} was not taken: {result.reason}", err=True)
        elif result.new:
            decided += 1
        else:
            unchanged += 1
    if as_json:
        print_json({"decided": decided, "unchanged": unchanged, "refused": refused})
    else:
        click.echo(f"{decided} decisions kept, {unchanged} kept before, {len(refused)} rows not taken.")
    return ExitCode.NEEDS_PERSON if refused else ExitCode.DONE
