"""Mend a PDF whose end is missing, so that the pages that came through whole can be read.

A PDF says at its very end where its parts lie (ISO 32000-1, 7.5), so of a file that was cut off no reader
shows anything, though most of its pages may be there. Scanners write page after page: the page objects that
are there are put under a new page tree, with a new catalogue, at a new end. pdfium then finds the parts by
itself.
"""

import re
from dataclasses import dataclass

_PAGE = re.compile(rb"/Type\s*/Page(s?)\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,6})\b")
_END = b"endobj"
_LONGEST_PAGE = 8192
"""Bytes of a page object; those of scanners have some two hundred."""


@dataclass(frozen=True, slots=True)
class MendedPdf:
    """A torn PDF with a new end."""

    data: bytes
    pages: int
    """How many page objects are there."""
    said: int
    """How many pages the file had, as far as it says so; else 0."""


def mend(data: bytes) -> MendedPdf | None:
    """Return the whole part of a torn PDF as a PDF of its own; None when no page came through."""
    data = data[: data.rfind(_END) + len(_END)] if _END in data else b""
    pages: dict[bytes, None] = {}
    said = 0
    for match in _PAGE.finditer(data):
        name, text = _object_around(data, match.start())
        if name and match[1]:
            said = max([said, *(int(count) for count in _COUNT.findall(text))])
        elif name:
            pages[name] = None
    if not pages:
        return None
    highest = max(int(match[1]) for match in _OBJECT.finditer(data))
    tree, catalogue = highest + 1, highest + 2
    end = (
        f"\n{tree} 0 obj\n<</Type/Pages/Count {len(pages)}/Kids[{b' '.join(pages).decode()}]>>\nendobj\n"
        f"{catalogue} 0 obj\n<</Type/Catalog/Pages {tree} 0 R>>\nendobj\n"
        f"trailer\n<</Root {catalogue} 0 R/Size {catalogue + 1}>>\n%%EOF\n"
    )
    return MendedPdf(data + end.encode(), len(pages), said)


def _object_around(data: bytes, position: int) -> tuple[bytes, bytes]:
    """Return a reference to the object that holds this position, and its text up to its end or its stream."""
    before = data[max(0, position - _LONGEST_PAGE) : position]
    starts = list(_OBJECT.finditer(before))
    if not starts or _END in before[starts[-1].end() :]:
        return b"", b""
    after = data[position : position + _LONGEST_PAGE].partition(_END)[0].partition(b"stream")[0]
    return starts[-1][1] + b" " + starts[-1][2] + b" R", before[starts[-1].end() :] + after
