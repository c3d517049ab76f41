"""Scanners, copiers and telephones: what becomes of filled sheets on their way to a file, and where each point went."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import cv2
import numpy as np

from pipeline.records import Image, Matrix
from pipeline.simulate.geometry import Bend, Placed, laid, moved, projected, scaled, turned
from pipeline.simulate.ink import MM_PER_INCH
from pipeline.simulate.pages import Sheet, grey
from pipeline.simulate.phone import desk, photographed, point_of_view
from pipeline.simulate.shade import darkened, grained
from pipeline.simulate.wear import copied, folded, pick_folds, stained

Mode: TypeAlias = Literal["grey", "colour", "bilevel"]
Way: TypeAlias = Literal["feeder", "glass", "phone"]
LARGEST_SKEW = 10.0
LARGEST_FED_SKEW = 1.5
"""Degrees of `Condition.skew` up to which a feeder keeps to the paper's size."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a sheet is scanned."""

    name: str
    dpi: float = 300.0
    mode: Mode = "grey"
    way: Way = "feeder"
    turns: tuple[int, ...] = (0,)
    """Quarter turns clockwise, one of which happens."""
    skew: float = 0.5
    """Degrees, standard deviation; never beyond 10."""
    copy_scale: float = 0.0
    """Size of a photocopy in between, 0 for none."""
    worn: bool = False
    """Folded and stained."""
    background: tuple[str, ...] = ("white",)
    """Lid or glass around the paper: white, grey, black."""


