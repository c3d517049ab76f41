"""Keeps what people decide. Decisions are added, never changed; the newest wins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from forms.layout import CardLayout
from pipeline.records import Value
from pipeline.review_file import AS_READ, EMPTY, FilledRow, RefusedRow, is_unreadable
from pipeline.sources import card_source, parse_card_source
from pipeline.stated_value import stated_value
from pipeline.store import models
from pipeline.store.cards import NOT_READ, find_card
from pipeline.store.database import lock
from pipeline.store.decided import MATCHES, WITHDRAWN, decided_values
from pipeline.store.layouts import standard_layout
from pipeline.store.placing import card_lock
from pipeline.store.waiting import no_longer_waiting

Layouts = Mapping[str, CardLayout]
"""By fingerprint; see `layouts.known_layouts`."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands."""

    source: str
    field: str
    value: Value | None
    """None where a person could not read it."""
    new: bool
    """False when the same person had said the same last."""


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A decision about two sources that stands."""

    sources: tuple[str, str]
    same: bool
    new: bool


def decide(source: str, field: str, value: str, by: str, layouts: Layouts, organisation: str = "") -> Decided:
    """Say what a field of a source says. Raises UsageError when there is no such source or field, or no such
    value.

    Besides a source's fields, `nominee_staff` (a staff id), `nominee_ward` (a ward's code) and `withdrawn` (`yes` or
    `no`) may be decided; an empty value says that none on the list is meant. `organisation` need be named only when
    several have a source of that name; of another one's source nothing is decided.
    """
    return _decide(_deciding_on(source, organisation), field, value, by, layouts)


def decide_shown(
    card: models.Card, field: str, now: Value | None, text: str, by: str, layout: CardLayout | None
) -> Decided:
    """The same of a card's field that a person was shown just now: what it says and its layout are known already."""
    at = _DecidingOn(card.organisation, card_source(card.number, card.copy), {field: now}, card.fingerprint)
    return _decide(at, field, text, by, {card.fingerprint: layout} if layout else {})


def decide_rows(
    rows: Iterable[FilledRow | RefusedRow], by: str, layouts: Layouts, organisation: str = ""
) -> Iterator[Decided | RefusedRow]:
    """Take back a review file, row by row; `by` is for rows that don't say who decided, `organisation` for sources of
    which several have one of that name."""
    at: _DecidingOn | None = None
    for row in rows:
        if isinstance(row, RefusedRow):
            yield row
            continue
        try:
            if at is None or at.source != row.source:
                at = _deciding_on(row.source, "" if parse_card_source(row.source) else organisation)
            yield _decide(at, row.field, row.decision, row.by or by, layouts)
        except UsageError as error:
            yield RefusedRow(row.row, str(error))


@dataclass(frozen=True, slots=True)
class _DecidingOn:
    """A source that a person decides on."""

    organisation: str
    source: str
    values: Mapping[str, Value | None]
    """What it says now, by field, None where somebody could not read it; of `nominee_staff` and `nominee_ward` too."""
    fingerprint: str
    """Of the card's layout; empty where it isn't known, as for a card that another site sent. What it says is then
    what the standard card's questions allow, and so for an electronic submission."""


def _deciding_on(source: str, organisation: str) -> _DecidingOn:
    named = parse_card_source(source)
    if named is None:
        return _submission(source, organisation)
    card = find_card(*named)
    if card is None or organisation not in ("", card.organisation):
        number, copy = named
        raise UsageError(f"Card {number}{f' copy {copy}' if copy > 1 else ''} was never read here.")
    values: dict[str, Value | None] = {
        field.name: None if field.reason == NOT_READ else field.value for field in card.fields
    }
    values |= {"nominee_staff": card.nominee_staff.value, "nominee_ward": card.nominee_ward.value}
    return _DecidingOn(card.organisation, card.source, values, card.fingerprint)


def _submission(source: str, organisation: str) -> _DecidingOn:
    row = find_source(source, organisation)
    version = models.SubmissionVersion.objects.get(submission=row.submission_id, current=True)
    values: dict[str, Value | None] = {
        name: value if isinstance(value, str) else tuple(value) for name, value in version.values.items()
    }
    values |= decided_values([source], row.organisation).get(source, {})
    asked = (*(field.name for field in standard_layout().fields), *MATCHES)
    return _DecidingOn(row.organisation, row.source, {**dict.fromkeys(asked, ""), **values}, "")


def find_source(source: str, organisation: str = "") -> models.NominationSource:
    """Return a source of a nomination by its name. Raises UsageError for none, and for one of several organisations."""
    named = parse_card_source(source)
    rows = models.NominationSource.objects.filter(source=card_source(*named) if named else source)
    if organisation:
        rows = rows.filter(organisation=organisation)
    found = list(rows[:3])
    if not found:
        raise UsageError(
            f"'{source}' is not the source of a nomination here; such as card:RXW-7K3F9QZ-0012-H or msforms:41."
        )
    if len(found) > 1:
        codes = ", ".join(sorted(row.organisation for row in found))
        raise UsageError(f"Several organisations have a '{source}' ({codes}); say which with --organisation CODE.")
    return found[0]


