import numpy as np
import pytest

from pipeline.crop import crop_field
from pipeline.records import Corner, Image


def page_with_field() -> tuple[Image, tuple[Corner, ...]]:
    """A white page with a dark field of 120x40 pixels whose left half is darker."""
    page = np.full((300, 400), 255, np.uint8)
    page[100:140, 150:270] = 100
    page[100:140, 150:210] = 20
    return page, ((150.0, 100.0), (270.0, 100.0), (270.0, 140.0), (150.0, 140.0))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_field_stands_upright_whichever_way_the_page_lay(turns: int) -> None:
    page, outline = page_with_field()
    height, width = page.shape
    for _ in range(turns):  # a quarter clockwise each
        page = np.ascontiguousarray(np.rot90(page, -1))
        outline = tuple((height - y, x) for x, y in outline)
        height, width = width, height
    crop = crop_field(page, outline)
    assert crop.shape == (40 + 28, 120 + 28)
    assert crop[34, 30] == 20
    assert crop[34, 120] == 100
    assert (crop[:10] == 255).all()


def test_a_field_at_the_edge_of_the_page_is_filled_up_with_white() -> None:
    page = np.zeros((50, 60), np.uint8)
    crop = crop_field(page, ((0.0, 0.0), (60.0, 0.0), (60.0, 50.0), (0.0, 50.0)))
    assert crop[0, 0] == 255
    assert crop[40, 40] == 0


def test_an_outline_that_is_nonsense_makes_no_huge_picture() -> None:
    page = np.zeros((50, 60), np.uint8)
    assert max(crop_field(page, ((0.0, 0.0), (1e6, 0.0), (1e6, 1e6), (0.0, 1e6))).shape) == 6000
    crop_field(page, ((5.0, 5.0),) * 4)
