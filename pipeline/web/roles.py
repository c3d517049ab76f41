"""The roles that people have in an organisation."""

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import User

from pipeline.store import models as store
from pipeline.web.models import Membership


class Role(StrEnum):
    """What somebody is there for; the names of Django's groups."""

    WARD = "ward"
    ADMIN = "admin"
    COORDINATOR = "coordinator"
    QUALITY_LEAD = "quality-lead"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in words."""
        return _LABELS[self]

    @property
    def hint(self) -> str:
        """What the role is for, in a line."""
        return _HINTS[self]


_LABELS = {
    Role.WARD: "Ward staff",
    Role.ADMIN: "Admin team",
    Role.COORDINATOR: "Coordinator",
    Role.QUALITY_LEAD: "Quality lead",
    Role.ADMINISTRATOR: "Administrator",
}
_HINTS = {
    Role.WARD: "prints blank cards",
    Role.ADMIN: "scans cards and sees that every sheet is accounted for",
    Role.COORDINATOR: "imports web forms, merges, keeps the register; may do all but look after people",
    Role.QUALITY_LEAD: "settles what the machine was not sure of",
    Role.ADMINISTRATOR: "looks after people and their roles, and sees who did what",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in one organisation."""

    organisation: store.Organisation
    roles: frozenset[Role]
    ward: str = ""
    """The only ward that somebody of the role `ward` prints for; empty for all."""


def standing_of(user: User, organisation: str) -> Standing | None:
    """Return what somebody is in an organisation; None when they are nothing there."""
    row = store.Organisation.objects.filter(code=organisation).first()
    if row is None:
        return None
    held = list(Membership.objects.filter(user=user, organisation=row).select_related("group"))
    roles = {Role(one.group.name) for one in held}
    if user.is_superuser:
        roles.add(Role.ADMINISTRATOR)
    if not roles:
        return None
    return Standing(row, frozenset(roles), next((one.ward for one in held if one.group.name == Role.WARD), ""))


def organisations_of(user: User) -> list[store.Organisation]:
    """Return the organisations that somebody belongs to. Whoever set this up looks after the people of all."""
    rows = store.Organisation.objects.order_by("code")
    return list(rows if user.is_superuser else rows.filter(memberships__user=user).distinct())


def person_name(user: User) -> str:
    """Return how decisions and the audit log name somebody; no two people have the same."""
    return f"{user.get_full_name() or user.get_username()} ({user.get_username()})"
