"""Paper with rows of printed boxes, and its way through a scanner to the strips that readers are given."""

from dataclasses import dataclass

import cv2
import numpy as np

from forms.layout import Box, CardLayout, FieldLayout
from pipeline.align import even_out
from pipeline.cut import cut_card
from pipeline.records import CARD_PX_PER_MM, AlignedCard, Alignment, CardIdentity, Image, Strip
from pipeline.simulate.geometry import moved, scaled, turned
from pipeline.simulate.ink import MM_PER_INCH
from pipeline.simulate.pages import Sheet
from pipeline.simulate.scan import Condition, scan

PRINT_DPI = 300.0
_FRAME = 0.3
_TINT = (0xF0, 0x9A, 0x74)
"""As `forms.draw` prints frames."""
_MARGIN = 3.0
_BOXES, _ROWS = 12, 4
_CONDITIONS = (
    (Condition("grey300"), 0.34),
    (Condition("grey200", dpi=200.0), 0.22),
    (Condition("grey150", dpi=150.0), 0.14),
    (Condition("bilevel300", mode="bilevel"), 0.08),
    (Condition("bilevel200", dpi=200.0, mode="bilevel"), 0.08),
    (Condition("photocopy", copy_scale=0.97), 0.14),
)
_SLIP_PX = 0.7
"""How far alignment is out, standard deviation; never more than 2 pixels."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A piece of paper printed with rows of boxes; millimetres from its top left corner."""

    image: Image
    """(H, W, 3) at `dpi`; written on in place."""
    dpi: float
    empty: Image
    """The same unwritten, grey, at a card's working resolution."""
    rows: tuple[tuple[Box, ...], ...]
    pen_scale: float
    """Pens are finer against the boxes of a card printed large."""
    width: float
    height: float


def new_paper(rng: np.random.Generator) -> Paper:
    """Print boxes as templates have them; sizes vary a little around theirs."""
    box_width, box_height = float(rng.uniform(5.0, 5.9)), float(rng.uniform(6.1, 7.2))
    gap = float(rng.uniform(0.8, 1.5))
    pitch, rise = box_width + gap, box_height + 2.4
    width = 2 * _MARGIN + _BOXES * pitch
    height = 2 * _MARGIN + _ROWS * rise
    rows = tuple(
        tuple(Box(_MARGIN + n * pitch, _MARGIN + row * rise, box_width, box_height) for n in range(_BOXES))
        for row in range(_ROWS)
    )
    image = _printed(rows, width, height, PRINT_DPI / MM_PER_INCH)
    grey = cv2.cvtColor(_printed(rows, width, height, 2 * CARD_PX_PER_MM), cv2.COLOR_RGB2GRAY)
    empty = cv2.resize(
        grey, (round(width * CARD_PX_PER_MM), round(height * CARD_PX_PER_MM)), interpolation=cv2.INTER_AREA
    )
    pen_scale = 0.72 if rng.random() < 0.15 else 1.0
    return Paper(image, PRINT_DPI, np.asarray(empty, np.uint8), rows, pen_scale, width, height)


def _printed(rows: tuple[tuple[Box, ...], ...], width: float, height: float, scale: float) -> Image:
    image = np.full((round(height * scale), round(width * scale), 3), 255, np.uint8)
    thick = max(1, round(_FRAME * scale))
    half = _FRAME / 2
    for box in (box for row in rows for box in row):
        corners = [(box.x - half, box.y - half), (box.x + box.width + half, box.y + box.height + half)]
        (x0, y0), (x1, y1) = [(round(x * scale), round(y * scale)) for x, y in corners]
        cv2.rectangle(image, (x0, y0), (x1, y1), _TINT, thick, cv2.LINE_AA)
    return image


def scan_rows(paper: Paper, rng: np.random.Generator) -> tuple[Strip, ...]:
    """Scan the paper under some condition, align it about as well as cards are, and cut its rows."""
    condition = _CONDITIONS[int(rng.choice(len(_CONDITIONS), p=[share for _, share in _CONDITIONS]))][0]
    page = scan(Sheet(paper.image, paper.dpi), condition, rng)
    image = page.image
    if condition.mode == "grey" and rng.random() < 0.7:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 92))])
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    page_from_mm = page.sheets[0].pixel_from_mm
    slip = np.clip(rng.normal(0, _SLIP_PX, 2), -2, 2) / CARD_PX_PER_MM
    off = moved(*slip.tolist()) @ turned(float(rng.normal(0, 0.06))) @ scaled(float(rng.normal(1, 0.0008)))
    page_from_card = page_from_mm @ off
    native = condition.dpi / MM_PER_INCH
    source = cv2.GaussianBlur(image, (0, 0), 0.35 * native / CARD_PX_PER_MM) if native > 13 else image
    to_px = page_from_card @ scaled(1 / CARD_PX_PER_MM) @ moved(0.5, 0.5)
    size = (paper.empty.shape[1], paper.empty.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(source, to_px, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    card = _as_card(paper, even_out(np.asarray(flat, np.uint8), CARD_PX_PER_MM), page_from_card, native)
    return tuple(crop.strips[0] for crop in cut_card(card).crops)


def _as_card(
    paper: Paper, image: Image, page_from_card: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", native: float
) -> AlignedCard:
    nowhere = Box(0, 0, 0, 0)
    fields = tuple(FieldLayout(f"row{n}", "boxes", "place", cells=row) for n, row in enumerate(paper.rows))
    marks = (nowhere, nowhere, nowhere, nowhere)
    layout = CardLayout("training", 1, "", paper.width, paper.height, marks, nowhere, nowhere, fields)
    corner = (0.0, 0.0)
    return AlignedCard(
        CardIdentity("", ""), layout, Alignment("marks", 0.0, page_from_card, native), (corner, corner, corner, corner),
        image, paper.empty,
    )  # fmt: skip
