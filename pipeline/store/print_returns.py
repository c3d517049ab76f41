"""Tells what was printed, and how many of each print run's cards came back."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Substr

from forms.numbers import TOKEN_LENGTH
from pipeline.store import models
from pipeline.store.printing import PrintRun, print_runs


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """A print run, and what came back of it."""

    run: PrintRun
    filled: int
    """Cards that came back with writing on them."""
    empty: int
    """Cards that came back with nothing on them."""
    copies: int
    """Photocopies of its cards with other writing, besides."""


def print_runs_of(organisation: str, ward: str | None = None, most: int | None = None) -> list[PrintedRun]:
    """Return an organisation's print runs, or one ward's, with what came back; the newest first, at `most` so many."""
    runs = print_runs(organisation, ward)[:most]
    cards = models.Card.objects.annotate(token=Substr("number", len(organisation) + 2, TOKEN_LENGTH)).filter(
        organisation=organisation, token__in=[run.token for run in runs]
    )
    first, filled = Q(copy=1), Q(sightings__current=True, sightings__filled=True)
    counted = cards.values("token").annotate(
        filled=Count("pk", filter=first & filled, distinct=True),
        seen=Count("pk", filter=first, distinct=True),
        copies=Count("pk", filter=~first, distinct=True),
    )
    came_back = {row["token"]: (row["filled"], row["seen"] - row["filled"], row["copies"]) for row in counted}
    return [PrintedRun(run, *came_back.get(run.token, (0, 0, 0))) for run in runs]
