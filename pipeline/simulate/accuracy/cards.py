"""Prints, fills in, scans and reads cards in memory, and says of every field what came of it."""

import datetime
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from forms.organisation import Profile
from pipeline.calibrate import Calibration
from pipeline.cut import CutCard, cut_card
from pipeline.identify import identify_cards
from pipeline.lists import make_lists, plain_capitals
from pipeline.parse.curves import NOMINEE
from pipeline.recognise import recognise
from pipeline.records import CardReading, FieldReading, Image, Status, Value
from pipeline.scoring import character_errors, is_right
from pipeline.simulate.accuracy.others import read_by_others
from pipeline.simulate.accuracy.plan import Job, Plan, hands_of, style_of
from pipeline.simulate.fill import FilledCard
from pipeline.simulate.names import sample_organisation
from pipeline.simulate.print_run import PrintedSheet, printed_cards
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.stacks import Desk as FillingDesk
from pipeline.simulate.stacks import Piece, scanned
from pipeline.stack import Reader, read_card
from pipeline.workers import Desk, make_reader

Heard = Mapping[str, Mapping[str, str]]
"""By field and reader, what other readers made of a card."""
MISSING = "missing"
"""The status of a field whose card was not found on its page."""


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field of one card: what was written, and what was read."""

    card: str
    condition: str
    writer: str
    style: str
    name: str
    content: str
    truth: Value
    value: Value
    status: str
    confidence: float
    probability: float
    """Before calibration."""
    curve: str
    right: bool
    errors: int
    """Wrong characters of `value`; 0 for ticks."""
    length: int
    others: Mapping[str, tuple[int, int, bool]]
    """By reader: wrong characters, of how many, and whether the field is exact."""

    @property
    def stands(self) -> bool:
        """Whether nobody is asked: accepted, or taken for empty."""
        return self.status in (Status.ACCEPTED, Status.BLANK)


@dataclass(frozen=True, slots=True)
class CardResult:
    """One card, its fields, and whether its nominee is on the staff list."""

    card: str
    condition: str
    writer: str
    style: str
    found: bool
    on_list: bool
    """Whether somebody of the full name that is written, or would be without a short form, is on the staff list."""
    matched: bool
    """Whether the reader took the nominee for somebody on the staff list."""
    boxes: int
    """Tick boxes that nobody touched."""
    seen_ticked: int
    """How many of these were taken for ticked."""
    fields: tuple[FieldResult, ...]


def measure_cards(job: Job) -> list[CardResult]:
    """Do one job: fill in its cards, scan them, read them, compare."""
    cv2.setNumThreads(1)
    plan, condition = job.plan, CONDITIONS[job.condition]
    rng = np.random.default_rng([plan.seed, job.number])
    results: list[CardResult] = []
    with tempfile.TemporaryDirectory() as folder:
        profile = _profile(plan)
        printer: Iterator[PrintedSheet] = printed_cards(profile, Path(folder), rng)
        desk = FillingDesk(printer, hands_of(plan.handwriting, plan.split), profile, rng)
        left = job.cards
        while left > 0:
            pieces = [desk.card() for _ in range(min(left, 2 if condition.way == "glass" else 1))]
            left -= len(pieces)
            page = scanned(pieces, condition, rng)
            results += _compared(pieces, read_scan(_as_taken_in(page.scan.image), _reader(plan), lines=plan.lines), job)
    return results


@cache
def _profile(plan: Plan) -> Profile:
    return sample_organisation(np.random.default_rng(plan.seed), plan.staff, plan.wards)


@cache
def _reader(plan: Plan) -> Reader:
    profile = _profile(plan)
    reader = make_reader(Desk(lists={profile.organisation.code: make_lists(profile.staff, profile.wards)}))
    return replace(reader, calibration=Calibration({})) if plan.uncalibrated else reader


def _as_taken_in(image: Image) -> Image:
    """What decoding makes of the scan: grey. Compression is left out: what JPEG does at a scanner's usual quality
    is little beside the grain that the scan has already."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    return np.asarray(grey, dtype=np.uint8)


