"""Points of a page are where its pixels are, however it is turned on the screen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.page_corners import TURNS, corners_fault, corners_of_part, to_page, to_turned, turned_size
from pipeline.records import Corner

sizes = st.tuples(st.integers(1, 5000), st.integers(1, 7000))
points = st.lists(st.tuples(st.floats(-100, 8000), st.floats(-100, 8000)), max_size=6)
shares = st.tuples(st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0.6, 1), st.floats(0.6, 1))


@given(st.sampled_from(TURNS), sizes, points)
def test_there_and_back_again(turn: int, size: tuple[int, int], told: list[Corner]) -> None:
    back = to_page(turn, size, to_turned(turn, size, told))
    assert np.array(back).reshape(-1, 2) == pytest.approx(np.array(told).reshape(-1, 2), abs=1e-6)


@given(st.sampled_from(TURNS), st.integers(1, 9), st.integers(1, 9), st.data())
def test_a_point_goes_where_its_pixel_goes(turn: int, width: int, height: int, data: st.DataObject) -> None:
    page = np.arange(width * height).reshape(height, width)
    turned = np.rot90(page, -turn // 90)
    assert (turned.shape[1], turned.shape[0]) == turned_size(turn, (width, height))
    x, y = data.draw(st.tuples(st.integers(0, width - 1), st.integers(0, height - 1)))
    ((there_x, there_y),) = to_turned(turn, (width, height), [(x, y)])
    assert turned[round(there_y), round(there_x)] == page[y, x]


@given(st.sampled_from(TURNS), st.tuples(st.integers(1500, 5000), st.integers(1500, 5000)), shares)
def test_any_part_of_a_page_may_be_chosen(
    turn: int, size: tuple[int, int], part: tuple[float, float, float, float]
) -> None:
    corners = corners_of_part(turn, size, part)
    assert corners_fault(corners, size) is None
    seen = to_turned(turn, size, corners)
    assert seen[0] == pytest.approx((min(x for x, _ in seen), min(y for _, y in seen)))


WHOLE = ((0.0, 0.0), (1000.0, 0.0), (1000.0, 1400.0), (0.0, 1400.0))


@pytest.mark.parametrize(
    ("corners", "fault"),
    [
        (WHOLE[:3], "four corners"),
        ((*WHOLE[:3], (float("nan"), 0.0)), "four corners"),
        ((*WHOLE[:3], (-20.0, 1400.0)), "must lie on the page"),
        (WHOLE[::-1], "clockwise"),
        ((WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]), "clockwise"),
        ((WHOLE[0], (500.0, 900.0), WHOLE[2], WHOLE[3]), "clockwise"),
        (((0.0, 0.0), (150.0, 0.0), (150.0, 1400.0), (0.0, 1400.0)), "too small"),
    ],
)
def test_corners_that_can_not_be_a_cards(corners: tuple[Corner, ...], fault: str) -> None:
    assert fault in str(corners_fault(corners, (1001, 1401)))
