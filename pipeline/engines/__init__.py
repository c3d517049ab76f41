"""Engines: each reads a list of strips and says text, probability and alternatives. Thresholds are not their business."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.records import Reading, Strip


class Engine(Protocol):
    """Anything that reads strips."""

    name: str
    version: str

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return one reading for each strip, in order."""
        ...
