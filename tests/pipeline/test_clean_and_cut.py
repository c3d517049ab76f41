"""What is cut from a card is the writing alone: print taken out, every stroke with its own field."""

from functools import cache

import cv2
import numpy as np
import pytest

from pipeline.card_book import CardBook
from pipeline.clean import find_ink, take_out_print
from pipeline.cut import CutCard, outline_of
from pipeline.cut import cut_card as cut
from pipeline.identify import identify_cards
from pipeline.records import CARD_PX_PER_MM, Crop, Value
from pipeline.typed import looks_typed
from tests.pipeline.paper import ANSWERS, NoType, cut_card, layout, scan
from tests.pipeline.strips import line_strip


@cache
def cut_scan(written: tuple[tuple[str, Value], ...] = (), dpi: float = 300.0, bilevel: bool = False) -> CutCard:
    paper = cut_card()
    paper.write(dict(written))
    (card,) = identify_cards(scan(paper, dpi=dpi, bilevel=bilevel, skew=1.0).image, CardBook(), NoType()).cards
    return cut(card)


def crops_of(cut_card: CutCard) -> dict[str, Crop]:
    return {crop.field.name: crop for crop in cut_card.crops}


def ink_mm2(mask: np.ndarray) -> float:
    return float(np.count_nonzero(mask)) / CARD_PX_PER_MM**2


FILLED = tuple(ANSWERS.items())


@pytest.mark.parametrize(("dpi", "bilevel"), [(300.0, False), (200.0, False), (150.0, False), (300.0, True)])
def test_nothing_is_left_of_an_empty_card(dpi: float, bilevel: bool) -> None:
    empty = cut_scan((), dpi, bilevel)
    for crop in empty.crops:
        if crop.field.kind == "boxes":
            assert not any(crop.strips[0].inked)
        elif crop.field.kind == "lines":
            assert crop.strips == ()
    assert ink_mm2(empty.ink) < 3.0


@pytest.mark.parametrize(("dpi", "bilevel"), [(300.0, False), (200.0, False), (300.0, True)])
def test_written_boxes_and_only_they_are_inked(dpi: float, bilevel: bool) -> None:
    crops = crops_of(cut_scan(FILLED, dpi, bilevel))
    for name in ("nominee_first_name", "nominee_last_name", "nominee_team"):
        text = str(ANSWERS[name])
        inked = crops[name].strips[0].inked
        assert inked == tuple(character != " " for character in text.ljust(len(inked)))
    assert crops["date"].strips[0].inked == (True,) * 8
    assert not any(crops["nominator_name"].strips[0].inked)
    assert crops["nominator_contact"].strips == ()


def test_one_strip_for_each_written_line() -> None:
    crops = crops_of(cut_scan(FILLED))
    assert 1 <= len(crops["action"].strips) <= len(crops["action"].field.lines)
    assert crops["impact"].strips == ()
    for strip in crops["action"].strips:
        assert 25 < strip.image.shape[0] < 140
        assert ink_mm2(find_ink(strip.image)) > 3.0


def test_windows_lie_inside_their_strip_one_for_each_box() -> None:
    for crop in cut_scan(FILLED).crops:
        if crop.field.kind != "boxes":
            continue
        (strip,) = crop.strips
        assert len(strip.windows) == len(strip.inked) == len(crop.field.cells)
        starts = [start for start, _ in strip.windows]
        assert starts == sorted(starts)
        for (start, end), cell in zip(strip.windows, crop.field.cells, strict=True):
            assert 0 <= start < end <= strip.image.shape[1]
            assert end - start >= cell.width * CARD_PX_PER_MM
    assert crops_of(cut_scan(FILLED))["date"].strips[0].alphabet == "0123456789"


def test_ticks_are_in_their_own_boxes() -> None:
    crop = crops_of(cut_scan(FILLED))["nominator_type"]
    ink = [ink_mm2(find_ink(strip.image)) for strip in crop.strips]
    ticked = [option.value for option in crop.field.options].index("carer")
    assert ink[ticked] > 1.0
    assert all(area < 0.3 for n, area in enumerate(ink) if n != ticked)


def test_all_ink_lies_where_answers_are_written() -> None:
    ink = cut_scan(FILLED).ink
    assert set(np.unique(ink)) == {0, 255}
    outside = ink.copy()
    for field in layout().fields:
        box = outline_of(field)
        y0, y1 = round((box.y - 1) * CARD_PX_PER_MM), round((box.y + box.height + 1) * CARD_PX_PER_MM)
        x0, x1 = round((box.x - 1) * CARD_PX_PER_MM), round((box.x + box.width + 1) * CARD_PX_PER_MM)
        outside[max(0, y0) : y1, max(0, x0) : x1] = 0
    assert not outside.any()
    assert ink_mm2(ink) > 30


class TestTakeOutPrint:
    """A frame in tint, with a stroke across it."""

    @staticmethod
    def card(tint: int, ink: int) -> tuple[np.ndarray, np.ndarray]:
        empty = np.full((200, 400), 255, np.uint8)
        cv2.rectangle(empty, (50, 50), (350, 150), 190, 3)
        seen = np.where(empty < 255, tint, 255).astype(np.uint8)
        cv2.line(seen, (20, 100), (380, 100), ink, 5)
        return seen, empty

    @pytest.mark.parametrize(("tint", "ink"), [(190, 30), (190, 90), (210, 60), (20, 20)])
    def test_frame_goes_and_the_stroke_across_stays_whole(self, tint: int, ink: int) -> None:
        seen, empty = self.card(tint, ink)
        writing = take_out_print(seen, empty, np.ones(seen.shape, dtype=np.bool_))
        assert writing[60:90].min() > 200
        assert writing[110:145].min() > 200
        mask = find_ink(writing)
        assert (mask[95:106, 22:378].max(axis=0) > 0).all()
        count, _ = cv2.connectedComponents(mask)
        assert count == 2

    def test_faint_writing_becomes_ink(self) -> None:
        seen, empty = self.card(230, 185)
        mask = find_ink(take_out_print(seen, empty, np.ones(seen.shape, dtype=np.bool_)))
        assert (mask[95:106, 60:340].max(axis=0) > 0).mean() > 0.95

    def test_a_clean_card_stays_clean(self) -> None:
        _, empty = self.card(190, 30)
        rng = np.random.default_rng(0)
        seen = np.clip(empty + rng.normal(0, 4, empty.shape), 0, 255).astype(np.uint8)
        assert not find_ink(take_out_print(seen, empty, np.ones(seen.shape, dtype=np.bool_))).any()


def test_type_is_told_from_handwriting() -> None:
    assert looks_typed(line_strip("Sister Priya Nightingale", size=30))
    for crop in cut_scan(FILLED).crops:
        if crop.field.kind == "lines":
            assert not any(looks_typed(strip) for strip in crop.strips)
