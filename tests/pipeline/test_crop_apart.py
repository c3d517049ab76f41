"""Whoever looks at one field sees nothing of another, nor of another card."""

import numpy as np
import pytest

from pipeline.crop import crop_field
from pipeline.crop_apart import crop_apart
from pipeline.records import Corner, Image

OWN = ((100.0, 200.0), (500.0, 200.0), (500.0, 240.0), (100.0, 240.0))
BELOW = ((100.0, 246.0), (500.0, 246.0), (500.0, 286.0), (100.0, 286.0))
CARD = ((50.0, 50.0), (600.0, 50.0), (600.0, 800.0), (50.0, 800.0))
OURS, THEIRS, PRINT, STRANGER = 10, 60, 110, 160


def turned(points: tuple[Corner, ...], turn: bool) -> tuple[Corner, ...]:
    """The same points when the page lies upside down."""
    return tuple((699 - x, 899 - y) for x, y in points) if turn else points


@pytest.fixture
def page() -> Image:
    page = np.full((900, 700), 255, np.uint8)
    page[205:235, 110:490] = OURS
    page[248:284, 110:490] = THEIRS
    page[290:294, 60:590] = PRINT
    page[60:800, 601:] = STRANGER
    return page


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("reach", [0.0, 2.5])
def test_one_field_alone(page: Image, turn: bool, reach: float) -> None:
    page = np.ascontiguousarray(page[::-1, ::-1]) if turn else page
    own, below, card = (turned(points, turn) for points in (OWN, BELOW, CARD))
    shown = crop_apart(page, own, [below], card, reach)
    assert THEIRS in crop_field(page, own)[-1:] or reach, "its margin reaches into the next field"
    assert (shown == OURS).sum() > 10_000
    assert not np.isin(shown, [THEIRS, STRANGER]).any()
    assert (shown == PRINT).any() == bool(reach), "print around is shown on demand"
    assert shown.shape[1] >= (550 if reach else 400)


def test_what_leaves_its_own_field_is_seen(page: Image) -> None:
    page[236:244, 200:210] = OURS
    shown = crop_apart(page, OWN, [], CARD)
    assert (shown[-14:] == OURS).any()
