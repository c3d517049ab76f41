"""Errors as readers of handwriting make them, and slips of the fingers at a keyboard."""

from collections.abc import Mapping

import numpy as np

from pipeline.simulate.nominations.words import pick

SMALL = {
    "a": "oeud", "b": "hlk", "c": "eor", "d": "aol", "e": "clio", "f": "tlj", "g": "yqs", "h": "nkbl", "i": "ltje",
    "j": "iyg", "k": "hlr", "l": "itfe", "m": "nwr", "n": "umrh", "o": "aeu", "p": "gry", "q": "gya", "r": "nvs",
    "s": "r5g", "t": "lfi", "u": "nvaw", "v": "rnu", "w": "muv", "x": "ny", "y": "gjv", "z": "3y", " ": "",
}  # fmt: skip
CAPITALS = {
    "A": "HRN", "B": "RDE", "C": "GLO", "D": "OPB", "E": "FBC", "F": "EPT", "G": "CSO", "H": "NAM", "I": "LJT",
    "J": "IUL", "K": "XRH", "L": "ICE", "M": "NWH", "N": "MHW", "O": "DQC", "P": "RFD", "Q": "OG", "R": "PKA",
    "S": "GJB", "T": "IFY", "U": "VWL", "V": "UYW", "W": "MUV", "X": "KYV", "Y": "VXT", "Z": "LEJ",
}  # fmt: skip
DIGITS = {
    "0": "689", "1": "7", "2": "73", "3": "85", "4": "9", "5": "36", "6": "0", "7": "12", "8": "30", "9": "47",
}  # fmt: skip
_PAIRS = {"rn": "m", "cl": "d", "ni": "m", "li": "h", "vv": "w", "ri": "n", "in": "m", "ll": "u", "ii": "u"}
_CHARACTERS = SMALL | CAPITALS | DIGITS
WORDS_A_LINE = 9


def misread_line(text: str, rate: float, rng: np.random.Generator) -> tuple[str, int]:
    """Return written lines as read, and how many of their characters are wrong; `rate` of them on average."""
    letters = list(text)
    wrong = 0
    for _ in range(int(rng.poisson(rate * len(letters)))):
        place = int(rng.random() * len(letters))
        letters[place] = _misread(letters, place, rng)
        wrong += 1
    return "".join(letters), wrong


def _misread(letters: list[str], place: int, rng: np.random.Generator) -> str:
    """Return what takes the place of a character: a look-alike, two, none, a gap, or a pair run together."""
    letter, chance = letters[place], rng.random()
    if letter == " ":
        return "" if chance < 0.7 else " " + pick("itl.", rng)
    following = letters[place + 1] if place + 1 < len(letters) else ""
    if chance < 0.08 and letter + following in _PAIRS:
        letters[place + 1] = ""
        return _PAIRS[letter + following]
    if chance < 0.58:
        return pick(_CHARACTERS.get(letter[:1]) or "e", rng)
    if chance < 0.76:
        return ""
    if chance < 0.87:
        return letter + pick("eilntr", rng)
    return f"{letter} " if chance < 0.95 else letter.swapcase()


def misread_boxes(text: str, rate: float, alphabet: Mapping[str, str], rng: np.random.Generator) -> str:
    """Return a row of boxes as read: nearly always another character of the same alphabet in a box, or none."""
    letters = list(text)
    for _ in range(int(rng.poisson(rate * len(letters)))):
        place = int(rng.random() * len(letters))
        if (letter := letters[place][:1]) in alphabet:
            letters[place] = pick(alphabet[letter], rng) if rng.random() < 0.85 else ""
    return " ".join("".join(letters).split())


def drop_line(text: str, rng: np.random.Generator) -> str:
    """Leave one written line out; a story of one line stays."""
    words = text.split(" ")
    lines = -(-len(words) // WORDS_A_LINE)
    if lines < 2:
        return text
    start = int(rng.random() * lines) * WORDS_A_LINE
    return " ".join(words[:start] + words[start + WORDS_A_LINE :])


def mistype(text: str, rate: float, rng: np.random.Generator) -> str:
    """Return a text as typed: neighbours swapped, letters left out or struck twice, `rate` of them."""
    letters = list(text)
    for _ in range(int(rng.poisson(rate * len(letters))) if len(letters) > 2 else 0):
        place = int(rng.random() * (len(letters) - 1))
        chance = rng.random()
        if chance < 0.4:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        else:
            letters[place] = "" if chance < 0.75 else letters[place] * 2
    return "".join(letters)
