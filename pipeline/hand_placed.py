"""Reads a card that a person placed on its page: named, turned and cropped by hand.

First the ordinary way, on that part of the page alone; where no mark and no code will do, by the person's own corners.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Box
from forms.numbers import parse_number
from pipeline.align import Fitted, fit_card, unfitted
from pipeline.card_book import CardBook, KnownCard, empty_picture
from pipeline.cut import cut_card
from pipeline.find import Findings, Quad, find_symbols
from pipeline.identify import align_by_code, aligned, inside, misfit
from pipeline.place import PlacedCard, corners_of, group_marks, place_by_marks, project
from pipeline.recognise import recognise
from pipeline.records import (
    AlignedCard,
    CardIdentity,
    CardReading,
    Corner,
    FieldReading,
    HandPlacing,
    HandReading,
    Image,
    Status,
)
from pipeline.stack import Reader, read_card

_AROUND = 0.04
"""Of the card's longer side: how far around a person's corners its marks may lie."""
_LEAST_AGREEING, _MOST_RESIDUAL_MM = 0.4, 0.4
"""A person's corners are rough, and no mark or code bears them out: print must agree twice as far as elsewhere.
Corners up to 4 mm out end at 0.04 mm; what ends in a wrong place has 0.55 mm and more."""
_MOST_FITS = 6
_CLOSE_MM = 0.1
_HOPELESS = 0.1
"""With less of the print found than this, the next fit starts from nowhere."""
_MOST_MARK_RESIDUAL_MM = 2.0
UNSURE = "the card was placed by hand, and too little of its print can be found to be sure of its boxes"


@dataclass(frozen=True, slots=True)
class _Found:
    """A card brought onto its layout, and the share of its print that says so; 1 when that is enough."""

    card: AlignedCard
    sure: float = 1.0


def read_by_hand(
    page: Image, placing: HandPlacing, reader: Reader, today: datetime.date, received: datetime.date | None = None
) -> HandReading:
    """Read the one card that a person placed on a page, or say why it can't be. The rest of the page is left alone."""
    number = parse_number(placing.number)
    if number is None:
        return HandReading(placing.key, None, f"'{placing.number}' is no card number")
    view, offset = _cropped(page, np.array(placing.corners_px))
    quad = np.array(placing.corners_px) - offset
    identity = CardIdentity(str(number), number.organisation, fingerprint=placing.fingerprint)
    found = _align(view, quad, identity, reader.book)
    if isinstance(found, str):
        return HandReading(placing.key, None, found)
    card = _moved(found.card, offset)
    cut = cut_card(card)
    raw = recognise(cut.crops, reader.engines)
    reading = read_card(card, cut, list(raw), reader, today, received)
    return HandReading(placing.key, reading if found.sure == 1.0 else _doubted(reading, found.sure))


def lies_on(corners_px: Iterable[Corner], other: Iterable[Corner]) -> bool:
    """Whether a card's middle lies within another's outline: no two cards lie so."""
    return inside(np.array(list(other)), np.mean(np.array(list(corners_px)), axis=0))


def _cropped(page: Image, quad: Quad) -> tuple[Image, NDArray[np.float64]]:
    """The part of the page around a quad, and where its corner is on the page."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    margin = _AROUND * float((high - low).max())
    height, width = page.shape
    left, top = (max(0, min(int(v), size - 1)) for v, size in zip(np.floor(low - margin), (width, height), strict=True))
    right, bottom = np.ceil(high + margin).astype(int)
    view = page[top : max(top + 1, bottom), left : max(left + 1, right)]
    return np.ascontiguousarray(view), np.array([float(left), float(top)])


def _align(view: Image, quad: Quad, identity: CardIdentity, book: CardBook) -> _Found | str:
    cards = _candidates(identity, book)
    if not cards:
        return (
            f"the template of card {identity.number} is not known here; print or load it in this home, then try again"
        )
    if min(view.shape) < 100:
        return "the part of the page that was chosen is too small to hold a card"
    findings = find_symbols(view)
    around = _grown(quad)
    codes = [found for found in findings.codes if inside(around, found.quad.mean(axis=0))]
    own = [found for found in codes if str(found.code.number) == identity.number]
    if codes and not own:
        return _other_code(codes[0].code.number.organisation, str(codes[0].code.number), identity)
    for found in own:
        answer = align_by_code(view, found, findings, book)
        if isinstance(answer, AlignedCard):
            return _Found(answer)
    return _by_marks(view, findings, around, identity, cards) or _by_corners(view, quad, identity, cards)


def _candidates(identity: CardIdentity, book: CardBook) -> list[KnownCard]:
    """The layouts that the card may have: its own where that is known, else any."""
    if not identity.fingerprint:
        return list(book.cards())
    known = book.find(identity.fingerprint)
    return [known] if known else []


def _other_code(organisation: str, number: str, identity: CardIdentity) -> str:
    # Another organisation's number is not for these eyes.
    whose = f"card {number}" if organisation == identity.organisation else "a card of another organisation"
    return f"the code in that part of the page is that of {whose}, not of card {identity.number}"


def _by_marks(
    view: Image, findings: Findings, around: Quad, identity: CardIdentity, cards: list[KnownCard]
) -> _Found | None:
    """Align by corner marks, as the layout whose print agrees best, a card whose middle the person's corners hold."""
    best: tuple[float, _Found] | None = None
    for known in cards:
        middle = np.array([(known.layout.width / 2, known.layout.height / 2)])
        for group in group_marks(list(findings.marks), known.layout):
            placed = place_by_marks(group, known.layout)
            if placed is None or placed.residual_mm > _MOST_MARK_RESIDUAL_MM:
                continue
            if not inside(around, project(placed.page_from_card, middle)[0]):
                continue
            fitted = fit_card(view, placed, known.layout, empty_picture(known.template))
            if misfit(fitted) is None and (best is None or fitted.agreeing > best[0]):
                best = fitted.agreeing, _Found(aligned(_named(identity, known), known, placed, fitted))
    return best[1] if best else None


