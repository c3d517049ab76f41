"""Says which cards are on a page and brings each onto its layout, or says why a person must."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Box, CardLayout
from pipeline.align import Fitted, fit_card
from pipeline.card_book import CardBook, KnownCard, empty_picture
from pipeline.engines import Engine
from pipeline.find import Findings, FoundCode, FoundMark, find_code_near, find_symbols
from pipeline.place import PlacedCard, corners_of, group_marks, place_by_code, place_by_marks, project
from pipeline.printed_number import read_printed_number
from pipeline.records import AlignedCard, Alignment, CardIdentity, Image

MOST_RESIDUAL_MM = 0.8
"""Beyond this a 4.3 mm tick box may be taken for its neighbour's margin; the usual is 0.05 to 0.2."""
_LEAST_AGREEING = 0.2
"""Fewer of a card's printed labels than this where they should be: it is some other form, or too damaged."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The cards of a page, and what is ours but could not be placed, in plain English."""

    cards: tuple[AlignedCard, ...]
    unplaced: tuple[str, ...]


def identify_cards(page: Image, book: CardBook, typed: Engine, findings: Findings | None = None) -> Identified:
    """Find, name and align every card of ours on a page.

    `typed` reads printed numbers where a code can't be read; `findings`: its symbols, where they are known already.
    """
    findings = findings or find_symbols(page)
    cards: list[AlignedCard] = []
    unplaced: list[str] = []
    named: list[FoundCode] = []
    for code in findings.codes:
        answer = align_by_code(page, code, findings, book)
        if isinstance(answer, AlignedCard):
            cards.append(answer)
        else:
            unplaced.append(answer)
            named.append(code)
    for group in _orphans(findings, cards, named, book):
        answer = _align_by_marks(page, group, book, typed)
        if isinstance(answer, AlignedCard):
            if not any(_same_place(answer, card) for card in cards):
                cards.append(answer)
        else:
            unplaced.append(answer)
    return Identified(tuple(sorted(cards, key=_reading_order)), tuple(unplaced))


def align_by_code(page: Image, found: FoundCode, findings: Findings, book: CardBook) -> AlignedCard | str:
    """Align the card of a code, or say why it can't be."""
    number = str(found.code.number)
    known = book.find(found.code.fingerprint)
    if known is None:
        return (
            f"card {number} was printed from a template that is not known here ('{found.code.template}', "
            f"layout {found.code.fingerprint}); print or load that template in this home, then read again"
        )
    placed = place_by_code(found, findings, known.layout)
    if placed is None:
        return f"card {number}: its corner marks can't be found"
    fitted = fit_card(page, placed, known.layout, empty_picture(known.template))
    if (fault := misfit(fitted)) is not None:
        return f"card {number}: {fault}"
    identity = CardIdentity(
        number, found.code.organisation, found.code.ward, found.code.template, found.code.fingerprint
    )
    return aligned(identity, known, placed, fitted)


def _orphans(
    findings: Findings, cards: Sequence[AlignedCard], named: Sequence[FoundCode], book: CardBook
) -> Iterator[list[FoundMark]]:
    """Groups of marks that no placed card has used; `named` are codes of cards that wait for a person already."""
    free = [mark for mark in findings.marks if not any(_uses(card, mark) for card in cards)]
    layouts = {(known.layout.width, known.layout.height): known.layout for known in book.cards()}
    seen: set[int] = set()
    for layout in layouts.values():
        for group in group_marks([mark for mark in free if id(mark) not in seen], layout):
            seen.update(id(mark) for mark in group)
            # Its code was read, and it could not be placed: a layout that happens to fit would read it wrong.
            if not any(_encloses(group, layout, code) for code in named):
                yield group


def _encloses(group: list[FoundMark], layout: CardLayout, code: FoundCode) -> bool:
    placed = place_by_marks(group, layout)
    if placed is None:
        return False
    outline = project(placed.page_from_card, corners_of(Box(0.0, 0.0, layout.width, layout.height)))
    return inside(outline, code.quad.mean(axis=0))


