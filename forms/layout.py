"""Where everything stands on a card, in millimetres from its top left trim corner, y downwards, at scale 1."""

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class OptionLayout:
    """One tick box: the space inside its frame."""

    value: str
    box: Box


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """Where one field is written. Kinds and contents are those of `forms.template`."""

    name: str
    kind: str
    content: str
    required: bool = False
    multiple: bool = False
    cells: tuple[Box, ...] = ()
    """For boxes: the space inside each printed frame."""
    lines: tuple[Box, ...] = ()
    """For lines: from one ruling to the next, its own ruling at the bottom edge."""
    options: tuple[OptionLayout, ...] = ()


@dataclass(frozen=True, slots=True)
class CardLayout:
    """A card laid out."""

    template: str
    version: int
    fingerprint: str
    width: float
    height: float
    marks: tuple[Box, Box, Box, Box]
    """Corner marks, clockwise from the top left."""
    code: Box
    """The QR code, without its quiet zone."""
    number: Box
    """Where the card number stands in print."""
    fields: tuple[FieldLayout, ...]
