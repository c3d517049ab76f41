"""Lays a template out in millimetres: fields flow from top to bottom, some beside the one before. Pure."""

import hashlib
import json
from dataclasses import dataclass

from forms.layout import Box, CardLayout, FieldLayout, OptionLayout
from forms.template import PAGE_SIZES, FieldSpec, Geometry, Template

MIN_MODULE = 0.5
"""Millimetres; codes of smaller modules were not read reliably at 150-200 dpi."""
MOST_MODULES = 33
"""The largest code that is printed: QR version 4."""
_CODE_TO_MARK = 3.5
_CODE_TO_NUMBER = 2.5
"""With the room above the digits this keeps four modules of QR version 2 (0.72 mm each) white below the code."""
_COLUMN_GAP = 6.0
_NUMBER_WIDTH = 38.0
_NUMBER_HEIGHT = 3.2
_WARD_HEIGHT = 3.0
_ONLINE = 13.0
_ONLINE_TO_MARK = 2.3
_ONLINE_QUIET = 1.8


@dataclass(frozen=True, slots=True)
class PlacedField:
    """A field and where its label and its writing stand."""

    spec: FieldSpec
    label: Box
    area: Box
    """Label and writing together."""
    layout: FieldLayout


@dataclass(frozen=True, slots=True)
class Flow:
    """A template laid out: what reading needs, and where the labels stand."""

    card: CardLayout
    placed: tuple[PlacedField, ...]
    online: Box
    """Room for a second QR code that leads to the web form, far from the first and above the last corner mark."""
    online_label: Box
    """Its caption, above it."""
    ward: Box
    """Room for the ward's name, below the number; a template may need it for a field."""


def lay_out(template: Template) -> Flow:
    """Lay a template out at scale 1."""
    width, height = PAGE_SIZES[template.size]
    geometry = template.geometry
    placed = _place_fields(template, width)
    code = _code_box(geometry, width)
    right = width - geometry.margin
    number = Box(right - _NUMBER_WIDTH, code.y + code.height + _CODE_TO_NUMBER, _NUMBER_WIDTH, _NUMBER_HEIGHT)
    marks = _mark_boxes(geometry, width, height)
    fields = tuple(field.layout for field in placed)
    card = CardLayout(
        template=template.name,
        version=template.version,
        fingerprint=_fingerprint(width, height, marks, code, number, fields),
        width=width,
        height=height,
        marks=marks,
        code=code,
        number=number,
        fields=fields,
    )
    online = Box(right - _ONLINE, marks[2].y - _ONLINE_TO_MARK - _ONLINE, _ONLINE, _ONLINE)
    caption = Box(online.x, online.y - _ONLINE_QUIET - 0.72 * geometry.label, _ONLINE, 0.72 * geometry.label)
    ward = Box(number.x, number.y + number.height + 0.2, number.width, _WARD_HEIGHT)
    return Flow(card, placed, online, caption, ward)


def layout_faults(template: Template) -> list[str]:
    """Return everything that doesn't fit, in plain English."""
    flow = lay_out(template)
    card, geometry = flow.card, template.geometry
    faults = []
    floor = card.height - geometry.footer
    for placed in flow.placed:
        area, where = placed.area, f"field {placed.spec.name}: "
        if area.y + area.height > floor + 1e-6:
            faults.append(
                f"{where}runs off the page: it ends at {area.y + area.height:.1f} mm, "
                f"the footer begins at {floor:.1f} mm"
            )
        if area.x + area.width > card.width - geometry.margin + 1e-6:
            faults.append(
                f"{where}too wide: it ends at {area.x + area.width:.1f} mm, "
                f"the margin begins at {card.width - geometry.margin:.1f} mm"
            )
    faults += _overlaps(flow, with_online=bool(template.texts.online))
    for count in template.per_sheet:
        module = geometry.code / MOST_MODULES * sheet_scale(template.size, count)
        if module < MIN_MODULE:
            faults.append(
                f"page: {count} to a sheet would print the QR code with modules of {module:.2f} mm; "
                f"at least {MIN_MODULE} mm can be read"
            )
    if geometry.mark_inset < 8.0:
        faults.append("geometry: 'mark_inset' must be at least 8 mm, or printers cut off the marks")
    return faults


def sheet_scale(size: str, per_sheet: int) -> float:
    """How much a card of that size is enlarged when `per_sheet` of them fill an A4 sheet."""
    width, height = PAGE_SIZES[size]
    slot_width, slot_height = PAGE_SIZES[{1: "A4", 2: "A5", 4: "A6"}[per_sheet]]
    scale = min(slot_width / width, slot_height / height)
    return 1.0 if abs(scale - 1) < 1e-3 else scale


