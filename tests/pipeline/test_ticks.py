"""Tick boxes as people fill them, through printing, filling, scanning and cutting."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from forms.layout import Box
from pipeline.engines import Engine
from pipeline.engines.ticks import EMPTY, STRUCK, TICKED, Ticks
from pipeline.records import Reading, Strip
from pipeline.simulate.strikes import TickKind, tick
from pipeline.simulate.writing import Writing

MARGIN_PX, SIDE_PX = 15, 45
OUTER = SIDE_PX + 2 * MARGIN_PX


def strip(paint: Callable[[np.ndarray], None] | None = None, shade: float = 1.0) -> Strip:
    """A tick box at card resolution with its frame taken out."""
    image = np.full((OUTER, OUTER), 255, dtype=np.uint8)
    if paint:
        paint(image)
    image = (255 - (255 - image.astype(np.float32)) * shade).astype(np.uint8)
    return Strip(image, windows=((MARGIN_PX, OUTER - MARGIN_PX),))


def drawn(writing: Writing, pen_mm: float = 0.4) -> Callable[[np.ndarray], None]:
    """Draw strokes given in millimetres, the box's corner at 1.5."""

    def paint(image: np.ndarray) -> None:
        for stroke in writing.strokes:
            points = np.round(np.asarray(stroke) * 10 * 16).astype(np.int32)
            if writing.filled:
                cv2.fillPoly(image, [points], 20, cv2.LINE_AA, 4)
            else:
                cv2.polylines(image, [points], False, 20, max(1, round(pen_mm * 10)), cv2.LINE_AA, 4)

    return paint


def read(*strips: Strip) -> list[Reading]:
    engine: Engine = Ticks()
    return engine.read(list(strips))


@pytest.mark.parametrize("kind", ["tick", "cross", "overflow", "dash"])
@pytest.mark.parametrize("pen_mm", [0.25, 0.5, 0.9])
def test_marks_are_ticks(kind: TickKind, pen_mm: float) -> None:
    box = Box(1.5, 1.5, 4.5, 4.5)
    marks = [tick(box, kind, np.random.default_rng(seed)) for seed in range(25)]
    said = [reading.text for reading in read(*(strip(drawn(mark, pen_mm)) for mark in marks))]
    assert said.count(TICKED) >= 24


def test_blacked_out_boxes_are_struck() -> None:
    box = Box(1.5, 1.5, 4.5, 4.5)
    marks = [tick(box, "blacked out", np.random.default_rng(seed)) for seed in range(25)]
    said = [reading.text for reading in read(*(strip(drawn(mark, 0.5)) for mark in marks))]
    assert said.count(STRUCK) >= 24


def test_a_box_filled_solid_is_struck() -> None:
    def paint(image: np.ndarray) -> None:
        image[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX] = 20

    (reading,) = read(strip(paint))
    assert reading.text == STRUCK
    assert reading.probability > 0.95


def test_an_empty_box_is_surely_empty() -> None:
    (reading,) = read(strip())
    assert reading.text == EMPTY
    assert reading.probability > 0.99


def test_dirt_and_remains_of_the_frame_are_no_tick() -> None:
    def paint(image: np.ndarray) -> None:
        image[30:32, 40:42] = 40
        image[MARGIN_PX : MARGIN_PX + 1, MARGIN_PX:40] = 120

    (reading,) = read(strip(paint))
    assert reading.text == EMPTY
    assert reading.probability > 0.9


def test_hard_pencil() -> None:
    box = Box(1.5, 1.5, 4.5, 4.5)
    marks = [tick(box, "tick", np.random.default_rng(seed)) for seed in range(20)]
    said = [reading.text for reading in read(*(strip(drawn(mark), shade=0.5) for mark in marks))]
    assert said.count(TICKED) >= 19


def test_what_lies_beside_the_box_does_not_count() -> None:
    def paint(image: np.ndarray) -> None:
        image[20:60, 2:6] = 20

    assert read(strip(paint))[0].text == EMPTY


def test_probabilities_add_up_and_alternatives_are_ranked() -> None:
    box = Box(1.5, 1.5, 4.5, 4.5)
    marks = [tick(box, "scribble", np.random.default_rng(seed)) for seed in range(15)]
    for reading in read(*(strip(drawn(mark)) for mark in marks)):
        shares = [probability for _, probability in reading.alternatives]
        assert sum(shares) == pytest.approx(1.0)
        assert shares == sorted(shares, reverse=True)
        assert (reading.text, reading.probability) == reading.alternatives[0]
        assert {text for text, _ in reading.alternatives} == {EMPTY, TICKED, STRUCK}
