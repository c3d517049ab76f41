"""Shows what people are asked, whether two sources are one nomination, and keeps what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pipeline.sources import parse_card_source
from pipeline.statement import Standing, Statement
from pipeline.store import models
from pipeline.store.anonymity import is_anonymous
from pipeline.store.decisions import DecidedPair, decide_pair
from pipeline.store.merging import open_questions
from pipeline.store.page_owners import ELSEWHERE
from pipeline.store.statements import statements_of

_PERSONAL = ("nominator_name", "nominator_contact")
_FIELDS = (
    "nominee_first_name", "nominee_last_name", "nominee_team", "nominator_type", "action", "impact", "nominator_name",
    "nominator_contact", "date", "consent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sources, and what it says."""

    pk: int
    source: str
    nomination: str
    paper: bool
    card: tuple[str, int] | None
    """Number and copy."""
    received_at: datetime
    where: str
    """Which file, and which page or row of it."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """What both say in one field."""

    field: str
    one: str
    other: str
    alike: bool
    """Blanks and capitals aside."""
    unsure: tuple[bool, bool]
    """Whether it was read from a card and waits for a person."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why they may be one nomination, or two."""

    words: str
    weight: float
    """In bits; above 0 it speaks for one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, open or answered, with its two sources."""

    one: Side
    other: Side
    fields: tuple[FieldPair, ...]
    probability: float | None
    """As the last merge had it; None when it asks no more."""
    reasons: tuple[Reason, ...]
    answer: str
    """`same`, `apart`, or empty while it is open."""
    by: str
    at: datetime | None
    anonymous: bool
    """Whether any source of either nomination says that whoever made it isn't to be named, or may say so."""
    names_shown: bool
    """Whether they are named nevertheless, or wish nothing of the kind; else neither side shows who nominated."""

    @property
    def for_one(self) -> tuple[str, ...]:
        """What speaks for one nomination."""
        return tuple(reason.words for reason in self.reasons if reason.weight > 0)

    @property
    def for_two(self) -> tuple[str, ...]:
        """What speaks for two."""
        return tuple(reason.words for reason in self.reasons if reason.weight < 0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A question in a list."""

    one: int
    other: int
    sources: tuple[str, str]
    probability: float | None
    answer: str = ""
    by: str = ""
    at: datetime | None = None


def questions_open(organisation: str) -> int:
    """Return how many questions wait for an answer."""
    return len(open_questions([organisation]))


def list_open(organisation: str) -> list[Listed]:
    """Return the open questions, the likeliest to be one first."""
    asked = open_questions([organisation])
    numbers = _numbers(organisation, [name for question in asked for name in question.sources])
    return [
        Listed(numbers[question.sources[0]], numbers[question.sources[1]], question.sources, question.probability)
        for question in asked
    ]


def list_answered(organisation: str, most: int = 200) -> list[Listed]:
    """Return the newest answers, each pair once."""
    kinds = models.Decision.Kind
    rows = models.Decision.objects.filter(organisation=organisation, kind__in=(kinds.SAME, kinds.APART))
    newest: dict[tuple[str, str], models.Decision] = {}
    for row in rows.order_by("-pk"):
        newest.setdefault((row.source, row.other_source), row)
        if len(newest) == most:
            break
    numbers = _numbers(organisation, [name for pair in newest for name in pair])
    return [
        Listed(numbers[pair[0]], numbers[pair[1]], pair, None, row.kind, row.by, row.at)
        for pair, row in newest.items()
        if pair[0] in numbers and pair[1] in numbers
    ]


def question_of(organisation: str, one: int, other: int, *, with_anonymous: bool = False) -> Asked | None:
    """Return the question of two sources, with what both say; None when nobody is or was asked it."""
    rows = {
        row.pk: row for row in models.NominationSource.objects.filter(organisation=organisation, pk__in=(one, other))
    }
    if len(rows) < 2:
        return None
    pair = (rows[one], rows[other])
    link = models.Link.objects.filter(
        Q(one=pair[0], other=pair[1]) | Q(one=pair[1], other=pair[0]), until=None, state=models.Link.State.ASKED
    ).first()
    decision = _newest_answer(organisation, pair[0].source, pair[1].source)
    if link is None and decision is None:
        return None
    said = {statement.source.id: statement for statement in statements_of(organisation, [row.source for row in pair])}
    statements = [said.get(row.source) for row in pair]
    anonymous = is_anonymous(organisation, [row.nomination for row in pair])
    shown = with_anonymous or not anonymous
    return Asked(
        one=_side(pair[0], statements[0]),
        other=_side(pair[1], statements[1]),
        fields=_fields(statements, private=not shown),
        probability=link.probability if link else None,
        reasons=tuple(map(_reason, link.reasons)) if link else (),
        answer=decision.kind if decision else "",
        by=decision.by if decision else "",
        at=decision.at if decision else None,
        anonymous=anonymous,
        names_shown=shown,
    )


def answer_question(organisation: str, one: int, other: int, *, same: bool, by: str) -> DecidedPair | None:
    """Keep whether two sources are one nomination; the next merge follows it. None when nobody is asked that."""
    asked = question_of(organisation, one, other)
    if asked is None:
        return None
    return decide_pair(asked.one.source, asked.other.source, same, by, organisation)


def next_open(organisation: str, one: int, other: int) -> tuple[int, int] | None:
    """Return the open question that follows one in the list, from the start again after the last; None when no other
    is open."""
    pairs = [(question.one, question.other) for question in list_open(organisation)]
    here = pairs.index((one, other)) if (one, other) in pairs else -1
    rest = [pair for pair in (*pairs[here + 1 :], *pairs) if pair != (one, other)]
    return rest[0] if rest else None


def _numbers(organisation: str, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    wanted = sorted(set(names))
    for start in range(0, len(wanted), 500):
        rows = models.NominationSource.objects.filter(organisation=organisation, source__in=wanted[start : start + 500])
        found |= dict(rows.values_list("source", "pk"))
    return found


def _newest_answer(organisation: str, one: str, other: str) -> models.Decision | None:
    kinds = models.Decision.Kind
    first, second = sorted((one, other))
    rows = models.Decision.objects.filter(
        organisation=organisation, source=first, other_source=second, kind__in=(kinds.SAME, kinds.APART)
    )
    return rows.order_by("-pk").first()


def _side(row: models.NominationSource, said: Statement | None) -> Side:
    where = ""
    if said is not None:
        place = f"page {said.source.page}" if said.paper else f"row {said.source.row}"
        where = f"{place} of {said.source.file}" if said.source.file else f"{place}, {ELSEWHERE}"
    return Side(
        pk=row.pk,
        source=row.source,
        nomination=row.nomination,
        paper=row.card_id is not None,
        card=parse_card_source(row.source),
        received_at=row.received_at,
        where=where,
    )


def _fields(statements: Sequence[Statement | None], *, private: bool) -> tuple[FieldPair, ...]:
    told = []
    for field in _FIELDS:
        one, other = (said.text(field) if said else "" for said in statements)
        if not one and not other:
            continue
        alike = bool(one) and _plain(one) == _plain(other)
        unsure = [said is not None and said.answer(field).standing is Standing.REVIEW for said in statements]
        if private and field in _PERSONAL:
            one, other = ("(private)" if text else "" for text in (one, other))
        told.append(FieldPair(field, one, other, alike, (unsure[0], unsure[1])))
    return tuple(told)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _reason(text: str) -> Reason:
    words, _, weight = text.rpartition(" ")
    return Reason(words, float(weight))
