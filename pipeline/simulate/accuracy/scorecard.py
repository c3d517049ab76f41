"""The scorecard: all that was measured, run and put together, as JSON, CSV and Markdown."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from pipeline.simulate.accuracy import measures as m
from pipeline.simulate.accuracy.ink import InkResult, ink_jobs, measure_ink
from pipeline.simulate.accuracy.measures import Item, Measure, items_of, measures_of
from pipeline.simulate.accuracy.plan import OWN, PPOCR, TESSERACT, Plan, jobs_of
from pipeline.simulate.accuracy.run import run, run_cards

NAMES = {OWN: "own", PPOCR: "PP-OCRv6 as it comes", TESSERACT: "Tesseract"}
FONTS = "Fonts stand in for handwriting here. They are far easier to read than hands: these figures say little."


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What came of a plan."""

    plan: Plan
    cards: int
    writers: int
    measures: tuple[Measure, ...]
    items: tuple[Item, ...]
    """For the picture."""

    def find(self, table: str, row: str, name: str, reader: str = OWN) -> Measure | None:
        """Return one figure; None when it was not measured."""
        for measure in self.measures:
            if (measure.table, measure.row, measure.name, measure.reader) == (table, row, name, reader):
                return measure
        return None

    def rows(self, table: str) -> list[str]:
        """Return the rows of a table in the order they were measured."""
        return list(dict.fromkeys(measure.row for measure in self.measures if measure.table == table))

    def as_json(self) -> dict[str, Any]:
        """All figures as a JSON object."""
        plan = {key: value for key, value in asdict(self.plan).items() if key not in ("handwriting", "uncalibrated")}
        plan["hands"] = "real" if self.plan.handwriting else "fonts"
        return {
            "plan": plan,
            "cards": self.cards,
            "writers": self.writers,
            "measures": [_plainly(measure) for measure in self.measures],
        }

    def as_csv(self) -> str:
        """One figure a line."""
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, [column.name for column in fields(Measure)], lineterminator="\n")
        table.writeheader()
        table.writerows(_plainly(measure) for measure in self.measures)
        return text.getvalue()


def measure(plan: Plan, ink: int, workers: int, advance: Callable[[int, int], None]) -> Scorecard:
    """Do all that is planned. `advance` is told how many cards and pieces of ink are done, and of how many."""
    chosen = list(ink_jobs(plan.handwriting, plan.split, ink, plan.seed, plan.readers)) if plan.handwriting else []
    total = sum(job.cards for job in jobs_of(plan)) + sum(len(job.rows) for job in chosen)
    cards, pieces = [], list[InkResult]()
    for done in run_cards(plan, workers) if plan.cards else ():
        cards += done
        advance(len(done), total)
    for job, results in zip(chosen, run(measure_ink, chosen, workers), strict=True):
        pieces += results
        advance(len(job.rows), total)
    items = tuple(item for card in cards for item in items_of(card))
    writers = {card.writer for card in cards} | {piece.writer for piece in pieces}
    return Scorecard(plan, len(cards), len(writers), tuple(measures_of(cards, pieces)), items)


def as_markdown(score: Scorecard) -> str:
    """Return the tables that people read."""
    parts = [f"# Accuracy\n\n{_about(score)}"]
    if score.cards:
        parts += [_contents(score), _curves(score), _others(score)]
        parts += [_conditions(score, m.BY_CONDITION, "scanner condition")]
        parts += [_conditions(score, m.BY_STYLE, "writing style")]
    if score.rows(m.BY_INK):
        parts.append(_ink(score))
    return "\n\n".join(parts) + "\n"


def _about(score: Scorecard) -> str:
    plan = score.plan
    hands = f"{score.writers} writers of the {plan.split} split" if plan.handwriting else FONTS
    return (
        f"{score.cards} simulated cards under {len(plan.conditions)} scanner conditions, a staff list of {plan.staff:,}"
        f" (15 % of nominees are not on it), seed {plan.seed}. {hands}\n\n"
        "In brackets: 95 % intervals, of shares by Wilson, of character errors by drawing whole writers anew. Case, "
        "blanks and punctuation don't count as character errors. A story is right when at most 5 % of its characters "
        "are wrong, any other field when all of it is; a field taken for empty stands like an accepted one."
    )


