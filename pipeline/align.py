"""Brings a card onto its layout: from its marks, then finely by the print that every card of its template shares."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import CardLayout
from pipeline.place import PlacedCard, project
from pipeline.records import CARD_PX_PER_MM, Image, Matrix

_MATCH_PX_PER_MM = 5.0
"""Resolution at which print is looked for: a label's stroke is 2 pixels."""
_TILE_MM = 13.0
SEARCH_MM = (1.6, 6.0)
"""How far print may lie from where the marks put it: with three or four marks, and with fewer."""
_LEAST_SCORE = 0.45
"""Correlation below which a tile doesn't show the print it should (written over, stained, cut off)."""
_GRID_MM = 4.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A card brought onto its layout."""

    image: Image
    """At `CARD_PX_PER_MM`, paper evened out to near 255."""
    page_from_card: Matrix
    """3x3, from card millimetres to page pixels, bends of the paper evened out."""
    residual_mm: float
    """Root mean square distance left between expected and found print."""
    agreeing: float
    """Share of the tiles that show the print they should, 0 to 1."""
    native_px_per_mm: float


def fit_card(page: Image, placed: PlacedCard, layout: CardLayout, empty: Image) -> Fitted:
    """Bring a placed card onto its layout.

    `empty` is the unwritten card at `CARD_PX_PER_MM`. The paper's bend is taken as a quadratic displacement over the
    card, fitted to how far each tile of print lies from where the marks put it.
    """
    search = SEARCH_MM[0 if placed.marks >= 3 else 1]
    rough = _warp(page, placed.page_from_card, None, layout, _MATCH_PX_PER_MM)
    tiles = _match_tiles(even_out(rough, _MATCH_PX_PER_MM), empty, layout, search)
    bend = _fit_bend(tiles, layout)
    if placed.marks < 3 and tiles.score.size:
        # The first guess was coarse: look again, closely, from where the first look put it.
        rough = _warp(page, placed.page_from_card, bend, layout, _MATCH_PX_PER_MM)
        tiles = _match_tiles(even_out(rough, _MATCH_PX_PER_MM), empty, layout, SEARCH_MM[0])
        bend = _add_bends(bend, _fit_bend(tiles, layout))
    image = even_out(_warp(page, placed.page_from_card, bend, layout, CARD_PX_PER_MM), CARD_PX_PER_MM)
    matrix = _straightened(placed.page_from_card, bend, layout)
    good = tiles.score >= _LEAST_SCORE
    left_over = np.linalg.norm(tiles.shift - _bend_at(_fit_bend(tiles, layout), tiles.middle), axis=1)[good]
    residual = float(np.sqrt(np.mean(left_over**2))) if left_over.size else float("inf")
    return Fitted(
        image=image,
        page_from_card=matrix,
        residual_mm=residual,
        agreeing=float(good.mean()) if good.size else 0.0,
        native_px_per_mm=_native(matrix, layout),
    )


def unfitted(page: Image, placed: PlacedCard, layout: CardLayout) -> Fitted:
    """Bring a card onto its layout as it was placed, though too little of its print can be found to better that."""
    image = _warp(page, placed.page_from_card, None, layout, CARD_PX_PER_MM)
    return Fitted(
        image=even_out(image, CARD_PX_PER_MM),
        page_from_card=placed.page_from_card,
        residual_mm=SEARCH_MM[1],
        agreeing=0.0,
        native_px_per_mm=_native(placed.page_from_card, layout),
    )


def even_out(image: Image, px_per_mm: float) -> Image:
    """Divide a picture by its paper, so that paper is near 255 whatever the light, the stain or the scanner."""
    step = max(1, round(px_per_mm))
    small = cv2.resize(image, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    # Paper is the lightest thing within a few millimetres; the median keeps it from following single light pixels.
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 7)
    paper = cv2.GaussianBlur(paper, (0, 0), 3.0)
    paper = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(image, np.maximum(paper, 40), scale=252.0), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Patches of print: where each should be (mm), how far it lies from there (mm), and how sure that is."""

    middle: NDArray[np.float64]
    shift: NDArray[np.float64]
    score: NDArray[np.float64]


_Bend = NDArray[np.float64]
"""(6, 2): coefficients of 1, x, y, x², xy, y² for the displacement in x and y, millimetres."""


