"""What a card's QR code says: `CC1/NOMINATION/3F9A2C1B/W21/RXW-7K3F9QZ-0012-H`.

Capitals, digits and `$%*+-./:` only, so that the code stays in QR's compact alphanumeric mode.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from forms.numbers import CardNumber, parse_number

_PREFIX = "CC1"


@dataclass(frozen=True, slots=True)
class CardCode:
    """Everything a card's QR code carries."""

    template: str
    fingerprint: str
    ward: str
    number: CardNumber

    @property
    def organisation(self) -> str:
        """The organisation's ODS code, which the number begins with."""
        return self.number.organisation


def encode_code(code: CardCode) -> str:
    """Return the text of the QR code."""
    ward = quote(code.ward, safe="")
    return f"{_PREFIX}/{code.template.upper()}/{code.fingerprint}/{ward}/{code.number}"


def decode_code(text: str) -> CardCode | None:
    """Return what a QR code says; None when it isn't one of ours, or is damaged."""
    parts = text.strip().split("/")
    if len(parts) != 5 or parts[0] != _PREFIX:
        return None
    _, template, fingerprint, ward, digits = parts
    number = parse_number(digits)
    if number is None:
        return None
    return CardCode(template.lower(), fingerprint, unquote(ward), number)
