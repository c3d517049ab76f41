"""Lines of writing are found whether or not they keep to a ruling, and no ink is lost between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Image
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.ink import draw, pick_pen
from pipeline.simulate.writing import Writing
from pipeline.text_lines import cut_line, find_text_lines, line_distance
from pipeline.written_lines import cut_written_lines

WORDS = (
    *("she", "stayed", "with", "my", "mother", "all", "through", "the"),
    *("night", "and", "made", "us", "laugh", "again", "every", "day"),
)


def page(lines: int, distance: float, slope: float, seed: int) -> tuple[Image, np.ndarray]:
    """Writing at 10 pixels a millimetre, and the line that each dark pixel was written in (-1 for none)."""
    rng = np.random.default_rng(seed)
    hand = FontHands().pick(rng)
    pen = pick_pen(rng)
    width, height = 120.0, distance * (lines + 2.0) + abs(slope) * 120.0
    shape = (round(height * 10), round(width * 10), 3)
    picture, owner = np.full(shape, 255, np.uint8), np.full(shape[:2], -1)
    for n in range(lines):
        base, x = distance * (n + 1.3) + max(0.0, -slope) * width, 4.0
        parts: list[Writing] = []
        while x < 100:
            word = hand.word(WORDS[int(rng.integers(len(WORDS)))], rng)
            assert word is not None
            word = word.scaled(0.28 * distance)
            left, _, right, _ = word.bounds
            parts.append(word.moved(x - left, base + slope * x))
            x += right - left + 0.4 * distance
        own = np.full(shape, 255, np.uint8)
        draw(own, 254.0, parts, pen, rng)
        owner[own[..., 1] < 165] = n
        picture = np.minimum(picture, own)
    return picture[..., 1].copy(), owner


@settings(max_examples=12, deadline=None)
@given(
    lines=st.integers(1, 6), distance=st.floats(6.5, 12.0), slope=st.floats(-0.03, 0.03), seed=st.integers(0, 10_000)
)
def test_lines_off_the_ruling_are_told_apart(lines: int, distance: float, slope: float, seed: int) -> None:
    """Whatever their distance and slope: as many lines as were written, nearly all ink in its own, in order."""
    _, owner = page(lines, distance, slope, seed)
    ink = np.where(owner >= 0, 255, 0).astype(np.uint8)
    found = find_text_lines(ink, line_distance(ink, 90.0))
    assert len(found.slopes) == lines
    written = owner >= 0
    assert (found.owners >= 0).sum() == written.sum()
    assert (found.owners[written] == owner[written]).mean() > 0.97


def test_a_climbing_line_is_brought_level() -> None:
    """Its picture is about as high as that of the same words on the level."""
    heights = []
    for slope in (0.0, -0.06, 0.06):
        picture, owner = page(1, 9.0, slope, 5)
        ink = np.where(owner >= 0, 255, 0).astype(np.uint8)
        found = find_text_lines(ink, 90.0)
        heights.append(cut_line(picture, found.owners == 0, found.slopes[0], 0).shape[0])
    assert max(heights) < 1.35 * min(heights)


@pytest.mark.parametrize("dots", [0, 1, 3])
def test_next_to_nothing_is_no_line_or_one(dots: int) -> None:
    """Specks don't break it."""
    ink = np.zeros((300, 900), np.uint8)
    for n in range(dots):
        ink[100:104, 200 * n + 50 : 200 * n + 54] = 255
    found = find_text_lines(ink, line_distance(ink, 90.0))
    assert len(found.slopes) <= 1


@pytest.mark.parametrize("speck", [(40, 400), (330, 700), (150, 1150)])
def test_specks_away_from_the_letters_make_no_line_larger(speck: tuple[int, int]) -> None:
    """Above, below or far beside: dirt of a copier's glass is left out of the line's picture, and nothing else."""
    picture, owner = page(1, 9.0, 0.0, 3)
    rows = np.flatnonzero((owner >= 0).any(axis=1))
    shift = 150 - int(rows.mean())
    field = np.full((400, 1300), 255, np.uint8)
    writing = picture[max(0, -shift) :, :1050][: 400 - max(0, shift)]
    field[max(0, shift) : max(0, shift) + len(writing), : writing.shape[1]] = writing
    clean = cut_written_lines(field, np.where(field < 165, 255, 0).astype(np.uint8), (0, 400), 1)
    field[speck[0] : speck[0] + 4, speck[1] : speck[1] + 4] = 0
    dirty = cut_written_lines(field, np.where(field < 165, 255, 0).astype(np.uint8), (0, 400), 1)
    assert [strip.image.shape for strip in dirty] == [strip.image.shape for strip in clean]
