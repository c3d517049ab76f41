"""Cards printed, filled in and laid on a scanner's glass exactly as a test says, and where they then truly lie."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.flow import lay_out
from forms.layout import Box, CardLayout
from forms.organisation import Organisation, StaffMember, Ward
from forms.printing import PrintOrder, print_cards
from forms.template_file import load_template
from pipeline.records import Image, Reading, Strip, Value
from pipeline.simulate.compose import style_of
from pipeline.simulate.fill import Answers, FilledCard, Invention, fill_card
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.geometry import Placed, laid, moved, scaled, turned
from pipeline.simulate.ink import Pen
from pipeline.simulate.pages import Sheet, grey, printed_sheets

ORGANISATION = Organisation("RXW", "Riverside NHS Trust", "Leading with Compassion", privacy_notice="We keep it safe.")
WARDS = (Ward("W01", "Ward 21"), Ward("W02", "Intensive Care"), Ward("W03", "Maternity"))
STAFF = (
    StaffMember("S001", "Susan", "Okafor", "Nurse", "W01"),
    StaffMember("S002", "Priya", "Nightingale", "Doctor", "W02"),
    StaffMember("S003", "Thomas", "Brannigan", "Porter", "W03"),
)
ANSWERS: dict[str, Value] = {
    "nominee_first_name": "PRIYA",
    "nominee_last_name": "NIGHTINGALE",
    "nominee_team": "INTENSIVE CARE",
    "nominator_type": "carer",
    "action": "she sat with my mother and held her hand all night",
    "date": "2025-03-14",
    "consent": ("share_publicly",),
}
BALLPOINT = Pen("ballpoint", 0.4, (28, 28, 34))
PAPER = (0.0, 0.0, 148.5, 210.0)


@cache
def layout() -> CardLayout:
    """The standard card's layout."""
    return lay_out(load_template("nomination")).card


@cache
def _printed(
    template: str, per_sheet: int, organisation: str
) -> tuple[tuple[Sheet, tuple[Mapping[str, Any], ...]], ...]:
    with tempfile.TemporaryDirectory() as folder:
        pdf, manifest = Path(folder) / "cards.pdf", Path(folder) / "cards.json"
        owner = replace(ORGANISATION, code=organisation)
        order = PrintOrder(load_template(template), owner, "W02", per_sheet, "7K3F9QZ", 2)
        print_cards(order, pdf, manifest)
        pages = json.loads(manifest.read_text(encoding="utf-8"))["pages"]
        return [(sheet, tuple(page["cards"])) for sheet, page in zip(printed_sheets(pdf), pages, strict=True)]


@dataclass(frozen=True)
class Paper:
    """A piece of paper that a test may write on or spoil, and the cards on it."""

    sheet: Sheet
    cards: tuple[Mapping[str, Any], ...]

    def number(self, card: int = 0) -> str:
        """What stands on a card in print."""
        return str(self.cards[card]["card"])

    def write(
        self, answers: Mapping[str, Value], card: int = 0, hand: int = 0, seed: int = 1,
        taken_back: Mapping[str, tuple[str, ...]] | None = None,
    ) -> FilledCard:  # fmt: skip
        """Fill a card in by hand, the same way every time."""
        hands = FontHands()
        writer, rng = hands.hand(hands.names[hand]), np.random.default_rng(seed)
        said = Invention(Answers(answers, taken_back or {}))
        entry = self.cards[card]
        return fill_card(self.sheet.image, self.sheet.dpi, entry, said, writer, rng, BALLPOINT, style_of(writer, rng))

    def blot(self, box: Box, shade: int, card: int = 0, margin: float = 1.0) -> None:
        """Paint over a box of the layout (card millimetres) with paper or ink."""
        entry, scale = self.cards[card], self.sheet.dpi / 25.4
        left, top = entry["box_mm"][0] - self.sheet.origin[0], entry["box_mm"][1] - self.sheet.origin[1]
        grown = float(entry["scale"])
        x0, y0 = left + grown * (box.x - margin), top + grown * (box.y - margin)
        x1, y1 = left + grown * (box.x + box.width + margin), top + grown * (box.y + box.height + margin)
        self.sheet.image[round(y0 * scale) : round(y1 * scale), round(x0 * scale) : round(x1 * scale)] = shade


def cut_card(number: int = 0, organisation: str = "RXW") -> Paper:
    """One A5 card, cut from its sheet."""
    sheet, cards = _printed("nomination", 2, organisation)[0]
    return Paper(sheet.cut(cards[number]["box_mm"]), (cards[number],))


def whole_sheet(per_sheet: int = 2) -> Paper:
    """A sheet nobody cut."""
    sheet, cards = _printed("nomination", per_sheet, "RXW")[0]
    return Paper(replace(sheet, image=sheet.image.copy()), cards)


def nameless(*, marks: bool, card: int = 0, paper: Paper | None = None) -> Paper:
    """A filled card whose code and number can't be read, and its marks neither unless said: a person must place it."""
    paper = paper or cut_card()
    paper.write(ANSWERS, card)
    paper.blot(layout().code, 0, card, margin=0.5)
    paper.blot(layout().number, 0, card, margin=0.5)
    for mark in () if marks else layout().marks:
        paper.blot(mark, 255, card)
    return paper


@dataclass(frozen=True)
class Scanned:
    """A page as scanned, and where the paper lies on it."""

    image: Image
    placed: Placed
    dpi: float

    def corners(self, paper: Paper, card: int = 0) -> NDArray[np.float64]:
        """(4, 2): a card's true trim corners, clockwise from its own top left."""
        return self.placed.corners(tuple(paper.cards[card]["box_mm"]))


def scan(
    paper: Paper, *, turn: int = 0, skew: float = 0.0, size: float = 1.0, dpi: float = 200.0, seed: int = 0,
    bilevel: bool = False, lid: int = 255,
) -> Scanned:  # fmt: skip
    """Lay a paper on the glass: `turn` quarter turns clockwise, then `skew` degrees; printed at `size`."""
    rng = np.random.default_rng(seed)
    sheet = replace(paper.sheet, image=grey(paper.sheet.image))
    width, height = sheet.size
    about = (
        turned(90.0 * turn + skew) @ scaled(size) @ moved(-sheet.origin[0] - width / 2, -sheet.origin[1] - height / 2)
    )
    x, y = sheet.origin
    ends = Placed(about).corners((x, y, width, height))
    low, high = ends.min(axis=0) - 3.0, ends.max(axis=0) + 3.0
    scale = dpi / 25.4
    placed = Placed(moved(-0.5, -0.5) @ scaled(scale) @ moved(-low[0], -low[1]) @ about)
    shape = (round((high[1] - low[1]) * scale), round((high[0] - low[0]) * scale))
    picture, mask = laid(sheet, placed, shape)
    page = np.where(mask > 0, picture, lid).astype(np.float32)
    page = cv2.GaussianBlur(page, (0, 0), 0.5 * dpi / 300) * 0.93 + 12 + rng.normal(0, 2.0, shape).astype(np.float32)
    image = np.clip(page, 0, 255).astype(np.uint8)
    return Scanned(np.where(image > 150, 255, 0).astype(np.uint8) if bilevel else image, placed, dpi)


class NoType:
    """A reader of type that can't read any."""

    name, version = "none", "0"

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Nothing, for every strip."""
        return [Reading("", 0.0, (("", 0.0),)) for _ in strips]
