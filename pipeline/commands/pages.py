"""`compassion pages`: the ledger of pages."""

import click

from pipeline.commands.frame import Place, as_json, pass_place, print_json


@click.command
@click.option("--batch", metavar="ID", show_default="all batches", help="Only the pages of this batch.")
@as_json
@pass_place
def command(place: Place, batch: str | None, as_json: bool) -> None:
    """Show what became of every page of every file given."""
    place.open()
    from pipeline.store.batches import find_batch
    from pipeline.store.pages import page_rows

    if batch is not None:
        find_batch(batch)
    rows = page_rows(batch)
    if as_json:
        print_json(list(rows))
        return
    count = 0
    for row in rows:
        cards = ", ".join(
            card["card"] if card["copy"] == 1 else f"{card['card']} copy {card['copy']}" for card in row["cards"]
        )
        told = "; ".join(part for part in (cards, row["reason"]) if part)
        click.echo(f"{row['file']} page {row['page']}: {row['outcome']}{': ' if told else ''}{told}")
        count += 1
    click.echo(f"{count} pages.", err=True)
