"""Draws one card with reportlab: what every card of a template and organisation shares, and what is a card's own."""

from xml.sax.saxutils import escape

import numpy as np
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from forms.code import CardCode, encode_code
from forms.errors import ConfigurationError
from forms.flow import Flow, PlacedField
from forms.layout import Box
from forms.organisation import Organisation
from forms.symbols import Modules, code_modules, mark_modules
from forms.template import Template
from forms.typeface import BOLD, REGULAR, SEMIBOLD, TITLE, set_text, text_width

TINT = HexColor("#EBA98D")
"""Frames and ruling: near white to a red drop-out lamp, light in grey (about 186), still dark enough to photocopy."""
INK = "#1E2D3A"
WARM = "#A8412A"
FRAME = 0.3
"""Width of a frame's or ruling's stroke."""


def draw_shared(canvas: Canvas, template: Template, flow: Flow, organisation: Organisation) -> None:
    """Draw everything but code and number, the card's bottom left corner at the canvas's origin."""
    _draw_marks(canvas, flow)
    faults = _draw_header(canvas, template, flow, organisation)
    for placed in flow.placed:
        faults += _draw_field(canvas, placed, template, flow.card.height)
    faults += _draw_footer(canvas, template, flow, organisation)
    if organisation.submit_url:
        _draw_modules(canvas, code_modules(organisation.submit_url), flow.online_code, flow.card.height)
    if faults:
        raise ConfigurationError(f"template {template.name} with organisation {organisation.code}", faults)


def draw_own(canvas: Canvas, flow: Flow, code: CardCode) -> None:
    """Draw a card's QR code and its number in print."""
    height = flow.card.height
    _draw_modules(canvas, code_modules(encode_code(code)), flow.card.code, height)
    box = flow.card.number
    canvas.setFillGray(0)
    canvas.setFont(BOLD, 2.9 * mm)
    canvas.drawRightString((box.x + box.width) * mm, (height - box.y - box.height + 0.7) * mm, str(code.number))


def _rectangle(canvas: Canvas, box: Box, height: float, radius: float = 0.5) -> None:
    """Frame a space: the stroke lies outside it."""
    half = FRAME / 2
    canvas.roundRect(
        (box.x - half) * mm, (height - box.y - box.height - half) * mm,
        (box.width + FRAME) * mm, (box.height + FRAME) * mm, radius * mm,
    )  # fmt: skip


def _draw_marks(canvas: Canvas, flow: Flow) -> None:
    for corner, box in enumerate(flow.card.marks):
        _draw_modules(canvas, mark_modules(corner), box, flow.card.height)


def _draw_modules(canvas: Canvas, modules: Modules, box: Box, height: float) -> None:
    """Draw the black runs of each row in a coordinate system of modules: short to write, and exact."""
    count = len(modules)
    size = box.width / count * mm
    edges = np.diff(np.pad(modules.astype(np.int8), ((0, 0), (1, 1))))
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    # A hundredth taller than a module, so that no hairline shows between rows.
    runs = [f"{x} {count - 1 - row} {end - x} 1.01 re" for (row, x), (_, end) in zip(starts, ends, strict=True)]
    origin = f"{box.x * mm:.4f} {(height - box.y - box.height) * mm:.4f}"
    canvas.addLiteral(f"q 0 g {size:.5f} 0 0 {size:.5f} {origin} cm {' '.join(runs)} f Q")


def _draw_header(canvas: Canvas, template: Template, flow: Flow, organisation: Organisation) -> list[str]:
    card, geometry = flow.card, template.geometry
    left = geometry.mark_inset + geometry.mark + 3.0
    right = flow.online_code.x - 3.0 if organisation.submit_url else card.code.x - 4.0
    top = geometry.mark_inset - 0.8
    _draw_heart(canvas, left + 1.6, card.height - top - 1.5, 1.7)
    scheme = escape(f"{organisation.scheme} · {organisation.name}" if organisation.scheme else organisation.name)
    faults = _set(canvas, scheme, SEMIBOLD, 2.3, WARM, Box(left + 4.4, top, right - left - 4.4, 2.9), card.height)
    lines = 2
    title = Box(left, top + 3.2, right - left, geometry.title * 1.2 * lines)
    faults += _set(canvas, escape(template.texts.title), TITLE, geometry.title, INK, title, card.height)
    below = title.y + title.height + 0.5
    space = Box(left, below, right - left, geometry.header - below + 0.4)
    faults += _set(canvas, escape(template.texts.introduction), REGULAR, geometry.small, INK, space, card.height)
    if organisation.submit_url and template.texts.online:
        under = flow.online_code.y + flow.online_code.height + 0.4
        caption = Box(flow.online_code.x, under, flow.online_code.width, 2.8)
        faults += _set(canvas, escape(template.texts.online), SEMIBOLD, geometry.small, INK, caption, card.height)
    return faults


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


