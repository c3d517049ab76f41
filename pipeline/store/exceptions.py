"""Tells the pages that no machine could place, and what people have said of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import overload

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from pipeline.hand_placed import UNSURE
from pipeline.records import HandPlacing, Outcome, Status
from pipeline.store import models
from pipeline.store.decided import undecided
from pipeline.store.hand_readings import hand_placing
from pipeline.store.page_owners import own_batches, own_pages, shown_file

_NUMBER_SEEN = re.compile(r"(?:^|; )card ([A-Z0-9-]+)(?::| was)|the number looks like '([^']*)'")
"""How the reasons of `pipeline.identify` give a number."""


class State(StrEnum):
    """What an exception waits for."""

    OPEN = "open"
    """A person."""
    READING = "reading"
    """To be read, by what a person said."""
    ASIDE = "aside"
    """Nothing: a person set it aside."""


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """A page that no machine could place."""

    key: int
    batch: str
    file: str
    page: int
    sha256: str
    suffix: str
    received: date
    reason: str
    """What the machines said."""
    state: State
    cards: tuple[str, ...]
    """Numbers of its cards of this organisation that were read."""
    placing: HandPlacing | None
    """What a person last said, if it was of a card."""
    fault: str
    """Why no card came of that."""
    aside: str
    """Why the page was set aside."""
    by: str
    at: datetime | None
    more: bool
    """Whether the card that was placed last isn't the page's last."""

    @property
    def looks_like(self) -> str:
        """What the machines made of a number; empty when they saw none."""
        found = _NUMBER_SEEN.search(self.reason)
        return next(filter(None, found.groups()), "") if found else ""


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """A card that a person placed, and that was read."""

    key: int
    """Of its page."""
    file: str
    """Or that it is among another organisation's scans."""
    page: int
    number: str
    copy: int
    by: str
    at: datetime
    waiting: int
    """Answers that a person must look at."""
    turn: int
    """Degrees clockwise by which the page stands upright."""
    unsure: bool
    """Whether too little of its print was found to be sure of its boxes."""


class ExceptionPages(Sequence[ExceptionPage]):
    """Exceptions, of which only those that are asked for are made: there may be thousands."""

    def __init__(self, rows: QuerySet[models.Page], organisation: str) -> None:
        self._rows = rows
        self._organisation = organisation
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            self._count = self._rows.count()
        return self._count

    @overload
    def __getitem__(self, place: int) -> ExceptionPage: ...
    @overload
    def __getitem__(self, place: slice) -> list[ExceptionPage]: ...
    def __getitem__(self, place: int | slice) -> ExceptionPage | list[ExceptionPage]:
        if isinstance(place, slice):
            return _told(self._rows[place], self._organisation)
        if found := self[place : place + 1]:
            return found[0]
        raise IndexError(place)

    def __iter__(self) -> Iterator[ExceptionPage]:
        return iter(self[:])


def open_exceptions(organisation: str) -> ExceptionPages:
    """Return the pages that wait for a person, in the order that they were taken in."""
    return exceptions_in(organisation, State.OPEN)


def exceptions_in(organisation: str, state: State) -> ExceptionPages:
    """Return the exceptions of one state, in the order that they were taken in; of those set aside, the newest
    first."""
    return ExceptionPages(_rows(organisation, state), organisation)


def waiting_exceptions(organisation: str) -> int:
    """Return how many pages wait for a person."""
    return _rows(organisation, State.OPEN).count()


def exception_of(organisation: str, page: int) -> ExceptionPage | None:
    """Return one exception, whatever it waits for; None when the page is none, or not this organisation's."""
    return next(iter(_told(_own(organisation).filter(pk=page), organisation)), None)