def _match_tiles(image: Image, empty: Image, layout: CardLayout, search: float) -> _Tiles:
    scale = _MATCH_PX_PER_MM
    size = (image.shape[1], image.shape[0])
    expected = cv2.GaussianBlur(cv2.resize(empty, size, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
    seen = cv2.GaussianBlur(image, (0, 0), 0.8)
    reach, tile = round(search * scale), round(_TILE_MM * scale)
    border = cv2.copyMakeBorder(seen, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=255)
    middles, shifts, scores = [], [], []
    for top in range(0, size[1] - tile + 1, 3 * tile // 4):
        for left in range(0, size[0] - tile + 1, 3 * tile // 4):
            patch = expected[top : top + tile, left : left + tile]
            if not _has_print_both_ways(patch):
                continue
            area = border[top : top + tile + 2 * reach, left : left + tile + 2 * reach]
            score = cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, (x, y) = cv2.minMaxLoc(score)
            dx, dy = _between_pixels(score, x, y)
            middles.append(((left + tile / 2) / scale, (top + tile / 2) / scale))
            shifts.append(((x + dx - reach) / scale, (y + dy - reach) / scale))
            scores.append(best if 0 < x < 2 * reach and 0 < y < 2 * reach else 0.0)
    return _Tiles(np.array(middles).reshape(-1, 2), np.array(shifts).reshape(-1, 2), np.array(scores))


def _has_print_both_ways(patch: NDArray[Any]) -> bool:
    """Whether a patch pins down both directions: ruling alone says nothing about left and right."""
    return all(
        float(cv2.meanStdDev(cv2.reduce(patch, axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F))[1][0, 0]) > 2.0
        for axis in (0, 1)
    )


def _between_pixels(score: NDArray[Any], x: int, y: int) -> tuple[float, float]:
    """Refine a peak by a parabola through its neighbours."""

    def vertex(before: float, at: float, after: float) -> float:
        curve = before - 2 * at + after
        return 0.0 if curve >= 0 else float(np.clip((before - after) / (2 * curve), -0.5, 0.5))

    height, width = score.shape
    dx = vertex(score[y, x - 1], score[y, x], score[y, x + 1]) if 0 < x < width - 1 else 0.0
    dy = vertex(score[y - 1, x], score[y, x], score[y + 1, x]) if 0 < y < height - 1 else 0.0
    return dx, dy


def _terms(points: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = points[:, 0] / 100.0, points[:, 1] / 100.0
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _bend_at(bend: _Bend | None, points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros_like(points) if bend is None else _terms(points) @ bend


def _fit_bend(tiles: _Tiles, layout: CardLayout) -> _Bend | None:
    """Fit the displacement robustly: tiles that disagree with the others lose their say."""
    good = tiles.score >= _LEAST_SCORE
    if good.sum() < 8:
        return None
    terms, shift, score = _terms(tiles.middle[good]), tiles.shift[good], tiles.score[good]
    weight = score.copy()
    # A mild pull towards no bend keeps the corners, where there is no print, from running off.
    ridge = np.diag([1e-3, 1e-2, 1e-2, 0.3, 0.3, 0.3])
    bend = np.zeros((6, 2))
    start = np.median(shift, axis=0)
    weight = score * np.exp(-np.sum((shift - start) ** 2, axis=1) / (2 * 1.0**2))
    for _ in range(6):
        weighted = terms * weight[:, None]
        bend = np.linalg.solve(terms.T @ weighted + ridge, weighted.T @ shift)
        error = np.linalg.norm(shift - terms @ bend, axis=1)
        weight = score / (1.0 + (error / 0.15) ** 2)
    return bend


def _add_bends(first: _Bend | None, second: _Bend | None) -> _Bend | None:
    if first is None or second is None:
        return first if second is None else second
    return first + second


def _warp(page: Image, matrix: Matrix, bend: _Bend | None, layout: CardLayout, px_per_mm: float) -> Image:
    """Cut the card out of its page at a resolution, its trim edge at the picture's edge.

    Page pixels are counted by their centres, as the marks are measured; card pixels by their edges, from the trim.
    """
    width, height = round(layout.width * px_per_mm), round(layout.height * px_per_mm)
    native = _native(matrix, layout)
    if bend is None:
        to_card = np.diag([1 / px_per_mm, 1 / px_per_mm, 1.0])
        centre = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
        whole = matrix @ to_card @ centre
        source = _softened(page, native / px_per_mm)
        cut = cv2.warpPerspective(
            source, whole, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=255,
        )  # fmt: skip
        return np.asarray(cut, dtype=np.uint8)
    full = _bent_map(matrix, bend, (width, height), px_per_mm)
    source = _softened(page, native / px_per_mm)
    # OpenCV's stubs don't know that both coordinates may be in one map.
    no_second: Any = None
    cut = cv2.remap(source, full, no_second, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    return np.asarray(cut, dtype=np.uint8)


def _bent_map(matrix: Matrix, bend: _Bend, size: tuple[int, int], px_per_mm: float) -> NDArray[np.float32]:
    """Where on the page each pixel of a card of that size (width, height) is, (height, width, 2).

    Between the points of a grid the map is taken as straight: within 0.01 px over 4 mm.
    """
    step = round(_GRID_MM * px_per_mm)
    counts = [-(-pixels // step) + 2 for pixels in size]
    # Enlarging puts the grid's points in the middle of their steps, so the first one lies half a step outside.
    columns, rows = ((np.arange(count) - 0.5) * step / px_per_mm for count in counts)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    points = grid.reshape(-1, 2)
    target = project(matrix, points + _bend_at(bend, points)).reshape(grid.shape).astype(np.float32)
    full = cv2.resize(target, (counts[0] * step, counts[1] * step), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[step : step + size[1], step : step + size[0]], dtype=np.float32)


def _softened(page: Image, shrink: float) -> Image:
    """Blur a page before it is made much smaller, so that thin strokes don't break."""
    return page if shrink < 1.3 else np.asarray(cv2.GaussianBlur(page, (0, 0), 0.35 * shrink), dtype=np.uint8)


def _straightened(matrix: Matrix, bend: _Bend | None, layout: CardLayout) -> Matrix:
    """The homography that best follows matrix and bend together over the whole card."""
    if bend is None:
        return matrix
    xs, ys = np.linspace(0, layout.width, 9), np.linspace(0, layout.height, 9)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    fitted, _ = cv2.findHomography(grid, project(matrix, grid + _bend_at(bend, grid)), 0)
    return matrix if fitted is None else np.asarray(fitted)


def _native(matrix: Matrix, layout: CardLayout) -> float:
    ends = project(matrix, np.array([(0.0, 0.0), (layout.width, layout.height)]))
    return float(np.linalg.norm(ends[1] - ends[0]) / np.hypot(layout.width, layout.height))
