"""How names are spelled: a model of letter pairs, to weigh a name that is on no list."""

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

_SMOOTHING = 0.3
_ANY_LETTER = 0.15
"""Names come from many languages: MCTAGGART, SZCZEPANSKI and D'ARCY are spelled as no example is."""
_EXAMPLES = "names.txt"


@lru_cache(maxsize=4)
def letter_pairs(alphabet: str) -> NDArray[np.float64]:
    """Log probabilities (1 + len, len): of each character after another; row 0 is the beginning of a word."""
    index = {character: n for n, character in enumerate(alphabet)}
    counts = np.full((len(alphabet) + 1, len(alphabet)), _SMOOTHING)
    for n, character in enumerate(alphabet):
        # Digits and signs are rare wherever they may stand at all.
        if not character.isalpha():
            counts[:, n] *= 0.1
    for name in resources.files("pipeline.parse").joinpath(_EXAMPLES).read_text(encoding="utf-8").split():
        before = 0
        for character in name.upper():
            if character in index:
                counts[before, index[character]] += 1
                before = index[character] + 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(np.log((1 - _ANY_LETTER) * shares + _ANY_LETTER / len(alphabet)))


def likeliest_words(boxes: NDArray[np.float64], alphabet: str, beam: int = 12) -> tuple[list[tuple[str, float]], float]:
    """Decode one word's boxes (N, len(alphabet)) under the letter model.

    Returns the likeliest words with their log likelihoods, best first, and the log of the sum over all words.
    """
    pairs = letter_pairs(alphabet)
    log = np.log(np.clip(boxes, 1e-4, 1.0))
    beams: list[tuple[str, float, int]] = [("", 0.0, 0)]
    forward = log[0] + pairs[0]
    for n in range(len(log)):
        if n:
            forward = log[n] + _log_sum(forward[:, None] + pairs[1:], axis=0)
        grown = [
            (text + alphabet[c], score + log[n, c] + pairs[last, c], int(c) + 1)
            for text, score, last in beams
            for c in np.argsort(-(log[n] + pairs[last]))[:beam]
        ]
        beams = sorted(grown, key=lambda entry: -entry[1])[:beam]
    return [(text, score) for text, score, _ in beams], float(_log_sum(forward, axis=0))


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.squeeze(top, axis) + np.log(np.exp(values - top).sum(axis=axis)))
