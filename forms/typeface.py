"""The card's type: open fonts that come with the package, embedded in every PDF. Lengths are millimetres."""

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "AtkinsonHyperlegibleNext-Regular"
SEMIBOLD = "AtkinsonHyperlegibleNext-SemiBold"
BOLD = "AtkinsonHyperlegibleNext-Bold"
TITLE = "Fraunces-SemiBold"
CAPITALS = 0.67
"""Height of capitals and digits over the type's size, in both families to within 0.03."""


def font_file(font: str) -> Path:
    """Where a font lies: one of the names above."""
    return Path(__file__).parent / "fonts" / f"{font}.ttf"


@cache
def _fonts() -> dict[str, TTFont]:
    fonts = {name: TTFont(name, str(font_file(name))) for name in (REGULAR, SEMIBOLD, BOLD, TITLE)}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


def text_width(text: str, font: str, size: float) -> float:
    """Width of one line of text."""
    return sum(_character_width(character, font) for character in text) * size


@cache
def _character_width(character: str, font: str) -> float:
    # Characters are set one after the other without kerning, so that their widths add up.
    return float(_fonts()[font].stringWidth(character, 1))


def register_fonts() -> None:
    """Make the fonts known to reportlab; safe to call again."""
    _fonts()


def missing_glyphs(text: str, font: str) -> list[str]:
    """Return the characters that a font can't print, each once, in order."""
    known = _fonts()[font].face.charToGlyph
    return [character for character in dict.fromkeys(text) if not character.isspace() and ord(character) not in known]