def _draw_field(canvas: Canvas, placed: PlacedField, template: Template, height: float) -> list[str]:
    spec, label, layout = placed.spec, placed.label, placed.layout
    size = label.height * 0.74
    canvas.setFillColor(HexColor(INK))
    canvas.setFont(SEMIBOLD, size * mm)
    baseline = (height - label.y - label.height * 0.72) * mm
    canvas.drawString(label.x * mm, baseline, spec.label)
    width = text_width(spec.label, SEMIBOLD, size)
    if spec.help:
        canvas.setFont(REGULAR, template.geometry.small * mm)
        canvas.drawString((label.x + width + 1.5) * mm, baseline, spec.help)
        width += 1.5 + text_width(spec.help, REGULAR, template.geometry.small)
    faults = [f"field {spec.name}: label and help are wider than the room"] if width > label.width + 0.01 else []
    canvas.setStrokeColor(TINT)
    canvas.setLineWidth(FRAME * mm)
    for cell in layout.cells:
        _rectangle(canvas, cell, height)
    for line in layout.lines:
        y = (height - line.y - line.height) * mm
        canvas.line(line.x * mm, y, (line.x + line.width) * mm, y)
    return faults + _draw_options(canvas, placed, template, height)


def _draw_options(canvas: Canvas, placed: PlacedField, template: Template, height: float) -> list[str]:
    faults = []
    options = placed.layout.options
    columns = placed.spec.columns or max(1, len(options))
    room = placed.area.width / columns
    size = template.geometry.label * 0.68
    canvas.setFillColor(HexColor(INK))
    for option, spec in zip(options, placed.spec.options, strict=True):
        _rectangle(canvas, option.box, height)
        x = option.box.x + option.box.width + 1.4
        canvas.setFont(REGULAR, size * mm)
        canvas.drawString(x * mm, (height - option.box.y - option.box.height / 2 - size * 0.34) * mm, spec.label)
        if text_width(spec.label, REGULAR, size) > room - option.box.width - 2.0:
            faults.append(f"field {placed.spec.name}: the label '{spec.label}' is wider than its column")
    return faults


def _draw_footer(canvas: Canvas, template: Template, flow: Flow, organisation: Organisation) -> list[str]:
    card, geometry = flow.card, template.geometry
    left = geometry.mark_inset + geometry.mark + 3.0
    top = card.height - geometry.footer + 1.2
    post = organisation.return_to or template.texts.post
    privacy = organisation.privacy_notice or template.texts.privacy
    text = " ".join(
        part for part in (f'<font name="{BOLD}">{escape(post)}.</font>' if post else "", escape(privacy)) if part
    ).replace("..", ".")
    space = Box(left, top, card.width - 2 * left, card.height - top - 5.0)
    return _set(canvas, text, REGULAR, geometry.small, INK, space, card.height)


def _set(canvas: Canvas, text: str, font: str, size: float, colour: str, space: Box, height: float) -> list[str]:
    """Set text at the top of a space; say so when it doesn't fit."""
    if not text:
        return []
    paragraph = set_text(text, font, size, colour, space.width, space.height)
    if paragraph is None:
        room = f"{space.width:.0f} x {space.height:.0f} mm"
        return [f"the text {text[:40]!r}… does not fit into its {room}; shorten it"]
    paragraph.drawOn(canvas, space.x * mm, (height - space.y) * mm - paragraph.height)
    return []
