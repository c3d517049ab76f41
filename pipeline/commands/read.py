"""`compassion read`: scans of filled cards, from files and folders into the store."""

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forms.errors import ExitCode, NothingReadError, UsageError
from pipeline.commands.frame import Place, as_json, pass_place, print_json

if TYPE_CHECKING:
    from pipeline.store.batches import BatchRef
    from pipeline.workers import Desk


@click.command
@click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--workers", type=click.IntRange(1, 256), default=None, show_default="one for each processor",
    help="Processes that read at the same time.",
)  # fmt: skip
@click.option(
    "--received", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", show_default="each file's modification date",
    help="The day the cards came in.",
)  # fmt: skip
@click.option(
    "--organisation", metavar="CODE", show_default="the only one that is loaded", help="Whose scans these are.",
)  # fmt: skip
@click.option("--again", is_flag=True, help="Read kept pages anew with the present readers; decisions stay.")
@click.option("--batch", metavar="ID", help="With --again: only this batch.")
@as_json
@pass_place
def command(
    place: Place, paths: tuple[Path, ...], workers: int | None, received: datetime.datetime | None,
    organisation: str | None, again: bool, batch: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Read scans: files and folders of PDF, TIFF, JPEG and PNG.

    A batch that was interrupted is taken up again when the same paths are given. An image that was taken in before
    is noticed and adds nothing.
    """
    if again == bool(paths):
        raise UsageError("Give files or folders to read, or --again to read the kept pages anew.")
    if batch and not again:
        raise UsageError("--batch goes with --again; a new batch names itself.")
    if organisation and again:
        raise UsageError("--organisation says whose new scans are; it doesn't go with --again.")
    place.open()
    desk = _desk(place.home)
    count = workers or os.cpu_count() or 1
    if again:
        _read_again(batch, desk, count, as_json)
    else:
        batch_ref = _open(paths, received.date() if received else None, organisation)
        _read(batch_ref, paths, desk, count, as_json)


def _desk(home: Path) -> "Desk":
    """What readers need to know; a calibration of the home for older readers is left aside, and said so."""
    from pipeline.calibrate import FILE_NAME
    from pipeline.store.scans import reading_desk

    desk = reading_desk(home)
    if desk.calibration is None and (home / FILE_NAME).is_file():
        click.echo(
            f"'{home / FILE_NAME}' was fitted for other readers than the present ones and is left aside. Once cards "
            "are read by these and decided on, run 'compassion recalibrate' again.",
            err=True,
        )
    return desk


def _open(paths: tuple[Path, ...], received: datetime.date | None, organisation: str | None) -> "BatchRef":
    """Begin a batch, or go on with the one that was interrupted."""
    from pipeline.store.batches import open_batch
    from pipeline.store.organisations import organisation_codes, profile_of

    codes = organisation_codes()
    known = profile_of(organisation).organisation.code if organisation else ""
    whose = known or (codes[0] if len(codes) == 1 else "")
    batch = open_batch("\n".join(str(path.resolve()) for path in paths), received, whose)
    if batch.taken_up:
        click.echo(f"Going on with batch {batch.id}.", err=True)
    return batch


def _read(batch: "BatchRef", paths: tuple[Path, ...], desk: "Desk", workers: int, as_json: bool) -> None:
    from pipeline.commands.progress import progress
    from pipeline.store.batches import finish_batch, summary
    from pipeline.store.scans import read_into
    from pipeline.take_in import find_files

    with progress("Reading pages") as advance:
        for _ in read_into(batch, find_files(paths), desk, workers):
            advance()
    finish_batch(batch.id)
    result = summary(batch.id)
    if as_json:
        print_json(result)
    else:
        _tell(result)
    _end(batch.id, result["outcomes"])


def _read_again(batch: str | None, desk: "Desk", workers: int, as_json: bool) -> None:
    from pipeline.commands.progress import progress
    from pipeline.same import same_writing
    from pipeline.store.again import count_kept_images, keep_again, kept_images
    from pipeline.store.batches import batch_ids, find_batch, summary
    from pipeline.workers import Task, read_pages

    if batch:
        find_batch(batch)
    tasks = (
        Task(image.page, image.received, position=image.key, placings=image.placings) for image in kept_images(batch)
    )
    with progress("Reading again", count_kept_images(batch)) as advance:
        for task, reading in read_pages(tasks, desk, workers):
            keep_again(task.position, reading, same_writing)
            advance()
    results = [summary(one) for one in ([batch] if batch else reversed(batch_ids()))]
    if as_json:
        print_json(results[0] if batch else results)
        return
    for result in results:
        _tell(result)


def _tell(result: Any) -> None:
    outcomes, fields = result["outcomes"], result["fields"]
    pages = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) or "none"
    click.echo(f"Batch {result['batch']}: {result['pages']} pages ({pages}), {result['cards']} cards.")
    decided = fields.get("decided", 0)
    written = fields["accepted"] + fields["review"] + decided
    click.echo(
        f"{fields['accepted']} of {written} fields accepted, about {_about(result['expected_wrong'])} of them wrong; "
        f"{fields['review']} wait for a person, {fields['blank']} left blank"
        + (f", {decided} decided by a person." if decided else ".")
    )


def _about(count: float) -> str:
    """A number of fields, no finer than can be known."""
    return f"{count:.0f}" if count >= 10 else f"{count:.1f}"


def _end(batch: str, outcomes: dict[str, int]) -> None:
    """Say by the exit code, and in words, when pages need a person."""
    from pipeline.store.pages import page_rows

    needing = ("exception", "unreadable")
    rows = [row for row in page_rows(batch) if row["outcome"] in needing]
    lines = [f"  {row['file']}, page {row['page']}: {row['reason']}" for row in rows]
    if not outcomes:
        raise NothingReadError("There is no file to read in what was given. Give PDF, TIFF, JPEG or PNG files.")
    if set(outcomes) == {"unreadable"}:
        raise NothingReadError("\n".join(["Nothing of what was given could be read:", *lines]))
    if rows:
        need = "1 page needs" if len(rows) == 1 else f"{len(rows)} pages need"
        click.echo("\n".join([f"{need} a person:", *lines]), err=True)
        click.get_current_context().exit(ExitCode.NEEDS_PERSON)
