"""Writes a PDF of any length page by page, keeping none of them.

reportlab keeps every page until it saves. So it only makes a short PDF, the shell, with what all pages share: fonts,
the card, title and language. Its objects are copied as they are; pages follow, made after its first page; the shell's
own pages are left out of the new page tree. The cross-reference table at the end is the only one (ISO 32000-1, 7.5.4).
"""

import re
import zlib
from array import array
from typing import BinaryIO

_PAGES_TO_A_NODE = 100
"""Viewers go down the page tree; long flat lists are slow to open."""
_FREE = b"0000000000 65535 f \n"


class LongPdf:
    """A PDF under way. `close` must be called, or it is no PDF."""

    def __init__(self, shell: bytes, file: BinaryIO) -> None:
        """Begin with a PDF that reportlab wrote: plain objects, one cross-reference table."""
        table = int(_find(rb"startxref\s+(\d+)\s+%%EOF\s*$", shell)[1])
        rows = re.findall(rb"(\d{10}) \d{5} ([nf])", shell[table : shell.index(b"trailer", table)])
        self._offsets = array("Q", [int(offset) if use == b"n" else 0 for offset, use in rows])
        self._trailer = _find(rb"trailer\s*(<<.*>>)\s*startxref", shell[table:])[1]
        objects = re.split(rb"(?m)^\d+ 0 obj\s", shell[:table])[1:]
        page = next(body for body in objects if re.search(rb"/Type\s*/Page\b", body))
        self._page = page[: page.index(b"endobj")].strip()
        self._root = int(_find(rb"/Parent (\d+) 0 R", page)[1])
        self._nodes: list[int] = []
        self._kids: list[int] = []
        self._count = 0
        self._file = file
        self._file.write(shell[:table])

    def add_page(self, content: bytes) -> None:
        """Add a page whose content stream is `content`, with the size and the resources of the shell's first page."""
        if not self._kids:
            self._nodes.append(self._reserve())
        packed = zlib.compress(content)
        stream = self._write(
            self._reserve(), b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
        )
        page = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % stream, self._page)
        page = re.sub(rb"/Parent \d+ 0 R", b"/Parent %d 0 R" % self._nodes[-1], page)
        self._kids.append(self._write(self._reserve(), page))
        self._count += 1
        if len(self._kids) == _PAGES_TO_A_NODE:
            self._end_node()

    def close(self) -> None:
        """Write the page tree and the cross-reference table."""
        self._end_node()
        self._write(self._root, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (self._count, _references(self._nodes)))
        start, size = self._file.tell(), len(self._offsets)
        self._file.write(b"xref\n0 %d\n" % size)
        self._file.writelines(b"%010d 00000 n \n" % offset if offset else _FREE for offset in self._offsets)
        trailer = re.sub(rb"/Size \d+", b"/Size %d" % size, self._trailer)
        self._file.write(b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start))

    def _end_node(self) -> None:
        if self._kids:
            fields = len(self._kids), _references(self._kids), self._root
            self._write(self._nodes[-1], b"<< /Type /Pages /Count %d /Kids [%s] /Parent %d 0 R >>" % fields)
            self._kids.clear()

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _write(self, number: int, body: bytes) -> int:
        self._offsets[number] = self._file.tell()
        self._file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number


def _references(numbers: list[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _find(pattern: bytes, text: bytes) -> "re.Match[bytes]":
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"the shell has no {pattern!r}; did reportlab change how it writes?")
    return found
