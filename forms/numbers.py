"""Card numbers that are unique without a shared database, such as `RXW-7K3F9QZ-0012-H`.

Organisation, a random token for the print run, the card's index in the run, and a check character that finds every
single wrong character and every swapped pair of neighbours (ISO 7064's MOD 37,36 lets one swap in 190 pass).
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = "0123456789ABCDEFGHJKMNPRSTVWXYZ"
"""Crockford's base 32 without Q: no I, L, O or U, which people take for something else; Tesseract reads Q as G."""
TOKEN_LENGTH = 7
"""34.7 bits: with 10,000 print runs in one organisation, the chance that any two share a token is 1 in 550."""
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}
_START = 35
"""Any but 0, so that noughts lost at the front are noticed; with this one the documentation's number is valid."""
_NUMBER = re.compile(r"([A-Z0-9]{3,6})-([0-9A-Z]{7})-([0-9]{1,9})-([0-9A-Z])")
_DASHES = re.compile("[\u2010-\u2015\u2212_]")
_LOOKALIKES = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class CardNumber:
    """A card's number, valid by construction when it comes from `parse_number` or `run_numbers`."""

    organisation: str
    token: str
    index: int

    def __str__(self) -> str:
        body = f"{self.organisation}-{self.token}-{self.index:04d}"
        return f"{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """Return the check character of `body`, whose hyphens don't count.

    The characters' values are digits of a linear code over GF(4) x GF(9), which has 36 elements: with the check
    character at the end, their sum weighted by the powers of a constant c is nought. Neither c nor c - 1 is nought in
    either field, so a wrong character changes the sum, and so does a swap of two neighbours.
    """
    total = _START
    for character in body.replace("-", ""):
        total = _SUMS[_TIMES[total]][_VALUES[character]]
    return _CHARACTERS[_SUMS[_TIMES[total]].index(0)]


def _sum(a: int, b: int) -> int:
    """Add in GF(4) x GF(9); an element is 9 p + q, where p is two bits and q two digits to the base 3."""
    return (a // 9 ^ b // 9) * 9 + (a // 3 % 3 + b // 3 % 3) % 3 * 3 + (a + b) % 3


def _times_constant(a: int) -> int:
    """Multiply by c: the root of x² + x + 1 in GF(4), and 1 + i in GF(9), where i² is -1."""
    (high, low), (imaginary, real) = divmod(a // 9, 2), divmod(a % 9, 3)
    return ((high ^ low) * 2 + high) * 9 + (real + imaginary) % 3 * 3 + (real - imaginary) % 3


_TIMES = tuple(_times_constant(value) for value in range(36))
_SUMS = tuple(tuple(_sum(a, b) for b in range(36)) for a in range(36))


def new_token() -> str:
    """Draw the random token of a new print run."""
    return "".join(secrets.choice(_LETTERS) for _ in range(TOKEN_LENGTH))


def run_numbers(organisation: str, token: str, count: int, first: int = 1) -> Iterator[CardNumber]:
    """Yield the numbers of a print run of `count` cards."""
    for index in range(first, first + count):
        yield CardNumber(organisation, token, index)


def parse_number(text: str) -> CardNumber | None:
    """Read a card number as typed or printed; None unless it is whole and its check character holds.

    Case, blanks, dashes of every kind (or blanks instead), leading noughts of the index left out, and look-alikes
    (O for 0, I or L for 1) everywhere but in the organisation are forgiven.
    """
    dashed = _DASHES.sub("-", text.strip().upper())
    parts = re.sub(r"\s", "", dashed).split("-") if "-" in dashed else dashed.split()
    if len(parts) != 4:
        return None
    organisation, token, index, check = parts
    number = f"{organisation}-{token.translate(_LOOKALIKES)}-{index.translate(_LOOKALIKES)}-{check}"
    if not (match := _NUMBER.fullmatch(number)):
        return None
    card = CardNumber(match[1], match[2], int(match[3]))
    written = str(card)
    if len(match[3]) > len(written.split("-")[2]):
        return None  # Noughts added at the front: the check character was made without them.
    return card if written[-1].translate(_LOOKALIKES) == check.translate(_LOOKALIKES) else None
