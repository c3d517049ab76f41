"""Paper: printed pages as pictures, sheets cut apart, a blank one, a stranger's letter; stacks of scans as files."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from pipeline.records import Image
from pipeline.simulate.ink import MM_PER_INCH

PRINT_DPI = 300.0
LETTER = (
    "Dear Sir or Madam,",
    "",
    "Thank you for your letter of last week about the parking permits for the north site.",
    "We have asked the estates team to look at the number of spaces and will write to you",
    "again when we know more. In the meantime the spaces by the main gate may be used",
    "between seven in the morning and nine in the evening.",
    "",
    "Please find enclosed the form for next year. It has to be with us by the end of the month.",
    "If you have any questions, call the office between ten and four.",
    "",
    "Yours faithfully,",
    "",
    "",
    "A. N. Other",
    "Facilities Office",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece of paper: (H, W, 3) RGB, with its top left corner at `origin` in millimetres of the sheet as printed."""

    image: Image
    dpi: float = PRINT_DPI
    origin: tuple[float, float] = (0.0, 0.0)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        height, width = self.image.shape[:2]
        return width / self.dpi * MM_PER_INCH, height / self.dpi * MM_PER_INCH

    def cut(self, box: Sequence[float]) -> "Sheet":
        """The part inside `[x, y, width, height]` (millimetres of the sheet as printed), to the nearest pixel."""
        scale = self.dpi / MM_PER_INCH
        x0, y0 = round((box[0] - self.origin[0]) * scale), round((box[1] - self.origin[1]) * scale)
        x1, y1 = round((box[0] + box[2] - self.origin[0]) * scale), round((box[1] + box[3] - self.origin[1]) * scale)
        x0, y0 = max(x0, 0), max(y0, 0)
        origin = (self.origin[0] + x0 / scale, self.origin[1] + y0 / scale)
        return Sheet(self.image[y0:y1, x0:x1].copy(), self.dpi, origin)


def printed_sheets(pdf: Path, dpi: float = PRINT_DPI) -> list[Sheet]:
    """Every page of a PDF as printed. For a long one, take `printed_sheet` a page at a time."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_rendered(page, dpi) for page in document]


def printed_sheet(pdf: Path, page: int, dpi: float = PRINT_DPI) -> Sheet:
    """One page of a PDF, counted from 1."""
    with pypdfium2.PdfDocument(pdf) as document:
        return _rendered(document[page - 1], dpi)


def _rendered(page: pypdfium2.PdfPage, dpi: float) -> Sheet:
    picture = page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()
    return Sheet(np.ascontiguousarray(picture[:, :, :3]), dpi)


def _paper(width: float, height: float, dpi: float) -> Image:
    shape = (round(height / MM_PER_INCH * dpi), round(width / MM_PER_INCH * dpi), 3)
    return np.full(shape, 255, np.uint8)


def blank_sheet(width: float = 210.0, height: float = 297.0, dpi: float = PRINT_DPI) -> Sheet:
    """Paper with nothing on it."""
    return Sheet(_paper(width, height, dpi), dpi)


def letter_sheet(font: Path | None = None, dpi: float = PRINT_DPI) -> Sheet:
    """A stranger's typed letter, A4."""
    page = Pictures.fromarray(_paper(210.0, 297.0, dpi))
    size = dpi / 72 * 11
    letters = ImageFont.truetype(str(font), size) if font else ImageFont.load_default(size)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(LETTER):
        pen.text((dpi, dpi * 2.2 + number * size * 1.5), line, fill=(15, 15, 15), font=letters)
    return Sheet(np.asarray(page).copy(), dpi)


def write_pdf(images: Sequence[Image], dpi: float, path: Path, quality: int = 75) -> None:
    """A scanned PDF as copiers make them: one JPEG a page, in true size."""
    pages = [Pictures.fromarray(image) for image in images]
    made = time.gmtime(0)  # the same cards give the same bytes
    pages[0].save(
        path,
        "PDF",
        resolution=dpi,
        save_all=True,
        append_images=pages[1:],
        quality=quality,
        creationDate=made,
        modDate=made,
    )


def write_tiff(images: Sequence[Image], dpi: float, path: Path) -> None:
    """A multi-page TIFF, black and white, in fax compression (group 4)."""
    pages = [Pictures.fromarray(image).convert("1", dither=Pictures.Dither.NONE) for image in images]
    pages[0].save(path, "TIFF", compression="group4", dpi=(dpi, dpi), save_all=True, append_images=pages[1:])


def write_picture(image: Image, dpi: float, path: Path, quality: int = 80) -> None:
    """A JPEG or PNG, by the name's ending."""
    picture = Pictures.fromarray(image)
    if path.suffix == ".png":
        picture.save(path, dpi=(dpi, dpi))
    else:
        picture.save(path, quality=quality, dpi=(round(dpi), round(dpi)))


def write_torn(source: Path, path: Path, share: float = 0.4) -> None:
    """The beginning of a file, as when a copy broke off."""
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def grey(image: Image) -> Image:
    """(H, W) from (H, W, 3) RGB."""
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.uint8) if image.ndim == 3 else image
