"""`compassion print`: blank cards as a PDF, entered in the ledger."""

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.frame import Place, as_json, pass_place, print_json, writing

if TYPE_CHECKING:
    from forms.organisation import Organisation
    from forms.printing import PrintOrder
    from forms.template import Template


class _TokenTakenError(Exception):
    """Another run in this ledger has the random token that was drawn."""


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
    from forms.template_file import load_template

    place.open()
    from pipeline.store.organisations import profile_of, ward_of

    profile = profile_of(organisation)
    ward_name = ward_of(profile, ward).name if ward else ""
    loaded = load_template(template)
    with writing(out):
        while True:
            with suppress(_TokenTakenError):
                order = _print_run(loaded, profile.organisation, ward, ward_name, int(per_sheet), count, out, manifest)
                break
    numbers = order.numbers()
    first = str(next(numbers))
    if as_json:
        print_json({"organisation": organisation, "ward": ward, "cards": count, "first": first, "out": str(out)})
        return
    sheets = -(-count // int(per_sheet))
    click.echo(
        f"Printed {count} card{'s' * (count != 1)} on {sheets} sheet{'s' * (sheets != 1)} to {out}; "
        f"the first is {first}."
    )
    click.echo("Print it at 100 % (actual size), not fitted to the page.")


def _print_run(
    template: "Template", organisation: "Organisation", ward: str, ward_name: str, per_sheet: int, count: int,
    out: Path, manifest: Path | None,
) -> "PrintOrder":  # fmt: skip
    """Print one run. Raises _TokenTakenError, with nothing written, when its random token turns out to be taken.

    The files are moved to their place only after the run is in the ledger, so that no card is about that isn't in it.
    """
    from forms.flow import lay_out
    from forms.numbers import new_token
    from forms.printing import PrintOrder, print_cards
    from forms.whole_file import whole_file
    from pipeline.store.printing import TemplateText, record_run

    order = PrintOrder(template, organisation, ward, per_sheet, new_token(), count, ward_name=ward_name)
    layout = lay_out(template).card
    text = TemplateText(layout.fingerprint, layout.template, layout.version, template.source)
    with ExitStack() as stack:
        pdf = stack.enter_context(whole_file(out))
        listing = stack.enter_context(whole_file(manifest)) if manifest else None
        print_cards(order, pdf, listing)
        if not record_run(organisation.code, order.token, count, text, ward=ward, per_sheet=per_sheet):
            raise _TokenTakenError
    return order
