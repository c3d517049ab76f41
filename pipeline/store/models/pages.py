"""What was scanned: batches and their pages."""

from django.db import models

from pipeline.records import Outcome


class Batch(models.Model):
    """Scans taken in at one go, such as `2026-11-22-1`."""

    id = models.CharField(max_length=32, primary_key=True)
    organisation = models.CharField(max_length=6, blank=True, default="")
    """Whose scans these are, by ODS code; empty when nobody said."""
    paths_key = models.CharField(max_length=64)
    """What was given, so that an unfinished batch over the same is taken up again."""
    received = models.DateField(null=True)
    """When the cards came in, where a person said so for the whole batch."""
    created = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=100, blank=True, default="")
    """For readings that another site sent: what it calls the batch. Its pages are in that site's ledger, not here."""

    @property
    def shown_id(self) -> str:
        """The id as people know it."""
        return self.origin or self.id

    class Meta:
        """Two processes may not begin the same paths at once."""

        constraints = (
            models.UniqueConstraint(
                fields=("paths_key",),
                condition=models.Q(finished_at__isnull=True),
                name="one_unfinished_batch",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Page(models.Model):
    """One page of one file, and what became of it."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="pages")
    position = models.PositiveBigIntegerField()
    """Its place in the order of the batch."""
    file = models.TextField()
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    suffix = models.CharField(max_length=8, blank=True)
    """Of its image in the home; empty when there is none."""
    received = models.DateField()
    outcome = models.CharField(max_length=16, choices=[(outcome.value, outcome.value) for outcome in Outcome])
    reason = models.TextField(blank=True)
    created = models.DateTimeField()

    class Meta:
        """One row, so one outcome, for each page of each file."""

        constraints = (models.UniqueConstraint(fields=("batch", "file", "number"), name="one_row_per_page"),)
        indexes = (models.Index(fields=("batch", "position"), name="pages_in_order"),)

    def __str__(self) -> str:
        return f"{self.file} page {self.number}"
