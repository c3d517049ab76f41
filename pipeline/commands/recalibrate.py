"""`compassion recalibrate`: probabilities fitted anew to what people decided."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forms.errors import UsageError
from pipeline.commands.frame import Place, as_json, pass_place, print_json, writing

if TYPE_CHECKING:
    from pipeline.calibrate import Calibration
    from pipeline.recalibrate import Checked, Recalibration


@click.command
@click.option("--organisation", metavar="CODE", show_default="all", help="Learn from this organisation's cards only.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--undo", is_flag=True, help="Go back to the calibration that ships.")
@as_json
@pass_place
def command(place: Place, organisation: str | None, dry_run: bool, undo: bool, as_json: bool) -> None:
    """Fit the probabilities anew to what people decided, for all that is read from now on.

    Contents of which fewer than a hundred values were decided stay as they are; when that is so of all, nothing is
    done. Decisions on what waited say nothing about what was accepted, so no more is accepted because of them.
    """
    from pipeline.calibrate import FILE_NAME, shipped_calibration, write_calibration

    if undo:
        if organisation or dry_run:
            raise UsageError("--undo stands alone.")
        _undo(place.home / FILE_NAME, as_json)
        return
    place.open()
    shipped = shipped_calibration()
    values, older = _checked(organisation, shipped.version)
    result = _fit(shipped, values, older, organisation)
    table = _told(shipped, result, place.home) | {"older_readings": older, "saved": not dry_run}
    if not dry_run:
        with writing(place.home / FILE_NAME):
            write_calibration(result.calibration, place.home / FILE_NAME)
    if as_json:
        print_json(table)
    else:
        _tell(table, place.home / FILE_NAME)


def _undo(path: Path, as_json: bool) -> None:
    there = path.is_file()
    with writing(path):
        path.unlink(missing_ok=True)
    if as_json:
        print_json({"undone": there})
    else:
        click.echo("The calibration that ships is used again." if there else "There was nothing to undo.")


def _checked(organisation: str | None, version: str) -> tuple[list["Checked"], int]:
    """Return what the present readers said and people decided, and how many decided values older readers read."""
    from pipeline.store.checked import checked_readings
    from pipeline.store.organisations import profile_of

    if organisation is not None:
        profile_of(organisation)
    values, older = [], 0
    for reading in checked_readings(organisation):
        if reading.version == version:
            values.append(reading.checked)
        else:
            older += reading.checked.right is not None
    return values, older


def _fit(shipped: "Calibration", values: Sequence["Checked"], older: int, organisation: str | None) -> "Recalibration":
    import datetime

    from pipeline.recalibrate import FEWEST, recalibrate

    decided = sum(value.right is not None for value in values)
    notes = {"fitted_on": datetime.date.today().isoformat(), "decided": decided, "organisation": organisation or "all"}
    result = recalibrate(shipped, values, notes)
    if not any(change.fitted for change in result.changes):
        counts = ", ".join(f"{change.content} {change.decided}" for change in result.changes if change.decided)
        message = (
            f"There are too few decisions to learn from: {FEWEST} of a content are needed, of fields that waited "
            f"for a person (decided so far: {counts or 'none'}). Nothing was changed."
        )
        if older:
            message += (
                f" {older} more were made on readings of older readers; 'compassion read --again' has those cards "
                "read by the present ones, and the decisions then count."
            )
        raise UsageError(message)
    return result


def _told(shipped: "Calibration", result: "Recalibration", home: Path) -> dict[str, Any]:
    from pipeline.settings import read_settings

    settings = read_settings(home)
    contents = []
    for change in result.changes:
        row = {key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(change).items()}
        wanted = settings.wrong_per_thousand(change.content)
        row["thresholds"] = [
            {
                "curve": name,
                "before": _threshold(shipped, name, wanted),
                "after": _threshold(result.calibration, name, wanted),
            }
            for name in shipped.curves
            if name.partition(".")[0] == change.content and not name.endswith(".doubtful")
        ]
        contents.append(row)
    return {"version": result.calibration.version, "contents": contents}


def _threshold(calibration: "Calibration", curve: str, wanted: float) -> float | None:
    """The confidence from which values are accepted; None when none is."""
    threshold = calibration.threshold(curve, wanted)
    return round(threshold, 5) if threshold <= 1 else None


def _tell(table: dict[str, Any], path: Path) -> None:
    for row in table["contents"]:
        if not row["fitted"]:
            click.echo(f"{row['content']}: left as it is, {row['decided']} decided.")
            continue
        click.echo(
            f"{row['content']}: {row['decided']} decided, {row['put_right']} accepted ones put right; "
            f"calibration error {row['error_before']:.3f} before, {row['error_after']:.3f} after."
        )
        for threshold in row["thresholds"]:
            before, after = (_shown(threshold[key]) for key in ("before", "after"))
            click.echo(
                f"  {threshold['curve']}: accepted from {before}" + (f", now {after}." if after != before else ".")
            )
    if table["older_readings"]:
        click.echo(f"{table['older_readings']} decisions on readings of older readers were left out.")
    saved = f"Saved in {path}. It counts for what is read from now on, and for 'read --again'."
    click.echo(saved if table["saved"] else "Nothing was saved.")


def _shown(threshold: float | None) -> str:
    return "none" if threshold is None else f"{threshold:.4f}"
