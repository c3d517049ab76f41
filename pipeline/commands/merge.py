"""`compassion merge`: one register of what came in on cards and electronically."""

from typing import Any

import click

from forms.errors import UsageError
from pipeline.commands.frame import Place, as_json, pass_place, print_json
from pipeline.commands.progress import progress

_SHOWN = 10
"""Questions told one by one; --json and the register's workbook have them all."""


@click.command
@click.option("--organisation", metavar="CODE", show_default="all", help="Merge this one's sources only.")
@click.option("--explain", metavar="ID", help="Tell the whole story of one nomination, by its id or a source.")
@click.option("--undo", is_flag=True, help="Take back the last merge. Decisions stay.")
@click.option("--estimate", is_flag=True, help="Work out from the store's own data what agreeing weighs, then merge.")
@click.option("--shipped", is_flag=True, help="Go back to the weights that come with the program, then merge.")
@click.option("--with-anonymous", is_flag=True, help="With --explain: name nominators who wish to stay anonymous, too.")
@as_json
@pass_place
def command(
    place: Place,
    organisation: str | None,
    explain: str | None,
    undo: bool,
    estimate: bool,
    shipped: bool,
    with_anonymous: bool,
    as_json: bool,
) -> None:
    """Join the sources that are one nomination: a card and a web form, a form sent twice.

    Surely the same are joined, surely two are left apart, and people are asked about those between. What they
    answer ('decide --same', '--apart') is followed by this and every later merge.
    """
    if sum((explain is not None, undo, estimate, shipped)) > 1:
        raise click.UsageError("Give one of --explain, --undo, --estimate and --shipped.")
    if (estimate or shipped) and organisation:
        raise click.UsageError(
            "Weights are those of all organisations; --estimate and --shipped take no --organisation."
        )
    if with_anonymous and explain is None:
        raise click.UsageError("--with-anonymous goes with --explain.")
    if undo and organisation:
        raise click.UsageError("--undo takes back the last merge as a whole; it takes no --organisation.")
    place.open()
    if explain is not None:
        _explain(explain, organisation or "", with_anonymous, as_json)
    elif undo:
        _undo(as_json)
    else:
        _merge(organisation, estimate, shipped, as_json)


def _merge(organisation: str | None, estimate: bool, shipped: bool, as_json: bool) -> None:
    from pipeline.store.merge_weights import estimate_weights, forget_weights, present_weights
    from pipeline.store.merging import merge_store, open_questions
    from pipeline.store.organisations import organisation_codes, profile_of

    codes = organisation_codes()
    if organisation is not None:
        profile_of(organisation)
        codes = [organisation]
    if not codes:
        raise UsageError("No organisation is loaded yet; run 'compassion load DIR' with its profile first.")
    if estimate:
        click.echo(estimate_weights(codes), err=True)
    if shipped:
        click.echo(forget_weights(), err=True)
    with progress("Merging organisations", total=len(codes)) as advance:
        result = merge_store(codes, present_weights(), advance)
    questions = open_questions(codes)
    asked = [
        {
            "organisation": question.organisation,
            "sources": list(question.sources),
            "probability": question.probability,
            "reasons": list(question.reasons),
        }
        for question in questions
    ]
    contradictions = [list(pair) for pair in result.contradictions]
    if as_json:
        print_json({**result.counts(), "questions": asked, "contradictions": contradictions})
        return
    split = f", {result.split} split off" if result.split else ""
    click.echo(
        f"{result.new} new nominations, {result.joined} joined to another{split}, {result.unchanged} unchanged. "
        f"{len(asked)} open questions."
    )
    _ask(asked)
    for one, other in contradictions:
        click.echo(
            f"What was decided of {one} and {other} contradicts newer decisions, so it isn't followed.", err=True
        )


def _ask(questions: list[dict[str, Any]]) -> None:
    for question in questions[:_SHOWN]:
        one, other = question["sources"]
        click.echo(f"\n{one} and {other}: the same, with a probability of {question['probability']:.0%}?")
        for reason in question["reasons"]:
            click.echo(f"  {reason}")
    if len(questions) > _SHOWN:
        click.echo(f"\nand {len(questions) - _SHOWN} more; --json or the register's workbook has them all.")
    if questions:
        click.echo("\nAnswer with 'compassion decide --same SOURCE SOURCE --by WHO', or '--apart', and merge again.")


def _undo(as_json: bool) -> None:
    from dataclasses import asdict

    from pipeline.store.merging import undo_merge

    undone = undo_merge()
    if as_json:
        print_json(asdict(undone))
        return
    click.echo(
        f"The merge of {undone.at} is taken back: {undone.moved_back} sources are in the nomination that they were in "
        f"before, {undone.waiting} wait to be merged again."
    )


def _explain(name: str, organisation: str, with_anonymous: bool, as_json: bool) -> None:
    from pipeline.commands.explained import explained
    from pipeline.store.explain import explain

    told = explain(name, organisation, with_anonymous=with_anonymous)
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(explained(told)))
