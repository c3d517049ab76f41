"""Strips with print in them, drawn on the spot."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.records import Reading, Strip

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-."
DIGITS = "0123456789"
_BOX_PX, _PITCH_PX, _EDGE_PX = 55, 65, 8


def draw(text: str, size: int = 40) -> NDArray[np.uint8]:
    font = ImageFont.load_default(size)
    picture = Image.new("L", (int(font.getlength(text)) + 24, size + 24), 255)
    ImageDraw.Draw(picture).text((12, 8), text, font=font, fill=30)
    return np.asarray(picture, dtype=np.uint8)


def line_strip(text: str, alphabet: str = "", size: int = 40) -> Strip:
    return Strip(draw(text, size), alphabet=alphabet)


def row_strip(text: str, alphabet: str = CAPITALS, boxes: int = 0, shift: int = 0) -> Strip:
    """One character to a box of 5.5 by 7 mm; a blank leaves its box empty."""
    count = max(boxes, len(text))
    picture = Image.new("L", (2 * _EDGE_PX + _PITCH_PX * count, 86), 255)
    font = ImageFont.load_default(58)
    windows = tuple((_EDGE_PX + n * _PITCH_PX, _EDGE_PX + n * _PITCH_PX + _BOX_PX) for n in range(count))
    for (left, _), character in zip(windows, text, strict=False):
        x = left + (_BOX_PX - font.getlength(character)) / 2 + shift
        ImageDraw.Draw(picture).text((x, 8), character, font=font, fill=30)
    inked = tuple(character != " " for character in text.ljust(count))
    return Strip(np.asarray(picture, dtype=np.uint8), windows, inked, alphabet)


def blank_strip(boxes: int = 0, alphabet: str = "") -> Strip:
    windows = tuple((n * _PITCH_PX, n * _PITCH_PX + _BOX_PX) for n in range(boxes))
    return Strip(np.full((86, max(1, boxes) * _PITCH_PX), 255, np.uint8), windows, (False,) * boxes, alphabet)


def sure_reading(text: str, boxes: int = 18, sureness: float = 0.9, alphabet: str = CAPITALS) -> tuple[Reading, Strip]:
    """A row as if read: each box's character has `sureness`, the others share what is left."""
    text = text.ljust(boxes)
    characters = np.zeros((boxes, len(alphabet)), dtype=np.float32)
    for box, character in zip(characters, text, strict=True):
        if character != " ":
            box[:] = (1 - sureness) / (len(alphabet) - 1)
            box[alphabet.index(character)] = sureness
    inked = tuple(character != " " for character in text)
    strip = blank_strip(boxes, alphabet)
    return Reading(text.strip(), sureness, (), characters), Strip(strip.image, strip.windows, inked, alphabet)
