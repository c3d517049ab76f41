"""What came in electronically: forms, imports of their exports, and the submissions in them."""

from django.db import models


class Form(models.Model):
    """An electronic source of one organisation, such as its Microsoft form."""

    organisation = models.ForeignKey("store.Organisation", models.PROTECT, related_name="forms")
    kind = models.CharField(max_length=16)
    """`msforms`, `google`, `odk`, `kobo` or `table`."""
    name = models.CharField(max_length=200)
    first = models.BooleanField()
    """Whether it is the organisation's first of its kind, whose sources are named without it: `msforms:41`."""
    mapping = models.TextField()
    """TOML: which column holds what, as the newest import took it."""
    mapping_given = models.BooleanField(default=False)
    """Whether a person said so, so that later imports take it too."""
    created = models.DateTimeField()

    class Meta:
        """A form exists once; one form of a kind is the first."""

        constraints = (
            models.UniqueConstraint(fields=("organisation", "kind", "name"), name="one_form_per_name"),
            models.UniqueConstraint(
                fields=("organisation", "kind"), condition=models.Q(first=True), name="one_first_form"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ImportRun(models.Model):
    """One file, imported."""

    organisation = models.ForeignKey("store.Organisation", models.PROTECT, related_name="imports")
    form = models.ForeignKey(Form, models.PROTECT, null=True, related_name="imports")
    """Empty for a file of readings."""
    file = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.TextField(blank=True)
    """Empty for whoever was at the command line."""
    result = models.JSONField()
    """What it said that it did, rows refused and columns kept included."""

    def __str__(self) -> str:
        return self.file


class Submission(models.Model):
    """One submission of a form, whose versions say what it said, then and now."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="submissions")
    key = models.CharField(max_length=300)

    class Meta:
        """A submission exists once."""

        constraints = (models.UniqueConstraint(fields=("form", "key"), name="one_submission_per_key"),)

    def __str__(self) -> str:
        return self.key


class SubmissionVersion(models.Model):
    """What a submission said in one export. Nothing here is ever changed but which is the current one."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    current = models.BooleanField()
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="versions")
    row = models.PositiveIntegerField()
    """As a spreadsheet shows it."""
    received_at = models.DateTimeField()
    revision = models.CharField(max_length=64, blank=True)
    """Sorts versions, where the export tells."""
    digest = models.CharField(max_length=64)
    """SHA-256 of what it says."""
    values = models.JSONField()
    """Answers by field; a field that the form doesn't ask for is missing."""
    kept = models.JSONField()
    """All other cells, by column."""
    notes = models.JSONField()
    withdrawn = models.BooleanField(default=False)

    class Meta:
        """One version is current."""

        constraints = (
            models.UniqueConstraint(fields=("submission", "number"), name="one_version_per_number"),
            models.UniqueConstraint(
                fields=("submission",), condition=models.Q(current=True), name="one_current_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission} version {self.number}"
