"""Engines: each reads a list of strips and says text, probability, alternatives. Thresholds are not their business."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.records import Reading, Strip


class Engine(Protocol):
    """Anything that reads strips."""

    @property
    def name(self) -> str:
        """As it stands in readings, such as `ppocr`."""
        ...

    @property
    def version(self) -> str:
        """Of its model or program."""
        ...

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return one reading for each strip, in order."""
        ...
