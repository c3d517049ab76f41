"""Where a point of the paper comes to lie in a scan: a homography, after a slight bend where the paper was folded."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import Image, Matrix
from pipeline.simulate.ink import MM_PER_INCH
from pipeline.simulate.pages import Sheet

Points: TypeAlias = NDArray[np.float64]
"""(N, 2) x, y."""
MAP_STEP = 16
"""The bend is worked out for every sixteenth pixel; between them it is as good as straight."""


def moved(x: float, y: float) -> Matrix:
    """A shift."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def scaled(factor: float) -> Matrix:
    """A change of size about the origin."""
    return np.diag([factor, factor, 1.0])


def turned(degrees: float) -> Matrix:
    """A turn about the origin, clockwise as one sees it (y points down)."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])


def projected(matrix: Matrix, points: Points) -> Points:
    """Points through a homography."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Bend:
    """Folded paper that doesn't lie quite flat: shortened near the folds, and sheared a little beyond them."""

    folds_x: tuple[float, ...] = ()
    folds_y: tuple[float, ...] = ()
    """Millimetres of the sheet."""
    shortening: float = 0.0
    """Millimetres lost at each fold."""
    shear: float = 0.0
    """Millimetres sideways for each 100 mm away from the first fold."""
    reach: float = 8.0
    """Millimetres on either side of a fold that stand up from the glass."""

    def _shifted(self, along: NDArray[np.float64], folds: tuple[float, ...]) -> NDArray[np.float64]:
        for fold in folds:
            along = along - self.shortening * (0.5 + 0.5 * np.tanh((along - fold) / self.reach))
        return along

    def _restored(self, along: NDArray[np.float64], folds: tuple[float, ...]) -> NDArray[np.float64]:
        found = along
        for _ in range(4):  # a contraction: the error shrinks a hundredfold each time
            found = found + (along - self._shifted(found, folds))
        return found

    def _sheared(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        fold = self.folds_y[0] if self.folds_y else 0.0
        return np.asarray(self.shear / 100 * np.maximum(y - fold, 0), dtype=np.float64)

    def bent(self, points: Points) -> Points:
        """Where points of the flat sheet lie on the glass, millimetres."""
        x = self._shifted(points[:, 0], self.folds_x) + self._sheared(points[:, 1])
        return np.column_stack([x, self._shifted(points[:, 1], self.folds_y)])

    def flat(self, points: Points) -> Points:
        """The reverse of `bent`."""
        y = self._restored(points[:, 1], self.folds_y)
        return np.column_stack([self._restored(points[:, 0] - self._sheared(y), self.folds_x), y])


@dataclass(frozen=True, slots=True)
class Placed:
    """How one sheet lies in the picture."""

    pixel_from_mm: Matrix
    """3x3 homography from millimetres of the sheet as printed (after the bend, if any) to pixel indices."""
    bend: Bend | None = None

    def pixels(self, points: Points) -> Points:
        """(N, 2) millimetres of the sheet as printed to (N, 2) pixel indices."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return projected(self.pixel_from_mm, self.bend.bent(points) if self.bend else points)

    def corners(self, box: tuple[float, float, float, float]) -> Points:
        """Corners of `[x, y, width, height]`, clockwise from its top left."""
        x, y, width, height = box
        return self.pixels(np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]))


def laid(sheet: Sheet, placed: Placed, shape: tuple[int, int], paper: int = 255) -> tuple[Image, Image]:
    """The sheet as it appears in a picture of `shape` (height, width), and a mask of where it lies (0 to 255)."""
    scale = sheet.dpi / MM_PER_INCH
    index_from_mm = moved(-0.5, -0.5) @ scaled(scale) @ moved(-sheet.origin[0], -sheet.origin[1])
    source = softened(sheet.image, _shrinking(placed.pixel_from_mm, index_from_mm))
    mask = np.full(source.shape[:2], 255, np.uint8)
    size = (shape[1], shape[0])
    fill = (paper,) * 3
    if placed.bend is None:
        matrix = placed.pixel_from_mm @ np.linalg.inv(index_from_mm)
        picture = cv2.warpPerspective(
            source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
        )
        covered = cv2.warpPerspective(mask, matrix, size, flags=cv2.INTER_NEAREST)
    else:
        columns, rows = _sources(placed, placed.bend, index_from_mm, shape)
        picture = cv2.remap(source, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
        covered = cv2.remap(mask, columns, rows, cv2.INTER_NEAREST)
    return picture.astype(np.uint8), covered.astype(np.uint8)


def _sources(
    placed: Placed, bend: Bend, index_from_mm: Matrix, shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    coarse = (shape[0] // MAP_STEP + 2, shape[1] // MAP_STEP + 2)
    y, x = np.mgrid[0 : coarse[0], 0 : coarse[1]].astype(np.float64) * MAP_STEP
    on_glass = projected(
        np.asarray(np.linalg.inv(placed.pixel_from_mm), np.float64), np.column_stack([x.ravel(), y.ravel()])
    )
    index = projected(index_from_mm, bend.flat(on_glass)).reshape(*coarse, 2).astype(np.float32)
    # Linear in between: a picture of the map, enlarged so that every MAP_STEP-th pixel is one of the points worked out.
    grow = np.array([[MAP_STEP, 0, 0], [0, MAP_STEP, 0]], np.float32)
    full = cv2.warpAffine(index, grow, (shape[1], shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(full[..., 0]), np.ascontiguousarray(full[..., 1])


def _shrinking(pixel_from_mm: Matrix, index_from_mm: Matrix) -> float:
    """How many pixels of the sheet go into one of the picture."""
    source = np.sqrt(abs(np.linalg.det(index_from_mm[:2, :2])))
    target = np.sqrt(abs(np.linalg.det(pixel_from_mm[:2, :2])))
    return float(source / target)


def softened(image: Image, shrinking: float) -> Image:
    """Blurred as much as a picture must be before it is made smaller by `shrinking`."""
    return cv2.GaussianBlur(image, (0, 0), 0.45 * shrinking).astype(np.uint8) if shrinking > 1.15 else image
