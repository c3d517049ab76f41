"""The register: one row for each nomination of one organisation, made of all that its sources say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pipeline.records import Value
from pipeline.statement import Answer, Source, Standing, Statement

ANONYMOUS = "stay_anonymous"
"""The consent that keeps a nominator's name and contact out of the register."""
_LONDON = ZoneInfo("Europe/London")
_NAME = ("nominee_first_name", "nominee_last_name")
_CHECKED = (
    "nominee_team",
    "nominator_type",
    "nominator_name",
    "nominator_contact",
    "action",
    "impact",
    "date",
)


class Channel(StrEnum):
    """How a nomination came in."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


class NomineeKind(StrEnum):
    """Whom a nomination is for."""

    PERSON = "person"
    TEAM = "team"


class NominationStatus(StrEnum):
    """Whether a nomination may stand as it is."""

    COMPLETE = "complete"
    REVIEW = "review"
    """A field waits for a person."""
    QUESTION = "question"
    """It may be the same as another."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Nomination:
    """One row of the register; its fields are the columns, in order."""

    nomination_id: str
    organisation: str
    received_at: str
    """An ISO date for a card, date and time for an electronic submission."""
    channel: Channel
    nominee_kind: NomineeKind
    nominee_first_name: str
    nominee_last_name: str
    nominee_staff_id: str
    nominee_team: str
    nominator_type: str
    nominator_name: str
    nominator_contact: str
    action: str
    impact: str
    date: str
    consent: tuple[str, ...]
    status: NominationStatus
    sources: tuple[Source, ...]


COLUMNS = tuple(Nomination.__dataclass_fields__)


def nomination_of(
    nomination_id: str,
    statements: Sequence[Statement],
    *,
    staff_ids: Sequence[str],
    asked: bool = False,
    with_anonymous: bool = False,
) -> Nomination:
    """Return the nomination that some sources make together; `staff_ids` says of each whom it means.

    Where sources differ, what a person decided stands, then what was typed, then what was read surely, then what
    waits for a person. Consent is the narrower. Whoever wishes to stay anonymous, in one source or as far as can be
    told, is named only `with_anonymous`. `asked` says that it may be the same as another nomination.
    """
    order = sorted(range(len(statements)), key=lambda n: statements[n].order)
    told = [statements[n] for n in order]
    ids = {statements[n].key: staff_ids[n] for n in order}
    named = standing_name(told)
    first, last = (named.text(name) if named else "" for name in _NAME)
    consent = joint_consent(told)
    hidden = not with_anonymous and stays_anonymous(told)
    team = _text(standing_answer(told, "nominee_team"))
    return Nomination(
        nomination_id=nomination_id,
        organisation=told[0].organisation,
        received_at=received_text(told[0]),
        channel=_channel(told),
        nominee_kind=NomineeKind.TEAM if team and not (first or last) else NomineeKind.PERSON,
        nominee_first_name=first,
        nominee_last_name=last,
        nominee_staff_id=_staff_id(told, named, ids),
        nominee_team=team,
        nominator_type=_text(standing_answer(told, "nominator_type")),
        nominator_name="" if hidden else _text(standing_answer(told, "nominator_name")),
        nominator_contact="" if hidden else _text(standing_answer(told, "nominator_contact")),
        action=_text(standing_answer(told, "action")),
        impact=_text(standing_answer(told, "impact")),
        date=_text(standing_answer(told, "date")),
        consent=consent,
        status=_status(told, named, asked),
        sources=tuple(said.source for said in told),
    )


def received_text(said: Statement) -> str:
    """Return when a source came in: a day for a card, day and time for an electronic submission."""
    at = said.received_at.astimezone(_LONDON)
    return at.date().isoformat() if said.paper else at.isoformat(timespec="seconds")


def standing_answer(statements: Sequence[Statement], field: str) -> Answer:
    """Return the answer that stands among those of several sources: the surest, of equally sure ones the newest."""
    answers = [(said.answer(field), said.order) for said in statements]
    answered = [told for told in answers if told[0].value]
    best = max(answered or answers, key=lambda told: (told[0].standing, told[1]))
    return best[0]


