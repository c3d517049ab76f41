"""Other readers on the same strips, as they come: no lists, no boxes, no language."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from pipeline.cut import CutCard
from pipeline.engines import Engine
from pipeline.engines.lines import LineReader
from pipeline.engines.tesseract import Tesseract
from pipeline.records import Strip
from pipeline.simulate.accuracy.plan import PPOCR, TESSERACT

AS_IT_COMES = "ppocr_v6_small_european.onnx"


@cache
def other_reader(name: str) -> Engine:
    """PP-OCRv6 small with its Latin letters, or Tesseract; a process loads each once."""
    if name == TESSERACT:
        return Tesseract()
    return LineReader(Path(str(resources.files("pipeline").joinpath("models", AS_IT_COMES))))


def read_by_others(cut: Sequence[CutCard], readers: Sequence[str]) -> list[dict[str, dict[str, str]]]:
    """Return for each card, by field and reader, the text of its strips. Ticks are left out: nobody else reads them."""
    crops = [(n, crop) for n, card in enumerate(cut) for crop in card.crops if crop.field.kind != "choice"]
    # A row of boxes is a line to them, with wide gaps.
    strips = [Strip(strip.image) for _, crop in crops for strip in crop.strips]
    texts: list[dict[str, dict[str, str]]] = [defaultdict(dict) for _ in cut]
    for reader in readers:
        if reader not in (PPOCR, TESSERACT):
            continue
        read = iter(other_reader(reader).read(strips))
        for n, crop in crops:
            lines = [next(read).text.strip() for _ in crop.strips]
            texts[n][crop.field.name][reader] = " ".join(line for line in lines if line)
    return texts
