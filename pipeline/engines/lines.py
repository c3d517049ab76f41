"""PP-OCRv6 small, cut to European letters: reads hands, in rows of boxes and on written lines, by onnxruntime."""

import string
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.beam import decode_line
from pipeline.engines.composing import HEIGHT_PX, LOOSE, TIGHT, WHITE, compose_line, compose_row
from pipeline.engines.ctc import Frames, box_probabilities, likeliest_rows, likeliest_texts
from pipeline.engines.language import LanguageModel
from pipeline.engines.look_alikes import folding
from pipeline.engines.sessions import open_model
from pipeline.records import Image, Reading, Strip

MODEL = "lines.onnx"

_FRAME_PX = 8
"""The reader makes one frame of this many columns."""
_WIDTH_STEP_PX = 32
"""Lines are padded to a multiple of this; lines of one width are read together, whatever stands in the others."""
_BATCH = 8
_REACH_PX = 10
"""How far outside its ink a box's character may be seen by the frames."""
_UNCERTAINTY = 1e-4
"""What every permitted character has in every frame."""
_NOTHING = Reading("", 1.0, (("", 1.0),))


def _letters(classes: Sequence[str]) -> str:
    """What may stand on a line for which nothing is said: ASCII, and the accented letters the model knows."""
    accented = [character for character in classes if character.isalpha() and "À" <= character <= "ſ"]
    return string.digits + string.ascii_letters + string.punctuation + " £€½¼" + "".join(accented)


class LineReader:
    """The engine. A process makes one and keeps it: loading takes a tenth of a second."""

    name = "handlines"
    version = "1.0"

    def __init__(self, model: Path | None = None, threads: int = 1, language: LanguageModel | None = None) -> None:
        """Take another model than the package's from `model`. Workers are processes, hence one thread each.

        With a `language`, lines of prose are read with what it says; nothing else is.
        """
        self._model = model
        self._language = language
        self._threads = threads
        self._foldings: dict[str, NDArray[np.float32]] = {}

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return one reading for each strip, in order; of an empty strip `""`, without asking the model.

        Raises:
            MissingDependencyError: the model isn't there.
        """
        readings = [_NOTHING] * len(strips)
        lines: dict[int, Image] = {}
        places: dict[int, tuple[tuple[int, int], ...]] = {}
        for index, strip in enumerate(strips):
            if strip.windows:
                readings[index] = _empty_row(strip)
                if any(strip.inked):
                    row = compose_row(strip, TIGHT if _has_letters(strip.alphabet) else LOOSE)
                    lines[index], places[index] = row.image, row.places
            elif (line := compose_line(strip)) is not None:
                lines[index] = line
        for index, frames in self._frames(lines).items():
            strip = strips[index]
            readings[index] = self._row(strip, frames, places[index]) if strip.windows else self._line(strip, frames)
        return readings

    @cached_property
    def _session(self) -> Any:
        return open_model(MODEL, self._model, self._threads)

    @cached_property
    def classes(self) -> list[str]:
        """The model's characters, without the blank (its class 0); the last is the space."""
        return [*self._session.get_modelmeta().custom_metadata_map["character"].split("\n"), " "]

    def _frames(self, lines: dict[int, Image]) -> dict[int, NDArray[np.float32]]:
        """Return for each line its (frames, 1 + classes) probabilities, blank first."""
        by_width: dict[int, list[int]] = defaultdict(list)
        for index, line in lines.items():
            by_width[-(-line.shape[1] // _WIDTH_STEP_PX) * _WIDTH_STEP_PX].append(index)
        result: dict[int, NDArray[np.float32]] = {}
        for width, indices in by_width.items():
            for start in range(0, len(indices), _BATCH):
                batch = indices[start : start + _BATCH]
                images = np.full((len(batch), HEIGHT_PX, width), WHITE, dtype=np.float32)
                for row, index in enumerate(batch):
                    images[row, :, : lines[index].shape[1]] = lines[index]
                # As it was trained: -1 to 1, three equal channels.
                pixels = np.repeat((images / 127.5 - 1.0)[:, None], 3, axis=1)
                (probabilities,) = self._session.run(None, {self._session.get_inputs()[0].name: pixels})
                result.update(zip(batch, probabilities, strict=True))
        return result

    def _fold(self, frames: NDArray[np.float32], alphabet: str) -> tuple[Frames, NDArray[np.float64]]:
        """Return the frames' probabilities over an alphabet, and of their blanks."""
        if alphabet not in self._foldings:
            self._foldings[alphabet] = folding(self.classes, alphabet)
        return (frames[:, 1:] @ self._foldings[alphabet]).astype(np.float64), frames[:, 0].astype(np.float64)

    def _line(self, strip: Strip, frames: NDArray[np.float32]) -> Reading:
        alphabet = strip.alphabet or _letters(self.classes)
        probabilities, blank = self._fold(frames, alphabet)
        if self._language is not None and strip.prose and not strip.alphabet:
            line = decode_line(probabilities, blank, alphabet, self._language)
            return Reading(*line.texts[0], line.texts, wrong=line.wrong)
        texts = likeliest_texts(probabilities, blank, alphabet)
        return Reading(*texts[0], tuple(texts))

    def _row(self, strip: Strip, frames: NDArray[np.float32], places: tuple[tuple[int, int], ...]) -> Reading:
        alphabet = strip.alphabet or string.digits + string.ascii_letters + string.punctuation
        probabilities, blank = self._fold(frames, alphabet)
        # Between boxes a space says no more than a blank, and a box with ink in it is none.
        blank = blank + frames[:, -1]
        if " " in alphabet:
            probabilities[:, alphabet.index(" ")] = 0.0
        centres = (np.arange(len(frames)) + 0.5) * _FRAME_PX
        bounds = np.array(places, dtype=np.float64)
        allowed = (centres[:, None] > bounds[:, 0] - _REACH_PX) & (centres[:, None] < bounds[:, 1] + _REACH_PX)
        boxes = np.zeros((len(strip.windows), len(alphabet)))
        boxes[list(strip.inked)] = box_probabilities(probabilities, blank, allowed, _UNCERTAINTY)
        texts = likeliest_rows(boxes, strip.inked, alphabet)
        characters = _with_blanks(boxes, strip) if strip.alphabet else None
        return Reading(*texts[0], tuple(texts), characters)


def _has_letters(alphabet: str) -> bool:
    return not alphabet or any(character.isalpha() for character in alphabet)


def _with_blanks(boxes: Frames, strip: Strip) -> NDArray[np.float32]:
    """A box with nothing written is certainly a space where the alphabet has one, else has no probabilities."""
    if " " in strip.alphabet:
        boxes[~np.array(strip.inked), strip.alphabet.index(" ")] = 1.0
    return boxes.astype(np.float32)


def _empty_row(strip: Strip) -> Reading:
    boxes = np.zeros((len(strip.windows), len(strip.alphabet)))
    return Reading("", 1.0, (("", 1.0),), _with_blanks(boxes, strip) if strip.alphabet else None)
