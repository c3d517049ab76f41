"""Draws one card: what every card of a print run shares, with reportlab, and what is a card's own."""

import numpy as np
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from forms.code import CardCode, encode_code
from forms.errors import ConfigurationError
from forms.flow import Flow
from forms.layout import Box, FieldLayout
from forms.organisation import Organisation
from forms.symbols import Modules, code_modules, mark_modules, online_modules
from forms.template import Template
from forms.typeface import BOLD, register_fonts
from forms.wording import HEART, Line, Piece, set_right, set_words

TINT = HexColor("#F09A74")
"""Frames and ruling: near white to a red drop-out lamp, light in grey (about 175), still dark enough to photocopy."""
FRAME = 0.3
"""Width of a frame's or ruling's stroke."""
NUMBER_SIZE = 2.9


def draw_shared(
    canvas: Canvas, template: Template, flow: Flow, organisation: Organisation, ward_name: str = ""
) -> None:
    """Draw everything but code and number, the card's bottom left corner at the canvas's origin.

    Raises ConfigurationError with every text that doesn't fit or can't be printed.
    """
    register_fonts()
    height = flow.card.height
    words = set_words(template, flow, organisation, ward_name)
    faults = list(words.faults)
    for corner, box in enumerate(flow.card.marks):
        canvas.addLiteral(_modules(mark_modules(corner), box, height))
    for placed in flow.placed:
        _draw_field(canvas, placed.layout, height)
    if organisation.submit_url and template.texts.online:
        try:
            canvas.addLiteral(_modules(online_modules(organisation.submit_url), flow.online, height))
        except ConfigurationError as error:
            faults += error.faults
    _draw_heart(canvas, words.heart[0], height - words.heart[1], HEART / 2)
    for line in words.lines:
        _draw_line(canvas, line, height)
    if faults:
        raise ConfigurationError(f"template {template.name} with organisation {organisation.code}", faults)


class OwnPrint:
    """Writes a card's code and number as PDF operators, without a canvas: ten thousand cards share one."""

    def __init__(self, canvas: Canvas, flow: Flow) -> None:
        """`canvas` is not saved yet: the number's font is put into its file."""
        self._flow = flow
        text = canvas.beginText(0, 0)
        text.setFillGray(0)
        text.setFont(BOLD, 1)
        text.textOut("NUMBER")
        self._text = text.getCode()
        canvas.drawText(text)

    def operators(self, code: CardCode) -> str:
        """What draws the card's own print, its bottom left corner at the origin."""
        card = self._flow.card
        number = set_right(Piece(str(code.number), BOLD), card.number, NUMBER_SIZE)
        size = f"{number.size * mm:.4f}"
        place = f"{size} 0 0 {size} {number.x * mm:.3f} {(card.height - number.baseline) * mm:.3f}"
        # A number is of capitals, digits and hyphens, which reportlab encodes as ASCII and need no escape.
        text = self._text.replace("NUMBER", number.pieces[0].text)
        return f"{_modules(code_modules(encode_code(code)), card.code, card.height)}\nq {place} cm {text} Q"


def _draw_line(canvas: Canvas, line: Line, height: float) -> None:
    text = canvas.beginText(line.x * mm, (height - line.baseline) * mm)
    text.setFillColor(HexColor(line.colour))
    for piece in line.pieces:
        text.setFont(piece.font, line.size * mm)
        text.textOut(piece.text)
    canvas.drawText(text)


def _rectangle(canvas: Canvas, box: Box, height: float, radius: float = 0.5) -> None:
    """Frame a space: the stroke lies outside it."""
    half = FRAME / 2
    canvas.roundRect(
        (box.x - half) * mm, (height - box.y - box.height - half) * mm,
        (box.width + FRAME) * mm, (box.height + FRAME) * mm, radius * mm,
    )  # fmt: skip


def _modules(modules: Modules, box: Box, height: float) -> str:
    """The operators for the black runs of each row, in a coordinate system of modules: short to write, and exact."""
    count = len(modules)
    size = box.width / count * mm
    # White stands before every row and after the last, so that turns are by turns a run's start and its end.
    flat = np.zeros(count * (count + 1) + 1, np.bool_)
    flat[:-1].reshape(count, count + 1)[:, 1:] = modules
    turns = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = turns[::2], turns[1::2]
    rows, columns = np.divmod(starts, count + 1)
    # A hundredth taller than a module, so that no hairline shows between rows.
    runs = [
        f"{column} {row} {width} 1.01 re"
        for column, row, width in zip(
            columns.tolist(), (count - 1 - rows).tolist(), (ends - starts).tolist(), strict=True
        )
    ]
    origin = f"{box.x * mm:.4f} {(height - box.y - box.height) * mm:.4f}"
    return f"q 0 g {size:.5f} 0 0 {size:.5f} {origin} cm {' '.join(runs)} f Q"


def _draw_heart(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A small heart, centred on (x, y), y upwards."""
    canvas.setFillColor(HexColor("#D9694A"))
    path = canvas.beginPath()
    path.moveTo(x * mm, (y - size) * mm)
    for side in (1, -1):
        path.moveTo(x * mm, (y - size) * mm)
        path.curveTo(
            (x + side * 1.7 * size) * mm, (y + 0.1 * size) * mm,
            (x + side * 0.9 * size) * mm, (y + 1.3 * size) * mm, x * mm, (y + 0.45 * size) * mm,
        )  # fmt: skip
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_field(canvas: Canvas, field: FieldLayout, height: float) -> None:
    canvas.setStrokeColor(TINT)
    canvas.setLineWidth(FRAME * mm)
    for box in (*field.cells, *(option.box for option in field.options)):
        _rectangle(canvas, box, height)
    for line in field.lines:
        y = (height - line.y - line.height) * mm
        canvas.line(line.x * mm, y, (line.x + line.width) * mm, y)
