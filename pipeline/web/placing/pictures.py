"""The pictures by which people place pages."""

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from pipeline.page_corners import TURNS
from pipeline.store import models
from pipeline.store.exception_pictures import printed_number_of, turned_picture
from pipeline.store.page_owners import page_of
from pipeline.store.page_pictures import NoPictureError
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import picture_response

_WIDEST_PX = 1600


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def picture(request: WebRequest, organisation: str, pk: int, turn: int) -> HttpResponseBase:
    """Hand out a page, turned, without what is another organisation's."""
    row = page_or_404(organisation, pk)
    if turn not in TURNS:
        raise Http404("A page can't be turned so.")
    try:
        response = picture_response(*turned_picture(row, organisation, turn, _WIDEST_PX))
    except NoPictureError as error:
        raise Http404(str(error)) from None
    record(request, "viewed page picture", f"{row.batch_id}: {row}")
    return response


@require_safe
@needs(Role.ADMIN, Role.COORDINATOR)
def printed_number(request: WebRequest, organisation: str, pk: int) -> HttpResponseBase:
    """Hand out where the number of a page's card is printed, enlarged."""
    row = page_or_404(organisation, pk)
    try:
        return picture_response(*printed_number_of(row, organisation))
    except NoPictureError as error:
        raise Http404(str(error)) from None


def page_or_404(organisation: str, pk: int) -> models.Page:
    """Return an organisation's page."""
    row = page_of(organisation, pk)
    if row is None:
        raise Http404("There is no such page.")
    return row
