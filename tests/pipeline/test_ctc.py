import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.engines.ctc import box_probabilities, likeliest_rows, likeliest_texts

LETTERS = "ABC"


@st.composite
def distributions(draw: st.DrawFn, most_frames: int = 5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count = draw(st.integers(3, most_frames))
    weights = draw(st.lists(st.lists(st.floats(0.05, 1.0), min_size=4, max_size=4), min_size=count, max_size=count))
    table = np.array(weights)
    table /= table.sum(axis=1, keepdims=True)
    return table[:, 1:], table[:, 0]


def all_paths(frames: NDArray[np.float64], blank: NDArray[np.float64]) -> list[tuple[tuple[int, ...], float]]:
    """Every path (-1 is the blank) with its probability."""
    table = np.column_stack([frames, blank])
    steps = range(len(table))
    return [
        (path, float(np.prod([table[step, symbol] for step, symbol in zip(steps, path, strict=True)])))
        for path in itertools.product((-1, 0, 1, 2), repeat=len(table))
    ]


def runs(path: tuple[int, ...]) -> list[tuple[int, list[int]]]:
    """A path's characters, each with its frames."""
    grouped = [(symbol, list(group)) for symbol, group in itertools.groupby(range(len(path)), key=path.__getitem__)]
    return [(symbol, group) for symbol, group in grouped if symbol >= 0]


@given(distributions())
def test_texts_have_the_sum_of_all_their_paths(given_frames: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    frames, blank = given_frames
    expected: dict[str, float] = defaultdict(float)
    for path, probability in all_paths(frames, blank):
        expected["".join(LETTERS[symbol] for symbol, _ in runs(path))] += probability
    texts = likeliest_texts(frames, blank, LETTERS, width=2000, count=5)
    ranked = sorted(expected.values(), reverse=True)
    assert [probability for _, probability in texts] == pytest.approx(ranked[: len(texts)])
    for text, probability in texts:
        assert probability == pytest.approx(expected[text])


@given(distributions())
def test_boxes_have_the_sum_of_all_their_alignments(
    given_frames: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    frames, blank = given_frames
    allowed = np.zeros((len(frames), 2), dtype=np.bool_)
    allowed[:-1, 0] = allowed[1:, 1] = True
    expected = np.zeros((2, len(LETTERS)))
    for path, probability in all_paths(frames, blank):
        characters = runs(path)
        if len(characters) == 2 and all(allowed[step, n] for n, (_, steps) in enumerate(characters) for step in steps):
            for n, (symbol, _) in enumerate(characters):
                expected[n, symbol] += probability
    expected /= expected.sum(axis=1, keepdims=True)
    assert box_probabilities(frames, blank, allowed, uncertainty=0.0) == pytest.approx(expected, abs=1e-6)


def test_a_narrow_beam_of_a_long_line_stays_a_probability() -> None:
    random = np.random.default_rng(7)
    table = random.dirichlet(np.full(4, 0.2), size=900)
    texts = likeliest_texts(table[:, 1:], table[:, 0], LETTERS)
    assert all(0.0 <= probability <= 1.0 for _, probability in texts)
    assert texts[0][0]


def test_nothing_permitted_anywhere_is_no_text() -> None:
    assert likeliest_texts(np.zeros((6, 3)), np.zeros(6), LETTERS)[0][0] == ""


def test_boxes_that_no_alignment_can_fill_are_even() -> None:
    boxes = box_probabilities(np.full((2, 3), 0.2), np.full(2, 0.4), np.zeros((2, 3), dtype=np.bool_), 0.0)
    assert boxes == pytest.approx(np.full((3, 3), 1 / 3))


def test_rows_are_ranked_by_the_product_of_their_boxes() -> None:
    boxes = np.array([[0.7, 0.3, 0.0], [0.0, 0.0, 0.0], [0.1, 0.5, 0.4], [0.0, 0.0, 0.0]])
    rows = likeliest_rows(boxes, (True, False, True, False), LETTERS, count=3)
    assert [text for text, _ in rows] == ["A B", "A C", "B B"]
    assert [probability for _, probability in rows] == pytest.approx([0.35, 0.28, 0.15])
