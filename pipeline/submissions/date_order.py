"""Tells British from American dates by a file as a whole; where it can't be told, says so instead of guessing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from pipeline.submissions.stamps import Stamp

ORDERS = ("dmy", "mdy")
_NO_LIMIT = datetime.max.replace(tzinfo=UTC)
_SLACK = timedelta(days=1)
"""How far a time may lie ahead without being wrong: clocks and time zones differ."""
_ENOUGH_DAYS, _ENOUGH_DAYS_BY_ID = 8, 3
"""Different days that must ascend in one order only. Rows can be sorted, so that more are asked for: by chance 8
ascend once in 40,000 times. Ids count up with time."""

Column = Sequence[Stamp | None]
"""What stands in a column, row by row: None where nothing does, a stamp that is nothing where no date does."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The columns of a file that hold dates, row by row, all of one length."""

    stamps: Mapping[str, Column]
    """What a system wrote: when a submission was begun, completed, modified."""
    received: str
    """Which of them says when it came in."""
    typed: Mapping[str, Column]
    """Dates that are answers to questions."""
    started: str = ""
    ids: Sequence[str] = ()
    """For each row its id, where a system counts them up; none otherwise."""
    texts: Sequence[str] = ()
    """For each row the text of the received stamp."""


def decide_orders(evidence: Evidence, today: date) -> dict[str, str]:
    """Return for each column `dmy`, `mdy`, or an empty text where nothing tells or the signs contradict.

    Columns are judged one by one; those that say nothing of themselves take what all others say that do.
    """
    latest = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1) + _SLACK
    against = {name: _against(column, latest) for name, column in evidence.stamps.items()}
    _compare_start(evidence, against)
    _compare_rows(evidence, against)
    orders = _shared({name: _order(found) for name, found in against.items()}, against)
    received = evidence.stamps[evidence.received]
    typed_against = {
        name: _typed_against(column, received, orders[evidence.received]) for name, column in evidence.typed.items()
    }
    orders |= {name: _order(found) for name, found in typed_against.items()}
    # People write dates as they like; only a column in which everything is a date was written by a system.
    strict = {name for name, column in evidence.typed.items() if not any(stamp and stamp.nothing for stamp in column)}
    known = against | {name: found for name, found in typed_against.items() if name in strict}
    shared = _shared({name: orders[name] for name in known}, known)
    if not orders[evidence.received] and not _goes_with(evidence, shared):
        return orders
    return orders | shared


def _shared(orders: dict[str, str], against: Mapping[str, set[str]]) -> dict[str, str]:
    """Give columns that nothing speaks against the order of the others, where these agree."""
    told = {order for order in orders.values() if order}
    if len(told) != 1:
        return orders
    (order,) = told
    return {name: order if not against[name] else own for name, own in orders.items()}


def _goes_with(evidence: Evidence, orders: Mapping[str, str]) -> bool:
    """Whether no date that was asked for is later than the time stamp of its row, read in these orders."""
    received, order = evidence.stamps[evidence.received], orders[evidence.received]
    return not any(
        _typed_against(column, received, order) & {orders[name]}
        for name, column in evidence.typed.items()
        if name in orders
    )


def _order(against: set[str]) -> str:
    """Return the order that nothing speaks against, when something speaks against the other."""
    return next((order for order in ORDERS if against == set(ORDERS) - {order}), "")


def _against(column: Column, latest: datetime) -> set[str]:
    """Which orders can't be a column's: no such day, or later than today."""
    found: set[str] = set()
    for stamp in column:
        if stamp is None or not stamp.ordered or stamp.nothing:
            continue
        possible = [order for order in ORDERS if (moment := stamp.by(order)) and aware(moment) < latest]
        if len(possible) == 1:
            found |= set(ORDERS) - set(possible)
    return found


def _typed_against(column: Column, received: Column, order: str) -> set[str]:
    """Which orders can't be those of dates asked for: none is later than its row's time stamp, read in `order`."""
    found: set[str] = set()
    for stamp, came in zip(column, received, strict=True):
        if stamp is None or not stamp.ordered or stamp.nothing:
            continue
        moments = (came.by(order),) if came and order else (came.dmy, came.mdy) if came else ()
        limit = max((aware(moment) + _SLACK for moment in moments if moment), default=_NO_LIMIT)
        possible = [each for each in ORDERS if (moment := stamp.by(each)) and aware(moment) <= limit]
        if len(possible) == 1:
            found |= set(ORDERS) - set(possible)
    return found


def _compare_start(evidence: Evidence, against: dict[str, set[str]]) -> None:
    """Nothing is completed before it was begun."""
    names = (evidence.started, evidence.received)
    if evidence.started not in evidence.stamps:
        return
    for begun, done in zip(*(evidence.stamps[name] for name in names), strict=True):
        if begun is None or done is None or not (begun.both and done.both):
            continue
        wrong = {order for order in ORDERS if not _in_time(begun.by(order), done.by(order))}
        if len(wrong) == 1:
            for name in names:
                against[name] |= wrong


def _in_time(begun: datetime | None, done: datetime | None) -> bool:
    return begun is not None and done is not None and aware(begun) <= aware(done)


def _compare_rows(evidence: Evidence, against: dict[str, set[str]]) -> None:
    """Ids count up with time. So do rows without ids, unless somebody sorted them."""
    if against[evidence.received]:
        return
    rows = [
        (number, stamp)
        for number, stamp in enumerate(evidence.stamps[evidence.received])
        if stamp is not None and stamp.dmy and stamp.mdy
    ]
    if evidence.ids:
        counted = [(int(text), row) for row in rows if (text := evidence.ids[row[0]]).isdecimal()]
        rows = [row for _, row in sorted(counted, key=lambda pair: pair[0])]
    falls = {order: _falls([stamp for _, stamp in rows], order) for order in ORDERS}
    ascending = [order for order in ORDERS if not falls[order]]
    if len(ascending) != 1:
        return
    days = {stamp.dmy.date() for _, stamp in rows if stamp.dmy and stamp.both}
    texts = [evidence.texts[number] for number, _ in rows]
    if len(days) < (_ENOUGH_DAYS_BY_ID if evidence.ids else _ENOUGH_DAYS):
        return
    # Sorted as texts, days in British order look as if they ascended in American order.
    if not evidence.ids and texts == sorted(texts):
        return
    against[evidence.received] |= set(ORDERS) - set(ascending)


def _falls(stamps: Sequence[Stamp], order: str) -> int:
    moments = [aware(moment) for stamp in stamps if (moment := stamp.by(order))]
    return sum(later < earlier for earlier, later in pairwise(moments))


def aware(moment: datetime) -> datetime:
    """Return a moment that can be compared, taken as UTC where it names no zone: close enough to tell days apart."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
