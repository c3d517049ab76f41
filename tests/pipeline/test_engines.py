from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import pytesseract
import pytest

from forms.errors import ExitCode, MissingDependencyError
from pipeline.engines import Engine
from pipeline.engines.lines import LineReader
from pipeline.engines.tesseract import Tesseract
from pipeline.records import Reading, Strip
from tests.pipeline.strips import CAPITALS, DIGITS, blank_strip, line_strip, row_strip


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


@pytest.fixture(scope="module")
def tesseract() -> Tesseract:
    return Tesseract()


def assert_sound(strips: Sequence[Strip], readings: Sequence[Reading]) -> None:
    assert len(readings) == len(strips)
    for strip, reading in zip(strips, readings, strict=True):
        assert 0.0 <= reading.probability <= 1.0
        assert reading.alternatives[0] == (reading.text, reading.probability)
        likely = [probability for _, probability in reading.alternatives]
        assert likely == sorted(likely, reverse=True)
        assert sum(likely) <= 1.0 + 1e-6
        if strip.windows and strip.alphabet:
            assert reading.characters is not None
            assert reading.characters.shape == (len(strip.windows), len(strip.alphabet))
            assert reading.characters.min() >= 0.0
            assert reading.characters.sum(axis=1).max() <= 1.0 + 1e-5


class TestLineReader:
    def test_is_an_engine(self, reader: LineReader) -> None:
        engine: Engine = reader
        assert (engine.name, engine.version) == ("handlines", "1.0")

    @pytest.mark.parametrize("text", ["She held my hand all night", "Ward 21, Intensive Care", "O'Neill"])
    def test_reads_a_line(self, reader: LineReader, text: str) -> None:
        strips = [line_strip(text)]
        readings = reader.read(strips)
        assert_sound(strips, readings)
        assert readings[0].text == text
        assert readings[0].probability > 0.5

    def test_reads_a_row_of_capitals(self, reader: LineReader) -> None:
        strips = [row_strip("FEATHERSTONE", boxes=18)]
        (reading,) = reader.read(strips)
        assert_sound(strips, [reading])
        assert reading.text == "FEATHERSTONE"
        assert reading.characters is not None
        best = reading.characters[:12].argmax(axis=1)
        assert "".join(CAPITALS[n] for n in best) == "FEATHERSTONE"
        assert not reading.characters[12:].any()

    def test_small_letters_in_a_row_of_capitals_are_those_capitals(self, reader: LineReader) -> None:
        assert reader.read([row_strip("nightingale")])[0].text == "NIGHTINGALE"

    def test_small_letters_stay_where_they_may_stand(self, reader: LineReader) -> None:
        small = CAPITALS.lower() + DIGITS + "@"
        assert reader.read([row_strip("rina@ward7", small)])[0].text == "rina@ward7"

    def test_letters_in_a_row_of_digits_lend_to_digits_that_look_like_them(self, reader: LineReader) -> None:
        assert reader.read([row_strip("O8I2ZOZS", DIGITS)])[0].text == "08122025"

    def test_digits_in_a_row_of_letters_lend_to_letters_that_look_like_them(self, reader: LineReader) -> None:
        assert reader.read([row_strip("R0BINS0N")])[0].text == "ROBINSON"

    def test_repeated_characters_stay_apart(self, reader: LineReader) -> None:
        assert [reading.text for reading in reader.read([row_strip("LLOYD"), row_strip("11112000", DIGITS)])] == [
            "LLOYD",
            "11112000",
        ]

    def test_empty_boxes_inside_are_blanks(self, reader: LineReader) -> None:
        assert reader.read([row_strip(" DE LA CRUZ", boxes=14)])[0].text == "DE LA CRUZ"

    def test_blank_of_the_alphabet_stands_for_empty_boxes_only(self, reader: LineReader) -> None:
        strip = row_strip("MARY ANN", CAPITALS + " ", boxes=10)
        (reading,) = reader.read([strip])
        assert reading.text == "MARY ANN"
        assert reading.characters is not None
        assert reading.characters[:, -1] == pytest.approx([0, 0, 0, 0, 1, 0, 0, 0, 1, 1], abs=0.01)

    def test_without_alphabet_a_row_has_text_but_no_matrix(self, reader: LineReader) -> None:
        (reading,) = reader.read([row_strip("Hall7", "")])
        assert (reading.text, reading.characters) == ("Hall7", None)

    def test_characters_that_lean_out_of_their_boxes(self, reader: LineReader) -> None:
        assert reader.read([row_strip("WATSON", shift=14)])[0].text == "WATSON"

    def test_batch_reads_as_its_strips_alone(self, reader: LineReader) -> None:
        texts = ("KHAN", "ADEYEMI", "OKAFOR", "LI")
        strips = [row_strip(text, boxes=9) for text in texts]
        strips += [line_strip("kind and calm"), blank_strip(3, DIGITS), row_strip("14022026", DIGITS), blank_strip()]
        together = reader.read(strips)
        assert_sound(strips, together)
        for strip, reading in zip(strips, together, strict=True):
            (alone,) = reader.read([strip])
            assert alone.text == reading.text
            assert alone.probability == pytest.approx(reading.probability, abs=1e-4)

    def test_empty_strips_never_reach_the_model(self, tmp_path: Path) -> None:
        engine = LineReader(tmp_path / "no_such_model.onnx")
        strips = [blank_strip(), blank_strip(8, DIGITS), Strip(np.zeros((0, 0), np.uint8))]
        readings = engine.read(strips)
        assert_sound(strips, readings)
        assert [(reading.text, reading.probability) for reading in readings] == [("", 1.0)] * 3
        assert readings[1].characters is not None
        assert not readings[1].characters.any()

    def test_missing_model_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(MissingDependencyError, match="Install compassion-cards again") as caught:
            LineReader(tmp_path / "no_such_model.onnx").read([line_strip("A")])
        assert caught.value.exit_code == ExitCode.MISSING_DEPENDENCY

    def test_ink_the_mask_does_not_see_is_still_answered(self, reader: LineReader) -> None:
        strip = blank_strip(4, DIGITS)
        marked = Strip(strip.image, strip.windows, (True, False, True, False), DIGITS)
        assert_sound([marked], reader.read([marked]))

    def test_faint_writing(self, reader: LineReader) -> None:
        strip = row_strip("BRANNIGAN")
        faint = (255 - (255 - strip.image.astype(np.float32)) * 0.35).astype(np.uint8)
        assert reader.read([Strip(faint, strip.windows, strip.inked, strip.alphabet)])[0].text == "BRANNIGAN"


