"""What paper goes through: photocopiers, folds and coffee."""

from dataclasses import replace

import cv2
import numpy as np

from pipeline.records import Image
from pipeline.simulate.geometry import Bend
from pipeline.simulate.ink import MM_PER_INCH
from pipeline.simulate.pages import Sheet
from pipeline.simulate.shade import cloud, darkened


def copied(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """A photocopy: harder in tone, light tints faded or darkened, dirt, thin toner, one edge gone pale or dark."""
    image = sheet.image
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.7, 1.1))).astype(np.uint8)
    # The copier's exposure: what lies above `white` turns to paper, below `black` to full toner.
    white, black = float(rng.uniform(205, 250)), float(rng.uniform(20, 90))
    tones = np.clip((np.arange(256) - black) / (white - black), 0, 1) ** float(rng.uniform(0.8, 1.5)) * 255
    toned = cv2.LUT(image, tones.astype(np.uint8)).astype(np.uint8, copy=False)
    shape = (image.shape[0], image.shape[1])
    small = (shape[0] // 3, shape[1] // 3)
    thin = 1 - 0.22 * np.clip(cloud(small, 100, rng), 0, 1) - 0.12 * np.abs(cloud(small, 1, rng))
    result = 255 - darkened(255 - toned, thin * _edge(small, rng))
    _speckle(result, sheet.dpi, rng)
    return replace(sheet, image=result)


def _edge(shape: tuple[int, int], rng: np.random.Generator) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Toner that fades towards one edge of the page."""
    along = np.linspace(0, 1, shape[1] if rng.random() < 0.5 else shape[0], dtype=np.float32)
    fade = 1 - float(rng.uniform(0.1, 0.5)) * np.clip(1 - along / float(rng.uniform(0.04, 0.12)), 0, 1)
    fade = fade[::-1] if rng.random() < 0.5 else fade
    return np.asarray(fade[None, :] if len(fade) == shape[1] else fade[:, None], dtype=np.float32)


def _speckle(image: Image, dpi: float, rng: np.random.Generator) -> None:
    """Dirt of the copier's glass and drum, in place."""
    height, width = image.shape[:2]
    area = height * width / (dpi / MM_PER_INCH) ** 2 / 100
    for _ in range(int(rng.poisson(area * float(rng.uniform(0.1, 1.2))))):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        radius = float(np.clip(rng.exponential(0.07), 0.03, 0.5)) * dpi / MM_PER_INCH
        shade = int(rng.integers(20, 170))
        cv2.ellipse(image, centre, (max(1, int(radius)), max(1, int(radius * rng.uniform(0.4, 1)))),
                    float(rng.uniform(0, 180)), 0, 360, (shade,) * 3, -1, cv2.LINE_AA)  # fmt: skip


def pick_folds(sheet: Sheet, rng: np.random.Generator) -> Bend:
    """Folded in half once or twice, near the middle, for a pocket."""
    (x, y), (width, height) = sheet.origin, sheet.size
    across = y + height * float(rng.normal(0.5, 0.03))
    along = (x + width * float(rng.normal(0.5, 0.03)),) if rng.random() < 0.5 else ()
    return Bend(along, (across,), float(rng.uniform(0.1, 0.5)), float(rng.normal(0, 0.25)), float(rng.uniform(4, 12)))


def folded(sheet: Sheet, bend: Bend, rng: np.random.Generator) -> Sheet:
    """Shades the folds, darker on the side away from the lamp, and rubs ink off along the crease."""
    scale = sheet.dpi / MM_PER_INCH
    height, width = sheet.image.shape[:2]
    creases = [(1, fold - sheet.origin[0]) for fold in bend.folds_x] + [
        (0, fold - sheet.origin[1]) for fold in bend.folds_y
    ]
    shades = [np.ones(height, np.float32), np.ones(width, np.float32)]
    for axis, fold in creases:
        distance = (np.arange(len(shades[axis]), dtype=np.float32) + 0.5) / scale - fold
        broad = float(rng.uniform(2, 7))
        shades[axis] *= 1 - float(rng.uniform(0.08, 0.22)) * np.exp(-np.abs(distance) / broad) * (distance > 0)
        shades[axis] *= 1 - float(rng.uniform(0.15, 0.4)) * np.exp(-((distance / 0.25) ** 2))
    image = darkened(sheet.image, shades[0][:, None] * shades[1][None, :])
    for axis, fold in creases:
        _rub(image, axis, fold * scale, scale, rng)
    return replace(sheet, image=image)


def _rub(image: Image, axis: int, where: float, scale: float, rng: np.random.Generator) -> None:
    """Ink gone in places along a crease."""
    low, high = max(int(where - 0.25 * scale), 0), int(where + 0.25 * scale) + 1
    band = image[:, low:high] if axis == 1 else image[low:high]
    if not band.size:
        return
    worn = cloud((band.shape[0], band.shape[1]), max(3, int(0.3 * scale)), rng) > 0.2
    band[worn] = (band[worn] * 0.35 + 0.65 * 235).astype(np.uint8)


def stained(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """A ring of coffee or tea, and some splashes; all-over yellowing."""
    image = sheet.image
    height, width = image.shape[:2]
    step = 4
    y, x = np.mgrid[0:height:step, 0:width:step].astype(np.float32)
    scale = sheet.dpi / MM_PER_INCH
    density = np.zeros(x.shape, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        radius = float(rng.uniform(18, 42)) * scale
        wobble = 1 + 0.04 * cloud(x.shape, 40, rng)
        away = np.hypot(x - cx, y - cy) / (radius * wobble)
        ring = np.exp(-(((away - 1) / 0.03) ** 2)) * float(rng.uniform(0.15, 0.5))
        inside = float(rng.uniform(0, 0.18)) / (1 + np.exp(np.minimum((away - 1) / 0.015, 60)))
        density += ring * np.clip(0.6 + 0.6 * cloud(x.shape, 60, rng), 0, 1) + inside
    density = np.clip(density, 0, 0.7)[..., None]
    tint = np.array([0.32, 0.55, 0.85] if image.ndim == 3 else [0.5], np.float32)
    return replace(sheet, image=darkened(image, 1 - density * tint))