def _contents(score: Scorecard) -> str:
    rows = []
    for row in score.rows(m.BY_CONTENT):
        get = [score.find(m.BY_CONTENT, row, name) for name in (m.RIGHT, m.ACCEPTED, m.WRONG, m.CHARACTERS, m.ERROR)]
        count = get[0].count if get[0] else 0
        rows.append([row, str(count), _share(get[0]), _share(get[1]), _of(get[2]), _share(get[3]), _plain(get[4])])
    lines = _table(["content", "values", "right", "accepted", "wrong among accepted", "characters wrong",
                    "calibration error"], rows)  # fmt: skip
    facts = [
        ("cards found", score.find(m.BY_CONTENT, m.ALL, m.FOUND)),
        ("names not on the list, pulled onto it and accepted", score.find(m.BY_CONTENT, m.NOT_ON_LIST, m.PULLED)),
        ("empty tick boxes seen as ticked", score.find(m.BY_CONTENT, "tick", m.FALSE_TICKS)),
    ]  # fmt: skip
    told = [f"- {what}: {_of(fact)}" for what, fact in facts if fact]
    complete = score.find(m.BY_CONTENT, m.ALL, m.COMPLETE)
    told.append(f"- calibration error over all fields, empty ones too: {_plain(complete)}")
    if expected := score.find(m.BY_CONTENT, m.ALL, m.EXPECTED):
        told.append(
            f"- accepted fields, each counted: {expected.count}; about {expected.value:.1f} expected wrong by their "
            f"confidence, {expected.hits} are"
        )
    return "\n".join(["## By content", "", lines, "", *told])


def _curves(score: Scorecard) -> str:
    rows = []
    for row in score.rows(m.BY_CURVE):
        said, right, error = (score.find(m.BY_CURVE, row, name) for name in (m.SAID, m.RIGHT, m.ERROR))
        rows.append([row, str(said.count if said else 0), _share(said), _share(right), _plain(error)])
    heads = ["how the value was arrived at", "fields", "confidence, mean", "right", "calibration error"]
    return "\n".join(["## Probabilities", "", _table(heads, rows)])


def _others(score: Scorecard) -> str:
    rows = []
    for row in score.rows(m.BY_CONTENT):
        if row in (m.ALL, "tick"):
            continue
        cells = [row]
        for reader in score.plan.readers:
            cells += [_share(score.find(m.BY_CONTENT, row, name, reader)) for name in (m.CHARACTERS, m.RIGHT)]
        rows.append(cells)
    heads = [f"{NAMES[reader]}: {what}" for reader in score.plan.readers for what in ("characters wrong", "exact")]
    note = (
        "The others read the same strips as they come, without boxes, lists or language; for them, blanks are forgiven "
        "and a date is its eight figures."
    )
    return "\n".join(["## Beside other readers", "", note, "", _table(["content", *heads], rows)])


def _conditions(score: Scorecard, table: str, title: str) -> str:
    names = (m.RIGHT, m.ACCEPTED, m.WRONG, f"{m.RIGHT}, {m.ON_LIST}", f"{m.RIGHT}, date", f"{m.RIGHT}, tick")
    characters = (f"{m.CHARACTERS}, boxes", f"{m.CHARACTERS}, story")
    rows = []
    for row in score.rows(table):
        get = {name: score.find(table, row, name) for name in (m.FOUND, *names, *characters)}
        rows.append([row, _of(get[m.FOUND], brief=True), *(_share(get[name]) for name in names[:2]), _of(get[m.WRONG]),
                     *(_share(get[name]) for name in (*names[3:], *characters))])  # fmt: skip
    heads = [title, "cards found", "fields right", "accepted", "wrong among accepted", "nominees on the list right",
             "dates right", "tick fields right", "characters wrong in boxes", "in stories"]  # fmt: skip
    return "\n".join([f"## By {title}", "", _table(heads, rows)])


def _ink(score: Scorecard) -> str:
    rows = []
    for row in score.rows(m.BY_INK):
        first = score.find(m.BY_INK, row, m.RIGHT, score.plan.readers[0])
        cells = [row, str(first.count if first else 0)]
        for reader in score.plan.readers:
            cells += [_share(score.find(m.BY_INK, row, name, reader)) for name in (m.CHARACTERS, m.RIGHT)]
        rows.append(cells)
    heads = [f"{NAMES[reader]}: {what}" for reader in score.plan.readers for what in ("characters wrong", "exact")]
    return "\n".join(["## Bare ink, without cards", "", _table(["what", "pieces", *heads], rows)])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _share(measure: Measure | None) -> str:
    """`93.1 % (91.0 to 94.8)`."""
    if measure is None or not measure.count:
        return "–"
    if measure.low is None or measure.high is None:
        return f"{100 * measure.value:.1f} %"
    return f"{100 * measure.value:.1f} % ({100 * measure.low:.1f} to {100 * measure.high:.1f})"


def _of(measure: Measure | None, *, brief: bool = False) -> str:
    """`2 of 912 (0.0 to 0.8 %)`."""
    if measure is None or not measure.count:
        return "–"
    if brief or measure.low is None or measure.high is None:
        return f"{measure.hits} of {measure.count}"
    return f"{measure.hits} of {measure.count} ({100 * measure.low:.2f} to {100 * measure.high:.2f} %)"


def _plain(measure: Measure | None) -> str:
    return "–" if measure is None or not measure.count else f"{measure.value:.3f}"


def _plainly(measure: Measure) -> dict[str, Any]:
    table = asdict(measure)
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in table.items()}