def _by_corners(view: Image, quad: Quad, identity: CardIdentity, cards: list[KnownCard]) -> _Found | str:
    """Align by the person's corners, drawn to the print where it agrees; a page left on its side is turned.

    Where no print agrees, the corners are believed as they are: a torn or drowned card has no more to go by, and a
    person looks at every field of it.
    """
    shares: list[float] = []
    for turn in range(4):
        tried = [(known, *_drawn_to_print(view, np.roll(quad, turn, axis=0), known)) for known in cards]
        known, placed, fitted = max(tried, key=lambda one: _worth(one[2]))
        if fitted.agreeing >= _LEAST_AGREEING and fitted.residual_mm <= _MOST_RESIDUAL_MM:
            return _Found(aligned(_named(identity, known), known, placed, fitted))
        shares.append(fitted.agreeing)
    if len(cards) > 1:
        return (
            "its print can't be found where the corners say, so nothing tells which of the templates it is; choose the "
            "template, and drag each corner onto the card's own"
        )
    (known,) = cards
    placed = _on_corners(quad, known)
    return _Found(
        aligned(_named(identity, known), known, placed, unfitted(view, placed, known.layout)), sure=min(shares[0], 0.99)
    )


def _drawn_to_print(view: Image, quad: Quad, known: KnownCard) -> tuple[PlacedCard, Fitted]:
    """Fit again from where the last fit put the card: corners 7 mm out come to 0.1 mm in two to five fits."""
    placed, empty = _on_corners(quad, known), empty_picture(known.template)
    fitted = fit_card(view, placed, known.layout, empty)
    best = placed, fitted
    for _ in range(_MOST_FITS - 1):
        if fitted.agreeing < _HOPELESS or fitted.residual_mm < _CLOSE_MM:
            break
        placed = replace(placed, page_from_card=fitted.page_from_card)
        fitted = fit_card(view, placed, known.layout, empty)
        best = max(best, (placed, fitted), key=lambda one: _worth(one[1]))
    return best


def _worth(fitted: Fitted) -> float:
    """More when more of the print is found, and found nearer to where it should be."""
    return fitted.agreeing - fitted.residual_mm


def _on_corners(quad: Quad, known: KnownCard) -> PlacedCard:
    width, height = known.layout.width, known.layout.height
    trim = np.array([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)], dtype=np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(trim, quad.astype(np.float32)), dtype=np.float64)
    return PlacedCard(None, matrix, "hand", 0, 0.0)


def _named(identity: CardIdentity, known: KnownCard) -> CardIdentity:
    return replace(identity, template=known.layout.template, fingerprint=known.layout.fingerprint)


def _grown(quad: Quad) -> Quad:
    middle = quad.mean(axis=0)
    return np.asarray(middle + (1.0 + 2 * _AROUND) * (quad - middle))


def _moved(card: AlignedCard, offset: NDArray[np.float64]) -> AlignedCard:
    """The card as it lies on the whole page, not in the part that was looked at."""
    shift = np.array([[1.0, 0.0, offset[0]], [0.0, 1.0, offset[1]], [0.0, 0.0, 1.0]])
    matrix = shift @ card.alignment.page_from_card
    trim = corners_of(Box(0.0, 0.0, card.layout.width, card.layout.height))
    a, b, c, d = ((float(x), float(y)) for x, y in project(matrix, trim))
    return replace(card, alignment=replace(card.alignment, page_from_card=matrix), corners_px=(a, b, c, d))


def _doubted(reading: CardReading, sure: float) -> CardReading:
    """Send every field to a person, those that seem empty too: the boxes may not be where they were cut.

    A reading can only be right where its field was cut right, and at most as much of the card as of its print is known
    to lie where it should; so confidence shrinks to that share.
    """
    fields = tuple(_doubt(field, sure) for field in reading.fields)
    staff, ward = (replace(m, confidence=m.confidence * sure) for m in (reading.nominee_staff, reading.nominee_ward))
    # A person went to the trouble: better a nomination that turns out empty than a story that nobody hears of.
    return replace(reading, fields=fields, filled=True, nominee_staff=staff, nominee_ward=ward)


def _doubt(field: FieldReading, sure: float) -> FieldReading:
    alternatives = tuple((text, round(probability * sure, 6)) for text, probability in field.alternatives)
    return replace(
        field,
        status=Status.REVIEW,
        confidence=field.confidence * sure,
        probability=field.probability * sure,
        calibration="",
        alternatives=alternatives,
        reason=UNSURE,
    )
