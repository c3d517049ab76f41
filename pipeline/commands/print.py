"""`compassion print`: blank cards as a PDF, entered in the ledger."""

from pathlib import Path

import click

from pipeline.commands.frame import Place, as_json, pass_place, print_json, writing


@click.command
@click.option("--organisation", metavar="CODE", required=True, help="ODS code of a loaded organisation.")
@click.option("--ward", metavar="CODE", default="", show_default="any ward", help="Ward the cards are for.")
@click.option("--count", metavar="CARDS", type=click.IntRange(1, 1_000_000), required=True, help="How many cards.")
@click.option(
    "--template", metavar="NAME|PATH", default="nomination", help="A shipped template, or your own TOML file."
)
@click.option(
    "--per-sheet", type=click.Choice(["1", "2", "4"]), default="2", help="Cards on an A4 sheet; 1 is large print."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
@click.option(
    "--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Also write what stands where, as JSON."
)
@as_json
@pass_place
def command(
    place: Place, organisation: str, ward: str, count: int, template: str, per_sheet: str, out: Path,
    manifest: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Print blank cards for an organisation, or for one of its wards.

    Every card has a number of its own, and the print run stands in the ledger before the PDF is there.
    """
    place.open()
    from pipeline.store.print_cards import print_run

    with writing(out):
        order = print_run(organisation, ward, template, int(per_sheet), count, out, manifest)
    first = str(next(order.numbers()))
    if as_json:
        print_json({"organisation": organisation, "ward": ward, "cards": count, "first": first, "out": str(out)})
        return
    sheets = -(-count // int(per_sheet))
    click.echo(
        f"Printed {count} card{'s' * (count != 1)} on {sheets} sheet{'s' * (sheets != 1)} to {out}; "
        f"the first is {first}."
    )
    click.echo("Print it at 100 % (actual size), not fitted to the page.")
