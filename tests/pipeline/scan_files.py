"""Makes the files that scanners, phones, copiers and accidents make, for the tests of taking in."""

import io
import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as pillow

PAGE_POINTS = (149, 211)
"""A7: drawing it at 300 dpi takes a tenth of drawing A4."""
WHOLE_PAGE = "149 0 0 211 0 0"


def drawn_page(width: int = 248, height: int = 351, seed: int = 0) -> NDArray[np.uint8]:
    """Return a grey page with some writing on it, unlike itself any other way up."""
    random = np.random.default_rng(seed)
    page = np.full((height, width), 240, np.uint8)
    for row in range(20, height - 10, 25):
        cv2.putText(page, f"{random.integers(10**9)}", (10, row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 30, 2)
    cv2.rectangle(page, (5, 5), (60, 40), 0, -1)
    cv2.rectangle(page, (width - 40, height // 2), (width - 10, height - 20), 128, -1)
    return page


def jpeg_bytes(pixels: NDArray[np.uint8], mode: str | None = None, **options: object) -> bytes:
    stream = io.BytesIO()
    picture = pillow.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(stream, "JPEG", **{"quality": 90, **options})
    return stream.getvalue()


def png_bytes(picture: pillow.Image | NDArray[np.uint8], **options: object) -> bytes:
    stream = io.BytesIO()
    (picture if isinstance(picture, pillow.Image) else pillow.fromarray(picture)).save(stream, "PNG", **options)
    return stream.getvalue()


def exif_of(orientation: int) -> pillow.Exif:
    exif = pillow.Exif()
    exif[0x0112] = orientation
    return exif


def tiff_bytes(pictures: list[pillow.Image], **options: object) -> bytes:
    stream = io.BytesIO()
    pictures[0].save(stream, "TIFF", save_all=True, append_images=pictures[1:], **options)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a whole PNG that says it is this large, and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class PdfImage:
    """An image as it stands in a PDF."""

    data: bytes
    width: int
    height: int
    filters: str = "/DCTDecode"
    colours: str = "/ColorSpace/DeviceGray/BitsPerComponent 8"
    more: str = ""

    def object(self) -> bytes:
        filters = f"/Filter{self.filters}" if self.filters else ""
        head = (
            f"<</Type/XObject/Subtype/Image/Width {self.width}/Height {self.height}{filters}{self.colours}{self.more}"
        )
        return stream_object(head, self.data)


@dataclass(frozen=True)
class PdfPage:
    """A page of a PDF, with one image or none."""

    image: PdfImage | None = None
    placed: str = WHOLE_PAGE
    before: str = ""
    after: str = ""
    size: tuple[float, float] = PAGE_POINTS
    more: str = ""
    parts: list[bytes] = field(default_factory=list)
    """More images: I1, I2, ..."""


def stream_object(head: str, data: bytes) -> bytes:
    return f"{head}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def jpeg_image(pixels: NDArray[np.uint8], jpeg: bytes = b"", **changes: str) -> PdfImage:
    colours = "/ColorSpace/DeviceGray/BitsPerComponent 8"
    if pixels.ndim == 3:
        colours = "/ColorSpace/DeviceRGB/BitsPerComponent 8"
    height, width = pixels.shape[:2]
    return PdfImage(jpeg or jpeg_bytes(pixels), width, height, **{"colours": colours, **changes})  # type: ignore[arg-type]


def raw_image(pixels: NDArray[np.uint8], **changes: str) -> PdfImage:
    """Return the pixels as a Flate image, 8 bits a component."""
    colours = f"/ColorSpace/Device{'RGB' if pixels.ndim == 3 else 'Gray'}/BitsPerComponent 8"
    height, width = pixels.shape[:2]
    data = zlib.compress(pixels.tobytes())
    return PdfImage(data, width, height, **{"filters": "/FlateDecode", "colours": colours, **changes})  # type: ignore[arg-type]


def pdf_bytes(*pages: PdfPage | PdfImage, tree_first: bool = False, count: int | None = None, more: str = "") -> bytes:
    """Write a PDF as scanners do: image, contents and page in turn, the page tree at the end (or `tree_first`)."""
    bodies: dict[int, bytes] = {}
    kids = []
    number = 3
    for given in pages:
        page = PdfPage(given) if isinstance(given, PdfImage) else given
        images = ([page.image.object()] if page.image else []) + page.parts
        names = ""
        for index, body in enumerate(images):
            bodies[number] = body
            names += f"/I{index} {number} 0 R"
            number += 1
        shown = f"q {page.placed} cm /I0 Do Q" if page.image else ""
        bodies[number] = stream_object("<<", f"{page.before}\n{shown}\n{page.after}".encode())
        font = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        states = "/ExtGState<</G1<</ca 0.5>>>>"
        bodies[number + 1] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.size[0]} {page.size[1]}]/Contents {number} 0 R"
            f"/Resources<</XObject<<{names}>>{font}{states}>>{page.more}>>"
        ).encode()
        kids.append(f"{number + 1} 0 R")
        number += 2
    bodies[1] = f"<</Type/Catalog/Pages 2 0 R{more}>>".encode()
    bodies[2] = f"<</Type/Pages/Count {len(pages) if count is None else count}/Kids[{' '.join(kids)}]>>".encode()
    order = sorted(bodies) if tree_first else [*sorted(bodies)[2:], 1, 2]
    return _pdf_file(bodies, order)


def _pdf_file(bodies: dict[int, bytes], order: list[int]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number in order:
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + bodies[number] + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{places[number]:010d} 00000 n \n".encode() for number in sorted(bodies))
    out += f"trailer\n<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
