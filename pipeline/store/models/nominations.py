"""Nominations, and the sources that each was made from."""

from django.db import models


class Nomination(models.Model):
    """One nomination of one organisation. Its id is made from its earliest source."""

    id = models.CharField(max_length=32, primary_key=True)
    organisation = models.CharField(max_length=6, db_index=True)

    def __str__(self) -> str:
        return self.id


class NominationAlias(models.Model):
    """An id that a later join replaced; it still leads to its nomination."""

    id = models.CharField(max_length=32, primary_key=True)
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.id} is {self.nomination_id}"


class NominationSource(models.Model):
    """A card or an electronic submission that a nomination was made from."""

    source = models.CharField(max_length=400, unique=True)
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="sources")
    received_at = models.DateTimeField()
    """For a card: midnight in London of the day that it came in."""
    card = models.OneToOneField("store.Card", models.PROTECT, null=True, related_name="source")

    def __str__(self) -> str:
        return self.source
