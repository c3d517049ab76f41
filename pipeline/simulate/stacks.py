"""Filled cards on their way into files: who fills which card, how it is scanned, and what is to be read in the end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from forms.organisation import Profile
from pipeline.records import Image
from pipeline.simulate.fill import Answers, FilledCard, Invention, fill_card, invent_answers
from pipeline.simulate.geometry import moved, scaled
from pipeline.simulate.hands import Hand
from pipeline.simulate.pages import Sheet, write_pdf, write_picture, write_tiff
from pipeline.simulate.print_run import PrintedSheet
from pipeline.simulate.scan import Condition, Scan, scan
from pipeline.simulate.wear import copied

LARGEST_STACK = 40
"""Pages in one file."""
COPY_SCALE = 0.97


class Hands(Protocol):
    """Several people who can write."""

    def pick(self, rng: np.random.Generator) -> Hand:
        """Any of them."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of paper to be scanned: a cut card, a whole sheet, or something that is not ours."""

    sheet: Sheet
    cards: tuple[Mapping[str, Any], ...] = ()
    truths: tuple[FilledCard, ...] = ()
    outcome: str = "cards"
    copy: int = 1


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page and what should be read of it."""

    scan: Scan
    outcome: str
    cards: tuple[dict[str, Any], ...]

    def expected(self, file: str, page: int) -> dict[str, Any]:
        """What the ledger and the readings should say of this page."""
        return {"file": file, "page": page, "outcome": self.outcome, "cards": list(self.cards)}


@dataclass
class Desk:
    """Where cards are filled in, one after the other."""

    printer: Iterator[PrintedSheet]
    hands: Hands
    profile: Profile
    rng: np.random.Generator
    _cut: list[Piece] = field(default_factory=list)

    def sheet(self) -> Piece:
        """A whole sheet, all its cards filled in."""
        printed = next(self.printer)
        truths = tuple(self._fill(printed.sheet, card) for card in printed.cards)
        return Piece(printed.sheet, printed.cards, truths)

    def card(self) -> Piece:
        """A cut card, filled in."""
        if not self._cut:
            whole = self.sheet()
            pairs = zip(whole.cards, whole.truths, strict=True)
            self._cut = [Piece(whole.sheet.cut(card["box_mm"]), (card,), (truth,)) for card, truth in pairs]
        return self._cut.pop(0)

    def unfilled(self) -> Piece:
        """A cut card with nothing written on it."""
        printed = next(self.printer)
        card = printed.cards[0]
        truth = self._fill(printed.sheet, card, Invention(Answers({})))
        return Piece(printed.sheet.cut(card["box_mm"]), (card,), (truth,))

    def with_photocopy(self) -> tuple[Piece, Piece]:
        """A cut card, and a photocopy of the same card, taken while blank, filled in by somebody else."""
        printed = next(self.printer)
        card = printed.cards[0]
        blank = printed.sheet.cut(card["box_mm"])
        truth = self._fill(printed.sheet, card)
        first = Piece(printed.sheet.cut(card["box_mm"]), (card,), (truth,))
        paper, moved_card = photocopy(blank, card, COPY_SCALE, self.rng)
        return first, Piece(paper, (moved_card,), (self._fill(paper, moved_card),), copy=2)

    def _fill(self, sheet: Sheet, card: Mapping[str, Any], invention: Invention | None = None) -> FilledCard:
        hand = self.hands.pick(self.rng)
        if invention is None:
            invention = invent_answers(card, hand, self.profile.staff, self.profile.wards, self.rng)
        return fill_card(sheet.image, sheet.dpi, card, invention, hand, self.rng)


def photocopy(
    sheet: Sheet, card: Mapping[str, Any], scale: float, rng: np.random.Generator
) -> tuple[Sheet, Mapping[str, Any]]:
    """A cut card copied at another size in the middle of fresh paper, and where its boxes then are."""
    width, height = sheet.size
    about = moved(width / 2, height / 2) @ scaled(scale) @ moved(-width / 2, -height / 2)
    px_per_mm = sheet.image.shape[1] / width
    matrix = scaled(px_per_mm) @ about @ scaled(1 / px_per_mm)
    size = (sheet.image.shape[1], sheet.image.shape[0])
    image = cv2.warpAffine(sheet.image, matrix[:2], size, flags=cv2.INTER_AREA, borderValue=(255, 255, 255))
    toner = copied(replace(sheet, image=np.asarray(image, np.uint8), origin=(0.0, 0.0)), rng)

    def shifted(box: Sequence[float]) -> list[float]:
        x, y = box[0] - sheet.origin[0], box[1] - sheet.origin[1]
        return [about[0, 0] * x + about[0, 2], about[1, 1] * y + about[1, 2], box[2] * scale, box[3] * scale]

    fields = [_with_boxes(entry, shifted) for entry in card["fields"]]
    return toner, {**card, "box_mm": shifted(card["box_mm"]), "scale": card["scale"] * scale, "fields": fields}


def _with_boxes(entry: Mapping[str, Any], shifted: Any) -> dict[str, Any]:
    changed = dict(entry)
    for key in ("cells_mm", "lines_mm"):
        if key in entry:
            changed[key] = [shifted(box) for box in entry[key]]
    if "options" in entry:
        changed["options"] = [{**option, "box_mm": shifted(option["box_mm"])} for option in entry["options"]]
    return changed


def scanned(pieces: Piece | Sequence[Piece], condition: Condition, rng: np.random.Generator) -> ScannedPage:
    """One page of one or several pieces of paper."""
    several = (pieces,) if isinstance(pieces, Piece) else tuple(pieces)
    page = scan([piece.sheet for piece in several], condition, rng)
    cards = []
    for number, piece in enumerate(several):
        for card, truth in zip(piece.cards, piece.truths, strict=True):
            corners = [[round(x, 1), round(y, 1)] for x, y in page.corners(card["box_mm"], number)]
            cards.append({**truth.as_json(), "copy": piece.copy, "ward": card["ward"], "corners_px": corners})
    return ScannedPage(page, several[0].outcome, tuple(cards))


def write_stack(pages: Sequence[ScannedPage], path: Path, quality: int) -> list[dict[str, Any]]:
    """Writes pages into one file, by the name's ending, and says what is expected of each; a picture holds one page."""
    images: list[Image] = [page.scan.image for page in pages]
    dpi = pages[0].scan.dpi
    if path.suffix == ".pdf":
        write_pdf(images, dpi, path, quality)
    elif path.suffix == ".tif":
        write_tiff(images, dpi, path)
    else:
        write_picture(images[0], dpi, path, quality)
    return [page.expected(path.name, number) for number, page in enumerate(pages, start=1)]
