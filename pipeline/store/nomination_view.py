"""Tells all of one nomination, for a person to look at: its fields, where each is from, its sources and its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from forms.errors import UsageError
from pipeline.records import Value
from pipeline.register import Nomination, received_text, standing_answer, standing_name, stays_anonymous
from pipeline.sources import card_source, parse_card_source
from pipeline.statement import Standing, Statement
from pipeline.store import models
from pipeline.store.anonymity import is_anonymous
from pipeline.store.merging import Question, open_questions
from pipeline.store.nomination_history import PRIVATE, Event, history_of
from pipeline.store.register import told_nominations

NOMINATOR = ("nominator_name", "nominator_contact")
"""What names whoever nominated."""
FIELDS = (
    "nominee_first_name", "nominee_last_name", "nominee_team", "action", "impact", "date", "nominator_type",
    *NOMINATOR, "consent",
)  # fmt: skip
"""In the order that people read them."""
_NAME = ("nominee_first_name", "nominee_last_name")


class UnknownNominationError(UsageError):
    """An organisation has no nomination of that id or source."""


@dataclass(frozen=True, slots=True)
class FieldSaid:
    """What a nomination says in one field, and where that is from."""

    name: str
    value: Value
    """Empty when it is hidden."""
    standing: Standing
    source: str
    """Whose answer stands; empty when nobody answered, and for consent, of which all sources count."""
    others: tuple[tuple[str, Value], ...]
    """What other sources say otherwise."""
    hidden: bool
    """Whether it says something that isn't shown, because whoever nominated wishes not to be named."""


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """One source of a nomination."""

    id: str
    received: str
    """An ISO day for a card, day and time for a submission."""
    source: str
    """The batch of a card, or the name of a form. Empty, like the file, among another organisation's scans."""
    file: str
    page: int | None
    row: int | None
    card: str
    """The card's number; empty for a submission."""
    copy: int
    page_key: int | None
    """Of the page in the store, where its image is here."""
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class NominationView:
    """A nomination as a person sees it."""

    nomination: Nomination
    ward: str
    """The code of the ward that is meant."""
    fields: tuple[FieldSaid, ...]
    sources: tuple[SourceSeen, ...]
    history: tuple[Event, ...]
    """The newest first."""
    earlier_ids: tuple[str, ...]
    questions: tuple[Question, ...]
    anonymous: bool
    """Whether whoever nominated wishes not to be named, as far as can be told."""


def nomination_id_of(organisation: str, name: str) -> str:
    """Return the present id of a nomination, given it, an id that it had, or a source.

    Raises UnknownNominationError when the organisation has none of that name.
    """
    named = parse_card_source(name) or parse_card_source(f"card:{name}")
    source = card_source(*named) if named else name
    rows = models.NominationSource.objects.filter(organisation=organisation)
    row = rows.filter(Q(own_id=name) | Q(source=source)).first()
    if row is None:
        raise UnknownNominationError(f"There is no nomination '{name}' in the register of {organisation}.")
    return row.nomination


def view_nomination(organisation: str, nomination_id: str, *, with_anonymous: bool = False) -> NominationView:
    """Return all that is known of a nomination; who made it only `with_anonymous`, if they wish not to be named.

    Raises UnknownNominationError when there is none of that id, or nothing of it can be read any more.
    """
    told = told_nominations(organisation, [nomination_id], with_anonymous=with_anonymous)
    if not told:
        raise UnknownNominationError(f"There is no nomination '{nomination_id}' in the register of {organisation}.")
    (one,) = told
    rows = models.NominationSource.objects.filter(organisation=organisation, nomination=nomination_id)
    sources = list(rows.select_related("card", "submission__form").order_by("received_at", "key"))
    names = {source.source for source in sources}
    anonymous = stays_anonymous(one.statements)
    hidden = NOMINATOR if anonymous and not with_anonymous else ()
    return NominationView(
        nomination=one.nomination,
        ward=next((nominee.team for nominee in one.nominees if nominee.team_is_listed), ""),
        fields=tuple(_field(name, one.nomination, one.statements, name in hidden) for name in FIELDS),
        sources=tuple(_sources(sources, one.statements)),
        history=history_of(organisation, sources, hidden),
        earlier_ids=tuple(source.own_id for source in sources if source.own_id != nomination_id),
        questions=tuple(asked for asked in open_questions([organisation]) if names & set(asked.sources)),
        anonymous=anonymous,
    )


def hidden_fields(organisation: str, number: str, copy: int) -> tuple[str, ...]:
    """Return the fields of a card that name somebody who wishes not to be named."""
    row = models.NominationSource.objects.filter(organisation=organisation, source=card_source(number, copy)).first()
    return NOMINATOR if row and is_anonymous(organisation, [row.nomination]) else ()


def _field(name: str, nomination: Nomination, statements: Sequence[Statement], hidden: bool) -> FieldSaid:
    stands = standing_answer(statements, name)
    speaks = standing_name(statements) if name in _NAME else None
    if name in _NAME and speaks:
        stands = speaks.answer(name)
    elif name != "consent":
        speaks = next((said for said in statements if stands.value and said.answer(name) is stands), None)
    value: Value = nomination.consent if name == "consent" else stands.value
    others = tuple(
        (said.source.id, PRIVATE if hidden else said.answer(name).value)
        for said in statements
        if said.answer(name).value and not _alike(said.answer(name).value, value)
    )
    shown = "" if hidden else value
    return FieldSaid(name, shown, stands.standing, speaks.source.id if speaks else "", others, hidden and bool(value))


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold().split() == other.casefold().split()
    return set(one) == set(other)


def _sources(rows: Sequence[models.NominationSource], statements: Sequence[Statement]) -> list[SourceSeen]:
    said = {one.source.id: one for one in statements}
    pages = dict(
        models.Sighting.objects.filter(current=True, card__in=[row.card_id for row in rows if row.card_id])
        .exclude(page__suffix="")
        .values_list("card", "page")
    )
    told = []
    for row in rows:
        if (one := said.get(row.source)) is None:
            continue
        told.append(
            SourceSeen(
                id=row.source,
                received=received_text(one),
                source=one.source.source,
                file=one.source.file,
                page=one.source.page,
                row=one.source.row,
                card=row.card.number if row.card else "",
                copy=row.card.copy if row.card else 1,
                page_key=pages.get(row.card_id) if row.card_id else None,
                withdrawn=one.withdrawn,
            )
        )
    return told
