"""The pages of a batch, and their pictures."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipeline.records import Outcome
from pipeline.store import models
from pipeline.store.batch_ledger import original_of, pages_with
from pipeline.store.page_owners import owns_batch, page_of
from pipeline.store.page_pictures import NoPictureError, page_picture
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import picture_response
from pipeline.web.scanning.batch_views import OUTCOMES, batch_or_404

_SHOWN = 24
_SMALL_PX = 240
"""The width of a small picture: which kind of page it is can be seen, but no story read."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it is shown in a list, or by itself."""

    row: models.Page
    reason: str
    original: models.Page | None
    """Of a duplicate, where the image is that was taken in before."""

    @property
    def name(self) -> str:
        """File and page, as people find them."""
        return f"{self.row.file}, page {self.row.number}" if self.row.number else self.row.file

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to be seen."""
        return bool(self.row.suffix)


def _shown(organisation: str, row: models.Page) -> ShownPage:
    if row.outcome != Outcome.DUPLICATE:
        return ShownPage(row, row.reason, None)
    original = original_of(organisation, row)
    # Another organisation's batch and file names are not told.
    return ShownPage(row, row.reason if original else "the same image was taken in before, elsewhere", original)


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def pages(request: WebRequest, organisation: str, batch: str, outcome: str) -> HttpResponseBase:
    """Show the pages of a batch that came out so."""
    found = batch_or_404(organisation, batch)
    try:
        wanted = Outcome(outcome)
    except ValueError:
        raise Http404("There is no such outcome.") from None
    shown = Paginator(pages_with(found, wanted), _SHOWN).get_page(request.GET.get("page"))
    record(request, "viewed small pictures of pages", batch, wanted.value)
    heading, meaning = OUTCOMES[wanted]
    context = {
        "batch": found, "heading": heading, "meaning": meaning, "shown": shown,
        "pages": [_shown(organisation, row) for row in shown],
    }  # fmt: skip
    return render(request, "scanning/pages.html", context)


def _page(organisation: str, pk: int) -> models.Page:
    row = page_of(organisation, pk)
    if row is None:
        raise Http404("There is no such page.")
    return row


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def page(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Show one page."""
    row = _page(organisation, pk)
    own_cards = row.sightings.filter(card__organisation=organisation).order_by("place")
    context = {
        "page": _shown(organisation, row),
        "heading": OUTCOMES[Outcome(row.outcome)][0],
        "cards": [sighting.card for sighting in own_cards.select_related("card")],
        "own_batch": owns_batch(organisation, row),
    }
    return render(request, "scanning/page.html", context)


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def picture(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Hand out the picture of a page, without what is another organisation's."""
    row = _page(organisation, pk)
    response = picture_response(*_picture(row, organisation))
    record(request, "viewed page picture", f"{row.batch_id}: {row}")
    return response


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def small(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Hand out a small picture of a page; the list that shows it is in the audit log."""
    return picture_response(*_picture(_page(organisation, pk), organisation, _SMALL_PX))


def _picture(row: models.Page, organisation: str, width: int | None = None) -> tuple[bytes, str]:
    try:
        return page_picture(row, organisation, width)
    except NoPictureError as error:
        raise Http404(str(error)) from None
