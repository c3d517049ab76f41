"""Finds the cards on a page: each by its own QR code and corner marks, whichever way up it lies."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from forms.code import CardCode, decode_code
from pipeline.records import Image

Quad = NDArray[np.float64]
"""(4, 2): corners in page pixels, clockwise from the symbol's own top left."""

_SMALL_SIDE_PX = 1300
"""Marks are first looked for on a picture whose shorter side has about so many pixels: a quarter of the time."""
_MARK_CODE_RATIO = (0.2, 0.9)
"""A mark's side over its card's code's side: 8 mm to 18 mm is 0.44; wider for perspective and for other templates."""


@dataclass(frozen=True, slots=True)
class FoundMark:
    """One corner mark. `corner` counts clockwise from the card's top left."""

    corner: int
    quad: Quad

    @property
    def centre(self) -> NDArray[np.float64]:
        """Its middle, in page pixels."""
        return np.asarray(self.quad.mean(axis=0))

    @property
    def side(self) -> float:
        """Mean length of its sides, in page pixels."""
        return float(np.linalg.norm(self.quad - np.roll(self.quad, 1, axis=0), axis=1).mean())


@dataclass(frozen=True, slots=True)
class FoundCode:
    """One of our QR codes."""

    code: CardCode
    quad: Quad


@dataclass(frozen=True, slots=True)
class Findings:
    """What machines can find on a page."""

    codes: tuple[FoundCode, ...]
    marks: tuple[FoundMark, ...]


def find_symbols(page: Image) -> Findings:
    """Find all of our codes and marks on a page."""
    codes = _find_codes(page)
    marks = _find_marks(page, small=True)
    if len(marks) < 4 * max(1, len(codes)):
        marks = _merge(marks, _find_marks(page, small=False))
    return Findings(codes, marks)


def _find_codes(page: Image) -> tuple[FoundCode, ...]:
    found = _decode(page)
    if not found:
        # A faint or noisy code is often read once noise is smoothed away; a small one once it is enlarged.
        found = _decode(np.asarray(cv2.GaussianBlur(page, (0, 0), 1.2), dtype=np.uint8))
    return tuple(found)


def _decode(picture: Image, offset: tuple[float, float] = (0.0, 0.0), scale: float = 1.0) -> list[FoundCode]:
    results = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    found: dict[str, FoundCode] = {}
    for result in results:
        if code := decode_code(result.text):
            place = result.position
            corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
            quad = np.array([(point.x / scale + offset[0], point.y / scale + offset[1]) for point in corners])
            # The same number twice on one page is two photocopies side by side, unless they are the same place.
            key = f"{code.number} {(quad.mean(axis=0) / 50).round()}"
            found[key] = FoundCode(code, quad)
    return list(found.values())


def find_code_near(page: Image, quad: Quad) -> FoundCode | None:
    """Look once more, closely, for a code where the marks say one should be."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    margin = 0.35 * float((high - low).max())
    left, top = np.maximum(0, np.floor(low - margin)).astype(int)
    right, bottom = np.ceil(high + margin).astype(int)
    cut = page[top:bottom, left:right]
    if min(cut.shape) < 16:
        return None
    scale = max(1.0, 360.0 / max(cut.shape))
    large = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    even = cv2.createCLAHE(2.0, (4, 4)).apply(large)
    for picture in (large, even, cv2.GaussianBlur(large, (0, 0), 2.0), cv2.medianBlur(large, 5)):
        if found := _decode(np.asarray(picture, dtype=np.uint8), (float(left), float(top)), scale):
            return found[0]
    return None


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.minMarkerPerimeterRate = 0.01
    parameters.errorCorrectionRate = 0.3
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)


def _find_marks(page: Image, small: bool) -> tuple[FoundMark, ...]:
    factor = min(1.0, _SMALL_SIDE_PX / min(page.shape)) if small else 1.0
    picture = page if factor == 1.0 else cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    # OpenCV's stubs don't know that there may be none.
    ids: Any
    quads, ids, _ = _detector().detectMarkers(picture)
    if ids is None:
        return ()
    found = []
    for quad, identity in zip(quads, np.ravel(ids), strict=True):
        if 0 <= identity <= 3:
            # Pixel centres lie at whole numbers on both scales.
            corners = (quad.reshape(4, 2).astype(np.float64) + 0.5) / factor - 0.5
            found.append(FoundMark(int(identity), corners))
    return tuple(found)


def _merge(first: tuple[FoundMark, ...], second: tuple[FoundMark, ...]) -> tuple[FoundMark, ...]:
    """Marks of both, each once; the second list is of the finer picture and wins."""
    new = [
        mark
        for mark in first
        if not any(m.corner == mark.corner and np.linalg.norm(m.centre - mark.centre) < m.side for m in second)
    ]
    return (*second, *new)
