"""Print runs as files: what they say of themselves, whole or absent, and of any length."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from forms import printing
from forms.code import decode_code
from forms.errors import ConfigurationError, UsageError
from forms.organisation import Organisation
from forms.printing import PrintOrder, print_cards

DPI = 200
PrintRun = Callable[..., "Printed"]  # noqa: F821 - a record of conftest.py


def test_file_is_titled_and_in_its_language(print_run: PrintRun) -> None:
    printed = print_run()
    with pypdfium2.PdfDocument(printed.pdf) as document:
        found = document.get_metadata_dict()
        assert document.get_version() == 16
    assert found["Title"] == "Tell us about someone who led with compassion · Riverside NHS Trust"
    assert (found["Author"], found["Creator"]) == ("Riverside NHS Trust", "Compassion Cards")
    assert found["Subject"] == "3 cards, RXW-7K3F9QZ"
    data = printed.pdf.read_bytes()
    assert b"/Lang (en-GB)" in data
    assert b"/DisplayDocTitle true" in data
    assert b"/PrintScaling /None" in data


def test_every_font_is_embedded_once(print_run: PrintRun) -> None:
    data = print_run(count=9).pdf.read_bytes()
    fonts = re.findall(rb"/BaseFont /(\S+)", data)
    assert len(fonts) == len(set(fonts)) == data.count(b"/FontFile2") == 4


def test_asked_for_what_the_template_does_not_allow(tmp_path: Path, make_order: Callable[..., PrintOrder]) -> None:
    out = tmp_path / "cards.pdf"
    with pytest.raises(UsageError, match=r"nomination can't be printed 4 to a sheet: it allows 1, 2"):
        print_cards(make_order(per_sheet=4), out)
    with pytest.raises(UsageError, match=r"^0 cards can't be printed"):
        print_cards(make_order(count=0), out)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "Trust " * 60}, "the header (scheme, name, title and introduction) does not fit"),
        ({"privacy_notice": "private " * 200}, "the footer (where to post it, web address, privacy notice) does not"),
        ({"scheme": "Leading 🙂"}, "have no '🙂' (U+1F642, slightly smiling face)"),
        ({"return_to": "→ Ward 4"}, "have no '→' (U+2192, rightwards arrow)"),
        ({"submit_url": "https://example.org/" + "x" * 160}, "'submit_url' is too long for a QR code on a card"),
    ],
)
def test_texts_that_cannot_be_printed(
    tmp_path: Path,
    make_order: Callable[..., PrintOrder],
    organisation: Organisation,
    change: dict[str, str],
    fault: str,
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(fault)):
        print_cards(make_order(organisation=replace(organisation, **change)), tmp_path / "a.pdf", tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_all_texts_that_cannot_be_printed_are_told_at_once(
    tmp_path: Path, make_order: Callable[..., PrintOrder], organisation: Organisation
) -> None:
    wrong = replace(organisation, name="✓", return_to="☐ " * 400, submit_url="https://" + "x" * 200)
    with pytest.raises(ConfigurationError) as raised:
        print_cards(make_order(organisation=wrong, ward_name="✂"), tmp_path / "a.pdf")
    found = "\n".join(raised.value.faults)
    assert all(part in found for part in ("'✓'", "'☐'", "'✂'", "the footer", "'submit_url' is too long"))


def test_a_failure_leaves_what_was_there(
    tmp_path: Path, make_order: Callable[..., PrintOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, manifest = tmp_path / "cards.pdf", tmp_path / "cards.json"
    print_cards(make_order(), pdf, manifest)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    drawn = 0

    def fail(*arguments: object) -> bytes:
        nonlocal drawn
        drawn += 1
        if drawn == 3:
            raise OSError("no room on the disk")
        return b""

    monkeypatch.setattr(printing, "_sheet_content", fail)
    with pytest.raises(OSError, match="no room"):
        print_cards(make_order(count=20), pdf, manifest)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


MEASURE = """
import resource, sys
from pathlib import Path
from forms.organisation import Organisation
from forms.printing import PrintOrder, print_cards
from forms.template_file import load_template
organisation = Organisation("RXW", "Riverside", "Scheme")
order = PrintOrder(load_template("nomination"), organisation, "W21", 2, "7K3F9QZ", int(sys.argv[1]))
print_cards(order, Path(sys.argv[2]), Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_kb(count: int, folder: Path) -> int:
    command = [sys.executable, "-c", MEASURE, str(count), str(folder / "cards.pdf"), str(folder / "cards.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="platform: memory is told in other units elsewhere")
def test_memory_does_not_grow_with_the_cards(tmp_path: Path) -> None:
    few, many = peak_kb(500, tmp_path), peak_kb(3000, tmp_path)
    assert many - few < 4_000
    assert len(json.loads((tmp_path / "cards.json").read_text(encoding="utf-8"))["pages"]) == 1500


@pytest.mark.soak
def test_ten_thousand_cards(tmp_path: Path, make_order: Callable[..., PrintOrder]) -> None:
    print_cards(make_order(count=10_000), tmp_path / "cards.pdf")
    with pypdfium2.PdfDocument(tmp_path / "cards.pdf") as document:
        assert len(document) == 5000
        picture = document[4999].render(scale=DPI / 72).to_numpy()
    codes = [decode_code(code.text) for code in zxingcpp.read_barcodes(picture)]
    assert {code.number.index for code in codes if code} == {9_999, 10_000}
