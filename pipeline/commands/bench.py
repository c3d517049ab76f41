"""`compassion bench`: how fast cards are read, beside the plain way, in one run."""

import click

from pipeline.commands.frame import as_json, print_json


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Measure. Without a further word: `bench speed`."""
    if context.invoked_subcommand is None:
        context.invoke(speed, cards=8, as_json=False)


@command.command
@click.option("--cards", type=click.IntRange(2, 1000), default=8, help="How many cards to fill in, scan and read.")
@as_json
def speed(cards: int, as_json: bool) -> None:
    """Milliseconds a card by stage on one core, beside the plain way: pdf2image, then pytesseract a field."""
    from pipeline.simulate.benchmark import measure_speed

    result = measure_speed(cards)
    if as_json:
        print_json(result.as_json())
        return
    click.echo(f"{result.cards} cards on {result.pages} A4 pages, 300 dpi grey JPEG in a PDF, one core")
    for stage, ms in result.stages_ms.items():
        click.echo(f"  {stage:<12}{ms:8.1f} ms a card")
    click.echo(f"  {'together':<12}{result.total_ms:8.1f} ms a card, {60_000 / result.total_ms:.0f} cards a minute")
    click.echo(f"  {'plain way':<12}{result.plain_ms:8.1f} ms a card, {60_000 / result.plain_ms:.0f} cards a minute")
