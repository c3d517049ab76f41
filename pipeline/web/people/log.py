"""The audit log, as the administrator sees it."""

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from pipeline.web.access import Role, WebRequest, needs
from pipeline.web.models import AuditEvent

_SIZE = 100


@require_safe
@needs(Role.ADMINISTRATOR)
def log(request: WebRequest, organisation: str) -> HttpResponseBase:
    """Show who saw or did what, the newest first."""
    events = AuditEvent.objects.filter(organisation=organisation).order_by("-id")
    asked = {name: request.GET.get(name, "").strip() for name in ("person", "subject", "day")}
    if asked["person"]:
        events = events.filter(person__icontains=asked["person"])
    if asked["subject"]:
        events = events.filter(subject__icontains=asked["subject"])
    day = _day(asked["day"])
    if day:
        events = events.filter(at__date=day)
    pages = Paginator(events, _SIZE)
    page = pages.get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "bad_day": bool(asked["day"]) and day is None, "found": pages.count}
    return render(request, "people/log.html", context)


def _day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:
        return None
