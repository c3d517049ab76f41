"""The card's type: open fonts that come with the package, embedded in every PDF."""

from functools import cache
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

REGULAR = "AtkinsonHyperlegibleNext-Regular"
SEMIBOLD = "AtkinsonHyperlegibleNext-SemiBold"
BOLD = "AtkinsonHyperlegibleNext-Bold"
TITLE = "Fraunces-SemiBold"
_LEADING = 1.18
_SMALLEST = 0.8
"""Text is set at most this much smaller to make it fit."""


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab; safe to call again."""
    folder = Path(__file__).parent / "fonts"
    for name in (REGULAR, SEMIBOLD, BOLD, TITLE):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


def text_width(text: str, font: str, size: float) -> float:
    """Width of one line of text in millimetres; `size` in millimetres too."""
    register_fonts()
    return pdfmetrics.stringWidth(text, font, size * mm) / mm


def set_text(markup: str, font: str, size: float, colour: str, width: float, height: float) -> Paragraph | None:
    """Set text into a space (mm), smaller by degrees if it must; None when it doesn't fit even so."""
    register_fonts()
    for step in range(9):
        set_size = size * (1 - (1 - _SMALLEST) * step / 8)
        style = ParagraphStyle(
            "set", fontName=font, fontSize=set_size * mm, leading=set_size * mm * _LEADING, textColor=HexColor(colour)
        )
        paragraph = Paragraph(markup, style)
        _, needed = paragraph.wrap(width * mm, height * mm)
        if needed <= height * mm + 0.01:
            return paragraph
    return None
