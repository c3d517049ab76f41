"""What waits to be done in the background, the files that people gave for it, and the closing of batches."""

from django.db import models


class Job(models.Model):
    """Work that a person asked for and a worker does."""

    class Kind(models.TextChoices):
        """What there is to do."""

        READ = "read"
        """Read the uploaded files as a batch."""
        MERGE = "merge"
        """Merge the organisation's sources."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        """Or it was, when its worker was killed: then the next worker goes on with it."""
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=16, choices=Kind)
    organisation = models.CharField(max_length=6)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    received = models.DateField(null=True)
    """The day its cards came in, for what was uploaded."""
    folder = models.CharField(max_length=32, unique=True)
    """In `uploads/` of the home; there until the files were read."""
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    """Why it failed, in plain English."""
    tries = models.PositiveIntegerField(default=0)
    """How many times a worker took it up."""
    pages_expected = models.PositiveIntegerField(null=True)
    """As far as the files say how many pages they have; empty until they were looked at."""
    batch = models.ForeignKey("store.Batch", models.PROTECT, null=True, related_name="jobs")

    class Meta:
        """Workers look for what waits; the web for what an organisation gave."""

        indexes = (
            models.Index(fields=("state",), name="jobs_by_state"),
            models.Index(fields=("organisation", "state"), name="jobs_of_an_organisation"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.organisation}: {self.state}"


class Upload(models.Model):
    """One file that a person gave."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="uploads")
    position = models.PositiveIntegerField()
    """Its place in the order of the batch."""
    name = models.CharField(max_length=200)
    """As people see it, made harmless, with `/` between folders."""
    stored = models.CharField(max_length=16, blank=True)
    """Its name in the job's folder, made by us; empty for one that was refused."""
    size = models.PositiveBigIntegerField()
    refused = models.TextField(blank=True)
    """Why it wasn't taken, in plain English."""

    class Meta:
        """A batch knows its files by their names."""

        constraints = (models.UniqueConstraint(fields=("job", "name"), name="one_upload_per_name"),)
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class BatchClosing(models.Model):
    """A person said that a batch is complete, or opened it again. The newest holds, and none is ever changed."""

    batch = models.ForeignKey("store.Batch", models.PROTECT, related_name="closings")
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    closed = models.BooleanField()
    """False: opened again."""
    counted = models.PositiveIntegerField(null=True)
    """Pages that the person had in hand."""
    pages = models.PositiveIntegerField()
    """Pages in the ledger at that time."""
    reason = models.TextField(blank=True)
    """Why all the same, where the two differ; or why it was opened again."""

    def __str__(self) -> str:
        return f"{self.batch_id} {'closed' if self.closed else 'opened again'} by {self.by}"