class TestTesseract:
    def test_reads_many_strips_in_one_process(self, tesseract: Tesseract) -> None:
        texts = ["Sarah Nightingale", "Ward 21", "", "with real kindness"]
        strips = [line_strip(text) if text else blank_strip() for text in texts]
        with mock.patch.object(pytesseract, "image_to_data", side_effect=pytesseract.image_to_data) as runs:
            readings = tesseract.read(strips)
        assert runs.call_count == 1
        assert_sound(strips, readings)
        assert [reading.text for reading in readings] == texts
        assert readings[2].probability == 1.0

    def test_keeps_to_the_alphabet_of_each_strip(self, tesseract: Tesseract) -> None:
        number = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'\""
        strips = [line_strip("RXW-7K3F9QZ-0012-H", number), line_strip("2O26", DIGITS)]
        readings = tesseract.read(strips)
        assert [reading.text for reading in readings] == ["RXW-7K3F9QZ-0012-H", "2026"]

    def test_version_is_the_programs(self, tesseract: Tesseract) -> None:
        assert int(tesseract.version.split(".")[0]) >= 4

    def test_missing_program_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(MissingDependencyError, match="apt install tesseract-ocr") as caught:
            Tesseract().read([line_strip("A")])
        assert caught.value.exit_code == ExitCode.MISSING_DEPENDENCY

    def test_missing_program_needs_no_install_for_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert [reading.text for reading in Tesseract().read([blank_strip()])] == [""]

    def test_missing_language_says_what_to_install(self) -> None:
        with pytest.raises(MissingDependencyError, match="apt install tesseract-ocr-tlh"):
            Tesseract(language="tlh").read([line_strip("A")])

    def test_strip_that_breaks_it_down_is_alone_in_failing(
        self, tesseract: Tesseract, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = Tesseract._run

        def fail_on_tall(self: Tesseract, strips: list[Strip], alphabet: str, folder: Path) -> list[Reading]:
            if any(strip.image.shape[0] > 100 for strip in strips):
                raise pytesseract.TesseractError(1, "broke down")
            return run(self, strips, alphabet, folder)

        monkeypatch.setattr(Tesseract, "_run", fail_on_tall)
        readings = tesseract.read([line_strip("Ward"), line_strip("Tall", size=90), line_strip("Nurse")])
        assert [(reading.text, reading.probability > 0) for reading in readings] == [
            ("Ward", True),
            ("", False),
            ("Nurse", True),
        ]

    def test_leaves_no_files_behind(
        self, tesseract: Tesseract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        tesseract.read([line_strip("Ward")])
        monkeypatch.setattr(Tesseract, "_run", mock.Mock(side_effect=RuntimeError("Tesseract process timeout")))
        tesseract.read([line_strip("Ward")])
        assert not list(tmp_path.iterdir())