def standing_name(statements: Sequence[Statement]) -> Statement | None:
    """Return the source whose name of the nominee stands; first and last name are never taken from two sources."""
    named = [said for said in statements if any(said.text(name) for name in _NAME)]
    return max(named, key=_name_rank) if named else None


def _name_rank(said: Statement) -> tuple[bool, bool, int, tuple[datetime, str]]:
    answers = [said.answer(name) for name in _NAME]
    decided = any(answer.standing is Standing.DECIDED for answer in answers)
    standing = min(answer.standing for answer in answers if answer.value)
    return decided, all(answer.value for answer in answers), standing, said.order


def joint_consent(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Return what all sources that were asked allow, and `stay_anonymous` when any of them says so."""
    asked = [_list(said.answer("consent").value) for said in statements if "consent" in said.answers]
    if not asked:
        return ()
    anonymous = any(ANONYMOUS in ticked for ticked in asked)
    allowed = [tick for tick in asked[0] if tick != ANONYMOUS and all(tick in ticked for ticked in asked)]
    return (*allowed, *((ANONYMOUS,) if anonymous else ()))


def stays_anonymous(statements: Sequence[Statement]) -> bool:
    """Tell whether who nominated isn't to be named: it was asked for, or can't be told for sure."""
    return ANONYMOUS in joint_consent(statements) or _consent_is(statements, Standing.REVIEW, Standing.UNREADABLE)


def _consent_is(statements: Sequence[Statement], *standings: Standing) -> bool:
    return any(said.answer("consent").standing in standings for said in statements)


def _channel(statements: Sequence[Statement]) -> Channel:
    papers = {said.paper for said in statements}
    return Channel.BOTH if len(papers) == 2 else Channel.PAPER if True in papers else Channel.ELECTRONIC


def _staff_id(statements: Sequence[Statement], named: Statement | None, ids: dict[str, str]) -> str:
    """Return whom the sources mean: a person's word first, then the source whose name stands, then any other."""
    for said in sorted(statements, key=lambda said: (not said.staff_decided, said is not named)):
        if said.staff_decided or ids[said.key]:
            return ids[said.key]
    return ""


def _status(statements: Sequence[Statement], named: Statement | None, asked: bool) -> NominationStatus:
    if any(said.withdrawn for said in statements):
        return NominationStatus.WITHDRAWN
    if asked:
        return NominationStatus.QUESTION
    return NominationStatus.REVIEW if _waits(statements, named) else NominationStatus.COMPLETE


def _waits(statements: Sequence[Statement], named: Statement | None) -> bool:
    """Tell whether an answer that stands waits for a person, or one that must be there is missing."""
    # Of consent all sources count, not only the surest.
    unsure = any(standing_answer(statements, field).standing is Standing.REVIEW for field in _CHECKED)
    if unsure or _consent_is(statements, Standing.REVIEW):
        return True
    names = [said.answer(name) for said in ([named] if named else statements) for name in _NAME]
    if any(answer.standing is Standing.REVIEW for answer in names):
        return True
    return bool(missing_fields(statements))


def missing_fields(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Return which of the answers that must be there no source gives: the nominee's last name, which stands for name or
    team, and the action. What a person decided to be empty isn't missing."""
    answers = {name: standing_answer(statements, name) for name in (*_NAME, "nominee_team", "action")}
    named = any(answers[name].value for name in (*_NAME, "nominee_team"))
    settled = any(answers[name].standing is Standing.DECIDED for name in _NAME)
    action = answers["action"]
    return (
        *(() if named or settled else (_NAME[1],)),
        *(() if action.value or action.standing is Standing.DECIDED else ("action",)),
    )


def _text(answer: Answer) -> str:
    return answer.value if isinstance(answer.value, str) else "; ".join(answer.value)


def _list(value: Value) -> tuple[str, ...]:
    return ((value,) if value else ()) if isinstance(value, str) else value