def read_scan(page: Image, reader: Reader, *, lines: bool = True) -> list[tuple[CardReading, CutCard]]:
    """Read a page as `stack.read_page` does, and keep what was cut of each card; without its `lines` where told so."""
    found = identify_cards(page, reader.book, reader.engines.typed)
    cut = [cut_card(card) for card in found.cards]
    if not lines:
        cut = [replace(own, crops=tuple(c for c in own.crops if c.field.kind != "lines")) for own in cut]
    raw = iter(recognise([crop for own in cut for crop in own.crops], reader.engines))
    today = datetime.date.today()
    return [
        (read_card(card, own, [next(raw) for _ in own.crops], reader, today), own)
        for card, own in zip(found.cards, cut, strict=True)
    ]


def _compared(pieces: Sequence[Piece], read: Sequence[tuple[CardReading, CutCard]], job: Job) -> Iterator[CardResult]:
    others = read_by_others([cut for _, cut in read], job.plan.readers)
    by_number = {card.identity.number: (card, other) for (card, _), other in zip(read, others, strict=True)}
    for piece in pieces:
        for truth, printed in zip(piece.truths, piece.cards, strict=True):
            card, heard = by_number.get(truth.card, (None, {}))
            yield _card(job, truth, printed["fields"], card, heard)


def _card(
    job: Job, truth: FilledCard, printed: Sequence[Mapping[str, Any]], card: CardReading | None, others: Heard
) -> CardResult:
    plan = job.plan
    about = (f"{job.number}/{truth.card}", job.condition, truth.hand.split(" with ")[0],
             style_of(plan.handwriting, plan.split, truth.hand))  # fmt: skip
    fields = {field.name: field for field in card.fields} if card else {}
    asked = [entry for entry in printed if plan.lines or entry["kind"] != "lines"]
    results = [_field(about, entry, truth, fields.get(entry["name"]), others) for entry in asked]
    boxes = [_empty_boxes(entry, truth, fields[entry["name"]]) for entry in printed if entry["name"] in fields]
    name = " ".join(plain_capitals(str(truth.fields.get(part, ""))) for part in NOMINEE)
    return CardResult(
        *about, card is not None, bool(truth.staff_id) or name in _staff_names(plan),
        bool(card and card.nominee_staff.value), sum(n for n, _ in boxes), sum(n for _, n in boxes), tuple(results),
    )  # fmt: skip


@cache
def _staff_names(plan: Plan) -> frozenset[str]:
    return frozenset(plain_capitals(f"{m.first_name} {m.last_name}") for m in _profile(plan).staff)


def _field(
    about: tuple[str, str, str, str], entry: Mapping[str, Any], written: FilledCard, field: FieldReading | None,
    others: Heard,
) -> FieldResult:  # fmt: skip
    name, content = str(entry["name"]), str(entry["content"])
    truth = written.fields[name]
    if field is None:
        nothing: Value = "" if isinstance(truth, str) else ()
        field = FieldReading(name, content, nothing, "", 0.0, Status.REVIEW, "", reason=MISSING)
    texts = content != "tick"
    errors, length = character_errors(str(field.value), str(truth)) if texts else (0, 0)
    curve = field.calibration.partition(" ")[0]
    heard = {reader: _heard(content, truth, text) for reader, text in others.get(name, {}).items()} if texts else {}
    return FieldResult(
        *about, name, content, truth, field.value, MISSING if field.reason == MISSING else field.status.value,
        field.confidence, field.probability, curve, is_right(content, field.value, truth), errors, length, heard,
    )  # fmt: skip


def _heard(content: str, truth: Value, text: str) -> tuple[int, int, bool]:
    """How another reader did, who knows neither boxes nor lists: blanks are forgiven, a date is its eight figures."""
    wanted = str(truth)
    if content == "date" and wanted:
        year, month, day = wanted.split("-")
        wanted, text = day + month + year, "".join(c for c in text if c.isdigit())
    errors, length = character_errors(text, wanted)
    if content == "story":
        return errors, length, is_right("story", text, wanted)
    return errors, length, "".join(text.split()).lower() == "".join(wanted.split()).lower()


def _empty_boxes(entry: Mapping[str, Any], truth: FilledCard, field: FieldReading) -> tuple[int, int]:
    """Count the boxes of a choice that nobody touched, and those of them that were taken for ticked."""
    if entry["kind"] != "choice":
        return 0, 0
    empty = {str(option["value"]) for option in entry["options"]} - set(truth.touched.get(entry["name"], ()))
    return len(empty), len(empty & set(field.raw.split("; ")))
