"""Handwriting fonts as a stand-in for real writers, so that anyone can make cards.

They are far easier to read than real hands: never judge a reader by them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from pipeline.simulate.hands import spelled
from pipeline.simulate.writing import Writing

SIZE_PX = 160
"""Letters are traced from a picture this large; the outlines are then good to a hundredth of a letter."""
SUFFIXES = (".ttf", ".otf", ".woff2", ".woff")


@dataclass(frozen=True)
class FontHand:
    """A font used as somebody's hand. Its letters are filled outlines."""

    name: str
    path: Path
    gap: float = 0.18

    @cached_property
    def _font(self) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.path), SIZE_PX)

    @cached_property
    def _x_height_px(self) -> float:
        _, top, _, bottom = self._font.getbbox("x", anchor="ls")
        return float(max(bottom - top, 1))

    @cached_property
    def capital_height(self) -> float:
        """Of capitals, in x-heights."""
        _, top, _, _ = self._font.getbbox("H", anchor="ls")
        return float(-top / self._x_height_px)

    def knows(self, word: str) -> bool:
        """Any word: a font writes them all."""
        return True

    def character(self, character: str, rng: np.random.Generator) -> Writing | None:
        """One character; None when the font lacks it."""
        return self._varied(self._outline(character), rng)

    def word(self, word: str, rng: np.random.Generator) -> Writing | None:
        """A word, each letter a little different every time."""
        if len(word) == 1:
            return self.character(word, rng)
        return spelled(self, word, rng)

    def _varied(self, writing: Writing | None, rng: np.random.Generator) -> Writing | None:
        if writing is None:
            return None
        width, height = rng.normal(1, 0.04, 2)
        return writing.scaled(float(width), float(height)).leaned(
            float(rng.normal(0, 0.03)), float(rng.normal(0, 0.02))
        )

    @cached_property
    def _outline(self) -> Callable[[str], Writing | None]:
        return lru_cache(maxsize=512)(self._traced)

    def _traced(self, text: str) -> Writing | None:
        left, top, right, bottom = (int(edge) for edge in self._font.getbbox(text, anchor="ls"))
        if right <= left or bottom <= top:
            return None
        picture = Pictures.new("L", (right - left + 4, bottom - top + 4), 0)
        ImageDraw.Draw(picture).text((2 - left, 2 - top), text, fill=255, font=self._font, anchor="ls")
        mask = (np.asarray(picture) > 127).astype(np.uint8)
        outlines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_TC89_L1)
        origin = np.array([2, 2 - top], np.float32)
        strokes = [(o.reshape(-1, 2).astype(np.float32) - origin) / self._x_height_px for o in outlines if len(o) > 2]
        return Writing(tuple(strokes), filled=True) if strokes else None


class FontHands:
    """Every font in a folder; without one, the fonts shipped with the package."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds TrueType, OpenType or WOFF fonts, at any depth."""
        where = folder or Path(str(resources.files("pipeline.simulate").joinpath("fonts")))
        found = sorted(path for path in where.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not found:
            raise FileNotFoundError(f"no fonts in {where}")
        self._hands = {path.stem: FontHand(path.stem, path) for path in found}

    @property
    def names(self) -> tuple[str, ...]:
        """The fonts, in a fixed order."""
        return tuple(self._hands)

    def hand(self, name: str) -> FontHand:
        """The font of that name."""
        return self._hands[name]

    def pick(self, rng: np.random.Generator) -> FontHand:
        """Any of the fonts."""
        return self._hands[self.names[int(rng.integers(len(self.names)))]]
