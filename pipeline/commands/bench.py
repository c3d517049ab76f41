"""`compassion bench`: how fast cards are read, and how well, beside other ways, in one run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from forms.errors import UsageError
from pipeline.commands.frame import as_json, print_json, writing

if TYPE_CHECKING:
    from pipeline.simulate.accuracy.plan import Plan
    from pipeline.simulate.accuracy.scorecard import Scorecard
    from pipeline.simulate.nominations.benchmark import Measured


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


@command.command
@click.option(
    "--handwriting", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    show_default="the package's fonts", help="Folder that holds unipen/ (and copiste/): real hands.",
)  # fmt: skip
@click.option("--cards", type=click.IntRange(0, 100_000), default=100, help="How many cards; 0 leaves them out.")
@click.option("--conditions", metavar="A,B,...", show_default="all ten", help="Scanner conditions.")
@click.option("--ink", type=click.IntRange(0, 100_000), default=300, help="Bare pieces of each kind; 0: none.")
@click.option("--without-lines", is_flag=True, help="Boxes and ticks alone: many more cards in the same time.")
@click.option("--split", type=click.Choice(["test", "validation"]), default="test", help="Whose hands.")
@click.option("--staff", type=click.IntRange(0, 100_000), default=3000, help="People on the staff list.")
@click.option("--readers", metavar="A,B,...", default="own,ppocr,tesseract", help="Who reads.")
@click.option("--seed", type=int, default=1, help="The same seed makes the same cards.")
@click.option("--workers", type=click.IntRange(1, 256), default=2, help="Processes that work at the same time.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where to write accuracy.md, .csv, .json and the curve as accuracy.svg.",
)  # fmt: skip
@as_json
def accuracy(
    handwriting: Path | None, cards: int, conditions: str | None, ink: int, without_lines: bool, split: str, staff: int,
    readers: str, seed: int, workers: int, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """How well cards and bare ink of unseen writers are read, beside PP-OCRv6 as it comes and Tesseract."""
    from pipeline.commands.progress import progress
    from pipeline.simulate.accuracy.plan import READERS, Plan
    from pipeline.simulate.accuracy.scorecard import FONTS, as_markdown, measure
    from pipeline.simulate.scan import CONDITIONS

    plan = Plan(
        handwriting, cards, _chosen(conditions or ",".join(CONDITIONS), tuple(CONDITIONS), "scanner condition"), seed,
        "validation" if split == "validation" else "test", staff, readers=_chosen(readers, READERS, "reader"),
        lines=not without_lines,
    )  # fmt: skip
    _check(plan)
    if handwriting is None:
        click.echo(FONTS, err=True)
    with progress("Measuring") as advance:
        score = measure(plan, ink, workers, lambda done, total: advance(done, total=total))
    if out is not None:
        _write(score, out)
    if as_json:
        print_json(score.as_json())
    else:
        click.echo(as_markdown(score), nl=False)


@command.command
@click.option("--nominations", metavar="N,N,...", default="1000,10000,100000", help="How many true ones, run by run.")
@click.option("--organisations", type=click.IntRange(1, 999), default=40, help="Of how many organisations.")
@click.option("--plain", type=click.IntRange(0, 100_000), default=10_000, help="Up to how many the plain way runs too.")
@click.option("--seed", type=int, default=1, help="The same seed makes the same nominations.")
@as_json
def merge(nominations: str, organisations: int, plain: int, seed: int, as_json: bool) -> None:
    """Seconds, memory and errors of the merge on simulated nominations, beside comparing all with all by rapidfuzz."""
    from dataclasses import asdict

    from pipeline.simulate.nominations.benchmark import Measured, measure_merge, measure_plain
    from pipeline.simulate.nominations.plan import Plan

    runs: list[tuple[str, Measured]] = []
    for text in nominations.split(","):
        if not text.strip().isdecimal() or not int(text):
            raise UsageError(f"--nominations: '{text}' is no number; give them as 1000,10000.")
        plan = Plan(count=int(text), organisations=min(organisations, int(text)), seed=seed)
        runs.append(("merge", measure_merge(plan)))
        if int(text) <= plain:
            runs.append(("plain way", measure_plain(plan)))
        if not as_json:
            for name, run in runs[-2 if int(text) <= plain else -1 :]:
                click.echo(_merge_line(name, run))
    if as_json:
        print_json([{"way": name, **asdict(run)} for name, run in runs])


def _merge_line(name: str, run: "Measured") -> str:
    score = run.score
    return (
        f"{name:<10}{run.nominations:>8,} nominations of {run.organisations}, {run.sources:,} sources: "
        f"{run.seconds:6.1f} s, {run.megabytes:5.0f} MB; wrongly joined {score.wrong_per_thousand:.1f} of 1,000 pairs, "
        f"missed {score.missed_per_hundred:.1f} of 100 ({score.share_of_missed_asked:.0%} of them asked), "
        f"{score.questions_per_thousand:.1f} questions for 1,000 sources"
    )


def _chosen(text: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        raise UsageError(f"There is no {what} '{', '.join(unknown)}'; there are {', '.join(known)}.")
    return chosen


def _check(plan: "Plan") -> None:
    if "own" not in plan.readers:
        raise UsageError("--readers must name 'own': the cards are found and cut by it.")
    folder = plan.handwriting
    if folder is not None and not any((place / "unipen_7.tsv").is_file() for place in (folder, folder / "unipen")):
        raise UsageError(f"'{folder}' holds no unipen/ with pen strokes (unipen_7.tsv and its like).")


def _write(score: "Scorecard", out: Path) -> None:
    import json

    from forms.whole_file import whole_file
    from pipeline.simulate.accuracy.picture import write_picture
    from pipeline.simulate.accuracy.scorecard import as_markdown

    texts = {
        "accuracy.md": as_markdown(score),
        "accuracy.csv": score.as_csv(),
        "accuracy.json": json.dumps(score.as_json(), ensure_ascii=False, indent=1) + "\n",
    }
    for name, text in texts.items():
        with writing(out / name), whole_file(out / name) as beside:
            beside.write_text(text, encoding="utf-8")
    if score.items:
        hands = f"{score.writers} writers of the {score.plan.split} split" if score.plan.handwriting else "fonts"
        with writing(out / "accuracy.svg"):
            write_picture(score.items, out / "accuracy.svg", f"{score.cards:,} simulated cards, {hands}")
