"""Measures how fast cards are read, stage by stage, beside the plain way, on cards it fills in by itself."""

import datetime
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pdf2image
import pytesseract

from forms.numbers import new_token
from forms.printing import PrintOrder, print_cards
from forms.template_file import load_template
from pipeline.accept import accept_fields
from pipeline.cut import cut_card
from pipeline.decode import decode
from pipeline.find import find_symbols
from pipeline.identify import identify_cards
from pipeline.lists import make_lists
from pipeline.parse import parse_card
from pipeline.recognise import recognise
from pipeline.same import picture_ink
from pipeline.simulate.fill import fill_card, invent_answers
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.names import sample_organisation
from pipeline.simulate.pages import printed_sheet, write_pdf
from pipeline.simulate.scan import CONDITIONS, scan
from pipeline.take_in import ScanFile, take_in
from pipeline.workers import Desk, make_reader

_DPI = 300.0
_SEED = 20261122


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured. Milliseconds a card, mean over all cards of the run."""

    cards: int
    pages: int
    stages_ms: dict[str, float]
    total_ms: float
    plain_ms: float

    def as_json(self) -> dict[str, Any]:
        """The figures as a JSON object."""
        return asdict(self)


class _Clock:
    """Adds up time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def measure_speed(cards: int) -> Speed:
    """Print, fill in and scan `cards` cards, then read them both ways."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        stack, manifest = _make_stack(place, cards)
        before = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            ours, pages = _read_ours(stack)
            plain = _read_plainly(stack, manifest)
        finally:
            cv2.setNumThreads(before)
    stages = {name: 1000 * seconds / cards for name, seconds in ours.items()}
    return Speed(cards, pages, stages, sum(stages.values()), 1000 * plain / cards)


def _make_stack(place: Path, cards: int) -> tuple[Path, dict[str, Any]]:
    rng = np.random.default_rng(_SEED)
    profile = sample_organisation(rng, staff=3000, wards=100)
    order = PrintOrder(load_template("nomination"), profile.organisation, "", 2, new_token(), cards)
    print_cards(order, place / "cards.pdf", place / "cards.json")
    manifest = json.loads((place / "cards.json").read_text(encoding="utf-8"))
    hands, images = FontHands(), []
    for page in manifest["pages"]:
        sheet = printed_sheet(place / "cards.pdf", page["page"])
        for card in page["cards"]:
            hand = hands.pick(rng)
            invention = invent_answers(card, hand, profile.staff, profile.wards, rng)
            fill_card(sheet.image, sheet.dpi, card, invention, hand, rng)
        images.append(scan(sheet, CONDITIONS["grey300"], rng).image)
    write_pdf(images, _DPI, place / "stack.pdf")
    return place / "stack.pdf", manifest


def _read_ours(stack: Path) -> tuple[dict[str, float], int]:
    clock = _Clock()
    profile = sample_organisation(np.random.default_rng(_SEED), staff=3000, wards=100)
    code = profile.organisation.code
    reader = make_reader(Desk(lists={code: make_lists(profile.staff, profile.wards)}))
    _warm_up(stack, reader)
    pages = take_in(ScanFile(stack, stack.name))
    count = 0
    while True:
        with clock.stage("take in"):
            page = next(pages, None)
        if page is None:
            return clock.seconds, count
        count += 1
        with clock.stage("decode"):
            image = decode(page.data)
        with clock.stage("find"):
            findings = find_symbols(image)
        with clock.stage("align"):
            found = identify_cards(image, reader.book, reader.engines.typed, findings)
        for card in found.cards:
            with clock.stage("cut"):
                cut = cut_card(card)
                picture_ink(cut.ink)
            with clock.stage("recognise"):
                raw = recognise(cut.crops, reader.engines)
            with clock.stage("parse"):
                parsed = parse_card(raw, reader.lists_of(code), datetime.date.today(), reader.calibration)
                accept_fields(parsed.fields, reader.calibration, reader.wrong_per_thousand)


def _warm_up(stack: Path, reader: Any) -> None:
    """Load models and lists before the clock runs."""
    page = next(take_in(ScanFile(stack, stack.name)))
    found = identify_cards(decode(page.data), reader.book, reader.engines.typed)
    raw = recognise(cut_card(found.cards[0]).crops, reader.engines)
    parse_card(raw, reader.lists_of(found.cards[0].identity.organisation), datetime.date.today(), reader.calibration)


def _read_plainly(stack: Path, manifest: dict[str, Any]) -> float:
    """Turn the PDF into pictures and ask Tesseract for each field where the manifest says it is."""
    start = time.perf_counter()
    images = pdf2image.convert_from_path(str(stack), dpi=int(_DPI))
    for page, image in zip(manifest["pages"], images, strict=True):
        for card in page["cards"]:
            for field in card["fields"]:
                for box in _plain_boxes(field):
                    left, top, right, bottom = (value * _DPI / 25.4 for value in box)
                    cut = image.crop((left, top, right, bottom))
                    pytesseract.image_to_string(cut, config="--psm 7")
    return time.perf_counter() - start


def _plain_boxes(field: dict[str, Any]) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of a row of boxes, of each line, or of all options."""
    if field["kind"] == "lines":
        return [(x, y, x + w, y + h) for x, y, w, h in field["lines_mm"]]
    boxes = field.get("cells_mm") or [option["box_mm"] for option in field["options"]]
    return [(
        min(b[0] for b in boxes), min(b[1] for b in boxes),
        max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes),
    )]  # fmt: skip
