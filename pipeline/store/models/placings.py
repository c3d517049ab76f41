"""What people said of pages that no machine could place. What was said is never changed: a newer saying wins."""

from django.db import models


class PagePlacing(models.Model):
    """One card that a person placed on a page, or a page that a person set aside."""

    page = models.ForeignKey("store.Page", models.PROTECT, related_name="placings")
    placing = models.JSONField(null=True)
    """`{"number": …, "corners_px": [[x, y], …], "turn": …, "fingerprint": …}`; null for a page set aside."""
    more = models.BooleanField(default=False)
    """Whether another card on the page is still to be placed."""
    reason = models.TextField(blank=True)
    """Why the page was set aside."""
    by = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    """When it was read for the first time; empty while it waits. This and what follows is filled in once."""
    fault = models.TextField(blank=True)
    """Why no card came of it."""
    sighting = models.ForeignKey("store.Sighting", models.PROTECT, null=True, related_name="placings")
    """The card that came of it."""

    class Meta:
        """Looked up by page, the newest last."""

        indexes = (models.Index(fields=("page", "id"), name="placings_by_page"),)

    def __str__(self) -> str:
        return f"{self.page} {'placed' if self.placing else 'set aside'} by {self.by}"
