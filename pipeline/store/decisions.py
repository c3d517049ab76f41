"""Keeps what people decide. Decisions are added, never changed; the newest wins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from forms.layout import CardLayout
from pipeline.records import Value
from pipeline.review_file import AS_READ, EMPTY, FilledRow, RefusedRow
from pipeline.sources import card_source, parse_card_source
from pipeline.stated_value import stated_value
from pipeline.store import models
from pipeline.store.cards import SeenCard, find_card
from pipeline.store.decided import MATCHES

Layouts = Mapping[str, CardLayout]
"""By fingerprint; see `layouts.known_layouts`."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands."""

    source: str
    field: str
    value: Value
    new: bool
    """False when the same person had said the same last."""


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A decision about two sources that stands."""

    sources: tuple[str, str]
    same: bool
    new: bool


def decide(source: str, field: str, value: str, by: str, layouts: Layouts) -> Decided:
    """Say what a field of a source says. Raises UsageError when there is no such source or field, or no such
    value.

    Besides a card's fields, `nominee_staff` (a staff id) and `nominee_ward` (a ward's code) may be decided;
    an empty value says that none on the list is meant.
    """
    return _decide(_card_of(source), field, value, by, layouts)


def decide_rows(rows: Iterable[FilledRow | RefusedRow], by: str, layouts: Layouts) -> Iterator[Decided | RefusedRow]:
    """Take back a review file, row by row; `by` is for rows that don't say who decided."""
    card: SeenCard | None = None
    for row in rows:
        if isinstance(row, RefusedRow):
            yield row
            continue
        try:
            if card is None or card.source != row.source:
                card = _card_of(row.source)
            yield _decide(card, row.field, row.decision, row.by or by, layouts)
        except UsageError as error:
            yield RefusedRow(row.row, str(error))


def _card_of(source: str) -> SeenCard:
    named = parse_card_source(source)
    if named is None:
        raise UsageError(f"'{source}' is no source of this store, such as card:RXW-7K3F9QZ-0012-H.")
    card = find_card(*named)
    if card is None:
        number, copy = named
        raise UsageError(f"Card {number}{f' copy {copy}' if copy > 1 else ''} was never read here.")
    return card


def _decide(card: SeenCard, field: str, text: str, by: str, layouts: Layouts) -> Decided:
    by = _person(by)
    value = _match(card, field, text) if field in MATCHES else _value(card, field, text, layouts)
    stored = value if isinstance(value, str) else list(value)
    with transaction.atomic():
        last = models.Decision.objects.filter(source=card.source, field=field).order_by("-pk").first()
        new = last is None or (last.value, last.by) != (stored, by)
        if new:
            models.Decision.objects.create(
                kind=models.Decision.Kind.VALUE,
                source=card.source,
                field=field,
                value=stored,
                by=by,
                at=timezone.now(),
            )
    return Decided(card.source, field, value, new)


def _value(card: SeenCard, field: str, text: str, layouts: Layouts) -> Value:
    read = {reading.name: reading for reading in card.fields}
    if field not in read:
        raise UsageError(f"{card.source} has no field '{field}'; it has {', '.join((*read, *MATCHES))}.")
    if text == AS_READ:
        return read[field].value
    layout = layouts.get(card.fingerprint)
    asked = next((asked for asked in layout.fields if asked.name == field), None) if layout else None
    if asked is None:
        raise UsageError(
            f"The template of {card.source} is not known here, so what '{field}' may say isn't either. "
            "Print a card from that template here, and decide again."
        )
    return stated_value(asked, "" if text == EMPTY else text)


def _match(card: SeenCard, field: str, text: str) -> str:
    """Return the staff id or ward code that is meant, if the list of the card's organisation has it."""
    if text == AS_READ:
        return card.nominee_staff.value if field == "nominee_staff" else card.nominee_ward.value
    wanted = "" if text == EMPTY else text.strip()
    if field == "nominee_staff":
        listed = models.StaffMember.objects.filter(organisation=card.organisation, staff_id=wanted).exists()
    else:
        listed = models.Ward.objects.filter(organisation=card.organisation, code=wanted).exists()
    if wanted and not listed:
        kind = "member of staff" if field == "nominee_staff" else "ward"
        raise UsageError(f"{field}: {card.organisation} has no {kind} '{wanted}'.")
    return wanted


def decide_pair(one: str, other: str, same: bool, by: str) -> DecidedPair:
    """Say whether two sources are one nomination. Raises UsageError when either is not here."""
    by = _person(by)
    sources = sorted(_nominated(source) for source in (one, other))
    if sources[0] == sources[1]:
        raise UsageError(f"'{one}' and '{other}' are the same source; name two.")
    owners = models.NominationSource.objects.filter(source__in=sources).values_list(
        "nomination__organisation", flat=True
    )
    if len(set(owners)) > 1:
        raise UsageError(f"'{one}' and '{other}' belong to two organisations, whose registers are never mixed.")
    kinds = models.Decision.Kind
    kind = kinds.SAME if same else kinds.APART
    with transaction.atomic():
        before = models.Decision.objects.filter(source=sources[0], other_source=sources[1])
        last = before.order_by("-pk").first()
        new = last is None or (last.kind, last.by) != (kind.value, by)
        if new:
            models.Decision.objects.create(
                kind=kind, source=sources[0], other_source=sources[1], by=by, at=timezone.now()
            )
    return DecidedPair((sources[0], sources[1]), same, new)


def _nominated(source: str) -> str:
    named = parse_card_source(source)
    name = card_source(*named) if named else source
    if not models.NominationSource.objects.filter(source=name).exists():
        raise UsageError(f"'{source}' is not the source of a nomination here.")
    return name


def _person(by: str) -> str:
    if not (name := " ".join(by.split())):
        raise UsageError("Nobody is named who decided: say who with --by, or in the column 'by'.")
    return name
