"""The reader of single boxes, and what it makes of a second reader's opinion."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from forms.errors import ExitCode, MissingDependencyError
from pipeline.engines import Engine
from pipeline.engines.boxes import gaps_before, held_boxes, held_words
from pipeline.engines.glyphs import SIZE_PX, cut_glyphs
from pipeline.engines.handprint import CHARACTERS, Handprint, pool
from pipeline.engines.lines import LineReader
from pipeline.records import Reading, Strip
from tests.pipeline.strips import CAPITALS, DIGITS, blank_strip, line_strip, row_strip, sure_reading


class Opinion:
    """A second reader that says what it is told to, and remembers what it was shown."""

    name, version = "opinion", "1"

    def __init__(self, text: str = "", sureness: float = 0.9) -> None:
        self.text, self.sureness = text, sureness
        self.shown: list[Strip] = []

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        self.shown += strips
        return [
            sure_reading(self.text, len(strip.windows), self.sureness, strip.alphabet)[0]
            if set(self.text) <= set(strip.alphabet)
            else Reading(self.text, 0.5, ((self.text, 0.5),))
            for strip in strips
        ]


@pytest.fixture(scope="module")
def handprint() -> Handprint:
    return Handprint()


def with_speck(strip: Strip, box: int) -> Strip:
    image = strip.image.copy()
    left, right = strip.windows[box]
    cv2.circle(image, ((left + right) // 2 + 9, 40), 3, 0, -1)
    inked = tuple(i or n == box for n, i in enumerate(strip.inked))
    return Strip(image, strip.windows, inked, strip.alphabet)


def struck_out(strip: Strip, box: int) -> Strip:
    image = strip.image.copy()
    left, right = strip.windows[box]
    for y in range(12, 74, 5):
        cv2.line(image, (left + 4, y), (right - 4, y + 6), 0, 3, cv2.LINE_AA)
        cv2.line(image, (right - 4, y + 6), (left + 4, y + 5), 0, 3, cv2.LINE_AA)
    return Strip(image, strip.windows, strip.inked, strip.alphabet)


class TestHandprint:
    def test_is_an_engine(self, handprint: Handprint) -> None:
        engine: Engine = handprint
        assert (engine.name, engine.version) == ("handprint", "1.0")

    @pytest.mark.parametrize(
        ("text", "alphabet"),
        [("FEATHERSTONE", CAPITALS), ("R0BINS0N", CAPITALS), ("LLOYD", CAPITALS),
         ("O8I2ZOZS", DIGITS), ("11112000", DIGITS), ("03102025", DIGITS), ("WARD 21", CAPITALS + DIGITS)],
    )  # fmt: skip
    def test_reads_a_row(self, handprint: Handprint, text: str, alphabet: str) -> None:
        strip = row_strip(text, alphabet, boxes=14)
        (reading,) = handprint.read([strip])
        expected = {"R0BINS0N": "ROBINSON", "O8I2ZOZS": "08122025"}.get(text, text.upper())
        assert reading.text == expected
        assert reading.characters is not None
        assert reading.characters.shape == (14, len(alphabet))
        assert reading.characters.sum(axis=1) == pytest.approx([float(i) for i in strip.inked], abs=1e-5)
        assert reading.alternatives[0] == (reading.text, reading.probability)

    @pytest.mark.parametrize("text", ["nightingale", "Featherstone", "anne-marie", "jones"])
    def test_reads_small_letters_as_their_capitals_with_the_line_reader(self, text: str) -> None:
        (reading,) = Handprint(LineReader()).read([row_strip(text, CAPITALS, boxes=14)])
        assert reading.text == text.upper()

    def test_rows_together_read_as_they_do_alone(self, handprint: Handprint) -> None:
        strips = [row_strip("KHAN", boxes=9), blank_strip(3, DIGITS), row_strip("14062026", DIGITS), row_strip("LI")]
        together = handprint.read(strips)
        assert [reading.text for reading in together] == ["KHAN", "", "14062026", "LI"]
        for strip, reading in zip(strips, together, strict=True):
            (alone,) = handprint.read([strip])
            assert alone.probability == pytest.approx(reading.probability, abs=1e-4)

    def test_a_speck_is_no_character(self, handprint: Handprint) -> None:
        strip = with_speck(row_strip("WATSON", boxes=10), 8)
        (reading,) = handprint.read([strip])
        assert reading.text == "WATSON"
        assert held_boxes(reading, strip) == (True,) * 6 + (False,) * 4

    def test_what_was_crossed_out_parts_no_word(self, handprint: Handprint) -> None:
        strip = struck_out(row_strip("WATTSON", boxes=10), 3)
        (reading,) = handprint.read([strip])
        assert reading.struck[3]
        assert held_words(reading, strip) == [[0, 1, 2, 4, 5, 6]]

    def test_a_character_alone_is_never_nothing(self, handprint: Handprint) -> None:
        strip = struck_out(row_strip("W"), 0)
        (reading,) = handprint.read([strip])
        assert reading.characters is not None
        assert reading.characters.sum() == pytest.approx(1.0, abs=1e-5)

    def test_missing_model_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(MissingDependencyError, match="Install compassion-cards again") as caught:
            Handprint(model=tmp_path / "no_such_model.onnx").read([row_strip("A")])
        assert caught.value.exit_code == ExitCode.MISSING_DEPENDENCY

    def test_empty_rows_never_reach_the_model(self, tmp_path: Path) -> None:
        (reading,) = Handprint(model=tmp_path / "no_such_model.onnx").read([blank_strip(8, DIGITS)])
        assert (reading.text, reading.probability) == ("", 1.0)


class TestSecondReader:
    def test_lines_and_unknown_characters_go_to_it(self) -> None:
        second = Opinion("said")
        strips = [line_strip("kind"), row_strip("a@b", "ab@")]
        assert Handprint(second).read(strips)[0].text == "said"
        assert [strip.alphabet for strip in second.shown] == ["", "ab@"]

    def test_without_one_a_line_is_refused(self, handprint: Handprint) -> None:
        with pytest.raises(ValueError, match="second reader"):
            handprint.read([line_strip("kind")])

    def test_it_is_not_shown_what_is_no_character(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pipeline.engines.handprint._SURE_LETTERS", 1.1)
        second = Opinion("WATSON")
        Handprint(second).read([with_speck(row_strip("wATSON", boxes=10), 8)])
        assert [strip.inked for strip in second.shown] == [(True,) * 6 + (False,) * 4]

    def test_agreement_makes_surer_and_disagreement_less_sure(self) -> None:
        strip = sure_reading("SMITH", 5)[1]
        own = sure_reading("SMITH", 5, 0.7)[0]
        same, other = (pool(own, sure_reading(text, 5, 0.7)[0], strip) for text in ("SMITH", "SMYTH"))
        assert same.text == "SMITH"
        assert same.characters is not None
        assert other.characters is not None
        assert same.characters[2].max() > 0.7 > other.characters[2].max()

    def test_a_very_sure_reader_wins_over_a_doubtful_one(self) -> None:
        own, strip = sure_reading("SMITH", 5, 0.4)
        assert pool(own, sure_reading("SMYTH", 5, 0.99)[0], strip).text == "SMYTH"


class TestGlyphs:
    def test_signs_keep_their_height_in_the_row(self) -> None:
        glyphs = cut_glyphs(row_strip("A'-.", CAPITALS))[:, 0].astype(np.float64)
        middles = [float((g.sum(axis=1) @ np.arange(SIZE_PX)) / g.sum()) for g in glyphs]
        assert middles[1] < middles[2] < middles[3]

    def test_a_row_is_brought_to_one_size(self) -> None:
        heights = []
        for factor in (0.6, 1.0):
            strip = row_strip("HXH")
            size = (round(strip.image.shape[1] * factor), round(strip.image.shape[0] * factor))
            windows = tuple((round(a * factor), round(b * factor)) for a, b in strip.windows)
            image = np.asarray(cv2.resize(strip.image, size, interpolation=cv2.INTER_AREA), np.uint8)
            rows = (cut_glyphs(Strip(image, windows, strip.inked, strip.alphabet))[0, 0] > 100).any(axis=1)
            heights.append(int(rows.sum()))
        assert abs(heights[0] - heights[1]) <= 2

    def test_neighbours_stay_out_of_the_first_channel(self) -> None:
        alone, beside = cut_glyphs(row_strip("   I", boxes=6)), cut_glyphs(row_strip("  WIW", boxes=6))
        assert beside[1, 0, :, :10].max() <= 40
        assert int(beside[1, 1].sum()) >= int(beside[1, 0].sum())
        assert alone.shape == (1, 2, SIZE_PX, SIZE_PX)


def test_words_are_parted_by_empty_boxes_alone() -> None:
    reading, strip = sure_reading("DE LA CRUZ", 12)
    words = held_words(reading, strip)
    assert [len(word) for word in words] == [2, 2, 4]
    assert list(gaps_before(words)) == [False, False, True, False, True, False, False, False]


def test_the_network_knows_all_that_may_stand_in_boxes() -> None:
    from pipeline.cut import ALPHABETS

    assert {character for alphabet in ALPHABETS.values() for character in alphabet} == set(CHARACTERS)