def _decide(at: _DecidingOn, field: str, text: str, by: str, layouts: Layouts) -> Decided:
    by = _person(by)
    if field == WITHDRAWN:
        value: Value | None = _yes_or_no(text)
    elif field in MATCHES:
        value = _match(at, field, text)
    else:
        value = _value(at, field, text, layouts)
    return Decided(at.source, field, value, _keep(at, field, value, by))


def _keep(at: _DecidingOn, field: str, value: Value | None, by: str) -> bool:
    """Keep what was decided; return whether it is new."""
    stored = list(value) if isinstance(value, tuple) else value
    card = parse_card_source(at.source)
    with transaction.atomic():
        if card:
            # Whoever reads the card anew meanwhile must see the decision, or be seen by it.
            lock([card_lock(card[0])])
        last = newest_decision(at.organisation, at.source, field)
        new = last is None or (last.value, last.by) != (stored, by)
        if new:
            models.Decision.objects.create(
                kind=models.Decision.Kind.VALUE,
                organisation=at.organisation,
                source=at.source,
                field=field,
                value=stored,
                by=by,
                at=timezone.now(),
            )
        if card:
            no_longer_waiting(*card, field)
    return new


def newest_decision(organisation: str, source: str, field: str) -> models.Decision | None:
    """Return the decision on a field that stands; None while nobody has decided."""
    rows = models.Decision.objects.filter(organisation=organisation, source=source, field=field)
    return rows.filter(kind=models.Decision.Kind.VALUE).order_by("-pk").first()


def _yes_or_no(text: str) -> str:
    if (said := text.strip().lower()) not in ("yes", "no"):
        raise UsageError(f"{WITHDRAWN}: '{text}' is neither yes nor no.")
    return said


def _value(at: _DecidingOn, field: str, text: str, layouts: Layouts) -> Value | None:
    if field not in at.values:
        raise UsageError(f"{at.source} has no field '{field}'; it has {', '.join((*at.values, WITHDRAWN))}.")
    if is_unreadable(text):
        if not parse_card_source(at.source):
            raise UsageError(f"{field}: what was typed can be read; say what {at.source} means there, or {EMPTY}.")
        return None
    if text == AS_READ:
        if at.values[field] is None:
            raise UsageError(f"{field}: somebody could not read it, so there is no value to agree with.")
        return at.values[field]
    layout = layouts.get(at.fingerprint) if at.fingerprint else standard_layout()
    asked = next((asked for asked in layout.fields if asked.name == field), None) if layout else None
    if asked is None:
        raise UsageError(
            f"The template of {at.source} is not known here, so what '{field}' may say isn't either. "
            "Print a card from that template here, and decide again."
        )
    return stated_value(asked, "" if text == EMPTY else text)


def _match(at: _DecidingOn, field: str, text: str) -> str:
    """Return the staff id or ward code that is meant, if the list of the source's organisation has it."""
    if text == AS_READ:
        return str(at.values[field])
    wanted = "" if text == EMPTY else text.strip()
    if field == "nominee_staff":
        listed = models.StaffMember.objects.filter(organisation=at.organisation, staff_id=wanted).exists()
    else:
        listed = models.Ward.objects.filter(organisation=at.organisation, code=wanted).exists()
    if wanted and not listed:
        kind = "member of staff" if field == "nominee_staff" else "ward"
        raise UsageError(f"{field}: {at.organisation} has no {kind} '{wanted}'.")
    return wanted


def decide_pair(one: str, other: str, same: bool, by: str, organisation: str = "") -> DecidedPair:
    """Say whether two sources are one nomination; the next merge follows it. Raises UsageError when either is not
    here."""
    by = _person(by)
    for source in (one, other):
        if not organisation and (named := parse_card_source(source)):
            # Of a card its number tells the organisation, which then tells it of the other source too.
            organisation = named[0].split("-")[0]
    pair = _in_one_organisation(one, other, organisation)
    sources = sorted(row.source for row in pair)
    if sources[0] == sources[1]:
        raise UsageError(f"'{one}' and '{other}' are the same source; name two.")
    kinds = models.Decision.Kind
    kind = kinds.SAME if same else kinds.APART
    code = pair[0].organisation
    with transaction.atomic():
        before = models.Decision.objects.filter(organisation=code, source=sources[0], other_source=sources[1])
        last = before.order_by("-pk").first()
        new = last is None or (last.kind, last.by) != (kind.value, by)
        if new:
            models.Decision.objects.create(
                kind=kind, organisation=code, source=sources[0], other_source=sources[1], by=by, at=timezone.now()
            )
    return DecidedPair((sources[0], sources[1]), same, new)


def _in_one_organisation(one: str, other: str, organisation: str) -> list[models.NominationSource]:
    found = []
    for source in (one, other):
        try:
            found.append(find_source(source, organisation))
        except UsageError:
            if not organisation or not parse_card_source(source):
                raise
            found.append(find_source(source))
    if len({row.organisation for row in found}) > 1:
        raise UsageError(f"'{one}' and '{other}' belong to two organisations, whose registers are never mixed.")
    return found


def _person(by: str) -> str:
    if not (name := " ".join(by.split())):
        raise UsageError("Nobody is named who decided: say who with --by, or in the column 'by'.")
    return name
