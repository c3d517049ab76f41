"""Pictures for the line reader, as the project's own pipeline cuts them: written on paper, scanned, taken out of print.

Every sample goes the way of a card's line: ink over tinted ruling, a scanner's or copier's tones at 150 to 300 dpi,
brought to the working resolution, paper evened out, print taken out, composed 48 pixels high.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from forms.layout import Box
from pipeline.align import even_out
from pipeline.clean import take_out_print
from pipeline.cut import DIGITS, PLACE_CHARACTERS
from pipeline.engines.composing import LOOSE, TIGHT, compose_line, compose_row
from pipeline.records import CARD_PX_PER_MM, Image, Strip
from pipeline.simulate.compose import style_of, write_boxes
from pipeline.simulate.ink import MM_PER_INCH, Pen, draw, pick_pen
from pipeline.simulate.split import Split, split_of
from pipeline.simulate.writing import Stroke, Writing
from pipeline.training.line_texts import LineTexts, Written, row_text

_MARGIN_MM = 2.0
_CELL_MM = (5.5, 7.0)
_CELL_STEP_MM = 6.0
_WIDEST_PX = 900
"""Of a composed line; what is longer would make its whole batch slow."""
KINDS = {"words": 0.42, "spelled": 0.12, "line": 0.16, "scan": 0.12, "row": 0.18}
"""How often each kind of sample comes."""


@dataclass(frozen=True, slots=True)
class LineCrop:
    """What the reader learns from: (48, width) grey, and the text."""

    image: Image
    text: str


class LineCrops:
    """Endless samples, drawn by a random generator."""

    def __init__(self, folder: Path, split: Split) -> None:
        """`folder` holds `unipen/` and `copiste/`; the second may be missing."""
        self._texts = LineTexts(folder, split)
        self._scans = _scanned_lines(folder / "copiste", split)

    def sample(self, rng: np.random.Generator, kind: str = "") -> LineCrop:
        """One sample of a kind, or of any."""
        while True:
            chosen = kind or str(rng.choice(list(KINDS), p=list(KINDS.values())))
            crop = self._make(chosen, rng)
            if crop is not None and 2 * len(crop.text) + 1 <= crop.image.shape[1] / 4 <= _WIDEST_PX / 4:
                return crop

    def _make(self, kind: str, rng: np.random.Generator) -> LineCrop | None:
        if kind == "scan":
            return _from_scan(self._scans, rng) if self._scans else None
        if kind == "row":
            return self._row(rng)
        make = {"words": self._texts.own_words, "spelled": self._texts.spelled_out, "line": self._texts.whole_line}
        written = make[kind](rng)
        return _line(written, rng) if written is not None and written.text else None

    def _row(self, rng: np.random.Generator) -> LineCrop | None:
        """A row of boxes, set close together as the reader gets it."""
        hand = self._texts.hand(rng)
        style, text = style_of(hand, rng), row_text(rng)
        cells = [Box(_MARGIN_MM + n * _CELL_STEP_MM, _MARGIN_MM, *_CELL_MM) for n in range(len(text))]
        ink, written = write_boxes(text, cells, hand, style, rng)
        if not ink or (" " in text and len(written) != len(text)):
            return None
        width, height = 2 * _MARGIN_MM + len(cells) * _CELL_STEP_MM, 2 * _MARGIN_MM + _CELL_MM[1]
        frames = cells if rng.random() < 0.6 else []
        strip_image = _scanned([_distorted(part, rng) for part in ink], width, height, frames, [], rng)
        windows = tuple(
            (round((c.x - 0.25) * CARD_PX_PER_MM), round((c.x + c.width + 0.25) * CARD_PX_PER_MM)) for c in cells
        )
        inked = tuple(character != " " for character in text)
        alphabet = DIGITS if text.isdigit() else PLACE_CHARACTERS
        row = compose_row(Strip(strip_image, windows, inked, alphabet), LOOSE if text.isdigit() else TIGHT)
        said = text.lower() if style.small_letters else text
        return LineCrop(row.image, said.replace(" ", ""))


def _line(written: Written, rng: np.random.Generator) -> LineCrop | None:
    x_height = float(np.clip(rng.normal(2.6, 0.5), 1.6, 4.2))
    ink = _distorted(written.ink.scaled(x_height), rng)
    left, top, right, bottom = ink.bounds
    width, height = right - left + 2 * _MARGIN_MM, bottom - top + 2 * _MARGIN_MM
    if not 2 < width < 260 or height > 30:
        return None
    placed = [ink.moved(_MARGIN_MM - left, _MARGIN_MM - top)]
    rules = [_MARGIN_MM - top + float(rng.normal(0.3, 0.5))] if rng.random() < 0.75 else []
    if rng.random() < 0.15:
        placed += _strays(width, height, rng)
    image = compose_line(Strip(_scanned(placed, width, height, [], rules, rng)))
    return None if image is None else LineCrop(image, written.text)


def _strays(width: float, height: float, rng: np.random.Generator) -> list[Writing]:
    """What is left of the neighbouring lines: ends of loops at the top or the bottom, specks."""
    strays = []
    for _ in range(int(rng.integers(1, 4))):
        x, low = float(rng.uniform(0, width)), bool(rng.random() < 0.5)
        size = float(rng.uniform(0.2, 1.6))
        start = np.array([x, height - _MARGIN_MM if low else _MARGIN_MM])
        points = start + np.cumsum(rng.normal(0, size / 3, (5, 2)), axis=0)
        strays.append(Writing((points.astype(np.float32),)))
    return strays


def _distorted(ink: Writing, rng: np.random.Generator) -> Writing:
    """The same hand on another day: leaning, wider, climbing, trembling along slow waves."""
    left, top, right, bottom = ink.bounds
    x, y = (left + right) / 2, (top + bottom) / 2
    lean, rise = float(rng.normal(0, 0.13)), float(rng.normal(0, 0.012))
    wide, tall = float(np.exp(rng.normal(0, 0.12))), float(np.exp(rng.normal(0, 0.06)))
    ink = ink.moved(-x, -y).scaled(wide, tall).leaned(lean, rise).moved(x, y)
    sway = float(abs(rng.normal(0, 0.12)))
    length, phase = rng.uniform(6, 25, 2), rng.uniform(0, 6.3, 2)

    def swayed(points: Stroke) -> Stroke:
        moved = points.copy()
        moved[:, 0] += sway * np.sin(points[:, 1] / length[0] * 6.3 + phase[0])
        moved[:, 1] += sway * np.sin(points[:, 0] / length[1] * 6.3 + phase[1])
        return moved

    return Writing(tuple(swayed(points) for points in ink.strokes), ink.filled)


def _scanned(
    ink: list[Writing], width: float, height: float, frames: list[Box], rules: list[float], rng: np.random.Generator
) -> Image:
    """Writes on a piece of a card (mm), scans it, and cleans it: grey at the working resolution, white paper."""
    dpi = float(rng.choice([150, 200, 300], p=[0.15, 0.35, 0.5]))
    scale = dpi / MM_PER_INCH
    shape = (max(8, round(height * scale)), max(8, round(width * scale)))
    tint = int(rng.integers(150, 205))
    paper = np.full((*shape, 3), 255, np.uint8)
    _print(paper, frames, rules, scale, tint)
    pen = pick_pen(rng)
    draw(paper, dpi, ink, pen, rng)
    grey = cv2.cvtColor(paper, cv2.COLOR_RGB2GRAY)
    grey = _toned(np.asarray(grey, np.uint8), dpi, pen, rng)
    size = (round(width * CARD_PX_PER_MM), round(height * CARD_PX_PER_MM))
    card = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    empty = np.full((size[1], size[0], 3), 255, np.uint8)
    _print(empty, frames, rules, CARD_PX_PER_MM, 185)
    slip = np.array([[1, 0, rng.normal(0, 0.7)], [0, 1, rng.normal(0, 0.7)]], np.float32)
    card = np.asarray(cv2.warpAffine(card, slip, size, borderValue=255), np.uint8)
    card = even_out(card, CARD_PX_PER_MM)
    inside = np.ones(card.shape, np.bool_)
    return take_out_print(card, np.ascontiguousarray(empty[..., 0]), inside)


def _print(paper: Image, frames: list[Box], rules: list[float], scale: float, tint: int) -> None:
    shade, thick = (tint,) * 3, max(1, round(0.25 * scale))
    for y in rules:
        cv2.line(paper, (0, round(y * scale)), (paper.shape[1], round(y * scale)), shade, thick)
    for box in frames:
        corner = (round(box.x * scale), round(box.y * scale))
        far = (round((box.x + box.width) * scale), round((box.y + box.height) * scale))
        cv2.rectangle(paper, corner, far, shade, thick)


def _toned(grey: Image, dpi: float, pen: Pen, rng: np.random.Generator) -> Image:
    """A scanner's lens and tones, sometimes a copier's before it, sometimes black and white only, sometimes a JPEG."""
    way = float(rng.random())
    if way < 0.15:
        grey = _copied(grey, rng)
    blur = float(rng.uniform(0.3, 0.75)) * (1.6 if rng.random() < 0.1 else 1.0)
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), blur), np.float32)
    soft = soft + float(rng.uniform(0.5, 4.0)) * rng.standard_normal(soft.shape, dtype=np.float32)
    black, white = float(rng.uniform(0, 40)), float(rng.uniform(236, 254))
    toned = np.clip(black + (white - black) * np.clip(soft / 255, 0, 1) ** float(rng.uniform(0.85, 1.2)), 0, 255)
    result = np.asarray(toned, np.uint8)
    if way > 0.86:
        level = int(rng.integers(125, 176)) if pen.name != "pencil" else int(rng.integers(160, 200))
        return np.where(result > level, 255, 0).astype(np.uint8)
    if rng.random() < 0.5:
        _, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 92))])
        result = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return result


def _copied(grey: Image, rng: np.random.Generator) -> Image:
    soft = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.6, 1.1))).astype(np.float32)
    white, black = float(rng.uniform(205, 250)), float(rng.uniform(20, 90))
    toned = np.clip((soft - black) / (white - black), 0, 1) ** float(rng.uniform(0.8, 1.5))
    thin = 1 - 0.15 * rng.random(grey.shape, dtype=np.float32)
    return np.asarray(np.clip(255 - (1 - toned) * 255 * thin, 0, 255), np.uint8)


def _scanned_lines(folder: Path, split: Split) -> list[tuple[Path, str]]:
    """Real scans with their texts, without those that hold something struck out or illegible."""
    table = folder / "labels.tsv"
    if not table.is_file():
        return []
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    return [
        (folder / "lines" / file, " ".join(text.split()))
        for file, writer, _, text in rows
        if ">" not in text and 1 < len(text) <= 75 and split_of(f"copiste/{writer}") == split
    ]


def _from_scan(scans: list[tuple[Path, str]], rng: np.random.Generator) -> LineCrop | None:
    path, text = scans[int(rng.integers(len(scans)))]
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        return None
    scale = float(rng.uniform(0.75, 1.1))
    wide = (round(grey.shape[1] * scale * float(np.exp(rng.normal(0, 0.1)))), round(grey.shape[0] * scale))
    sized = np.asarray(cv2.resize(grey, wide, interpolation=cv2.INTER_AREA), np.uint8)
    flat = even_out(sized, CARD_PX_PER_MM)
    if rng.random() < 0.15:
        flat = np.where(flat > int(rng.integers(150, 205)), 255, 0).astype(np.uint8)
    image = compose_line(Strip(flat))
    return None if image is None else LineCrop(image, text)
