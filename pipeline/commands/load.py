"""`compassion load`: an organisation's profile into the store."""

from pathlib import Path

import click

from pipeline.commands.frame import Place, as_json, pass_place, print_json


@click.command
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@as_json
@pass_place
def command(place: Place, folder: Path, as_json: bool) -> None:
    """Load or update one organisation's profile from the folder DIR.

    DIR holds organisation.toml and, if you like, wards.csv and staff.csv. Makes the home when there is none.
    Wards and staff that are no longer listed are kept for the cards that name them, and no longer offered.
    """
    from dataclasses import asdict

    from forms.organisation import read_profile

    profile = read_profile(folder)
    place.open(create=True)
    from pipeline.store.organisations import save_profile

    loaded = save_profile(profile)
    if as_json:
        print_json(asdict(loaded))
        return
    done = "Loaded" if loaded.new else "Updated"
    click.echo(
        f"{done} {loaded.organisation}, {profile.organisation.name}: "
        f"{loaded.wards} wards, {loaded.staff} members of staff."
    )
    if loaded.earlier_name:
        click.echo(f"It was called {loaded.earlier_name} until now.")
    if loaded.wards_gone or loaded.staff_gone:
        click.echo(
            f"No longer listed, so no longer offered: {loaded.wards_gone} wards, {loaded.staff_gone} members of staff."
        )
