"""Tells whether whoever made a nomination is to be named: all of its sources have a say in that."""

from collections.abc import Collection

from pipeline.register import stays_anonymous
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.statements import statements_of


def is_anonymous(organisation: str, nominations: Collection[str]) -> bool:
    """Whether any of some nominations is by somebody who wishes not to be named, as far as can be told.

    As in the register, one source that says so hides the names that all others of its nomination give.
    """
    rows = models.NominationSource.objects.filter(organisation=organisation, nomination__in=set(nominations))
    nomination_by_source = dict(rows.values_list("source", "nomination"))
    groups: dict[str, list[Statement]] = {}
    for said in statements_of(organisation, list(nomination_by_source)):
        groups.setdefault(nomination_by_source[said.source.id], []).append(said)
    return any(map(stays_anonymous, groups.values()))
