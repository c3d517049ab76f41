"""Where a point of the paper is said to lie in a scan, there it lies."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.records import Image
from pipeline.simulate.geometry import Bend, Placed
from pipeline.simulate.pages import Sheet, blank_sheet
from pipeline.simulate.scan import CONDITIONS, scan

MARKS = np.array([[20.0, 25.0], [120.0, 30.0], [110.0, 180.0], [30.0, 190.0], [75.0, 100.0]])
"""Millimetres of the sheet as printed."""
RADIUS = 2.5


def marked_sheet(origin: tuple[float, float] = (0.0, 0.0)) -> Sheet:
    """An A5 card with black dots."""
    sheet = replace(blank_sheet(148.5, 210.0, 300.0), origin=origin)
    scale = sheet.dpi / 25.4
    for x, y in (MARKS - origin) * scale - 0.5:
        centre = (round(x * 16), round(y * 16))
        cv2.circle(sheet.image, centre, round(RADIUS * scale * 16), (0, 0, 0), -1, cv2.LINE_AA, 4)
    return sheet


def centre_of_dot(image: Image, near: np.ndarray, radius_px: float) -> np.ndarray:
    """The middle of the dark pixels around a point."""
    grey = image if image.ndim == 2 else image.mean(axis=2)
    reach = int(radius_px * 1.6)
    x, y = (round(float(value)) for value in near)
    window = grey[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].astype(float)
    dark = np.clip(np.median(window.max(axis=0)) * 0.6 - window, 0, None)
    rows, columns = np.mgrid[0 : window.shape[0], 0 : window.shape[1]]
    middle = np.array([(columns * dark).sum(), (rows * dark).sum()]) / dark.sum()
    return np.asarray(middle + np.array([max(x - reach, 0), max(y - reach, 0)]))


@pytest.mark.parametrize("name", CONDITIONS)
def test_marks_are_where_the_scan_says(name: str) -> None:
    sheet = marked_sheet()
    found = scan(sheet, CONDITIONS[name], np.random.default_rng(11))
    points = found.sheets[0].pixels(MARKS)
    sides = found.sheets[0].pixels(MARKS + np.array([10.0, 0.0])) - points
    for point, side in zip(points, sides, strict=True):
        px_per_mm = float(np.hypot(*side)) / 10
        off = np.hypot(*(centre_of_dot(found.image, point, RADIUS * px_per_mm) - point)) / px_per_mm
        assert off < 0.12, f"{off:.3f} mm away"


def test_two_cards_on_one_glass_do_not_touch() -> None:
    cards = [marked_sheet(), marked_sheet()]
    page = scan(cards, CONDITIONS["cut"], np.random.default_rng(3))
    outlines = [np.array(page.corners((0, 0, 148.5, 210.0), number), np.float32) for number in range(2)]
    assert cv2.intersectConvexConvex(outlines[0], outlines[1])[0] == 0
    for outline in outlines:
        assert outline.min() > 0
        assert (outline.max(axis=0) < (page.image.shape[1], page.image.shape[0])).all()


def test_a_cut_card_keeps_the_millimetres_of_its_sheet() -> None:
    whole = Sheet(np.full((2481, 3508, 3), 255, np.uint8))
    half = whole.cut([148.5, 0.0, 148.5, 210.0])
    assert half.origin == pytest.approx((148.5, 0.0), abs=0.05)
    page = scan(half, CONDITIONS["grey300"], np.random.default_rng(2))
    corners = np.array(page.corners([148.5, 0.0, 148.5, 210.0]))
    assert np.abs(corners[0]).max() < 40
    assert np.abs(corners[2] - [1754, 2481]).max() < 40


@pytest.mark.parametrize("name", CONDITIONS)
def test_same_seed_same_scan(name: str) -> None:
    sheet = replace(marked_sheet(), image=np.ascontiguousarray(marked_sheet().image[:1200, :900]))
    first, second = (scan(sheet, CONDITIONS[name], np.random.default_rng(4)).image for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("name", "size", "values"),
    [("grey200", (1654, 1169), 256), ("grey150", (1240, 877), 256), ("bilevel300", (2480, 1754), 2)],
)
def test_picture_is_of_the_kind_asked_for(name: str, size: tuple[int, int], values: int) -> None:
    image = scan(marked_sheet(), CONDITIONS[name], np.random.default_rng(1)).image
    assert image.ndim == 2
    assert np.abs(np.array(image.shape) - size).max() <= 2
    assert len(np.unique(image)) <= values


def test_skew_stays_within_ten_degrees() -> None:
    wild = replace(CONDITIONS["grey150"], skew=30.0)
    for seed in range(10):
        corners = np.array(scan(marked_sheet(), wild, np.random.default_rng(seed)).corners((0, 0, 148.5, 210.0)))
        angle = np.degrees(np.arctan2(*(corners[1] - corners[0])[::-1]))
        assert abs(angle) <= 10.01


def test_bend_and_its_reverse_agree() -> None:
    bend = Bend((70.0,), (100.0, 160.0), shortening=0.5, shear=0.4, reach=6.0)
    assert np.abs(bend.flat(bend.bent(MARKS)) - MARKS).max() < 1e-4
    assert np.abs(bend.bent(MARKS) - MARKS).max() > 0.1


def test_corners_go_clockwise_from_the_top_left() -> None:
    placed = Placed(np.eye(3))
    assert placed.corners((1.0, 2.0, 10.0, 20.0)).tolist() == [[1, 2], [11, 2], [11, 22], [1, 22]]
