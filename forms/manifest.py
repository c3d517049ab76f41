"""The manifest of a print run: what stands where on each sheet, in millimetres from the sheet's top left corner."""

import json
from collections.abc import Sequence
from typing import Any, TextIO

from forms.layout import Box, CardLayout, FieldLayout
from forms.numbers import CardNumber
from forms.sheet import Sheet


class ManifestWriter:
    """Writes a manifest sheet by sheet. All sheets are alike, so each place's fields are put into JSON once."""

    def __init__(self, file: TextIO, sheet: Sheet, layout: CardLayout, ward: str) -> None:
        self._file = file
        self._sheet = sheet
        self._ward = ward
        self._pages = 0
        self._fields = [
            json.dumps([_field_entry(field, place, sheet.scale) for field in layout.fields]) for place in sheet.cards
        ]
        file.write(_open({"template": layout.template, "version": layout.version}, "pages") + "[")

    def add_sheet(self, numbers: Sequence[CardNumber]) -> None:
        """Describe the next sheet; the last of a run may be part filled."""
        sheet = self._sheet
        self._pages += 1
        cards = []
        for number, place, fields in zip(numbers, sheet.cards, self._fields, strict=False):
            entry = {
                "card": str(number),
                "organisation": number.organisation,
                "ward": self._ward,
                "box_mm": _round(place),
                "scale": round(sheet.scale, 6),
            }
            cards.append(_open(entry, "fields") + fields + "}")
        page = {"page": self._pages, "width_mm": sheet.width, "height_mm": sheet.height}
        comma = "," if self._pages > 1 else ""
        self._file.write(f"{comma}\n{_open(page, 'cards')}[{', '.join(cards)}]}}")

    def close(self) -> None:
        """Write the end."""
        self._file.write("\n]}\n")


def _open(table: dict[str, Any], key: str) -> str:
    """Return a JSON object that is still open, waiting for the value of one more key."""
    return f"{json.dumps(table)[:-1]}, {json.dumps(key)}: "


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
