"""Card numbers that are unique without a shared database, such as `RXW-7K3F9QZ-0012-H`.

Organisation, a random token for the print run, the card's index in the run, and a check character (ISO 7064 MOD 37,36,
which finds every single wrong character and nearly every swapped pair).
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which people and readers take for something else."""
_TOKEN_LENGTH = 7
"""35 bits: with 10,000 print runs in one organisation, the chance that any two share a token is 1 in 690."""
_CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"([A-Z0-9]{3,6})-([0-9A-Z]{7})-([0-9]{1,9})-([0-9A-Z])")
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
    """Return the ISO 7064 MOD 37,36 check character of `body`, whose hyphens don't count."""
    total = 36
    for character in body.replace("-", ""):
        total = (total + _CHECK_ALPHABET.index(character)) % 36 or 36
        total = total * 2 % 37
    return _CHECK_ALPHABET[(37 - total) % 36]


def new_token() -> str:
    """Draw the random token of a new print run."""
    return "".join(secrets.choice(_BASE32) for _ in range(_TOKEN_LENGTH))


def run_numbers(organisation: str, token: str, count: int, first: int = 1) -> Iterator[CardNumber]:
    """Yield the numbers of a print run of `count` cards."""
    for index in range(first, first + count):
        yield CardNumber(organisation, token, index)


def parse_number(text: str) -> CardNumber | None:
    """Read a card number as typed or printed; None unless it is whole and its check character holds.

    Case, blanks and look-alikes (O for 0, I or L for 1) in the token and index are forgiven.
    """
    parts = re.sub(r"\s", "", text).upper().replace("–", "-").split("-")
    if len(parts) != 4:
        return None
    organisation, token, index, check = parts
    number = f"{organisation}-{token.translate(_LOOKALIKES)}-{index.translate(_LOOKALIKES)}-{check}"
    if not (match := _NUMBER.fullmatch(number)):
        return None
    card = CardNumber(match[1], match[2], int(match[3]))
    if str(card)[-1].translate(_LOOKALIKES) != check.translate(_LOOKALIKES):
        return None
    return card
