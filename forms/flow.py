"""Lays a template out in millimetres: fields flow from top to bottom, some beside the one before. Pure."""

import hashlib
import json
from dataclasses import dataclass, replace

from forms.layout import Box, CardLayout, FieldLayout, OptionLayout
from forms.template import PAGE_SIZES, FieldSpec, Geometry, Template

MOST_MODULES = 33
"""The largest code that is printed: QR version 4."""
_CODE_TO_MARK = 3.5
_QUIET = 1 / 7.2
"""White around the code, over its width; with the room above the number's digits more than four modules."""
_COLUMN_GAP = 6.0
_TICK_INDENT = 0.2
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
    """Room for the label and the help."""
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
    number = Box(right - _NUMBER_WIDTH, code.y + code.height + quiet_zone(code), _NUMBER_WIDTH, _NUMBER_HEIGHT)
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


def quiet_zone(code: Box) -> float:
    """How far from the card's code other print must stay."""
    return code.width * _QUIET


def sheet_scale(size: str, per_sheet: int) -> float:
    """How much a card of that size is enlarged when `per_sheet` of them fill an A4 sheet."""
    width, height = PAGE_SIZES[size]
    slot_width, slot_height = PAGE_SIZES[{1: "A4", 2: "A5", 4: "A6"}[per_sheet]]
    scale = min(slot_width / width, slot_height / height)
    return 1.0 if abs(scale - 1) < 1e-3 else scale


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
            before = placed[-1]
            left = before.area.x + before.area.width + _COLUMN_GAP
            room = before.label._replace(width=left - 1.0 - before.label.x)
            placed[-1] = replace(before, label=room)
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
        width, height = max(spec.width or room, geometry.line), spec.lines * geometry.line
        lines = tuple(Box(left, under + n * geometry.line, width, geometry.line) for n in range(spec.lines))
    else:
        width = max(spec.width or room, (geometry.tick + _TICK_INDENT) * (spec.columns or len(spec.options)))
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
    return PlacedField(spec, Box(left, top, max(width, room), label), Box(left, top, width, label + height), layout)


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
                left + n % columns * column + _TICK_INDENT,
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