ANY_WAY = (0, 1, 2, 3)
CONDITIONS: dict[str, Condition] = {
    condition.name: condition
    for condition in (
        Condition("grey300"),
        Condition("grey200", dpi=200.0),
        Condition("grey150", dpi=150.0),
        Condition("colour300", mode="colour", background=("white", "grey")),
        Condition("bilevel300", mode="bilevel"),
        Condition("turned", turns=ANY_WAY, skew=4.0, background=("white", "grey", "black")),
        Condition("cut", way="glass", turns=ANY_WAY, skew=3.0, background=("white", "grey", "black")),
        Condition("photocopy", copy_scale=0.97),
        Condition("phone", mode="colour", way="phone", turns=ANY_WAY),
        Condition("worn", mode="grey", worn=True, background=("white", "grey")),
    )
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as scanned: grey (H, W) or RGB (H, W, 3); bilevel is grey with 0 and 255."""

    image: Image
    dpi: float
    """What the file says; of a photograph, roughly."""
    sheets: tuple[Placed, ...]
    """Where each sheet lies, in the order given."""

    def corners(self, card_box: Sequence[float], sheet: int = 0) -> list[tuple[float, float]]:
        """Trim corners of a card (its `box_mm` of the manifest) in pixels, clockwise from its own top left."""
        x, y, width, height = (float(side) for side in card_box)
        return [(float(px), float(py)) for px, py in self.sheets[sheet].corners((x, y, width, height))]


def scan(sheets: Sheet | Sequence[Sheet], condition: Condition, rng: np.random.Generator) -> Scan:
    """Scans one sheet, or several lying on the glass together."""
    several = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    if condition.mode != "colour":
        several = [replace(sheet, image=grey(sheet.image)) for sheet in several]
    prepared, bends = [], []
    for sheet in several:
        bend = None
        if condition.copy_scale:
            sheet = copied(sheet, rng)
        if condition.worn:
            bend = pick_folds(sheet, rng)
            sheet = stained(folded(sheet, bend, rng), rng)
        prepared.append(sheet)
        bends.append(bend)
    if condition.way == "phone":
        return _photograph(prepared, condition, rng)
    places, shape = _arranged(prepared, bends, condition, rng)
    return Scan(_scanned(prepared, places, shape, condition, rng), condition.dpi, tuple(places))


def _skew(condition: Condition, rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(0, condition.skew), -LARGEST_SKEW, LARGEST_SKEW))


def _own_place(sheet: Sheet, condition: Condition, rng: np.random.Generator) -> tuple[Matrix, tuple[float, float]]:
    """Millimetres of the sheet to millimetres around its own middle once turned, and the upright size it then takes."""
    turn = int(rng.choice(condition.turns))
    width, height = sheet.size
    centre = moved(-sheet.origin[0] - width / 2, -sheet.origin[1] - height / 2)
    size = scaled(condition.copy_scale or 1.0)
    shift = moved(*(rng.normal(0, 1.5, 2) if condition.copy_scale else (0.0, 0.0)))
    matrix = turned(90.0 * turn + _skew(condition, rng)) @ shift @ size @ centre
    return matrix, (height, width) if turn % 2 else (width, height)


def _extent(sheet: Sheet, matrix: Matrix) -> tuple[float, float, float, float]:
    (x, y), (width, height) = sheet.origin, sheet.size
    corners = projected(matrix, np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]))
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _arranged(
    sheets: list[Sheet], bends: list[Bend | None], condition: Condition, rng: np.random.Generator
) -> tuple[list[Placed], tuple[int, int]]:
    """Lays the sheets out and says how large the picture is: (height, width)."""
    own = [_own_place(sheet, condition, rng) for sheet in sheets]
    if len(sheets) == 1 and condition.way == "feeder":
        to_mm, (width, height) = _fed(sheets[0], *own[0], condition, rng)
    else:
        to_mm, (width, height) = _lying_loose(sheets, [matrix for matrix, _ in own], rng)
    px_per_mm = condition.dpi / MM_PER_INCH
    to_px = moved(-0.5, -0.5) @ scaled(px_per_mm)
    places = [Placed(to_px @ matrix, bend) for matrix, bend in zip(to_mm, bends, strict=True)]
    return places, (round(height * px_per_mm), round(width * px_per_mm))


def _fed(
    sheet: Sheet, matrix: Matrix, size: tuple[float, float], condition: Condition, rng: np.random.Generator
) -> tuple[list[Matrix], tuple[float, float]]:
    """One sheet through a feeder. It takes just the paper's size, or all of a sheet that lies far askew."""
    width, height = size
    if condition.skew > LARGEST_FED_SKEW:
        left, top, right, bottom = _extent(sheet, matrix)
        width, height = max(width, right - left), max(height, bottom - top)
    slip = rng.normal(0, 0.6, 2)
    return [moved(width / 2 + float(slip[0]), height / 2 + float(slip[1])) @ matrix], (width, height)


def _lying_loose(
    sheets: list[Sheet], own: list[Matrix], rng: np.random.Generator
) -> tuple[list[Matrix], tuple[float, float]]:
    """Sheets on the glass, one below the other or side by side, with room around them."""
    margin = [float(side) for side in rng.uniform(2, 12, 4)]
    side_by_side = bool(rng.random() < 0.5)
    placed: list[Matrix] = []
    pen = across = 0.0
    for sheet, matrix in zip(sheets, own, strict=True):
        left, top, right, bottom = _extent(sheet, matrix)
        slip = float(rng.uniform(0, 10))
        x, y = (pen, slip) if side_by_side else (slip, pen)
        placed.append(moved(margin[0] + x - left, margin[1] + y - top) @ matrix)
        pen += right - left if side_by_side else bottom - top
        across = max(across, slip + (bottom - top if side_by_side else right - left))
        pen += float(rng.uniform(3, 15))
    width, height = (pen, across) if side_by_side else (across, pen)
    return placed, (width + margin[0] + margin[2], height + margin[1] + margin[3])


BACKGROUNDS = {"white": (232, 253), "grey": (110, 190), "black": (12, 45)}


def _scanned(
    sheets: list[Sheet], places: list[Placed], shape: tuple[int, int], condition: Condition, rng: np.random.Generator
) -> Image:
    low, high = BACKGROUNDS[str(rng.choice(condition.background))]
    around = int(rng.integers(low, high))
    colours = 3 if condition.mode == "colour" else 0
    canvas = np.full((*shape, 3) if colours else shape, around, np.uint8)
    for sheet, place in zip(sheets, places, strict=True):
        picture, mask = laid(sheet, place, shape)
        if condition.way == "glass" or condition.skew > LARGEST_FED_SKEW:
            canvas = _shadowed(canvas, mask, condition.dpi, rng)
        canvas = cv2.copyTo(picture, mask, canvas).astype(np.uint8, copy=False)
    image = _sensed(canvas, condition.dpi, rng)
    return _bilevel(image, condition.dpi, rng) if condition.mode == "bilevel" else image


def _shadowed(canvas: Image, mask: Image, dpi: float, rng: np.random.Generator) -> Image:
    """Darkens what lies around a loose card on one side, as the lamp does."""
    step = 8
    small = cv2.resize(
        mask, (max(mask.shape[1] // step, 1), max(mask.shape[0] // step, 1)), interpolation=cv2.INTER_AREA
    )
    sigma = float(rng.uniform(0.5, 1.5)) * dpi / MM_PER_INCH / step
    slip = rng.uniform(-1.2, 1.2, 2) * dpi / MM_PER_INCH / step
    move = np.array([[1, 0, slip[0]], [0, 1, slip[1]]], np.float32)
    shadow = cv2.warpAffine(cv2.GaussianBlur(small, (0, 0), sigma), move, (small.shape[1], small.shape[0]))
    return darkened(canvas, 1 - shadow.astype(np.float32) * (float(rng.uniform(0.1, 0.45)) / 255))


def _sensed(image: Image, dpi: float, rng: np.random.Generator) -> Image:
    """The scanner's lens, grain and tone."""
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.35, 0.65)) * max(dpi / 300, 0.7)).astype(
        np.uint8, copy=False
    )
    black, white = float(rng.uniform(0, 38)), float(rng.uniform(238, 254))
    gamma = float(rng.uniform(0.85, 1.2))
    tones = black + (white - black) * (np.arange(256) / 255) ** gamma
    toned = cv2.LUT(image, tones.round().astype(np.uint8))
    return grained(toned.astype(np.uint8, copy=False), float(rng.uniform(0.8, 3.2)), rng)


def _bilevel(image: Image, dpi: float, rng: np.random.Generator) -> Image:
    """Black or white, by one threshold for the page or by the paper around each pixel."""
    if rng.random() < 0.5:
        return np.where(image > int(rng.integers(125, 176)), 255, 0).astype(np.uint8)
    window = int(dpi / MM_PER_INCH * float(rng.uniform(6, 14))) | 1
    around = cv2.blur(image, (window, window))
    return np.where(image > around * float(rng.uniform(0.72, 0.84)), 255, 0).astype(np.uint8)


def _photograph(sheets: list[Sheet], condition: Condition, rng: np.random.Generator) -> Scan:
    sheet = sheets[0]
    turn = int(rng.choice(condition.turns))
    matrix, shape = point_of_view(sheet, turn, rng)
    place = Placed(matrix)
    picture, mask = laid(sheet, place, shape)
    canvas = _shadowed(desk(shape, rng), mask, condition.dpi, rng)
    image = photographed(cv2.copyTo(picture, mask, canvas).astype(np.uint8, copy=False), rng)
    return Scan(image, 72.0, (place,))
