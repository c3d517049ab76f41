"""Prints cards: a PDF of sheets, and the manifest that says what stands where on each."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from forms.code import CardCode
from forms.draw import OwnPrint, draw_shared
from forms.errors import UsageError
from forms.flow import Flow, lay_out
from forms.long_pdf import LongPdf
from forms.manifest import ManifestWriter
from forms.numbers import CardNumber, run_numbers
from forms.organisation import Organisation
from forms.sheet import Sheet, sheet_of
from forms.template import Template
from forms.typeface import REGULAR, register_fonts
from forms.whole_file import whole_file

_CUT_MARK = 4.0
"""Length in millimetres of the cut marks at the sheet's edge."""
_FORM = "card"
"""The PDF form that holds what all cards share."""


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

    Raises UsageError when the template can't be printed that many to a sheet or no cards are asked for,
    ConfigurationError when the organisation's texts don't fit on the card or a font lacks one of their characters.
    """
    if order.count < 1:
        raise UsageError(f"{order.count} cards can't be printed; ask for at least 1.")
    if order.per_sheet not in order.template.per_sheet:
        allowed = ", ".join(str(count) for count in order.template.per_sheet)
        raise UsageError(
            f"Template {order.template.name} can't be printed {order.per_sheet} to a sheet: "
            f"it allows {allowed} (its boxes and code would be too small to read)."
        )
    with ExitStack() as stack:
        pdf = stack.enter_context(stack.enter_context(whole_file(out)).open("wb"))
        listing = None
        if manifest:
            listing = stack.enter_context(stack.enter_context(whole_file(manifest)).open("w", encoding="utf-8"))
        _write(order, pdf, listing)


def empty_card(template: Template, organisation: Organisation) -> bytes:
    """Return a one-page PDF of the card at scale 1 with nothing of its own on it: no code, no number."""
    flow = lay_out(template)
    buffer = io.BytesIO()
    canvas = _new_canvas(buffer, template.language, flow.card.width, flow.card.height)
    draw_shared(canvas, template, flow, organisation)
    canvas.save()
    return buffer.getvalue()


def _write(order: PrintOrder, pdf: BinaryIO, listing: TextIO | None) -> None:
    flow = lay_out(order.template)
    sheet = sheet_of(order.template.size, order.per_sheet)
    shell, own = _shell(order, flow, sheet)
    last = CardNumber(order.organisation.code, order.token, order.first + order.count - 1)
    own.operators(
        CardCode(order.template.name, flow.card.fingerprint, order.ward, last)
    )  # A fault shows before the run.
    pages = LongPdf(shell, pdf)
    manifest = ManifestWriter(listing, sheet, flow.card, order.ward) if listing else None
    for numbers in _sheets(order, len(sheet.cards)):
        codes = [CardCode(order.template.name, flow.card.fingerprint, order.ward, number) for number in numbers]
        pages.add_page(_sheet_content(sheet, own, codes))
        if manifest:
            manifest.add_sheet(numbers)
    pages.close()
    if manifest:
        manifest.close()


def _shell(order: PrintOrder, flow: Flow, sheet: Sheet) -> tuple[bytes, OwnPrint]:
    """Return a PDF of one sheet with all that the run's sheets share, and what writes the rest."""
    organisation, buffer = order.organisation, io.BytesIO()
    canvas = _new_canvas(buffer, order.template.language, sheet.width, sheet.height)
    canvas.setTitle(f"{order.template.texts.title} · {organisation.name}")
    canvas.setAuthor(organisation.name)
    canvas.setSubject(f"{order.count} cards, {organisation.code}-{order.token}")
    canvas.setCreator("Compassion Cards")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    # Printers that shrink to fit make boxes small; ask viewers not to.
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.beginForm(_FORM, 0, 0, flow.card.width * mm, flow.card.height * mm)
    draw_shared(canvas, order.template, flow, organisation, order.ward_name)
    canvas.endForm()
    canvas.doForm(_FORM)
    own = OwnPrint(canvas, flow)
    canvas.save()
    return buffer.getvalue(), own


def _new_canvas(file: BinaryIO, language: str, width: float, height: float) -> Canvas:
    register_fonts()
    # With a first font of our own, Helvetica, which could not be embedded, is not named in the file.
    return Canvas(
        file,
        pagesize=(width * mm, height * mm),
        pageCompression=1,
        lang=language,
        initialFontName=REGULAR,  # type: ignore[arg-type]  # the stubs say float
        pdfVersion=(1, 6),
    )


def _sheets(order: PrintOrder, per_sheet: int) -> Iterator[list[CardNumber]]:
    numbers = order.numbers()
    while sheet := list(islice(numbers, per_sheet)):
        yield sheet


def _sheet_content(sheet: Sheet, own: OwnPrint, codes: list[CardCode]) -> bytes:
    """Return the content stream of a page: the cards, each in its place, and the cut marks."""
    scale = f"{sheet.scale:.6f}"
    parts = []
    for code, place in zip(codes, sheet.cards, strict=False):
        corner = f"{place.x * mm:.3f} {(sheet.height - place.y - place.height) * mm:.3f}"
        # reportlab names a form's resource so.
        parts.append(f"q {scale} 0 0 {scale} {corner} cm /FormXob.{_FORM} Do\n{own.operators(code)} Q")
    if len(sheet.cards) > 1:
        parts.append(_cut_marks(sheet))
    return "\n".join(parts).encode("ascii")


def _cut_marks(sheet: Sheet) -> str:
    across = {place.x for place in sheet.cards} - {0.0}
    down = {place.y for place in sheet.cards} - {0.0}
    lines = [(x, y, x, y + _CUT_MARK) for x in sorted(across) for y in (0.0, sheet.height - _CUT_MARK)]
    lines += [(x, y, x + _CUT_MARK, y) for y in sorted(down) for x in (0.0, sheet.width - _CUT_MARK)]
    drawn = [
        f"{x0 * mm:.3f} {(sheet.height - y0) * mm:.3f} m {x1 * mm:.3f} {(sheet.height - y1) * mm:.3f} l S"
        for x0, y0, x1, y1 in lines
    ]
    return f"q {0.2 * mm:.3f} w 0.55 G {' '.join(drawn)} Q"
