"""Tells an organisation's nominations as its register holds them."""

from pipeline.merge import find_nominees
from pipeline.register import Nomination, nomination_of
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.merging import open_questions
from pipeline.store.organisations import profile_of
from pipeline.store.statements import people_of, statements_of


def nominations_of(organisation: str, *, with_anonymous: bool = False) -> list[Nomination]:
    """Return an organisation's nominations in the order that they came in, each with all its sources.

    What came in since the last merge stands for itself. Those who ticked `stay_anonymous` are named only
    `with_anonymous`. Raises UsageError when the organisation was never loaded.
    """
    profile_of(organisation)
    statements = statements_of(organisation)
    nominees = find_nominees(statements, {organisation: people_of(organisation)})
    staff = {said.key: nominee.staff for said, nominee in zip(statements, nominees, strict=True)}
    rows = models.NominationSource.objects.filter(organisation=organisation)
    nomination_by_key = dict(rows.values_list("key", "nomination"))
    groups: dict[str, list[Statement]] = {}
    for said in statements:
        groups.setdefault(nomination_by_key[said.key], []).append(said)
    asked = {source for question in open_questions([organisation]) for source in question.sources}
    nominations = [
        nomination_of(
            key,
            members,
            staff_ids=[staff[said.key] for said in members],
            asked=any(said.source.id in asked for said in members),
            with_anonymous=with_anonymous,
        )
        for key, members in groups.items()
    ]
    return sorted(nominations, key=lambda nomination: (nomination.received_at, nomination.nomination_id))
