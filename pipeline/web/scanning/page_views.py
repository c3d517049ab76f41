"""The pages of a batch, and their pictures."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipeline.records import Outcome
from pipeline.store import models
from pipeline.store.batch_ledger import original_of, pages_with
from pipeline.store.page_owners import ELSEWHERE, owns_batch, page_of
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
    own: bool
    """Whether it is among the organisation's own scans."""
    reason: str
    """Empty among another organisation's scans, as it may tell of their cards."""
    original: models.Page | None
    """Of a duplicate, where the image is that was taken in before."""
    original_own: bool

    @property
    def name(self) -> str:
        """File and page, as people find them; how another organisation names its scans isn't told."""
        return _name(self.row, self.own)

    @property
    def original_name(self) -> str:
        """The same of where the image was taken in before."""
        return _name(self.original, self.original_own) if self.original else ""

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to be seen."""
        return bool(self.row.suffix)


def _name(row: models.Page, own: bool) -> str:
    if not own:
        return f"A page {ELSEWHERE}"
    return f"{row.file}, page {row.number}" if row.number else row.file


def _shown(organisation: str, row: models.Page) -> ShownPage:
    own = owns_batch(organisation, row)
    if row.outcome != Outcome.DUPLICATE:
        return ShownPage(row, own, row.reason if own else "", None, original_own=False)
    original = original_of(organisation, row)
    original_own = original is not None and owns_batch(organisation, original)
    # It names batch and file of the page before.
    reason = row.reason if own and original_own else "the same image was taken in before, elsewhere"
    return ShownPage(row, own, reason, original, original_own)


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
    }
    return render(request, "scanning/page.html", context)


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def picture(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Hand out the picture of a page, without what is another organisation's."""
    row = _page(organisation, pk)
    response = picture_response(*_picture(row, organisation))
    named = f"{row.batch_id}: {row}" if owns_batch(organisation, row) else f"page {row.pk} {ELSEWHERE}"
    record(request, "viewed page picture", named)
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
