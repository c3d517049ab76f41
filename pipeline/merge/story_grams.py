"""Stories as they are compared: the fours of letters that their telling words hold.

Of words, those that most stories share say nothing and are left out. Fours of letters, rather than words, because a
word with one letter misread still shares most of them.
"""

import re
import zlib
from functools import cache, lru_cache
from importlib import resources

from pipeline.lists import plain_capitals

_WORD = re.compile(r"[A-Z0-9]+")
_LENGTH = 4
SKETCH_BITS = 4096
"""A story of eighty words sets about 300 of them, so that two strangers' stories share some 7 % by chance."""


@cache
def untelling_words() -> frozenset[str]:
    """Words that tell nothing of a story: the commonest of English, and of nominations."""
    text = resources.files("pipeline.merge").joinpath("untelling.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def telling_words(*texts: str) -> list[str]:
    """Return the words of a story that tell something, as capitals, in order."""
    words = _WORD.findall(plain_capitals(" ".join(texts)).replace("'", ""))
    return [word for word in words if word not in untelling_words()]


def story_grams(*texts: str) -> frozenset[int]:
    """Return the different fours of letters of a story's telling words, as numbers below `SKETCH_BITS`."""
    return frozenset().union(*map(_grams, set(telling_words(*texts))))


def story_sketch(*texts: str) -> tuple[bytes, int]:
    """Return a story's fours of letters as a row of bits, one set for each, and how many are set."""
    bits = bytearray(SKETCH_BITS // 8)
    grams = story_grams(*texts)
    for gram in grams:
        bits[gram >> 3] |= 0x80 >> (gram & 7)
    return bytes(bits), len(grams)


def shared(one: frozenset[int], other: frozenset[int]) -> float:
    """Return which share of the shorter story's fours of letters the other has, from 0 to 1."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


@lru_cache(maxsize=100_000)
def _grams(word: str) -> frozenset[int]:
    framed = f"_{word}_"
    pieces = (framed[n : n + _LENGTH] for n in range(max(1, len(framed) - _LENGTH + 1)))
    return frozenset(zlib.crc32(piece.encode()) % SKETCH_BITS for piece in pieces)  # CRC-32 is the same everywhere.
