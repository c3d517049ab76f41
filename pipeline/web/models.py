"""Who may do what, and what they did."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class Membership(models.Model):
    """One role of one person in one organisation. Roles are Django's groups."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey("store.Organisation", models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    ward = models.CharField(max_length=20, blank=True)
    """For the role `ward`: the only ward it is for; empty for all."""

    class Meta:
        """A role is held once."""

        constraints = (models.UniqueConstraint(fields=("user", "organisation", "group"), name="one_role_once"),)

    def __str__(self) -> str:
        return f"{self.user} as {self.group} of {self.organisation_id}"


class AuditEvent(models.Model):
    """Something that somebody saw or did. The database itself refuses to change or delete one."""

    at = models.DateTimeField(auto_now_add=True)
    organisation = models.CharField(max_length=6, blank=True)
    """Empty for what concerns no organisation, such as signing in."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    person = models.TextField()
    """Who it was, as their name was then."""
    action = models.CharField(max_length=100)
    subject = models.TextField(blank=True)
    """What it was about: a nomination, a card, a field of it, a file."""
    detail = models.TextField(blank=True)

    class Meta:
        """Looked up by organisation, newest first, and by subject."""

        indexes = (
            models.Index(fields=("organisation", "-id"), name="events_of_organisation"),
            models.Index(fields=("organisation", "subject"), name="events_by_subject"),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.action} {self.subject}"
