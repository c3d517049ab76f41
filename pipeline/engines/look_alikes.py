"""Characters that look alike, so that what a field doesn't permit lends its probability to what it does.

The reader knows no fields: an `O` in a date is a zero, a small letter in a row of capitals is that capital, and the
slashed zero of some hands is, to a reader that knows many scripts, a `Φ`. Which classes took the place of which
characters was counted on 240 rows of digits and 240 names from UNIPEN writers; see the model card.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOOK_ALIKES = {
    "0": "OoDQøØΦφ∅ρσο○〇。中甲申θ°ºUuCc(",
    "1": "Il|i/!\\ノι丁ィ¹[]jJL(Tt'",
    "2": "ZzズュユエコロR乙工²ad",
    "3": "了³EB",
    "4": "AYyhHut",
    "5": "Ss",
    "6": "bGCcL",
    "7": "TFっつフ≠?>ヨtY",
    "8": "B&≤fK",
    "9": "gqPpaA",
    "A": "4@",
    "B": "8ß乃3",
    "C": "(<[",
    "E": "3£€モ[",
    "G": "69",
    "H": "#",
    "I": "1|!/\\ι",
    "J": "])",
    "L": "∠<",
    "O": "0○〇οσ",
    "P": "ρ9",
    "S": "5$",
    "T": "7+",
    "U": "μ",
    "X": "×%",
    "Z": "2",
    "'": "’‘`´",
    '"': "“”",
    "-": "–—_~",
    ".": "·•。,°",
}
"""What may be meant -> what the reader may take it for. One that stands in several lists is shared out equally."""

FOREIGN = "".join(sorted({seen for seen in "".join(LOOK_ALIKES.values()) if not seen.isascii()}))
"""Look-alikes outside ASCII: classes worth keeping in a model that reads English."""


def plain_forms(character: str) -> list[str]:
    """Other ways to write the same character, nearest first: its usual width, without its accent, its other case."""
    usual = unicodedata.normalize("NFKC", character)
    bare = unicodedata.normalize("NFD", usual)[:1]
    forms = [usual, usual.swapcase(), bare, bare.swapcase()]
    return [form for form in dict.fromkeys(forms) if len(form) == 1 and form != character]


def permitted_shares(character: str, alphabet: str) -> dict[str, float]:
    """Return which permitted characters a class of the reader stands for, with shares that add up to 1 (or nothing)."""
    for form in (character, *plain_forms(character)):
        if form in alphabet:
            return {form: 1.0}
    for form in (character, *plain_forms(character)):
        meant = [target for target in alphabet if form in LOOK_ALIKES.get(target, "")]
        if meant:
            return {target: 1.0 / len(meant) for target in meant}
    return {}


def folding(classes: Sequence[str], alphabet: str) -> NDArray[np.float32]:
    """Return the (classes, alphabet) matrix that takes the reader's probabilities to those of a field's alphabet."""
    matrix = np.zeros((len(classes), len(alphabet)), dtype=np.float32)
    for row, character in enumerate(classes):
        for target, share in permitted_shares(character, alphabet).items():
            matrix[row, alphabet.index(target)] = share
    return matrix
