"""What was printed: the templates and the print runs."""

from django.db import models


class TemplateSource(models.Model):
    """A template that cards were printed from, so that this home can read them whoever's template it was."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    """Of the layout's geometry: two wordings of one layout are read alike, and the newer one is kept."""
    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    toml = models.TextField()
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.fingerprint})"


class PrintRun(models.Model):
    """One print run; its card numbers follow from organisation, token, first index and count."""

    token = models.CharField(max_length=16, unique=True)
    organisation = models.ForeignKey("store.Organisation", models.PROTECT, related_name="print_runs")
    ward = models.CharField(max_length=20, blank=True)
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    per_sheet = models.PositiveSmallIntegerField()
    template = models.ForeignKey(TemplateSource, models.PROTECT, related_name="print_runs")
    printed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organisation_id}-{self.token} ({self.count} cards)"
