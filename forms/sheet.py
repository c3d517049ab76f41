"""How cards share a sheet of A4: one enlarged, two A5 side by side, four A6."""

from dataclasses import dataclass

from forms.flow import sheet_scale
from forms.layout import Box
from forms.template import PAGE_SIZES

A4_WIDTH, A4_HEIGHT = PAGE_SIZES["A4"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's size and the trim edges of the cards on it, in millimetres, in printing order."""

    width: float
    height: float
    scale: float
    cards: tuple[Box, ...]


def sheet_of(size: str, per_sheet: int) -> Sheet:
    """Return how `per_sheet` cards of a size stand on a sheet."""
    scale = sheet_scale(size, per_sheet)
    width, height = (A4_HEIGHT, A4_WIDTH) if per_sheet == 2 else (A4_WIDTH, A4_HEIGHT)
    columns, rows = {1: (1, 1), 2: (2, 1), 4: (2, 2)}[per_sheet]
    card_width, card_height = (length * scale for length in PAGE_SIZES[size])
    slot_width, slot_height = width / columns, height / rows
    cards = tuple(
        Box(
            column * slot_width + (slot_width - card_width) / 2,
            row * slot_height + (slot_height - card_height) / 2,
            card_width,
            card_height,
        )
        for row in range(rows)
        for column in range(columns)
    )
    return Sheet(width, height, scale, cards)
