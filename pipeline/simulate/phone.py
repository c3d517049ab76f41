"""A card photographed with a telephone: askew, in bad light, on a desk."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image, Matrix
from pipeline.simulate.geometry import moved, projected, scaled, turned
from pipeline.simulate.pages import Sheet
from pipeline.simulate.shade import cloud, darkened, grained

DESKS = ((150, 112, 78), (96, 70, 52), (188, 184, 178), (70, 74, 80), (205, 190, 160), (44, 44, 46))
"""Colours of desks: woods, laminate, dark plastic."""


def point_of_view(sheet: Sheet, turn: int, rng: np.random.Generator) -> tuple[Matrix, tuple[int, int]]:
    """Homography from millimetres of the sheet to pixels, and the picture's (height, width)."""
    width, height = sheet.size
    wide, high = (height, width) if turn % 2 else (width, height)
    long_side = float(rng.uniform(2300, 3300))
    picture = (long_side, long_side * 0.75) if wide > high else (long_side * 0.75, long_side)
    share = float(rng.uniform(0.78, 0.93))
    scale = share * min(picture[0] / wide, picture[1] / high)
    middle = moved(-sheet.origin[0] - width / 2, -sheet.origin[1] - height / 2)
    flat = scaled(scale) @ turned(90.0 * turn + float(np.clip(rng.normal(0, 2.5), -7, 7))) @ middle
    corners = _corners(sheet)
    seen = projected(flat, corners)
    # Held at an angle, one side of the card is nearer and so larger.
    tilt = rng.normal(0, 0.035, 2).clip(-0.07, 0.07)
    nearness = 1 + seen @ (tilt / np.array([wide, high]) * 2 / scale)
    seen = seen * nearness[:, None]
    # Kept inside the picture, as one sees it on the screen.
    low, high_corner = seen.min(axis=0), seen.max(axis=0)
    room = np.array(picture) - (high_corner - low)
    fit = min(1.0, float((np.array(picture) * 0.985 / (high_corner - low)).min()))
    offset = np.maximum(room, 0) * rng.uniform(0.25, 0.75, 2) - low
    if fit < 1.0:
        offset = np.array(picture) / 2 - fit * (low + high_corner) / 2
    seen = seen * fit + offset
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64), (round(picture[1]), round(picture[0]))


def _corners(sheet: Sheet) -> NDArray[np.float64]:
    (x, y), (width, height) = sheet.origin, sheet.size
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def desk(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    """A desk, with the grain of wood or a little dirt."""
    colour = np.array(DESKS[int(rng.integers(len(DESKS)))], np.float32)
    lines = cloud((shape[0], 8), 12, rng)[:, :1] * float(rng.uniform(2, 14))
    small = (shape[0] // 4, shape[1] // 4)
    blotches = cloud(small, 55, rng) * 8 + cv2.resize(lines, (1, small[0]))
    coloured = np.clip(colour + blotches[..., None], 0, 255).astype(np.uint8)
    return cv2.resize(coloured, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def photographed(image: Image, rng: np.random.Generator) -> Image:
    """Light, shadow, lens, grain and compression of a telephone's camera."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height:8, 0:width:8].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    angle = float(rng.uniform(0, 2 * np.pi))
    light = 0.92 + float(rng.uniform(0.08, 0.3)) * (np.cos(angle) * x + np.sin(angle) * y)
    light -= float(rng.uniform(0.05, 0.3)) * (x**2 + y**2)
    if rng.random() < 0.7:
        light *= _shade(x, y, rng)
    cast = np.array([1.0, float(rng.uniform(0.95, 1.0)), float(rng.uniform(0.84, 1.0))], np.float32)
    lit = darkened(image, light[..., None] * cast * float(rng.uniform(0.88, 1.02)))
    blurred = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.5, 1.3))).astype(np.uint8, copy=False)
    seen = grained(blurred, float(rng.uniform(1.5, 4.5)), rng)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(62, 90))]
    packed = np.asarray(cv2.imencode(".jpg", cv2.cvtColor(seen, cv2.COLOR_RGB2BGR), quality)[1], np.uint8)
    decoded = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def _shade(x: NDArray[np.float32], y: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The shadow of a hand or of the telephone, with a soft edge."""
    angle, where = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.05, 0.4))
    edge = np.cos(angle) * x + np.sin(angle) * y - where
    soft = 1 / (1 + np.exp(-edge / float(rng.uniform(0.015, 0.08))))
    return np.asarray(1 - float(rng.uniform(0.1, 0.45)) * soft, dtype=np.float32)
