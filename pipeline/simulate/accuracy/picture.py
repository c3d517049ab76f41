"""The error-against-acceptance curve, by content, as a picture (SVG)."""

from collections.abc import Sequence
from math import log10
from pathlib import Path
from typing import Literal, TypeVar

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from forms.whole_file import whole_file
from pipeline.simulate.accuracy.measures import CONTENTS, Item
from pipeline.simulate.accuracy.statistics import error_by_acceptance

_WIDTH, _HEIGHT = 760.0, 440.0
_LEFT, _RIGHT, _BOTTOM, _TOP = 78.0, 190.0, 62.0, 54.0
_LOWEST, _HIGHEST = 0.0005, 1.0
_NONE = 16.0
"""Height of the band at the bottom for "none wrong", which a logarithm can't show."""
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_INK, _FAINT, _MIDDLE = HexColor(0x222222), HexColor(0xDDDDDD), HexColor(0x666666)
# Okabe and Ito's colours, which colour-blind people tell apart; dashes tell them apart in print without colour.
_LINES: dict[str, tuple[int, tuple[int, ...] | None]] = dict(
    zip(
        CONTENTS,
        ((0x0072B2, None), (0x56B4E9, (6, 3)), (0x009E73, None), (0xE69F00, (6, 3)), (0xD55E00, None),
         (0xCC79A7, (6, 3)), (0x000000, None), (0x888888, (2, 2))),
        strict=True,
    )
)  # fmt: skip
_FEWEST = 20
_FONT = "Helvetica"
Anchor = Literal["start", "middle", "end"]
Stroke = TypeVar("Stroke", Line, PolyLine)


def write_picture(items: Sequence[Item], path: Path, subtitle: str) -> None:
    """Write the curve of every content with enough values."""
    drawing = draw_curves(items, subtitle)
    with whole_file(path) as beside:
        beside.write_text(renderSVG.drawToString(drawing), encoding="utf-8")


def draw_curves(items: Sequence[Item], subtitle: str) -> Drawing:
    """Draw how many of the accepted are wrong, as more and more values are accepted, the surest first.

    A dot stands where the thresholds are now.
    """
    drawing = Drawing(_WIDTH, _HEIGHT)
    paper = Rect(0, 0, _WIDTH, _HEIGHT)
    paper.fillColor, paper.strokeWidth = HexColor(0xFFFFFF), 0
    drawing.add(paper)
    _axes(drawing, subtitle)
    height = _HEIGHT - _TOP - 24
    for content in CONTENTS:
        own = [item for item in items if item.content == content]
        if len(own) >= _FEWEST:
            _curve(drawing, content, own)
            _legend(drawing, content, len(own), height)
            height -= 34
    drawing.add(Circle(_WIDTH - _RIGHT + 24, height, 4, fillColor=_INK, strokeColor=HexColor(0xFFFFFF)))
    _say(drawing, _WIDTH - _RIGHT + 40, height - 3, "where the thresholds are", 9, _MIDDLE)
    return drawing


def _axes(drawing: Drawing, subtitle: str) -> None:
    _say(drawing, _LEFT, _HEIGHT - 22, "Wrong among the accepted, as more is accepted", 14, _INK)
    _say(drawing, _LEFT, _HEIGHT - 38, subtitle, 9, _MIDDLE)
    for share in _TICKS:
        y = _y(share)
        drawing.add(Line(_LEFT, y, _WIDTH - _RIGHT, y, strokeColor=_FAINT, strokeWidth=0.6))
        _say(drawing, _LEFT - 6, y - 3, _percent(share), 9, _MIDDLE, "end")
    _say(drawing, _LEFT - 6, _BOTTOM - 3, "none", 9, _MIDDLE, "end")
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        drawing.add(Line(x, _BOTTOM - 4, x, _BOTTOM, strokeColor=_MIDDLE, strokeWidth=0.6))
        _say(drawing, x, _BOTTOM - 18, f"{10 * tenth} %", 9, _MIDDLE, "middle")
    drawing.add(Line(_LEFT, _BOTTOM, _WIDTH - _RIGHT, _BOTTOM, strokeColor=_MIDDLE, strokeWidth=0.8))
    limit = Line(_LEFT, _y(0.002), _WIDTH - _RIGHT, _y(0.002), strokeColor=_MIDDLE, strokeWidth=0.9)
    drawing.add(_dashed(limit, [3, 3]))
    _say(drawing, _LEFT + 4, _y(0.002) - 10, "2 in 1,000", 8.5, _MIDDLE)
    _say(drawing, _x(0.5), _BOTTOM - 38, "share accepted, the surest first", 10, _INK, "middle")


def _curve(drawing: Drawing, content: str, items: Sequence[Item]) -> None:
    shares, wrong = error_by_acceptance([item.confidence for item in items], [item.right for item in items])
    points = [value for x, y in zip(shares, wrong, strict=True) for value in (_x(float(x)), _y(float(y)))]
    colour, dashes = _line(content)
    if len(points) == 2:
        points += points
    drawing.add(_dashed(PolyLine(points, strokeColor=colour, strokeWidth=2, strokeLineJoin=1), dashes))
    standing = [item for item in items if item.stands]
    if standing:
        share = sum(not item.right for item in standing) / len(standing)
        spot = Circle(_x(len(standing) / len(items)), _y(share), 4.5, fillColor=colour, strokeColor=HexColor(0xFFFFFF))
        drawing.add(spot)


def _legend(drawing: Drawing, content: str, count: int, height: float) -> None:
    colour, dashes = _line(content)
    x = _WIDTH - _RIGHT + 12
    drawing.add(_dashed(Line(x, height, x + 24, height, strokeColor=colour, strokeWidth=2.4), dashes))
    _say(drawing, x + 30, height - 1, content, 10, _INK)
    _say(drawing, x + 30, height - 13, f"{count:,} values", 8.5, _MIDDLE)


def _line(content: str) -> tuple[Color, list[int] | None]:
    colour, dashes = _LINES[content]
    return HexColor(colour), list(dashes) if dashes else None


def _dashed(line: Stroke, dashes: list[int] | None) -> Stroke:
    if dashes:
        line.strokeDashArray = dashes
    return line


def _say(drawing: Drawing, x: float, y: float, text: str, size: float, colour: Color, anchor: Anchor = "start") -> None:
    drawing.add(String(x, y, text, fontName=_FONT, fontSize=size, fillColor=colour, textAnchor=anchor))


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    if share < _LOWEST:
        return _BOTTOM
    span = log10(min(share, _HIGHEST) / _LOWEST) / log10(_HIGHEST / _LOWEST)
    return _BOTTOM + _NONE + span * (_HEIGHT - _TOP - _BOTTOM - _NONE)


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
