"""Tesseract: reads print and type (not hands), many strips in one process by a list file."""

import os
import shlex
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import pytesseract

from forms.errors import MissingDependencyError
from pipeline.engines.composing import WHITE, find_ink
from pipeline.records import Reading, Strip

SINGLE_LINE = 7
"""Tesseract's page segmentation mode for one line of text."""
_BATCH = 200
_BORDER_PX = 12
_LEAST_HEIGHT_PX = 36
"""Lower strips are enlarged: below some 20 pixels of letter height, Tesseract fails."""
_SECONDS_TO_START, _SECONDS_A_STRIP = 30, 2
_HOW_TO_INSTALL = (
    "Tesseract, which reads printed text, is not installed or not in the PATH. "
    "Install it, on Debian or Ubuntu with: sudo apt install tesseract-ocr"
)
_NOTHING = Reading("", 1.0, (("", 1.0),))
_FAILED = Reading("", 0.0, (("", 0.0),))


class Tesseract:
    """The engine."""

    name = "tesseract"

    def __init__(self, page_mode: int = SINGLE_LINE, language: str = "eng") -> None:
        self._page_mode = page_mode
        self._language = language
        # With more threads than free cores Tesseract gets several times slower; workers are processes.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")

    @cached_property
    def version(self) -> str:
        """The installed version.

        Raises:
            MissingDependencyError: it isn't installed.
        """
        try:
            return str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError as error:
            raise MissingDependencyError(_HOW_TO_INSTALL) from error

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return one reading for each strip, in order; of an empty one `""`; with probability 0 where it broke down.

        Raises:
            MissingDependencyError: Tesseract or its language data isn't installed.
        """
        readings = [_NOTHING] * len(strips)
        by_alphabet: dict[str, list[int]] = defaultdict(list)
        for index, strip in enumerate(strips):
            if find_ink(strip.image).any():
                by_alphabet[strip.alphabet].append(index)
        for alphabet, indices in by_alphabet.items():
            for start in range(0, len(indices), _BATCH):
                batch = indices[start : start + _BATCH]
                found = self._read_batch([strips[index] for index in batch], alphabet)
                for index, reading in zip(batch, found, strict=True):
                    readings[index] = reading
        return readings

    def _read_batch(self, strips: list[Strip], alphabet: str) -> list[Reading]:
        """Read strips of one alphabet in one process; a batch that breaks down is halved until the culprit is alone."""
        try:
            with TemporaryDirectory(prefix="compassion-") as folder:
                return self._run(strips, alphabet, Path(folder))
        except pytesseract.TesseractNotFoundError as error:
            raise MissingDependencyError(_HOW_TO_INSTALL) from error
        except (pytesseract.TesseractError, RuntimeError) as error:
            if "loading language" in str(error) or "load any languages" in str(error):
                raise MissingDependencyError(
                    f"Tesseract's data for the language '{self._language}' is missing. Install it, on Debian or "
                    f"Ubuntu with: sudo apt install tesseract-ocr-{self._language}"
                ) from error
        if len(strips) == 1:
            return [_FAILED]
        middle = len(strips) // 2
        return self._read_batch(strips[:middle], alphabet) + self._read_batch(strips[middle:], alphabet)

    def _run(self, strips: list[Strip], alphabet: str, folder: Path) -> list[Reading]:
        paths = [folder / f"{index:04d}.pgm" for index in range(len(strips))]
        for path, strip in zip(paths, strips, strict=True):
            cv2.imwrite(str(path), _framed(strip))
        listing = folder / "strips.txt"
        listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        options = ["--psm", str(self._page_mode), "--dpi", "300"]
        if permitted := alphabet.replace(" ", ""):
            options += ["-c", f"tessedit_char_whitelist={permitted}"]
        table = pytesseract.image_to_data(
            str(listing),
            lang=self._language,
            config=shlex.join(options),
            output_type=pytesseract.Output.DICT,
            timeout=_SECONDS_TO_START + _SECONDS_A_STRIP * len(strips),
        )
        return _by_page(table, len(strips))


def _framed(strip: Strip) -> Any:
    """Return the strip as Tesseract likes it: with white around, not too small."""
    image = strip.image
    if image.shape[0] < _LEAST_HEIGHT_PX:
        image = np.asarray(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    sides = (_BORDER_PX,) * 4
    return cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=WHITE)


def _by_page(table: dict[str, list[Any]], count: int) -> list[Reading]:
    """Return a reading for each page of Tesseract's table: its words, and that all of them are right."""
    words: dict[int, list[str]] = defaultdict(list)
    probability = dict.fromkeys(range(1, count + 1), 1.0)
    for page, text, confidence in zip(table["page_num"], table["text"], table["conf"], strict=True):
        if str(text).strip() and float(confidence) >= 0:
            words[int(page)].append(str(text).strip())
            probability[int(page)] *= min(1.0, float(confidence) / 100.0)
    readings = []
    for page in range(1, count + 1):
        text = " ".join(words[page])
        # Ink, but no word found: print that can't be read.
        likely = probability[page] if text else 0.0
        readings.append(Reading(text, likely, ((text, likely),)))
    return readings
