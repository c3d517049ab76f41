"""The cards that came back, and where each was seen."""

from django.db import models


class Card(models.Model):
    """A card's number, and which copy: a number seen again with other writing is another copy.

    Organisation and ward are kept as plain codes, because a card may come before its organisation is loaded,
    or from a print run of another site.
    """

    number = models.CharField(max_length=32)
    copy = models.PositiveIntegerField()
    organisation = models.CharField(max_length=6, db_index=True)
    ward = models.CharField(max_length=20, blank=True)
    template = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        """A copy exists once."""

        constraints = (models.UniqueConstraint(fields=("number", "copy"), name="one_card_per_copy"),)

    def __str__(self) -> str:
        return self.number if self.copy == 1 else f"{self.number}/{self.copy}"


class Sighting(models.Model):
    """One card seen on one page."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="sightings")
    page = models.ForeignKey("store.Page", models.PROTECT, related_name="sightings")
    place = models.PositiveIntegerField()
    """Which card of the page it is, from 0, in the order they were found."""
    filled = models.BooleanField()
    ink = models.BinaryField()
    """A small picture of the writing alone, as the newest reading made it."""
    current = models.BooleanField(default=False)
    """Whether this is the sighting that speaks for the card: the newest filled one, or the newest where none
    is."""

    class Meta:
        """One sighting speaks for a card."""

        constraints = (
            models.UniqueConstraint(fields=("page", "place"), name="one_sighting_per_place"),
            models.UniqueConstraint(fields=("card",), condition=models.Q(current=True), name="one_current_sighting"),
        )

    def __str__(self) -> str:
        return f"{self.card} on {self.page}"
