"""Makes pictures of pages and cards for people to look at: each organisation sees its own cards, never another's."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.errors import UsageError
from pipeline.decode import DecodeError, decode_colour
from pipeline.records import Image
from pipeline.store import models
from pipeline.store.page_images import image_path
from pipeline.store.page_owners import owns_batch

_QUALITY = 85
_HIDDEN = (214, 210, 205)
"""The colour, blue, green and red, that lies over what somebody may not see."""
_MARGIN = 0.03
"""How far a hidden card's corners are moved outwards, of its longer side: writing may leave the paper's edge."""
_REACH_MM = 2.5
"""How far from a field's outline its writing may reach, before it runs into the next one's."""
_LARGEST_PX = 6000
_KEPT_BYTES = 160_000_000
"""Of decoded pages in memory; an A4 page at 300 dpi takes 26 million."""


class NoPictureError(UsageError):
    """There is no picture to show. The message says why."""


def page_picture(page: models.Page, organisation: str, width: int | None = None) -> tuple[bytes, str]:
    """Return a page as an organisation may see it, with the ending of its kind of file; `width` makes it smaller.

    Of a batch of its own all is shown but other organisations' cards. Of any other batch its own cards are shown and
    nothing else, because a card that couldn't be placed there can't be told from the paper around it. Raises
    NoPictureError when the page has no image here.
    """
    pixels = page_pixels(page.sha256, page.suffix)
    cards = _cards_on(page.sha256)
    own = _area(pixels, (card.corners for card in cards if card.organisation == organisation))
    others = [card.corners for card in cards if card.organisation != organisation]
    hidden = ~own
    if owns_batch(organisation, page):
        hidden &= _area(pixels, map(_with_margin, others))
    # Where two cards seem to lie on each other, hiding comes first.
    hidden |= _area(pixels, others)
    return _jpeg(_painted(pixels, hidden), width)


def card_picture(
    number: str, copy: int = 1, width: int | None = None, *, without: Collection[str] = ()
) -> tuple[bytes, str]:
    """Return one card, cut out of the page that speaks for it and set upright, with the ending of its kind of file.

    The fields named in `without` are painted over. Raises NoPictureError when there is none here.
    """
    run = models.ReadingRun.objects.filter(
        newest=True, sighting__current=True, sighting__card__number=number, sighting__card__copy=copy
    ).select_related("sighting__page", "sighting__card")
    if (found := run.first()) is None:
        raise NoPictureError(f"Card {number} was never seen here.")
    page = found.sighting.page
    pixels = page_pixels(page.sha256, page.suffix)
    others = [c.corners for c in _cards_on(page.sha256) if c.organisation != found.sighting.card.organisation]
    if others or without:
        pixels = _painted(pixels, _area(pixels, others) | _fields(pixels, found, without))
    return _jpeg(_cut_out(pixels, found.corners_px), width)


def page_pixels(sha256: str, suffix: str) -> Image:
    """Return a kept page in colour, turned as its EXIF says: what corners and outlines in pixels are about. Not to be
    changed. Raises NoPictureError when there is no image of it here."""
    path = image_path(sha256, suffix)
    if not (sha256 and suffix and path.is_file()):
        raise NoPictureError("The picture of this page isn't kept here.")
    return _decoded.get(path)


@dataclass(frozen=True, slots=True)
class _CardOnPage:
    organisation: str
    corners: Sequence[Sequence[float]]


def _cards_on(sha256: str) -> list[_CardOnPage]:
    """Return the cards that were seen on an image, under whichever of its pages: a duplicate page has none itself."""
    runs = models.ReadingRun.objects.filter(newest=True, sighting__page__sha256=sha256)
    return [_CardOnPage(*row) for row in runs.values_list("sighting__card__organisation", "corners_px")]


def _with_margin(corners: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    points = np.array(corners[:4], dtype=np.float64)
    middle = points.mean(axis=0)
    longer = max(_length(points[0], points[1]), _length(points[0], points[3]))
    outward = points - middle
    return np.asarray(points + outward / np.linalg.norm(outward, axis=1, keepdims=True).clip(1) * longer * _MARGIN)


def _area(pixels: Image, cards: Iterable[Any]) -> NDArray[np.bool_]:
    """Return which pixels lie on any of the cards, given their corners."""
    mask = np.zeros(pixels.shape[:2], dtype=np.uint8)
    for corners in cards:
        points = np.array(corners[:4], dtype=np.float64).clip(-1e5, 1e5)
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], (1,))
    return mask.view(np.bool_)


def _fields(pixels: Image, run: models.ReadingRun, names: Collection[str]) -> NDArray[np.bool_]:
    """Return which pixels lie on some fields of a card, or so near that their writing may reach there."""
    outlines = list(run.readings.filter(field__in=names).values_list("outline_px", flat=True))
    if any(len(outline) < 4 for outline in outlines):
        raise NoPictureError("Where this card names who wrote it isn't known, so its picture can't be shown without.")
    reach = 2 * max(1, round(_REACH_MM * run.px_per_mm)) + 1
    mask = _area(pixels, outlines).view(np.uint8)
    return np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8))).view(np.bool_)


def _painted(pixels: Image, hidden: NDArray[np.bool_]) -> Image:
    shown = pixels.copy()
    shown[hidden] = _HIDDEN
    return shown


def _cut_out(pixels: Image, corners: Sequence[Sequence[float]]) -> Image:
    points = np.array(corners[:4], dtype=np.float32)
    width = min(round(_length(points[0], points[1])), _LARGEST_PX)
    height = min(round(_length(points[0], points[3])), _LARGEST_PX)
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(points, upright)
    return np.asarray(cv2.warpPerspective(pixels, turn, (width, height), borderValue=(255, 255, 255)), np.uint8)


def _length(one: NDArray[Any], other: NDArray[Any]) -> float:
    return max(float(np.linalg.norm(other - one)), 1.0)


def _jpeg(pixels: Image, width: int | None) -> tuple[bytes, str]:
    height_px, width_px = pixels.shape[:2]
    if width is not None and 0 < width < width_px:
        size = (width, max(1, round(height_px * width / width_px)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    written, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not written:
        raise NoPictureError("The picture is too large to show.")
    return encoded.tobytes(), ".jpg"


class _DecodedPages:
    """The pages that were looked at last, so that the cards of a page, and a card's next look, decode it once."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Path, Image] = OrderedDict()
        self._guard = Lock()

    def get(self, path: Path) -> Image:
        with self._guard:
            if path in self._pages:
                self._pages.move_to_end(path)
                return self._pages[path]
        try:
            pixels = decode_colour(path.read_bytes())
        except (OSError, DecodeError) as error:
            raise NoPictureError(f"The picture of this page can't be shown: {error}") from error
        with self._guard:
            self._pages[path] = pixels
            while len(self._pages) > 1 and sum(page.nbytes for page in self._pages.values()) > _KEPT_BYTES:
                self._pages.popitem(last=False)
        return pixels


_decoded = _DecodedPages()
