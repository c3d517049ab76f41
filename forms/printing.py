"""Prints cards: a PDF of sheets, and the manifest that says what stands where on each."""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from forms.code import CardCode
from forms.draw import draw_own, draw_shared
from forms.errors import UsageError
from forms.flow import Flow, lay_out
from forms.manifest import sheet_entry
from forms.numbers import CardNumber, run_numbers
from forms.organisation import Organisation
from forms.sheet import Sheet, sheet_of
from forms.template import Template
from forms.whole_file import whole_file

_CUT_MARK = 4.0
"""Length in millimetres of the cut marks at the sheet's edge."""


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What is to be printed."""

    template: Template
    organisation: Organisation
    ward: str
    per_sheet: int
    token: str
    count: int
    first: int = 1
    ward_name: str = ""

    def numbers(self) -> Iterator[CardNumber]:
        """The numbers of the cards, in order."""
        return run_numbers(self.organisation.code, self.token, self.count, self.first)


def print_cards(order: PrintOrder, out: Path, manifest: Path | None = None) -> None:
    """Write the PDF, and the manifest when it is asked for; each is whole or absent.

    Raises UsageError when the template can't be printed that many to a sheet, ConfigurationError when the
    organisation's texts don't fit on the card.
    """
    if order.per_sheet not in order.template.per_sheet:
        allowed = ", ".join(str(count) for count in order.template.per_sheet)
        raise UsageError(
            f"Template {order.template.name} can't be printed {order.per_sheet} to a sheet: "
            f"it allows {allowed} (its boxes and code would be too small to read)."
        )
    with ExitStack() as stack:
        pdf = stack.enter_context(whole_file(out))
        listing = None
        if manifest:
            listing = stack.enter_context(stack.enter_context(whole_file(manifest)).open("w", encoding="utf-8"))
        _write(order, pdf, listing)


def empty_card(template: Template, organisation: Organisation) -> bytes:
    """Return a one-page PDF of the card at scale 1 with nothing of its own on it: no code, no number."""
    flow = lay_out(template)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(flow.card.width * mm, flow.card.height * mm))
    draw_shared(canvas, template, flow, organisation)
    canvas.save()
    return buffer.getvalue()


def _write(order: PrintOrder, pdf: Path, listing: TextIO | None) -> None:
    template, flow = order.template, lay_out(order.template)
    sheet = sheet_of(template.size, order.per_sheet)
    canvas = _new_canvas(order, pdf, sheet)
    canvas.beginForm("card", 0, 0, flow.card.width * mm, flow.card.height * mm)
    draw_shared(canvas, template, flow, order.organisation, order.ward_name)
    canvas.endForm()
    if listing:
        listing.write(json.dumps({"template": template.name, "version": template.version})[:-1] + ', "pages": [')
    for page, numbers in enumerate(_sheets(order, sheet), start=1):
        _draw_sheet(canvas, order, flow, sheet, numbers)
        if listing:
            entry = sheet_entry(page, sheet, flow.card, numbers, order.ward)
            listing.write(("\n" if page == 1 else ",\n") + json.dumps(entry))
    canvas.save()
    if listing:
        listing.write("\n]}\n")


def _new_canvas(order: PrintOrder, pdf: Path, sheet: Sheet) -> Canvas:
    organisation = order.organisation
    canvas = Canvas(
        str(pdf),
        pagesize=(sheet.width * mm, sheet.height * mm),
        pageCompression=1,
        lang=order.template.language,
    )
    canvas.setTitle(f"{order.template.texts.title}: nomination cards for {organisation.name}")
    canvas.setAuthor(organisation.name)
    canvas.setSubject(f"{order.count} cards, {organisation.code}-{order.token}")
    canvas.setCreator("Compassion Cards")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    # Printers that shrink to fit make boxes small; ask viewers not to.
    canvas.setViewerPreference("PrintScaling", "None")
    return canvas


def _sheets(order: PrintOrder, sheet: Sheet) -> Iterator[list[CardNumber]]:
    waiting: list[CardNumber] = []
    for number in order.numbers():
        waiting.append(number)
        if len(waiting) == len(sheet.cards):
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _draw_sheet(canvas: Canvas, order: PrintOrder, flow: Flow, sheet: Sheet, numbers: list[CardNumber]) -> None:
    for number, place in zip(numbers, sheet.cards, strict=False):
        canvas.saveState()
        canvas.translate(place.x * mm, (sheet.height - place.y - place.height) * mm)
        canvas.scale(sheet.scale, sheet.scale)
        canvas.doForm("card")
        draw_own(canvas, flow, CardCode(order.template.name, flow.card.fingerprint, order.ward, number))
        canvas.restoreState()
    if len(sheet.cards) > 1:
        _draw_cut_marks(canvas, sheet)
    canvas.showPage()


def _draw_cut_marks(canvas: Canvas, sheet: Sheet) -> None:
    canvas.setLineWidth(0.2 * mm)
    canvas.setStrokeGray(0.55)
    for x in {place.x for place in sheet.cards} - {0.0}:
        for y in (0.0, sheet.height - _CUT_MARK):
            canvas.line(x * mm, y * mm, x * mm, (y + _CUT_MARK) * mm)
    for y in {place.y for place in sheet.cards} - {0.0}:
        for x in (0.0, sheet.width - _CUT_MARK):
            canvas.line(x * mm, (sheet.height - y) * mm, (x + _CUT_MARK) * mm, (sheet.height - y) * mm)
