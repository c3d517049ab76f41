"""Corners that a person points out on a page, which may be turned on the screen: there and back again.

Points are (x, y) in pixels, counted by their middles; a page's size is (width, height) as it was taken in.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np

from pipeline.records import Corner

TURNS = (0, 90, 180, 270)
"""Degrees clockwise."""
_LEAST_PX = 200
"""A card at 100 dpi, less than any scan that can be read, is 410 pixels wide."""

Corners = tuple[Corner, Corner, Corner, Corner]


def turned_size(turn: int, size: tuple[int, int]) -> tuple[int, int]:
    """Return (width, height) of a page that was turned clockwise."""
    width, height = size
    return (width, height) if turn in (0, 180) else (height, width)


def to_turned(turn: int, size: tuple[int, int], points: Iterable[Corner]) -> list[Corner]:
    """Return where points of the page are once it is turned clockwise."""
    right, bottom = size[0] - 1, size[1] - 1
    turning: dict[int, Callable[[float, float], Corner]] = {
        0: lambda x, y: (x, y),
        90: lambda x, y: (bottom - y, x),
        180: lambda x, y: (right - x, bottom - y),
        270: lambda x, y: (y, right - x),
    }
    return [turning[turn](x, y) for x, y in points]


def to_page(turn: int, size: tuple[int, int], points: Iterable[Corner]) -> list[Corner]:
    """Return where points of the turned page are on the page as it was taken in."""
    return to_turned((360 - turn) % 360, turned_size(turn, size), points)


def corners_of_part(turn: int, size: tuple[int, int], part: tuple[float, float, float, float]) -> Corners:
    """Return the corners, on the page as taken in, of a part of the turned page.

    `part` is left, top, right and bottom, in shares of the turned page from 0 to 1.
    """
    width, height = turned_size(turn, size)
    left, right = (share * (width - 1) for share in (part[0], part[2]))
    top, bottom = (share * (height - 1) for share in (part[1], part[3]))
    a, b, c, d = to_page(turn, size, [(left, top), (right, top), (right, bottom), (left, bottom)])
    return a, b, c, d


def corners_fault(corners: Sequence[Corner], size: tuple[int, int]) -> str | None:
    """Say what is wrong with corners that should go clockwise around a card on a page; None when they may be used."""
    if len(corners) != 4 or not all(math.isfinite(value) for corner in corners for value in corner):
        return "give four corners"
    if not all(-0.5 <= x <= size[0] and -0.5 <= y <= size[1] for x, y in corners):
        return "every corner must lie on the page"
    outline = np.array(corners, dtype=np.float32)
    if not cv2.isContourConvex(outline) or cv2.contourArea(outline, oriented=True) < 0:
        return "the corners must go around the card clockwise, from its own top left, and no side may cross another"
    if min(math.dist(one, other) for one, other in zip(corners, [*corners[1:], corners[0]], strict=True)) < _LEAST_PX:
        return f"the part of the page is too small to hold a card; make each side at least {_LEAST_PX} pixels long"
    return None
