"""Tells the same card scanned again from a photocopied blank with other writing, by the ink alone."""

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.records import CARD_PX_PER_MM, Image

_PX_PER_MM = 2.0
_SLACK_PX = 3
"""A square of half a millimetre to each side: two scans of one card are aligned better than that."""
_ALIKE = 0.75
"""Of two scans of one card, 90 % and more of each one's ink lies on the other's; of two cards', under 60 %."""
_LEAST_INK = 12
"""Pixels of a quarter square millimetre: less is no writing."""


def picture_ink(ink: Image) -> bytes:
    """Make a small picture of a card's writing from its mask (255 where there is ink), some kilobytes."""
    size = (round(ink.shape[1] * _PX_PER_MM / CARD_PX_PER_MM), round(ink.shape[0] * _PX_PER_MM / CARD_PX_PER_MM))
    small = (cv2.resize(ink, size, interpolation=cv2.INTER_AREA) > 50).astype(np.uint8)
    header = np.array(small.shape, dtype="<u2").tobytes()
    return header + zlib.compress(np.packbits(small).tobytes(), 9)


def has_writing(ink: bytes) -> bool:
    """Whether a small picture shows any writing at all."""
    return int(_unpack(ink).sum()) >= _LEAST_INK


def same_writing(first: bytes, second: bytes) -> bool:
    """Whether two small pictures show the same writing. Two empty ones do."""
    a, b = _unpack(first), _unpack(second)
    if a.shape != b.shape:
        return False
    count_a, count_b = int(a.sum()), int(b.sum())
    if min(count_a, count_b) < _LEAST_INK:
        return max(count_a, count_b) < _LEAST_INK
    return min(_covered(a, b), _covered(b, a)) >= _ALIKE


def _covered(ink: NDArray[np.uint8], by: NDArray[np.uint8]) -> float:
    """The share of one picture's ink that lies on, or next to, the other's."""
    near = np.asarray(cv2.dilate(by, np.ones((_SLACK_PX, _SLACK_PX), np.uint8)), dtype=np.uint8)
    return float(np.count_nonzero(ink & near) / np.count_nonzero(ink))


def _unpack(data: bytes) -> NDArray[np.uint8]:
    height, width = np.frombuffer(data[:4], dtype="<u2").astype(int)
    bits = np.unpackbits(np.frombuffer(zlib.decompress(data[4:]), dtype=np.uint8))
    return bits[: height * width].reshape(height, width)
