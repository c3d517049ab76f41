"""Pictures of fields: each alone, with the print around it, or, on explicit demand, the whole card."""

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from pipeline.sources import card_source
from pipeline.store import models
from pipeline.store.leases import FieldKey
from pipeline.store.nomination_view import hidden_fields
from pipeline.store.page_pictures import NoPictureError
from pipeline.store.page_pictures import card_picture as cut_out
from pipeline.store.review_fields import card_fields, field_picture
from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.audit import record
from pipeline.web.pictures import picture_response
from pipeline.web.reviewing.way import looked_at, may_look, reviewer


def _card(organisation: str, card: int) -> models.Card:
    row = models.Card.objects.filter(pk=card, organisation=organisation).first()
    if row is None:
        raise Http404("There is no such card.")
    return row


def _field(request: WebRequest, card: int, field: str, *, around: bool = False) -> tuple[bytes, str]:
    key = FieldKey(card, field)
    if not may_look(request, key):
        raise Http404("There is no such field to review.")
    try:
        return field_picture(request.organisation.code, key, around=around)
    except NoPictureError as error:
        raise Http404(str(error)) from None


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def crop(request: WebRequest, organisation: str, card: int, field: str) -> HttpResponseBase:
    """Hand out the picture of one field."""
    _card(organisation, card)
    response = picture_response(*_field(request, card, field))
    looked_at(request, FieldKey(card, field))
    return response


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def around(request: WebRequest, organisation: str, card: int, field: str) -> HttpResponseBase:
    """Hand out the picture of one field with the print around it; what is written elsewhere is painted over."""
    row = _card(organisation, card)
    response = picture_response(*_field(request, card, field, around=True))
    record(request, "viewed print around field", card_source(row.number, row.copy), field)
    return response


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def card_picture(request: WebRequest, organisation: str, card: int) -> HttpResponseBase:
    """Hand out the picture of a whole card of which something is to be reviewed, without what names somebody who
    wishes not to be named."""
    row = _card(organisation, card)
    if not any(may_look(request, FieldKey(card, field)) for field in card_fields(organisation, card)):
        raise Http404("There is nothing to review on this card.")
    try:
        hidden = hidden_fields(organisation, row.number, row.copy)
        response = picture_response(*cut_out(row.number, row.copy, without=hidden))
    except NoPictureError as error:
        raise Http404(str(error)) from None
    record(request, "viewed whole card", card_source(row.number, row.copy))
    return response


@require_safe
@needs(Role.QUALITY_LEAD, Role.COORDINATOR)
def grid_crop(request: WebRequest, organisation: str, card: int, field: str) -> HttpResponseBase:
    """Hand out the picture of a field that is shown side by side with others; the grid's own entry in the log names
    them all, so only what whoever asks holds is shown."""
    row = _card(organisation, card)
    if not models.WaitingField.objects.filter(card=row, field=field, leased_to=reviewer(request).user).exists():
        raise Http404("This field is not one that you hold.")
    return picture_response(*_field(request, card, field))
