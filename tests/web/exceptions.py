"""Pages that no machine could place, kept in a test's home."""

import hashlib

from pipeline.page_corners import to_turned
from pipeline.pictures import png_of
from pipeline.records import Corner, Outcome, Page, PageReading
from pipeline.store import models
from pipeline.store.batches import open_batch
from pipeline.store.pages import keep_page
from tests.pipeline.paper import Paper, Scanned, nameless, scan
from tests.store.builders import RECEIVED, same_writing

REASON = "a card of ours whose code and number can't be read (the number looks like '')"


def keep_exception(scanned: Scanned, file: str = "lost.pdf", organisation: str = "RXW", number: int = 1) -> int:
    """Keep a scanned page as one that nobody could place; return its primary key."""
    data = png_of(scanned.image)
    batch = open_batch(f"{organisation} {file}", organisation=organisation).id
    page = Page(file, number, data, hashlib.sha256(data).hexdigest(), ".png")
    keep_page(batch, number, page, PageReading(Outcome.EXCEPTION, REASON), RECEIVED, same_writing)
    return models.Page.objects.get(batch=batch, file=file, number=number).pk


def upside_down() -> tuple[Paper, Scanned]:
    """A card without code, number and marks, scanned upside down and a little askew."""
    paper = nameless(marks=False)
    return paper, scan(paper, turn=2, skew=1.5, dpi=150)


def seen_corners(paper: Paper, scanned: Scanned, turn: int) -> list[Corner]:
    """A card's true corners on the page as it is turned on the screen."""
    height, width = scanned.image.shape
    return to_turned(turn, (width, height), [(float(x), float(y)) for x, y in scanned.corners(paper)])


def an_exception() -> int:
    """A page of RXW that waits for a person."""
    row = models.Page.objects.filter(outcome=Outcome.EXCEPTION.value, batch__organisation="RXW").first()
    return row.pk if row else keep_exception(scan(nameless(marks=True), dpi=100))