def _overlaps(flow: Flow, with_online: bool) -> list[str]:
    """Find fields that stand on a corner mark, a code, the number or each other."""
    taken = [(f"corner mark {i}", box) for i, box in enumerate(flow.card.marks, start=1)]
    taken += [("the QR code", flow.card.code), ("the card number", flow.card.number)]
    if with_online:
        taken += [("the web form's QR code", flow.online), ("the web form's caption", flow.online_label)]
    found = []
    for position, placed in enumerate(flow.placed):
        others = taken + [(f"field {other.spec.name}", other.area) for other in flow.placed[:position]]
        found += [f"field {placed.spec.name}: stands on {name}" for name, box in others if overlap(placed.area, box)]
    return found


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    slack = 1e-6
    across = a.x + slack < b.x + b.width and b.x + slack < a.x + a.width
    return across and a.y + slack < b.y + b.height and b.y + slack < a.y + a.height


def _mark_boxes(geometry: Geometry, width: float, height: float) -> tuple[Box, Box, Box, Box]:
    inset, size = geometry.mark_inset, geometry.mark
    right, bottom = width - inset - size, height - inset - size
    return (
        Box(inset, inset, size, size),
        Box(right, inset, size, size),
        Box(right, bottom, size, size),
        Box(inset, bottom, size, size),
    )


def _code_box(geometry: Geometry, width: float) -> Box:
    left = width - geometry.mark_inset - geometry.mark - _CODE_TO_MARK - geometry.code
    return Box(left, geometry.mark_inset, geometry.code, geometry.code)


def _place_fields(template: Template, width: float) -> tuple[PlacedField, ...]:
    geometry = template.geometry
    placed: list[PlacedField] = []
    top = geometry.header
    bottom = top
    for spec in template.fields:
        left = geometry.margin
        if spec.beside and placed:
            left = placed[-1].area.x + placed[-1].area.width + _COLUMN_GAP
        else:
            top = bottom
        field = _place_field(spec, geometry, left, top, width - geometry.margin - left)
        placed.append(field)
        bottom = max(bottom, field.area.y + field.area.height + geometry.gap)
    return tuple(placed)


def _place_field(spec: FieldSpec, geometry: Geometry, left: float, top: float, room: float) -> PlacedField:
    label = geometry.label if spec.label else 0.0
    under = top + label
    cells: tuple[Box, ...] = ()
    lines: tuple[Box, ...] = ()
    options: tuple[OptionLayout, ...] = ()
    if spec.kind == "boxes":
        cells = _cells(spec, geometry, left, under)
        width, height = cells[-1].x + cells[-1].width - left, geometry.box_height
    elif spec.kind == "lines":
        width, height = spec.width or room, spec.lines * geometry.line
        lines = tuple(Box(left, under + n * geometry.line, width, geometry.line) for n in range(spec.lines))
    else:
        width = spec.width or room
        options, height = _options(spec, geometry, left, under, width)
    layout = FieldLayout(
        name=spec.name,
        kind=spec.kind,
        content=spec.content,
        required=not spec.optional,
        multiple=spec.multiple,
        cells=tuple(_round(box) for box in cells),
        lines=tuple(_round(box) for box in lines),
        options=tuple(OptionLayout(option.value, _round(option.box)) for option in options),
    )
    label_box = Box(left, top, max(width, room if not spec.beside else width), label)
    return PlacedField(spec, label_box, Box(left, top, width, label + height), layout)


def _cells(spec: FieldSpec, geometry: Geometry, left: float, top: float) -> tuple[Box, ...]:
    starts = set()
    position = 0
    for group in spec.groups:
        position += group
        starts.add(position)
    cells = []
    x = left
    for n in range(spec.boxes):
        if n in starts:
            x += geometry.group_gap
        cells.append(Box(x, top, geometry.box_width, geometry.box_height))
        x += geometry.box_width + geometry.box_gap
    return tuple(cells)


def _options(
    spec: FieldSpec, geometry: Geometry, left: float, top: float, width: float
) -> tuple[tuple[OptionLayout, ...], float]:
    """Tick boxes in equal columns, so that wording doesn't move them; their labels stand to the right."""
    columns = spec.columns or len(spec.options)
    column = width / columns
    inset = (geometry.option - geometry.tick) / 2
    options = tuple(
        OptionLayout(
            option.value,
            Box(
                left + n % columns * column + 0.2,
                top + n // columns * geometry.option + inset,
                geometry.tick,
                geometry.tick,
            ),
        )
        for n, option in enumerate(spec.options)
    )
    return options, -(-len(spec.options) // columns) * geometry.option


def _round(box: Box) -> Box:
    return Box(*(round(value, 3) for value in box))


def _fingerprint(
    width: float,
    height: float,
    marks: tuple[Box, ...],
    code: Box,
    number: Box,
    fields: tuple[FieldLayout, ...],
) -> str:
    """Name a layout by its geometry and meaning, not its wording: 8 characters, a 32-bit digest."""
    boxes = [[round(value, 3) for value in box] for box in (*marks, code, number)]
    answers = [
        [f.name, f.kind, f.content, f.multiple, f.cells, f.lines, [[o.value, o.box] for o in f.options]] for f in fields
    ]
    canonical = json.dumps([width, height, boxes, answers], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:8].upper()
