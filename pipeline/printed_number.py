"""Reads the number that stands on a card in print, for cards whose code can't be read."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from forms.draw import NUMBER_SIZE
from forms.layout import CardLayout
from forms.numbers import CardNumber, parse_number
from forms.typeface import BOLD, font_file
from pipeline.engines import Engine
from pipeline.records import CARD_PX_PER_MM, Image, Strip

_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_ENLARGED = 2
"""Type is read best some 30 pixels high."""
_MARGIN_PX = 6
_ALIKE = 0.8
"""Correlation from which a character is a nought: noughts are 0.91 and more at 150 dpi bilevel, Q and 9 up to 0.68."""
_FINER = 4


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """What a printed number looks like, and the number when its check character holds."""

    text: str
    number: CardNumber | None


def read_printed_number(card: Image, layout: CardLayout, typed: Engine) -> PrintedNumber:
    """Read the number of an aligned card at `CARD_PX_PER_MM` with an engine for type."""
    x, y, w, h = (value * CARD_PX_PER_MM for value in layout.number)
    top, left = max(0, round(y) - _MARGIN_PX), max(0, round(x) - _MARGIN_PX)
    cut = card[top : round(y + h) + _MARGIN_PX, left : round(x + w) + _MARGIN_PX]
    large = cv2.resize(cut, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    strip = Strip(_without_slashes(np.asarray(large, dtype=np.uint8)), alphabet=_CHARACTERS)
    text = typed.read([strip])[0].text.replace(" ", "")
    return PrintedNumber(text, parse_number(text))


def _without_slashes(line: Image) -> Image:
    """Wipe the inside of every nought: our type strikes them through, which readers of type take for 6, 8 or 9."""
    nought, inside = _nought()
    height, width = nought.shape
    if line.shape[0] < height or line.shape[1] < width:
        return line
    wiped = line.copy()
    alike = cv2.matchTemplate(cv2.GaussianBlur(line, (0, 0), 1.0), nought, cv2.TM_CCOEFF_NORMED)
    best = cv2.dilate(alike, np.ones((height // 2, width // 2), np.uint8))
    for y, x in np.argwhere((alike >= _ALIKE) & (alike == best)):
        wiped[y : y + height, x : x + width][inside] = 255
    return wiped


@cache
def _nought() -> tuple[Image, NDArray[np.bool_]]:
    """Picture a nought as it is printed on cards, dark on light, and mark what lies inside its ring."""
    font = ImageFont.truetype(font_file(BOLD), NUMBER_SIZE * CARD_PX_PER_MM * _ENLARGED * _FINER)
    left, top, right, bottom = (round(side) for side in font.getbbox("0"))
    edge = 2 * _FINER
    picture = Pictures.new("L", (right - left + 2 * edge, bottom - top + 2 * edge), 0)
    ImageDraw.Draw(picture).text((edge - left, edge - top), "0", fill=255, font=font)
    ink = np.asarray(picture, dtype=np.uint8).copy()
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(ink), outlines, -1, (255,), cv2.FILLED)
    middle = ink[ink.shape[0] // 2] > 127
    first = int(middle.argmax())
    stroke = int((~middle[first:]).argmax())
    ring = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * stroke + 1, 2 * stroke + 1))
    size = (round(ink.shape[1] / _FINER), round(ink.shape[0] / _FINER))
    seen = cv2.GaussianBlur(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), (0, 0), 1.6)
    inside = cv2.resize(cv2.erode(whole, ring), size, interpolation=cv2.INTER_AREA)
    return np.asarray(255 - seen, dtype=np.uint8), np.asarray(inside > 100)
