"""Reads one page of a stack from beginning to end: every stage after take-in, in order."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.accept import accept_fields
from pipeline.align import even_out
from pipeline.calibrate import Calibration
from pipeline.card_book import CardBook
from pipeline.cut import CutCard, cut_card
from pipeline.identify import identify_cards
from pipeline.lists import Lists
from pipeline.parse import is_filled, parse_card
from pipeline.recognise import Engines, recognise
from pipeline.records import AlignedCard, CardReading, Image, Outcome, PageReading, RawField
from pipeline.same import picture_ink

_BLANK_SHARE = 2e-4
"""A page with less ink than this is blank: a line of 20 typed letters on A4 is 4e-4, dust and show-through less."""


_LEAST_PIXELS = 32
"""A picture with fewer on a side shows nothing that anybody could have written."""
_NOISE = 60
_LID_SHADE = 0.87
"""A lid or glass is darker than this share of the paper's lightness."""


@dataclass(frozen=True, slots=True)
class Reader:
    """All that reading needs besides the pages."""

    book: CardBook
    engines: Engines
    calibration: Calibration
    wrong_per_thousand: Callable[[str], float]
    lists_of: Callable[[str], Lists]
    """The staff and ward lists of an organisation's code; empty ones when it isn't loaded."""


def read_page(page: Image, reader: Reader, today: datetime.date, received: datetime.date | None = None) -> PageReading:
    """Read all cards of a page and say what the page is. No date on a card can be later than `today`.

    `received`: the day the cards came in, where it is known; dates shortly before it are likelier.
    """
    found = identify_cards(page, reader.book, reader.engines.typed)
    cut = [cut_card(card) for card in found.cards]
    raw = iter(recognise([crop for own in cut for crop in own.crops], reader.engines))
    cards = tuple(
        read_card(card, own, [next(raw) for _ in own.crops], reader, today, received)
        for card, own in zip(found.cards, cut, strict=True)
    )
    if found.unplaced:
        return PageReading(Outcome.EXCEPTION, "; ".join(found.unplaced), cards)
    if cards:
        return PageReading(Outcome.CARDS, "", cards)
    if is_blank(page):
        return PageReading(Outcome.BLANK, "nothing is printed or written on it")
    return PageReading(Outcome.FOREIGN, "none of our cards is on it")


def is_blank(page: Image) -> bool:
    """Whether a page shows nothing but paper: no print and no writing, the scanner's lid and shadows aside."""
    if min(page.shape) < _LEAST_PIXELS:
        return int(np.ptp(page)) < _NOISE
    factor = 1000 / max(page.shape)
    small = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else page
    if min(small.shape) < _LEAST_PIXELS:
        return int(np.ptp(small)) < _NOISE
    flat = even_out(np.asarray(small, dtype=np.uint8), 8.0)
    margin = round(0.03 * min(flat.shape))
    dark = (cv2.GaussianBlur(flat, (0, 0), 0.6) < 170) & ~_lid(np.asarray(small, dtype=np.uint8))
    inner = dark[margin : flat.shape[0] - margin, margin : flat.shape[1] - margin].astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA] if count > 1 else np.zeros(0)
    return float(areas[areas >= 4].sum()) / inner.size < _BLANK_SHARE


def _lid(page: Image) -> NDArray[np.bool_]:
    """What lies around the paper, and the paper's edge: dark areas wider than any stroke, up to the picture's edge."""
    wide = cv2.morphologyEx(page, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8), borderValue=0)
    darker = (wide < _LID_SHADE * float(np.percentile(wide, 80))).astype(np.uint8)
    framed = cv2.copyMakeBorder(darker, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(framed, connectivity=4)
    lid = (labels == labels[0, 0])[1:-1, 1:-1].astype(np.uint8)
    return np.asarray(cv2.dilate(lid, np.ones((25, 25), np.uint8)) > 0)


def read_card(
    card: AlignedCard,
    cut: CutCard,
    raw: list[RawField],
    reader: Reader,
    today: datetime.date,
    received: datetime.date | None = None,
) -> CardReading:
    """Say what stands on one card, from what the engines read of it."""
    parsed = parse_card(raw, reader.lists_of(card.identity.organisation), today, reader.calibration, received)
    return CardReading(
        identity=card.identity,
        alignment=card.alignment,
        corners_px=card.corners_px,
        filled=is_filled(raw),
        ink=picture_ink(cut.ink),
        fields=accept_fields(parsed.fields, reader.calibration, reader.wrong_per_thousand),
        nominee_staff=parsed.nominee_staff,
        nominee_ward=parsed.nominee_ward,
    )
