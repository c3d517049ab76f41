"""What machines read. Nothing here is ever changed or deleted: reading again adds."""

from django.db import models


class ReadingRun(models.Model):
    """One sighting, read once: how the card lay and what it meant as a whole."""

    sighting = models.ForeignKey("store.Sighting", models.PROTECT, related_name="runs")
    created = models.DateTimeField()
    newest = models.BooleanField(default=True)
    """Kept up to date, so that the newest of a sighting is found without searching."""
    filled = models.BooleanField()
    corners_px = models.JSONField()
    """[[x, y], …]: trim corners in the page image, clockwise from the card's own top left."""
    alignment_by = models.CharField(max_length=32)
    residual_mm = models.FloatField()
    page_from_card = models.JSONField()
    """3x3 homography, row by row, from card millimetres to page pixels."""
    px_per_mm = models.FloatField()
    nominee_staff = models.CharField(max_length=100, blank=True)
    nominee_staff_confidence = models.FloatField()
    nominee_ward = models.CharField(max_length=20, blank=True)
    nominee_ward_confidence = models.FloatField()

    class Meta:
        """One run is the newest."""

        constraints = (
            models.UniqueConstraint(fields=("sighting",), condition=models.Q(newest=True), name="one_newest_run"),
        )

    def __str__(self) -> str:
        return f"{self.sighting} read on {self.created:%d %B %Y at %H:%M}"


class Reading(models.Model):
    """One field, as read in one run."""

    run = models.ForeignKey(ReadingRun, models.PROTECT, related_name="readings")
    position = models.PositiveIntegerField()
    """Its place in the card's reading order."""
    field = models.CharField(max_length=100)
    content = models.CharField(max_length=16)
    value = models.JSONField()
    """Text, or a list for a multiple choice."""
    raw = models.TextField(blank=True)
    confidence = models.FloatField()
    probability = models.FloatField(default=0.0)
    """What readers and lists said, before calibration; 0 for what was read before this was kept."""
    calibration = models.CharField(max_length=100, blank=True, default="")
    """The curve that made `confidence` of it, and the calibration's version."""
    status = models.CharField(max_length=16)
    engine = models.CharField(max_length=100, blank=True)
    alternatives = models.JSONField()
    """[[text, probability], …], best first."""
    outline_px = models.JSONField()
    """[[x, y], …]: the field's outline in the page image, clockwise."""
    reason = models.TextField(blank=True)

    class Meta:
        """A field is read once in a run."""

        constraints = (models.UniqueConstraint(fields=("run", "field"), name="one_reading_per_field"),)
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"
