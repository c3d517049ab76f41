"""Which boxes of a row hold a character, once it has been read: what has ink in it may be a speck, or crossed out."""

from collections.abc import Iterator

from pipeline.records import Reading, Strip


def held_boxes(reading: Reading, strip: Strip) -> tuple[bool, ...]:
    """Return for each box whether a character stands in it."""
    if reading.characters is None:
        return strip.inked
    read = reading.characters.sum(axis=1) > 0
    return tuple(bool(inked and held) for inked, held in zip(strip.inked, read, strict=True))


def held_words(reading: Reading, strip: Strip) -> list[list[int]]:
    """Return the boxes of each word of a row. Empty boxes part words; those with something crossed out don't."""
    words: list[list[int]] = []
    apart = True
    for index, held in enumerate(held_boxes(reading, strip)):
        if held:
            if apart:
                words.append([])
            words[-1].append(index)
            apart = False
        elif not (reading.struck and reading.struck[index]):
            apart = True
    return words


def gaps_before(words: list[list[int]]) -> Iterator[bool]:
    """For each box that holds a character, whether an empty one stands before it; none does before the first."""
    for number, word in enumerate(words):
        for place in range(len(word)):
            yield number > 0 and place == 0
