"""The records that pass between the stages, in the order of the work.

Frozen and typed: a stage takes records and returns records. Images are numpy arrays, grey `uint8` of shape
(height, width) with dark ink on light paper, unless said otherwise. Lengths are millimetres unless the name ends in
`_px`.
Confidence is always a probability from 0 to 1 that the value is right.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from forms.layout import CardLayout, FieldLayout

Image: TypeAlias = NDArray[np.uint8]
Matrix: TypeAlias = NDArray[np.float64]
Value: TypeAlias = str | tuple[str, ...]
"""What a field says: text, one choice, an ISO date, or (multiple choice) a tuple of choices."""

Corner: TypeAlias = tuple[float, float]
"""A point (x, y) in the pixels of the page image as taken in."""


class Outcome(StrEnum):
    """What became of a page. Every page of every file has exactly one."""

    CARDS = "cards"
    BLANK = "blank"
    FOREIGN = "foreign"
    EXCEPTION = "exception"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"


class Status(StrEnum):
    """Whether a field may stand as it was read."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    BLANK = "blank"
    DECIDED = "decided"


# --- take in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file as taken in: its bytes, kept as they came, or the reason why there are none."""

    file: str
    """Relative to the path that was given."""
    number: int
    """From 1; 0 for a file that could not be opened."""
    data: bytes = b""
    """An encoded image (JPEG as it came, else PNG); empty when the page could not be taken in."""
    sha256: str = ""
    """Of `data`; of the file's bytes when it could not be opened and was not too large to hash."""
    suffix: str = ""
    """`.jpg` or `.png`."""
    reason: str = ""
    """Why the page is unreadable, in plain English; empty when it was taken in."""


# --- what a person says of a page ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandPlacing:
    """One card that a person found on a page, where no machine could."""

    number: str
    """As typed, with its check character."""
    corners_px: tuple[Corner, Corner, Corner, Corner]
    """Its trim corners in the page image, clockwise from the card's own top left, as well as a person saw them."""
    turn: int = 0
    """Degrees clockwise by which the page was turned to look at it: 0, 90, 180 or 270."""
    fingerprint: str = ""
    """Of its layout, where the print run or the person says which; empty when any may be tried."""
    key: int = 0
    """The caller's own; comes back with the reading."""


# --- find and align ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """What a card says of itself, by its code or by its printed number."""

    number: str
    organisation: str
    ward: str = ""
    template: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a card lies on its page, and how well that is known."""

    by: str
    """`marks` (three or four of them), `marks+code`, `code`, or `hand`: by the corners that a person pointed out."""
    residual_mm: float
    """Root mean square distance between where print was expected and where it was found. Where a person's corners are
    believed though no print agrees, how far around it was looked for in vain."""
    page_from_card: Matrix
    """3x3 homography from card millimetres (layout at scale 1) to page pixels."""
    px_per_mm: float
    """Page pixels for a millimetre of the card at scale 1: the scan's resolution and the printed size together."""


@dataclass(frozen=True, slots=True)
class AlignedCard:
    """One card, brought onto its layout."""

    identity: CardIdentity
    layout: CardLayout
    alignment: Alignment
    corners_px: tuple[Corner, Corner, Corner, Corner]
    """Trim corners in the page image, clockwise from the card's own top left."""
    image: Image
    """The card at `CARD_PX_PER_MM` pixels a millimetre, its paper evened out to near 255."""
    empty: Image
    """What the same card looks like with nothing written on it, at the same scale."""


# --- cut ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Strip:
    """One piece of writing with the print taken out: a row of boxes, a written line, or one tick box."""

    image: Image
    windows: tuple[tuple[int, int], ...] = ()
    """Pixel columns [from, to) of each box, for a row of boxes; empty for free writing."""
    inked: tuple[bool, ...] = ()
    """For each window, whether anything is written there."""
    alphabet: str = ""
    """Characters that may stand here; empty when any may."""
    prose: bool = False
    """A line of English: what the language makes of it counts. Never an address or a telephone number."""


@dataclass(frozen=True, slots=True)
class Crop:
    """All the writing of one field."""

    field: FieldLayout
    strips: tuple[Strip, ...]
    """A row of boxes: one. Lines: one for each line with writing on it, in order. Choice: one for each option."""
    outline_px: tuple[Corner, ...]
    """The field's outline in the page image, clockwise."""


# --- recognise ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine says of one strip."""

    text: str
    probability: float
    alternatives: tuple[tuple[str, float], ...] = ()
    """Best first, `text` included."""
    characters: NDArray[np.float32] | None = None
    """For a row of boxes: (boxes, len(alphabet)) probabilities, each row adding up to at most 1, or to 0 where no
    character stands: an empty box, a speck."""
    struck: tuple[bool, ...] = ()
    """For each box of a row, whether a character was crossed out there: it is neither a character nor a blank."""
    wrong: float | None = None
    """For a line of prose: how many of its letters and digits are expected to be wrong, as far as the reader can tell.
    An estimate to be calibrated, not a promise."""


@dataclass(frozen=True, slots=True)
class RawField:
    """A field and what the engines said of its strips."""

    crop: Crop
    readings: tuple[Reading, ...]
    engine: str
    """Name and version, such as `handprint 1.0`."""


# --- parse and accept --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A field as the project believes the writer filled it in."""

    name: str
    content: str
    value: Value
    raw: str
    confidence: float
    status: Status
    engine: str
    alternatives: tuple[tuple[str, float], ...] = ()
    outline_px: tuple[Corner, ...] = ()
    reason: str = ""
    """Why a person must look, in plain English; empty when none must."""
    probability: float = 0.0
    """What readers and lists said of `value`, before calibration."""
    calibration: str = ""
    """The curve that made `confidence` of it, and the calibration's version: `name.listed 3fa1b2c4`."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of a list (a member of staff, a ward) that is meant; `value` is empty when it is none of them."""

    value: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class CardReading:
    """One card of a page, read."""

    identity: CardIdentity
    alignment: Alignment
    corners_px: tuple[Corner, Corner, Corner, Corner]
    filled: bool
    ink: bytes
    """A small picture of the writing alone, to tell the same card from a photocopy with other writing."""
    fields: tuple[FieldReading, ...]
    nominee_staff: Match = Match()
    nominee_ward: Match = Match()


@dataclass(frozen=True, slots=True)
class HandReading:
    """What came of a card that a person placed."""

    key: int
    """Of its placing."""
    card: CardReading | None
    reason: str = ""
    """Why there is no card, in plain English."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page, read: its outcome and its cards."""

    outcome: Outcome
    reason: str = ""
    cards: tuple[CardReading, ...] = field(default=())
    by_hand: tuple[HandReading, ...] = ()
    """One for each of the page's placings, beside what is found without them."""


CARD_PX_PER_MM = 10.0
"""Working resolution, 254 dpi: a 5.5 mm box is 55 pixels, above the 48 that the line readers take."""
