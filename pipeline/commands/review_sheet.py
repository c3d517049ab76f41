"""Writes what waits for a person: the table to fill in, a picture of each field, and a page to look at both."""

import html
from collections.abc import Iterator
from pathlib import Path

import click
import cv2

from forms.numbers import parse_number
from forms.whole_file import whole_file
from pipeline.commands.frame import writing
from pipeline.commands.progress import track
from pipeline.crop import crop_field
from pipeline.decode import DecodeError, decode
from pipeline.records import FieldReading, Image, Status
from pipeline.review_file import WaitingRow, write_review
from pipeline.store.missing_answers import WaitingAnswer
from pipeline.store.page_images import image_path
from pipeline.store.review import Waiting, waiting_answers, waiting_fields

_PAGE = """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>Fields that wait for a person</title>
<style>
body {{ font: 1rem/1.5 Arial, sans-serif; margin: 2rem; color: #212b32; }}
figure {{ margin: 0 0 2rem; }} img {{ max-width: 100%; border: 1px solid #aeb7bd; }}
</style>
<h1>Fields that wait for a person</h1>
<p>Write what each says in the column “decision” of {table}, and who you are in “by”.</p>
"""
_FIGURE = """<figure><img src="{image}" alt="The field {field} of {card}, as it was written" loading="lazy">
<figcaption><strong>{field}</strong>, card {card}: read as “{value}”. {reason}</figcaption></figure>
"""


def write_review_sheet(path: Path, batch: str | None, organisation: str | None) -> int:
    """Write `REVIEW.csv`, the folder `REVIEW_crops` and `REVIEW.html`; return how many fields wait.

    A field whose page image is gone is listed all the same, without a picture; stderr says so.
    """
    crops = path.with_name(f"{path.stem}_crops")
    sheet = path.with_suffix(".html")
    with (
        writing(path),
        whole_file(path) as table,
        whole_file(sheet) as page,
        page.open("w", encoding="utf-8") as shown,
    ):
        crops.mkdir(parents=True, exist_ok=True)
        shown.write(_PAGE.format(table=html.escape(path.name)))
        cutter = _Cutter(crops)

        def rows() -> Iterator[WaitingRow]:
            for waiting in track(waiting_fields(batch, organisation), "Cutting out fields"):
                if image := cutter.cut(waiting):
                    shown.write(_figure(waiting, f"{crops.name}/{image}"))
                yield WaitingRow(waiting.card.source, waiting.reading, waiting.card.file, waiting.card.page)
            if batch is None:
                yield from map(_answer_row, waiting_answers(organisation))

        count = write_review(table, rows())
        _remove_others(crops, cutter.written)
        return count


def crop_name(waiting: Waiting) -> str:
    """Return the file name of a field's picture, such as `RXW-7K3F9QZ-0012-H_nominee_last_name.png`."""
    copy = f"-copy{waiting.card.copy}" if waiting.card.copy > 1 else ""
    return f"{waiting.card.number}{copy}_{waiting.reading.name}.png"


def _remove_others(folder: Path, written: set[str]) -> None:
    """Remove pictures of an earlier sheet, whose fields wait no more; what else is in the folder stays."""
    for path in folder.glob("*.png"):
        number = path.name.partition("_")[0].partition("-copy")[0]
        if path.name not in written and parse_number(number):
            path.unlink()


def _figure(waiting: Waiting, image: str) -> str:
    value = waiting.reading.value
    return _FIGURE.format(
        image=html.escape(image),
        field=html.escape(waiting.reading.name),
        card=html.escape(waiting.card.source.removeprefix("card:")),
        value=html.escape(value if isinstance(value, str) else "; ".join(value)),
        reason=html.escape(waiting.reading.reason),
    )


def _answer_row(waiting: WaitingAnswer) -> WaitingRow:
    """Tell of an answer that a submission lacks; its row stands for the page."""
    source = waiting.said.source
    reading = FieldReading(waiting.field, "", "", "", 0.0, Status.REVIEW, "", reason="the form has no answer here")
    return WaitingRow(source.id, reading, source.file, source.row or 0)


class _Cutter:
    """Cuts fields out of pages, decoding a page once for all its fields that come one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.decoded: tuple[str, Image | None] = ("", None)
        self.written: set[str] = set()

    def cut(self, waiting: Waiting) -> str:
        """Write the field's picture and return its name; empty when there can be none."""
        page = self._page(waiting)
        if page is None or len(waiting.reading.outline_px) < 4:
            return ""
        written, png = cv2.imencode(".png", crop_field(page, waiting.reading.outline_px))
        if not written:
            return ""
        name = crop_name(waiting)
        with whole_file(self.folder / name) as beside:
            beside.write_bytes(png.tobytes())
        self.written.add(name)
        return name

    def _page(self, waiting: Waiting) -> Image | None:
        card = waiting.card
        if not card.suffix:
            return None  # Another site has the image.
        if self.decoded[0] != card.sha256:
            try:
                page = decode(image_path(card.sha256, card.suffix).read_bytes())
            except (OSError, DecodeError) as error:
                click.echo(f"No picture of page {card.page} of {card.file}: {error}", err=True)
                page = None
            self.decoded = (card.sha256, page)
        return self.decoded[1]