def next_exception(organisation: str, after: int) -> int | None:
    """Return the open page that comes after a page; the first one when that was the last."""
    keys = list(_rows(organisation, State.OPEN).values_list("pk", flat=True))
    here = models.Page.objects.filter(pk=after).values_list("batch__created", "batch_id", "position", "pk").first()
    if here is None:
        return keys[0] if keys else None
    created, batch, position, key = here
    behind = Q(batch__created__gt=created) | Q(batch__created=created, batch_id__gt=batch)
    behind |= Q(batch_id=batch, position__gt=position) | Q(batch_id=batch, position=position, pk__gt=key)
    following = _rows(organisation, State.OPEN).filter(behind).values_list("pk", flat=True).first()
    return following if following is not None else next((key for key in keys if key != after), None)


def placed_cards(organisation: str, page: int | None = None, most: int = 10) -> list[PlacedCard]:
    """Return the cards of an organisation that people placed last, the newest first; with `page`, of that page."""
    said = models.PagePlacing.objects.filter(
        sighting__card__organisation=organisation, page__in=own_pages(organisation)
    ).select_related("page__batch", "sighting__card")
    if page is not None:
        said = said.filter(page=page)
    return [_placed(row, organisation) for row in said.order_by("-pk")[:most]]


def _placed(said: models.PagePlacing, organisation: str) -> PlacedCard:
    sighting = said.sighting
    assert sighting is not None  # noqa: S101 (the query asked for it)
    readings = models.Reading.objects.filter(run__sighting=sighting, run__newest=True, status=Status.REVIEW.value)
    return PlacedCard(
        said.page_id,
        shown_file(organisation, said.page),
        said.page.number,
        sighting.card.number,
        sighting.card.copy,
        said.by,
        said.at,
        undecided(readings).count(),
        hand_placing(said).turn,
        readings.filter(reason=UNSURE).exists(),
    )


def _own(organisation: str) -> QuerySet[models.Page]:
    newest = models.PagePlacing.objects.filter(page=OuterRef("pk")).order_by("-pk")
    # What couldn't be placed among another organisation's scans is that organisation's to place.
    mine = own_batches(organisation) | Q(batch__organisation="")
    return (
        own_pages(organisation)
        .filter(mine, outcome=Outcome.EXCEPTION.value)
        .annotate(
            said=Subquery(newest.values("pk")[:1]),
            said_why=Subquery(newest.values("reason")[:1]),
            said_read=Subquery(newest.values("read_at")[:1]),
        )
    )


def _rows(organisation: str, state: State) -> QuerySet[models.Page]:
    asked = {
        State.OPEN: Q(said__isnull=True) | Q(said_why="", said_read__isnull=False),
        State.READING: Q(said__isnull=False, said_why="", said_read__isnull=True),
        State.ASIDE: Q(said__isnull=False) & ~Q(said_why=""),
    }[state]
    order = ("-said",) if state is State.ASIDE else ("batch__created", "batch_id", "position", "pk")
    return _own(organisation).filter(asked).order_by(*order)


def _told(rows: QuerySet[models.Page], organisation: str) -> list[ExceptionPage]:
    """Return some pages with what was said of them and the organisation's cards on them, fetched at one go."""
    cards = models.Sighting.objects.filter(card__organisation=organisation).select_related("card").defer("ink")
    fetched = rows.prefetch_related("placings", Prefetch("sightings", cards.order_by("place")))
    return [_exception(row) for row in fetched]


def _exception(row: models.Page) -> ExceptionPage:
    said = max(row.placings.all(), key=lambda placing: placing.pk, default=None)
    return ExceptionPage(
        key=row.pk,
        batch=row.batch_id,
        file=row.file,
        page=row.number,
        sha256=row.sha256,
        suffix=row.suffix,
        received=row.received,
        reason=row.reason,
        state=_state(said),
        cards=tuple(sighting.card.number for sighting in row.sightings.all()),
        placing=hand_placing(said) if said and said.placing else None,
        fault=said.fault if said else "",
        aside=said.reason if said else "",
        by=said.by if said else "",
        at=said.at if said else None,
        more=said.more if said else False,
    )


def _state(said: models.PagePlacing | None) -> State:
    if said is None:
        return State.OPEN
    if said.reason:
        return State.ASIDE
    return State.OPEN if said.read_at else State.READING
