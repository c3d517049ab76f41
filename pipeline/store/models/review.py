"""What waits for a person, kept beside the readings so that the next field is found at once."""

from django.db import models


class WaitingField(models.Model):
    """A field of a card under review that nobody has decided, and who looks at it just now.

    All but the lease follows from readings and decisions; `pipeline.store.waiting` keeps it so.
    """

    card = models.ForeignKey("store.Card", models.CASCADE, related_name="waiting")
    field = models.CharField(max_length=100)
    reading = models.ForeignKey("store.Reading", models.CASCADE, related_name="+")
    organisation = models.CharField(max_length=6)
    position = models.PositiveIntegerField()
    """Its place in the card's reading order."""
    content = models.CharField(max_length=16)
    content_order = models.PositiveSmallIntegerField()
    """Which content is looked at first: dates, then names, …"""
    confidence = models.FloatField()
    value = models.CharField(max_length=200, blank=True)
    """As one text, cut off at the end: fields that were read alike are shown side by side."""
    odd = models.BooleanField(default=False)
    """Whether a person picked it out of fields that were read alike: it is looked at by itself then."""
    leased_to = models.BigIntegerField(null=True)
    """The account of the person who looks at it."""
    leased_until = models.DateTimeField(null=True)
    sitting = models.CharField(max_length=32, blank=True)
    """Which of that person's open pages shows it: one that is closed late gives back nothing of another's."""

    class Meta:
        """One row for a field; an index for each order."""

        constraints = (models.UniqueConstraint(fields=("card", "field"), name="one_waiting_row_per_field"),)
        indexes = (
            models.Index(fields=("organisation", "card", "position"), name="waiting_by_card"),
            models.Index(
                fields=("organisation", "content_order", "field", "card", "position"), name="waiting_by_content"
            ),
            models.Index(fields=("organisation", "confidence", "id"), name="waiting_by_doubt"),
            models.Index(fields=("organisation", "content", "confidence", "id"), name="waiting_by_doubt_of_content"),
            models.Index(fields=("organisation", "field", "value"), name="waiting_alike"),
            models.Index(
                fields=("organisation", "leased_to"),
                condition=models.Q(leased_to__isnull=False),
                name="waiting_leased",
            ),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.field}"
