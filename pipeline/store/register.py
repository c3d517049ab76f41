"""Tells an organisation's nominations as its register holds them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.merge import find_nominees
from pipeline.merge.nominees import Nominee
from pipeline.merge.thanked import gather_thanked
from pipeline.register import Nomination, NomineeKind, nomination_of, standing_name
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.merging import Question, open_questions
from pipeline.store.organisations import profile_of
from pipeline.store.statements import people_of, statements_of


@dataclass(frozen=True, slots=True)
class Register:
    """An organisation's register, with what belongs to it."""

    nominations: tuple[Nomination, ...]
    """In the order that they came in."""
    questions: tuple[Question, ...]
    thanked: tuple[tuple[Nomination, ...], ...]
    """The nominations of each person and team, those who were thanked most often first."""


def nominations_of(organisation: str, *, with_anonymous: bool = False) -> list[Nomination]:
    """Return an organisation's nominations in the order that they came in, each with all its sources.

    What came in since the last merge stands for itself. Those who ticked `stay_anonymous` are named only
    `with_anonymous`. Raises UsageError when the organisation was never loaded.
    """
    return list(register_of(organisation, with_anonymous=with_anonymous).nominations)


def register_of(organisation: str, *, with_anonymous: bool = False) -> Register:
    """Return an organisation's register. Raises UsageError when the organisation was never loaded."""
    profile_of(organisation)
    statements = statements_of(organisation)
    nominees = find_nominees(statements, {organisation: people_of(organisation)})
    by_key = {said.key: nominee for said, nominee in zip(statements, nominees, strict=True)}
    rows = models.NominationSource.objects.filter(organisation=organisation)
    nomination_by_key = dict(rows.values_list("key", "nomination"))
    groups: dict[str, list[Statement]] = {}
    for said in statements:
        groups.setdefault(nomination_by_key[said.key], []).append(said)
    questions = open_questions([organisation])
    asked = {source for question in questions for source in question.sources}
    told = [
        (
            nomination_of(
                key,
                members,
                staff_ids=[by_key[said.key].staff for said in members],
                asked=any(said.source.id in asked for said in members),
                with_anonymous=with_anonymous,
            ),
            members,
        )
        for key, members in groups.items()
    ]
    told.sort(key=lambda one: (one[0].received_at, one[0].nomination_id))
    meant = [_meant(nomination, members, by_key) for nomination, members in told]
    nominations = tuple(nomination for nomination, _ in told)
    thanked = [tuple(nominations[n] for n in one.members) for one in gather_thanked(meant)]
    return Register(nominations, tuple(questions), tuple(sorted(thanked, key=lambda one: -len(one))))


def _meant(nomination: Nomination, members: Sequence[Statement], by_key: dict[str, Nominee]) -> Nominee:
    """Return whom a nomination thanks: as its standing name says, on the ward that any of its sources names."""
    named = standing_name(members) if nomination.nominee_kind is NomineeKind.PERSON else None
    said = named or max(members, key=lambda one: bool(by_key[one.key].team))
    nominee = by_key[said.key]
    team = nominee.team or next((by_key[one.key].team for one in members if by_key[one.key].team), "")
    return Nominee(nominee.name, team, staff=nomination.nominee_staff_id)
