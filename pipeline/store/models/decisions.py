"""What people said. Nothing here is ever changed or deleted: a newer decision wins."""

from django.db import models


class Decision(models.Model):
    """One thing that a person said of a source, such as `card:RXW-7K3F9QZ-0012-H`, or of two."""

    class Kind(models.TextChoices):
        """What was decided."""

        VALUE = "value"
        """What a field says."""
        SAME = "same"
        """Two sources are one nomination."""
        APART = "apart"
        """Two sources are two nominations."""

    kind = models.CharField(max_length=8, choices=Kind)
    organisation = models.CharField(max_length=6, default="")
    """Whose source it is: two organisations may both have a `msforms:41`."""
    source = models.CharField(max_length=400)
    other_source = models.CharField(max_length=400, blank=True)
    """For `same` and `apart`; of the two the one that comes later in the alphabet."""
    field = models.CharField(max_length=100, blank=True)
    value = models.JSONField(null=True)
    """For `value`: text, or a list for a multiple choice; null where a person could not read what is written."""
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Looked up by what was decided on."""

        indexes = (models.Index(fields=("organisation", "source", "field"), name="decisions_by_source"),)

    def __str__(self) -> str:
        return f"{self.source} {self.field} {self.kind} by {self.by}"
