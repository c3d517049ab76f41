"""Writes the audit log: who saw or changed what, when. Nothing is ever taken out of it."""

from datetime import timedelta

from django.utils import timezone

from pipeline.web.access import WebRequest
from pipeline.web.models import AuditEvent


def record(request: WebRequest, action: str, subject: str = "", detail: str = "") -> None:
    """Enter in the log what somebody of an organisation saw or did: "viewed nomination", "N-VPLSX72JACRW"."""
    AuditEvent.objects.create(
        organisation=request.organisation.code,
        user=request.user,
        person=request.person,
        action=action,
        subject=subject,
        detail=detail,
    )


def saw_lately(request: WebRequest, action: str, subject: str, detail: str) -> bool:
    """Return whether the log says that they saw just that, within a day."""
    events = AuditEvent.objects.filter(organisation=request.organisation.code, subject=subject, user=request.user)
    return events.filter(action=action, detail=detail, at__gt=timezone.now() - timedelta(days=1)).exists()
