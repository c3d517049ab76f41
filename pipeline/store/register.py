"""Tells an organisation's nominations as its register holds them."""

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.merge.nominees import Nominee
from pipeline.merge.thanked import gather_thanked
from pipeline.register import Nomination, NomineeKind, nomination_of, standing_name
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.directories import directory_of
from pipeline.store.merging import Question, open_questions
from pipeline.store.organisations import profile_of
from pipeline.store.statements import statements_of


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
    told = told_nominations(organisation, with_anonymous=with_anonymous)
    nominations = tuple(one.nomination for one in told)
    thanked = [tuple(nominations[n] for n in one.members) for one in gather_thanked([_meant(one) for one in told])]
    questions = tuple(open_questions([organisation]))
    return Register(nominations, questions, tuple(sorted(thanked, key=lambda one: -len(one))))


@dataclass(frozen=True, slots=True)
class ToldNomination:
    """A nomination, what its sources say, and whom each of them thanks."""

    nomination: Nomination
    statements: tuple[Statement, ...]
    nominees: tuple[Nominee, ...]


def told_nominations(
    organisation: str, ids: Collection[str] | None = None, *, with_anonymous: bool = False
) -> list[ToldNomination]:
    """Return the nominations of an organisation, or some hundred of them, in the order that they came in."""
    rows = models.NominationSource.objects.filter(organisation=organisation)
    if ids is not None:
        rows = rows.filter(nomination__in=ids)
    nomination_by_source = dict(rows.values_list("source", "nomination"))
    statements = statements_of(organisation, None if ids is None else list(nomination_by_source))
    directory = directory_of(organisation)
    asked = {source for question in open_questions([organisation]) for source in question.sources}
    groups: dict[str, list[tuple[Statement, Nominee]]] = {}
    for said in statements:
        # What was taken in since the first look belongs to the next time.
        if said.source.id in nomination_by_source:
            groups.setdefault(nomination_by_source[said.source.id], []).append((said, directory.nominee(said)))
    told = []
    for key, members in groups.items():
        statements_here = tuple(said for said, _ in members)
        meant = tuple(nominee for _, nominee in members)
        nomination = nomination_of(
            key,
            statements_here,
            staff_ids=[nominee.staff for nominee in meant],
            asked=any(said.source.id in asked for said in statements_here),
            with_anonymous=with_anonymous,
        )
        told.append(ToldNomination(nomination, statements_here, meant))
    return sorted(told, key=lambda one: (one.nomination.received_at, one.nomination.nomination_id))


def _meant(told: ToldNomination) -> Nominee:
    """Return whom a nomination thanks: as its standing name says, on the ward that any of its sources names."""
    by_key = {said.key: nominee for said, nominee in zip(told.statements, told.nominees, strict=True)}
    members = told.statements
    named = standing_name(members) if told.nomination.nominee_kind is NomineeKind.PERSON else None
    said = named or max(members, key=lambda one: bool(by_key[one.key].team))
    nominee = by_key[said.key]
    team = nominee.team or next((by_key[one.key].team for one in members if by_key[one.key].team), "")
    return Nominee(nominee.name, team, staff=told.nomination.nominee_staff_id)
