"""Light, dirt and grain over a whole picture, cheaply: made small or in one patch, then spread."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image

PATCH = (509, 521)
"""Rows and columns of fresh grain; new numbers for each pixel of a page would take longer than all else."""


def cloud(shape: tuple[int, int], step: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Soft blotches between about -1 and 1, `step` pixels across."""
    small = rng.uniform(-1, 1, (shape[0] // step + 3, shape[1] // step + 3)).astype(np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def darkened(image: Image, factor: NDArray[np.floating[Any]]) -> Image:
    """The picture times `factor`, which is stretched over it: (h, w), or (h, w, 3) for a tinted one."""
    light = np.asarray(factor, np.float32)
    if light.ndim == 3 and light.shape[2] == 1:
        light = light[..., 0]
    if image.ndim == 3 and light.ndim == 2:
        light = np.repeat(light[..., None], 3, axis=2)
    full = cv2.resize(light, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(image, full, dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def grained(image: Image, sigma: float, rng: np.random.Generator) -> Image:
    """With the grain of a sensor, `sigma` in levels."""
    patch = rng.normal(0, sigma, (*PATCH, *image.shape[2:])).round().astype(np.int16)
    result = np.empty_like(image)
    for top in range(0, image.shape[0], PATCH[0]):
        for left in range(0, image.shape[1], PATCH[1]):
            part = image[top : top + PATCH[0], left : left + PATCH[1]]
            # Turned about at random, so that the same specks don't stand in a row.
            turned = np.ascontiguousarray(patch[:: 1 - 2 * int(rng.integers(2)), :: 1 - 2 * int(rng.integers(2))])
            grain = turned[: part.shape[0], : part.shape[1]]
            result[top : top + PATCH[0], left : left + PATCH[1]] = cv2.add(part, grain, dtype=cv2.CV_8U)
    return result
