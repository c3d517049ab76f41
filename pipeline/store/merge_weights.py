"""Keeps the weights of the merge that were worked out from the store's own data."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from forms.errors import UsageError
from pipeline.merge import find_nominees
from pipeline.merge.estimate import count_levels, fit
from pipeline.merge.match import Weights, read_weights, shipped_weights, weights_text
from pipeline.store import models
from pipeline.store.statements import people_of, statements_of

_ENOUGH = 200
"""Pairs of one nomination: with fewer, the shipped weights are better."""
_SURE = 0.99
"""Links from this probability on are taken for what they say."""


def present_weights() -> Weights:
    """Return the weights to merge by: the newest of the store's own, else those that come with the program.

    Weights of another version of the program, which compares other things, are passed over.
    """
    newest = models.MergeWeights.objects.order_by("-pk").first()
    if newest is None or not newest.toml:
        return shipped_weights()
    try:
        return read_weights(newest.toml)
    except (KeyError, ValueError):
        return shipped_weights()


def forget_weights() -> str:
    """Go back to the weights that come with the program; return what to tell a person."""
    models.MergeWeights.objects.create(at=timezone.now(), toml="", pairs=0)
    return "The weights that come with the program count again."


def estimate_weights(organisations: Sequence[str]) -> str:
    """Work weights out from what was merged and decided, keep them, and return what to tell a person.

    Sure links and people's "same" count as pairs of one nomination, open questions as neither, all else as two.
    Raises UsageError when there are too few pairs to learn from.
    """
    statements = [said for code in organisations for said in statements_of(code)]
    places = {(said.organisation, said.source.id): place for place, said in enumerate(statements)}
    same, unclear = _known_pairs(organisations, places)
    if len(same) < _ENOUGH:
        raise UsageError(
            f"There are {len(same)} pairs of sources that are surely one nomination; {_ENOUGH} are needed to learn "
            "from. Merge by the weights that come with the program meanwhile."
        )
    people = {code: people_of(code) for code in organisations}
    weights = fit(count_levels(statements, find_nominees(statements, people), same, unclear), shipped_weights())
    toml = weights_text(weights, f"Worked out from {len(same)} pairs of one nomination, {timezone.localdate()}.")
    models.MergeWeights.objects.create(at=timezone.now(), toml=toml, pairs=len(same))
    return f"Weights worked out anew, from {len(same)} pairs of one nomination."


def _known_pairs(
    organisations: Sequence[str], places: dict[tuple[str, str], int]
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    links = models.Link.objects.filter(organisation__in=organisations, until=None)
    sure = Q(state=models.Link.State.JOINED, probability__gte=_SURE)
    columns = ("organisation", "one__source", "other__source")
    same = set(links.filter(sure).values_list(*columns))
    unclear = set(links.exclude(sure).values_list(*columns))
    decisions = models.Decision.objects.filter(organisation__in=organisations).exclude(kind=models.Decision.Kind.VALUE)
    for code, one, other, kind in decisions.order_by("pk").values_list(
        "organisation", "source", "other_source", "kind"
    ):
        for pair in ((code, one, other), (code, other, one)):
            same.discard(pair)
            unclear.discard(pair)
        if kind == models.Decision.Kind.SAME.value:
            same.add((code, one, other))

    def at_places(pairs: set[tuple[str, str, str]]) -> set[tuple[int, int]]:
        found = ((places.get((code, one)), places.get((code, other))) for code, one, other in pairs)
        return {(min(a, b), max(a, b)) for a, b in found if a is not None and b is not None}

    return at_places(same), at_places(unclear)
