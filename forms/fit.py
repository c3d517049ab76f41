"""Says what of a layout doesn't fit on the card, stands on something else, or would be too small to read."""

from collections.abc import Iterator

from forms.flow import MOST_MODULES, Flow, lay_out, quiet_zone, sheet_scale
from forms.layout import Box
from forms.template import Geometry, Template

MIN_MODULE = 0.5
"""Millimetres; codes of smaller modules were not read reliably at 150-200 dpi."""
LEAST = {
    "mark_inset": (8.0, "printers cut off more, and with it the corner marks"),
    "mark": (7.0, "corner marks would not be found"),
    "box_width": (5.0, "letters would not fit"),
    "box_height": (6.0, "letters would not fit"),
    "box_gap": (0.8, "letters would run into each other's boxes"),
    "line": (6.0, "writing would not fit between the lines"),
    "tick": (3.5, "ticks would not fit"),
    "label": (3.0, "labels would be too small to read"),
    "small": (2.0, "small print would be too small to read"),
}
"""The least that is printed, in millimetres on paper, of what `Geometry` names, and why."""


def layout_faults(template: Template) -> list[str]:
    """Return everything that doesn't fit, in plain English."""
    flow, geometry = lay_out(template), template.geometry
    faults = [*_too_small(template), *_outside(flow, geometry), *_overlaps(flow, geometry, bool(template.texts.online))]
    return list(dict.fromkeys(faults))


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    slack = 1e-6
    across = a.x + slack < b.x + b.width and b.x + slack < a.x + a.width
    return across and a.y + slack < b.y + b.height and b.y + slack < a.y + a.height


def fixed_print(flow: Flow, with_online: bool) -> dict[str, Box]:
    """What stands on the card besides the fields, by name; codes with the white they need around them."""
    named = {f"corner mark {place}": box for place, box in enumerate(flow.card.marks, start=1)}
    named |= {"the QR code": _with_quiet_zone(flow.card.code), "the card number": flow.card.number}
    if with_online:
        named["the web form's QR code"] = flow.online
    return named


def _with_quiet_zone(code: Box) -> Box:
    quiet = quiet_zone(code)
    return Box(code.x - quiet, code.y - quiet, code.width + 2 * quiet, code.height + 2 * quiet)


def _too_small(template: Template) -> Iterator[str]:
    geometry = template.geometry
    lengths = {key: (getattr(geometry, key), *rule) for key, rule in LEAST.items()}
    lengths["code"] = (geometry.code / MOST_MODULES, MIN_MODULE, "its modules could not be read from a scan")
    for count in template.per_sheet:
        scale = sheet_scale(template.size, count)
        small = {key: rule for key, rule in lengths.items() if rule[0] * scale < rule[1] - 1e-9}
        if small and scale < 1:
            found = ", ".join(f"'{key}' {length * scale:.2g} ({least})" for key, (length, least, _) in small.items())
            yield (
                f"page: {count} to a sheet prints this card at {scale:.0%} of its size, too small to be filled in and "
                f"read; millimetres on paper, and in brackets the least: {found}"
            )
        else:
            for key, (length, least, why) in small.items():
                yield f"geometry: '{key}' makes {length * scale:.2g} mm; at least {least} mm, or {why}"


def _outside(flow: Flow, geometry: Geometry) -> Iterator[str]:
    card = flow.card
    floor, right = card.height - geometry.footer, card.width - geometry.margin
    for placed in flow.placed:
        area, where = placed.area, f"field {placed.spec.name}: "
        bottom, end = area.y + area.height, area.x + area.width
        if bottom > floor + 1e-6:
            yield f"{where}runs off the page: it ends at {bottom:.1f} mm, the footer begins at {floor:.1f} mm"
        if end > right + 1e-6:
            yield f"{where}too wide: it ends at {end:.1f} mm, the margin begins at {right:.1f} mm"


def _overlaps(flow: Flow, geometry: Geometry, with_online: bool) -> Iterator[str]:
    fixed = fixed_print(flow, with_online)
    if geometry.tick + 0.6 > geometry.option:
        yield f"geometry: 'option' must be 0.6 more than 'tick', at least {geometry.tick + 0.6:.1f}, or ticks touch"
    if overlap(flow.card.code, flow.card.marks[0]) or overlap(flow.card.code, flow.card.marks[1]):
        yield "geometry: the QR code stands on a corner mark; make 'code', 'mark' or 'mark_inset' smaller"
    for position, placed in enumerate(flow.placed):
        others = fixed | {f"field {other.spec.name}": other.area for other in flow.placed[:position]}
        for name, box in others.items():
            if overlap(placed.area, box):
                yield f"field {placed.spec.name}: stands on {name}"