def _align_by_marks(page: Image, marks: list[FoundMark], book: CardBook, typed: Engine) -> AlignedCard | str:
    """Try each known layout; the number in print is believed only when its check character holds."""
    best: tuple[float, KnownCard, PlacedCard, Fitted] | None = None
    for known in book.cards():
        placed = place_by_marks(marks, known.layout)
        if placed is None or placed.residual_mm > 2.0:
            continue
        fitted = fit_card(page, placed, known.layout, empty_picture(known.template))
        if misfit(fitted) is None and (best is None or fitted.agreeing > best[0]):
            best = (fitted.agreeing, known, placed, fitted)
    if best is None:
        return "a card of ours seems to be here, but it fits no known layout"
    _, known, placed, fitted = best
    quad = project(fitted.page_from_card, corners_of(known.layout.code))
    code = find_code_near(page, quad)
    if code and code.code.fingerprint != known.layout.fingerprint:
        return align_by_code(page, code, Findings((code,), tuple(marks)), book)
    if code:
        identity = CardIdentity(
            str(code.code.number), code.code.organisation, code.code.ward, code.code.template, code.code.fingerprint
        )
        return aligned(identity, known, placed, fitted)
    printed = read_printed_number(fitted.image, known.layout, typed)
    if number := printed.number:
        identity = CardIdentity(str(number), number.organisation, "", known.layout.template, known.layout.fingerprint)
        return aligned(identity, known, placed, fitted)
    looks = f" (the number looks like {printed.text!r})" if any(map(str.isalnum, printed.text)) else ""
    return f"a card of ours whose code and number can't be read{looks}"


def misfit(fitted: Fitted) -> str | None:
    """Say what is wrong with how a card lies on its layout; None when it may be read."""
    if fitted.agreeing < _LEAST_AGREEING:
        return "its print can't be found where it should be; it is covered, torn, or very faint"
    if fitted.residual_mm > MOST_RESIDUAL_MM:
        return f"it lies too crooked or crumpled to be read safely ({fitted.residual_mm:.1f} mm off)"
    return None


def aligned(identity: CardIdentity, known: KnownCard, placed: PlacedCard, fitted: Fitted) -> AlignedCard:
    """Put together what is known of a card that was placed and fitted."""
    layout = known.layout
    trim = np.array([(0.0, 0.0), (layout.width, 0.0), (layout.width, layout.height), (0.0, layout.height)])
    a, b, c, d = ((float(x), float(y)) for x, y in project(fitted.page_from_card, trim))
    return AlignedCard(
        identity=identity,
        layout=layout,
        alignment=Alignment(
            placed.by, round(fitted.residual_mm, 3), fitted.page_from_card, round(fitted.native_px_per_mm, 3)
        ),
        corners_px=(a, b, c, d),
        image=fitted.image,
        empty=empty_picture(known.template),
    )


def _uses(card: AlignedCard, mark: FoundMark) -> bool:
    """Whether a mark is this card's own, or lies inside its trim."""
    return inside(np.array(card.corners_px), mark.centre)


def _same_place(a: AlignedCard, b: AlignedCard) -> bool:
    return inside(np.array(b.corners_px), np.mean(np.array(a.corners_px), axis=0))


def inside(outline: NDArray[np.float64], point: NDArray[np.float64]) -> bool:
    """Whether a point lies within an outline, or on it."""
    x, y = (float(value) for value in point)
    return cv2.pointPolygonTest(outline.astype(np.float32), (x, y), False) >= 0


def _reading_order(card: AlignedCard) -> tuple[float, float]:
    """From the top down, then from left to right."""
    corners = np.array(card.corners_px)
    height = float(np.ptp(corners[:, 1]))
    middle = corners.mean(axis=0)
    return (round(float(middle[1]) / max(1.0, height * 0.6)), float(middle[0]))
