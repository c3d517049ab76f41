"""The sources that nominations are made from, and what merging them did."""

from django.db import models


class NominationSource(models.Model):
    """A card or an electronic submission, and the nomination that it belongs to.

    A nomination is no row of its own: it is the sources that share its id.
    """

    organisation = models.CharField(max_length=6, db_index=True)
    source = models.CharField(max_length=400)
    """As people see it, such as `card:RXW-7K3F9QZ-0012-H` or `msforms:41`."""
    key = models.CharField(max_length=600)
    """Its full name, the same in whatever order sources came in."""
    own_id = models.CharField(max_length=32, unique=True)
    """The id of the nomination that it would make alone. Any id that a nomination ever had is that of one source."""
    nomination = models.CharField(max_length=32, db_index=True)
    """The id of its nomination: of all its sources, the earliest one's own."""
    received_at = models.DateTimeField()
    """For a card: midnight in London of the day that it came in."""
    merged_in = models.ForeignKey("store.MergeRun", models.SET_NULL, null=True, related_name="sources")
    """The merge that took it in; empty for what came after the last one."""
    card = models.OneToOneField("store.Card", models.PROTECT, null=True, related_name="source")
    submission = models.OneToOneField("store.Submission", models.PROTECT, null=True, related_name="source")

    class Meta:
        """A source exists once in an organisation."""

        constraints = (
            models.UniqueConstraint(fields=("organisation", "source"), name="one_source_per_name"),
            models.UniqueConstraint(fields=("organisation", "key"), name="one_source_per_key"),
        )

    def __str__(self) -> str:
        return self.source


class MergeWeights(models.Model):
    """What agreeing and differing weigh, worked out from this store's own data. The newest holds."""

    at = models.DateTimeField()
    toml = models.TextField(blank=True)
    """Empty: those that come with the program count again."""
    pairs = models.PositiveIntegerField()
    """How many pairs of one nomination they were worked out from."""

    def __str__(self) -> str:
        return f"weights of {self.at:%d %B %Y}"


class MergeRun(models.Model):
    """One merge."""

    at = models.DateTimeField()
    organisation = models.CharField(max_length=6, blank=True)
    """Empty for all."""
    by = models.TextField(blank=True)
    """Empty for whoever was at the command line."""
    result = models.JSONField()
    """What it said that it did."""
    undone_at = models.DateTimeField(null=True)
    """When the last of its parts was taken back."""

    def __str__(self) -> str:
        return f"merge of {self.at:%d %B %Y at %H:%M}"


class MergePart(models.Model):
    """What a merge changed of one organisation, which can be taken back without touching any other's."""

    run = models.ForeignKey(MergeRun, models.CASCADE, related_name="parts")
    organisation = models.CharField(max_length=6)
    result = models.JSONField()
    """What it did, as counts; empty where an older version of the program didn't count by organisation."""
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True)

    class Meta:
        """An organisation has one part of a merge."""

        constraints = (models.UniqueConstraint(fields=("run", "organisation"), name="one_part_per_organisation"),)

    def __str__(self) -> str:
        return f"{self.organisation}'s part of the {self.run}"


class MergeMove(models.Model):
    """A source that a merge moved from one nomination to another."""

    run = models.ForeignKey(MergeRun, models.CASCADE, related_name="moves")
    source = models.ForeignKey(NominationSource, models.CASCADE, related_name="moves")
    before = models.CharField(max_length=32)
    after = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.source}: {self.before} to {self.after}"


class Link(models.Model):
    """Two sources that may be one nomination, as a merge weighed them."""

    class State(models.TextChoices):
        """What came of it."""

        JOINED = "joined"
        """They are one nomination."""
        ASKED = "asked"
        """A person is asked."""

    organisation = models.CharField(max_length=6, db_index=True)
    one = models.ForeignKey(NominationSource, models.CASCADE, related_name="links_before")
    other = models.ForeignKey(NominationSource, models.CASCADE, related_name="links_after")
    state = models.CharField(max_length=8, choices=State)
    weight = models.FloatField()
    """In bits."""
    probability = models.FloatField()
    reasons = models.JSONField()
    """[text, …], the weightiest first."""
    since = models.ForeignKey(MergeRun, models.CASCADE, related_name="links")
    until = models.ForeignKey(MergeRun, models.SET_NULL, null=True, related_name="ended_links")
    """The merge that found otherwise; empty for what holds now."""

    class Meta:
        """Of two sources one link holds."""

        constraints = (
            models.UniqueConstraint(
                fields=("one", "other"), condition=models.Q(until__isnull=True), name="one_link_holds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.one} and {self.other} {self.state}"
