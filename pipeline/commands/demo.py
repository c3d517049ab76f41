"""`compassion demo`: the whole line on a sample organisation, in a home of its own."""

import json
import shutil
from importlib import import_module
from pathlib import Path

import click

from forms.errors import UsageError
from pipeline.commands.frame import Place, pass_place

_MARKER = ".compassion-demo"
"""A home with this file in it was made by the demo and may be made anew."""


@click.command
@click.option(
    "--samples", type=click.Path(path_type=Path, file_okay=False), default=Path("samples"),
    help="Folder with the sample organisation and stacks; a checkout has it.",
)  # fmt: skip
@click.pass_context
@pass_place
def command(place: Place, context: click.Context, samples: Path) -> None:
    """Load a sample organisation, print cards for it, read sample stacks of real handwriting, merge them with what came
    by a web form, and export the register.

    Works in the home that --home names, which it makes anew each time.
    """
    from pipeline.commands.export import command as export
    from pipeline.commands.load import command as load
    from pipeline.commands.merge import command as merge
    from pipeline.commands.print import command as print_
    from pipeline.commands.read import command as read
    from pipeline.store.setup import open_store

    import_ = import_module("pipeline.commands.import").command  # Its name is a word of the language.
    if not (samples / "organisation" / "organisation.toml").is_file():
        raise UsageError(f"There are no samples in '{samples}'. Run the demo in a checkout, or say --samples DIR.")
    home = _fresh(place.home)
    open_store(home, place.database, create=True)

    def run(step: str, what: click.Command, **options: object) -> None:
        click.echo(f"\n{step}", err=True)
        try:
            context.invoke(what, **options)
        except click.exceptions.Exit as end:
            # 6: some sample pages need a person, on purpose.
            if end.exit_code not in (0, 6):
                raise

    run("1. Load the organisation", load, folder=samples / "organisation")
    organisation = json.loads((samples / "expected.json").read_text(encoding="utf-8"))["organisation"]
    run(
        "2. Print cards", print_, organisation=organisation, ward="", count=10, template="nomination", per_sheet="2",
        out=home / "cards.pdf", manifest=None, as_json=False,
    )  # fmt: skip
    run(
        "3. Read the stacks that came back",
        read,
        paths=(samples / "stacks",),
        workers=None,
        received=None,
        organisation=None,
    )
    exports = tuple(sorted((samples / "electronic").glob("*.xlsx")))
    run(
        "4. Import what was sent by the web form", import_, files=exports, organisation=organisation, source=None,
        mapping=None, received=None, as_json=False,
    )  # fmt: skip
    run(
        "5. Merge both",
        merge,
        organisation=None,
        explain=None,
        undo=False,
        estimate=False,
        shipped=False,
        as_json=False,
    )
    run(
        "6. Export the register", export, organisation=organisation, register=True, out=home / "register.xlsx",
        readings=None, review=None,
    )  # fmt: skip
    run("7. Export what waits for a person", export, review=home / "review.csv")
    _tell(home, organisation)


def _fresh(home: Path) -> Path:
    """Make the demo's home anew; never one that somebody works in."""
    if home.exists() and any(home.iterdir()) and not (home / _MARKER).exists():
        raise UsageError(
            f"'{home}' is in use by something else than the demo. Give another, such as --home output/demo."
        )
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / _MARKER).write_text("Made by `compassion demo`, and made anew each time.\n", encoding="utf-8")
    return home


def _tell(home: Path, organisation: str) -> None:
    from pipeline.store.batches import batch_ids, summary
    from pipeline.store.register import nominations_of

    nominations = nominations_of(organisation)
    result = summary(batch_ids()[0])
    fields, outcomes = result["fields"], result["outcomes"]
    people = sum(nomination.nominee_kind == "person" for nomination in nominations)
    both = sum(nomination.channel == "both" for nomination in nominations)
    ready = sum(nomination.status == "complete" for nomination in nominations)
    click.echo(
        f"\n{result['pages']} pages were scanned: {outcomes.get('cards', 0)} with cards, "
        f"{outcomes.get('blank', 0)} blank, {outcomes.get('foreign', 0)} of somebody else's paper, "
        f"{outcomes.get('exception', 0) + outcomes.get('unreadable', 0)} that a person must look at.\n"
        f"They hold {result['cards']} cards. Together with the web form they make {len(nominations)} nominations: "
        f"{people} thank a person, {len(nominations) - people} a team; {both} came in both ways.\n"
        f"{fields['accepted']} answers were read surely enough to stand; {fields['review']} wait for a person. "
        f"Complete so far: {ready} of {len(nominations)} nominations.\n\n"
        f"Open these:\n"
        f"  {home / 'register.xlsx'}  the register\n"
        f"  {home / 'review.html'}  what waits for a person, with pictures; fill in review.csv beside it\n"
        f"  {home / 'cards.pdf'}  blank cards to print"
    )
