"""Writes the audit log: who saw or changed what, when. Nothing is ever taken out of it.

What is changed and its entry belong in one transaction, so that neither is there without the other.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.web.access import WebRequest
from pipeline.web.models import AuditEvent, Membership
from pipeline.web.roles import person_name


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


def record_of_account(user: User, action: str) -> None:
    """Enter what became of somebody's account in the log of each organisation that they belong to.

    Each administrator sees only their own organisation's log, and it concerns all of them.
    """
    codes = set(Membership.objects.filter(user=user).values_list("organisation", flat=True))
    for code in sorted(codes) or [""]:
        AuditEvent.objects.create(
            organisation=code, user=user, person=person_name(user), action=action, subject=user.get_username()
        )
