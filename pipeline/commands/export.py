"""`compassion export`: the register, the readings, and what waits for a person."""

from pathlib import Path

import click

from pipeline.commands.frame import Place, as_json, pass_place, print_json, writing

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command
@click.option("--register", is_flag=True, help="Write an organisation's register to --out.")
@click.option("--organisation", metavar="CODE", help="Whose register, or whose waiting fields.")
@click.option("--out", metavar="FILE", type=FILE, help="The register's file: .xlsx, .csv, .json or .parquet.")
@click.option("--with-anonymous", is_flag=True, help="Name nominators who ticked to stay anonymous, too.")
@click.option("--readings", metavar="FILE.json", type=FILE, help="Write what was read of each card.")
@click.option(
    "--review",
    metavar="FILE.csv",
    type=FILE,
    help="Write what waits for a person, with a picture of each field in a folder beside; see 'decide --file'.",
)
@click.option("--batch", metavar="ID", show_default="all batches", help="Only this batch (readings and review).")
@as_json
@pass_place
def command(
    place: Place,
    register: bool,
    organisation: str | None,
    out: Path | None,
    with_anonymous: bool,
    readings: Path | None,
    review: Path | None,
    batch: str | None,
    as_json: bool,
) -> None:
    """Write the register of an organisation, the readings, or what waits for a person; or several at once."""
    _check(register, organisation, out, with_anonymous, readings, review, batch)
    place.open()
    from pipeline.store.batches import find_batch
    from pipeline.store.organisations import profile_of

    if batch is not None:
        find_batch(batch)
    if organisation is not None:
        profile_of(organisation)
    result: dict[str, int] = {}
    if readings is not None:
        result["readings"] = _write_readings(readings, batch)
    if review is not None:
        from pipeline.commands.review_sheet import write_review_sheet

        result["review"] = write_review_sheet(review, batch, organisation)
    if register and organisation is not None and out is not None:
        result["register"] = _write_register(out, organisation, with_anonymous)
    if as_json:
        print_json(result)
        return
    told = {"readings": "cards", "review": "fields that wait for a person", "register": "nominations"}
    for (what, count), path in zip(result.items(), filter(None, (readings, review, out)), strict=True):
        click.echo(f"{path}: {count} {told[what]}.")


def _check(
    register: bool,
    organisation: str | None,
    out: Path | None,
    with_anonymous: bool,
    readings: Path | None,
    review: Path | None,
    batch: str | None,
) -> None:
    """Refuse what doesn't go together, before anything is opened."""
    if not (register or readings or review):
        raise click.UsageError("Say what to write: --register, --readings FILE.json or --review FILE.csv.")
    if review and review.suffix.lower() == ".html":
        raise click.UsageError("--review writes a table, FILE.csv, and a page to look at, FILE.html, beside it.")
    if register and not (organisation and out):
        raise click.UsageError("--register needs --organisation CODE and --out FILE.")
    if not register and (out or with_anonymous):
        raise click.UsageError("--out and --with-anonymous belong to --register.")
    if organisation and not (register or review):
        raise click.UsageError("--organisation belongs to --register and --review.")
    if batch and not (readings or review):
        raise click.UsageError("--batch belongs to --readings and --review; a register is always whole.")


def _write_register(path: Path, organisation: str, with_anonymous: bool) -> int:
    from pipeline.store.register_file import write_register_of

    with writing(path):
        return write_register_of(organisation, path, with_anonymous=with_anonymous)


def _write_readings(path: Path, batch: str | None) -> int:
    """Write the readings one by one, because all of them may not fit in memory."""
    import json

    from forms.whole_file import whole_file
    from pipeline.store.readings import readings_rows

    count = 0
    with writing(path), whole_file(path) as beside, beside.open("w", encoding="utf-8") as file:
        file.write("[")
        for row in readings_rows(batch):
            file.write(",\n" if count else "\n")
            json.dump(row, file, ensure_ascii=False)
            count += 1
        file.write("\n]\n")
    return count
