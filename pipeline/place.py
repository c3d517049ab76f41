"""Tells which marks belong to which card, and from them where each card lies on its page."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.code import CardCode
from forms.layout import Box, CardLayout
from pipeline.find import Findings, FoundCode, FoundMark, Quad
from pipeline.records import Matrix

_REACH_MM = 28.0
"""A mark this far from where a card's code or other marks expect it may still be its own (perspective, bent paper)."""
_FIT_MM = 2.5
"""A mark that disagrees with the rest by more than this is not used: it is another card's, or damaged."""
_ODD_MM, _ODD_SHARE = 0.3, 0.2
"""Four marks bend to fit one that is centimetres off with this much left over; without it, a fifth of that is left."""


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """Where a card lies, from its code and marks."""

    code: CardCode | None
    page_from_card: Matrix
    """3x3, from card millimetres to page pixels."""
    by: str
    marks: int
    residual_mm: float


def corners_of(box: Box) -> Quad:
    """A box's corners, clockwise from its top left."""
    x, y, w, h = box
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float64)


def project(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply a 3x3 homography to (N, 2) points."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), matrix).reshape(-1, 2))


def place_by_code(found: FoundCode, findings: Findings, layout: CardLayout) -> PlacedCard | None:
    """Place a card whose code was read, by the marks around it."""
    guess = _similarity(corners_of(layout.code), found.quad)
    marks = _own_marks(findings.marks, guess, layout)
    return _fit(found.code, found.quad, marks, layout)


def group_marks(marks: list[FoundMark], layout: CardLayout) -> list[list[FoundMark]]:
    """Gather marks without a code into cards: two or more that expect the card's middle at the same place."""
    middle = np.array([[layout.width / 2, layout.height / 2]])
    groups: list[tuple[NDArray[np.float64], float, list[FoundMark]]] = []
    for mark in marks:
        guess = _similarity(corners_of(layout.marks[mark.corner]), mark.quad)
        expected = project(guess, middle)[0]
        reach = _REACH_MM * mark.side / layout.marks[mark.corner].width
        for centre, _, group in groups:
            if np.linalg.norm(centre - expected) < reach and all(mark.corner != m.corner for m in group):
                group.append(mark)
                break
        else:
            groups.append((expected, reach, [mark]))
    return [group for _, _, group in groups if len(group) >= 2]


def place_by_marks(marks: list[FoundMark], layout: CardLayout) -> PlacedCard | None:
    """Place a card by its marks alone; None when they don't fit this layout."""
    return _fit(None, None, marks, layout)


def _similarity(card: Quad, page: Quad) -> Matrix:
    """Fit turn, size and shift only: what a small symbol can say about far corners without running wild."""
    matrix: Any  # OpenCV's stubs don't know that there may be none.
    matrix, _ = cv2.estimateAffinePartial2D(card, page, method=cv2.LMEDS)
    if matrix is None:
        return np.eye(3)
    return np.asarray(np.vstack([matrix, [0.0, 0.0, 1.0]]))


def _px_per_mm(matrix: Matrix, layout: CardLayout) -> float:
    ends = project(matrix, np.array([(0.0, 0.0), (layout.width, layout.height)]))
    return float(np.linalg.norm(ends[1] - ends[0]) / np.hypot(layout.width, layout.height))


def _own_marks(marks: tuple[FoundMark, ...], guess: Matrix, layout: CardLayout) -> list[FoundMark]:
    """For each corner, the mark nearest to where it is expected, in reach and of about the right size."""
    scale = _px_per_mm(guess, layout)
    own = []
    for corner, box in enumerate(layout.marks):
        expected = project(guess, corners_of(box)).mean(axis=0)
        near = [
            (float(np.linalg.norm(mark.centre - expected)) / scale, mark)
            for mark in marks
            if mark.corner == corner and 0.6 < mark.side / (scale * box.width) < 1.6
        ]
        if near and min(near, key=lambda pair: pair[0])[0] < _REACH_MM:
            own.append(min(near, key=lambda pair: pair[0])[1])
    return own


def _spread(points: Quad, layout: CardLayout) -> float:
    """How much of the card's shorter reach the points span: along a single edge nearly nothing."""
    span = points.max(axis=0) - points.min(axis=0)
    return float(min(span[0] / layout.width, span[1] / layout.height))


def _fit(code: CardCode | None, quad: Quad | None, marks: list[FoundMark], layout: CardLayout) -> PlacedCard | None:
    """Fit the homography, leaving out one mark that disagrees with all the others when that helps much."""
    whole = _fit_these(code, quad, marks, layout)
    if len(marks) < 3 or (whole and whole.residual_mm < _ODD_MM):
        return whole
    fewer = [_fit_these(code, quad, [m for m in marks if m is not out], layout) for out in marks]
    best = min((placed for placed in fewer if placed), key=lambda placed: placed.residual_mm, default=None)
    if whole is None or best is None:
        return whole or best
    odd = whole.residual_mm >= _FIT_MM or best.residual_mm < _ODD_SHARE * whole.residual_mm
    return best if odd and best.residual_mm < whole.residual_mm else whole


def _fit_these(
    code: CardCode | None, quad: Quad | None, marks: list[FoundMark], layout: CardLayout
) -> PlacedCard | None:
    card = [corners_of(layout.marks[mark.corner]) for mark in marks]
    page = [mark.quad for mark in marks]
    # Four marks span the card; the code is found less exactly than they are, and is needed only when one is lost.
    use_code = quad is not None and len(marks) < 4
    if use_code and quad is not None:
        card.append(corners_of(layout.code))
        page.append(quad)
    if not card or (len(marks) < 2 and not use_code):
        return None
    source, target = np.concatenate(card), np.concatenate(page)
    matrix: Any  # OpenCV's stubs don't know that there may be none.
    affine: Any
    if len(marks) >= 3:
        matrix, _ = cv2.findHomography(source, target, 0)
    elif len(marks) == 2 and _spread(source, layout) > 0.5:
        affine, _ = cv2.estimateAffine2D(source, target, method=cv2.LMEDS)
        matrix = None if affine is None else np.vstack([affine, [0.0, 0.0, 1.0]])
    else:
        matrix = _similarity(source, target)
    if matrix is None:
        return None
    errors = np.linalg.norm(project(matrix, source) - target, axis=1) / _px_per_mm(matrix, layout)
    by = "code" if not marks else "marks+code" if use_code else "marks"
    return PlacedCard(code, np.asarray(matrix), by, len(marks), float(np.sqrt(np.mean(errors**2))))
