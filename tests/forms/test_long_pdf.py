import io
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from forms.long_pdf import LongPdf


def shell_of(width: float = 300.0, title: str = "Shell") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, 200.0), lang="en-GB")
    canvas.setTitle(title)
    canvas.beginForm("shared")
    canvas.drawString(20, 20, "shared words")
    canvas.endForm()
    canvas.doForm("shared")
    canvas.drawString(20, 100, "of the shell")
    canvas.save()
    return buffer.getvalue()


def written(pages: int, **shell: object) -> bytes:
    file = io.BytesIO()
    pdf = LongPdf(shell_of(**shell), file)
    for page in range(1, pages + 1):
        pdf.add_page(b"/FormXob.shared Do BT /F1 12 Tf 20 100 Td (page %d.) Tj ET" % page)
    pdf.close()
    return file.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 99, 100, 101, 250])
def test_pages_come_in_order_with_what_they_share(pages: int) -> None:
    with pypdfium2.PdfDocument(written(pages, title="Cards (all of them)")) as document:
        assert len(document) == pages
        assert document.get_metadata_dict()["Title"] == "Cards (all of them)"
        for index in sorted({0, pages // 2, pages - 1}):
            page = document[index]
            assert page.get_size() == (300.0, 200.0)
            text = page.get_textpage().get_text_bounded()
            assert f"page {index + 1}." in text
            assert "shared words" in text
            assert "of the shell" not in text


def test_other_readers_have_nothing_to_mend(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(written(250))
    tool = shutil.which("pdfinfo")
    if tool is None:
        pytest.skip("pdfinfo (poppler-utils) is not installed")
    done = subprocess.run([tool, "-f", "1", "-l", "250", file], capture_output=True, text=True, check=True)
    assert "Pages:           250" in done.stdout
    assert done.stdout.count("300 x 200") == 250
    assert done.stderr == ""


def test_cross_references_lead_to_their_objects() -> None:
    data = written(150)
    table = int(data[data.rindex(b"startxref") :].split()[1])
    assert data[table : table + 4] == b"xref"
    lines = data[table : data.index(b"trailer", table)].splitlines()
    assert int(lines[1].split()[1]) == len(lines) - 2
    for number, line in enumerate(lines[2:]):
        assert len(line) == 19
        offset, _, use = line.split()
        if use == b"n":
            assert data[int(offset) :].startswith(b"%d 0 obj" % number)
    assert data.count(b"startxref") == 1


def test_pages_stand_in_a_tree() -> None:
    assert written(250).count(b"/Kids") == 1 + 3 + 1  # the shell's own, which nothing leads to any more


@pytest.mark.parametrize("shell", [b"", b"%PDF-1.4", shell_of()[:-20]])
def test_another_shell_is_refused(shell: bytes) -> None:
    with pytest.raises(ValueError, match="did reportlab change how it writes"):
        LongPdf(shell, io.BytesIO())
