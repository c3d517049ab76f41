"""The manifest of a print run: what stands where on each sheet, in millimetres from the sheet's top left corner."""

from typing import Any

from forms.layout import Box, CardLayout, FieldLayout
from forms.numbers import CardNumber
from forms.sheet import Sheet


def sheet_entry(page: int, sheet: Sheet, layout: CardLayout, numbers: list[CardNumber], ward: str) -> dict[str, Any]:
    """Describe one printed sheet; the last of a run may be part filled."""
    return {
        "page": page,
        "width_mm": sheet.width,
        "height_mm": sheet.height,
        "cards": [
            {
                "card": str(number),
                "organisation": number.organisation,
                "ward": ward,
                "box_mm": _round(place),
                "scale": round(sheet.scale, 6),
                "fields": [_field_entry(field, place, sheet.scale) for field in layout.fields],
            }
            for number, place in zip(numbers, sheet.cards, strict=False)
        ],
    }


def _field_entry(field: FieldLayout, place: Box, scale: float) -> dict[str, Any]:
    def on_sheet(box: Box) -> list[float]:
        moved = Box(place.x + box.x * scale, place.y + box.y * scale, box.width * scale, box.height * scale)
        return _round(moved)

    entry: dict[str, Any] = {"name": field.name, "kind": field.kind, "content": field.content}
    if field.kind == "boxes":
        entry["cells_mm"] = [on_sheet(cell) for cell in field.cells]
    elif field.kind == "lines":
        entry["lines_mm"] = [on_sheet(line) for line in field.lines]
    else:
        entry["multiple"] = field.multiple
        entry["options"] = [{"value": o.value, "box_mm": on_sheet(o.box)} for o in field.options]
    return entry


def _round(box: Box) -> list[float]:
    return [round(value, 3) for value in box]
