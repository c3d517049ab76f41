"""Names of where a nomination came from, such as `card:RXW-7K3F9QZ-0012-H`, `/2` for copy 2."""

import base64
import hashlib

from forms.numbers import parse_number

_CARD = "card:"
_ID_BITS = 60
"""Among a million nominations, the chance that any two share an id is 1 in 2 million."""


def card_source(number: str, copy: int = 1) -> str:
    """Return the source of a card and copy."""
    return f"{_CARD}{number}" if copy == 1 else f"{_CARD}{number}/{copy}"


def parse_card_source(source: str) -> tuple[str, int] | None:
    """Return number and copy of a card's source; None when it is another kind of source, or no valid one."""
    if not source.startswith(_CARD):
        return None
    number, slash, copy = source.removeprefix(_CARD).partition("/")
    card = parse_number(number)
    if card is None or (slash and not (copy.isascii() and copy.isdigit() and 0 < int(copy) < 10**9)):
        return None
    return str(card), int(copy) if slash else 1


def nomination_id(source: str) -> str:
    """Return the id of the nomination whose earliest source this is: the same wherever it is worked out."""
    digest = hashlib.sha256(source.encode()).digest()
    return "N-" + base64.b32encode(digest).decode()[: _ID_BITS // 5]
