"""Gathers results into figures: each with its count and, where it is a share or a rate, its 95 % interval."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from pipeline.fit_curves import calibration_error
from pipeline.parse.curves import NOMINEE
from pipeline.records import Status
from pipeline.simulate.accuracy.cards import MISSING, CardResult, FieldResult
from pipeline.simulate.accuracy.ink import InkResult
from pipeline.simulate.accuracy.plan import OWN
from pipeline.simulate.accuracy.statistics import Rate, Share, rate_over

ON_LIST, NOT_ON_LIST, NOMINATOR = "nominee on the list", "nominee not on the list", "nominator's name"
CONTENTS = (ON_LIST, NOT_ON_LIST, NOMINATOR, "place", "date", "contact", "story", "tick")
ALL = "all"
RIGHT, ACCEPTED, WRONG, CHARACTERS = "right", "accepted", "wrong among accepted", "characters wrong"
ERROR, COMPLETE, FOUND = "calibration error", "calibration error, empty fields too", "cards found"
PULLED, FALSE_TICKS = "pulled onto the list and accepted", "empty boxes seen as ticked"
SAID, EXPECTED = "confidence, mean", "accepted ones expected wrong"
BY_CONTENT, BY_CONDITION, BY_STYLE, BY_INK = "content", "condition", "style", "ink"
BY_CURVE = "curve"
"""How values were arrived at, single fields; see `pipeline/parse/curves.py`."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is counted once: a field, or a nominee's first and last name together."""

    content: str
    card: str
    condition: str
    writer: str
    style: str
    right: bool
    stands: bool
    confidence: float
    errors: int
    length: int
    others: Mapping[str, tuple[int, int, bool]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure."""

    table: str
    row: str
    reader: str
    name: str
    value: float
    low: float | None
    high: float | None
    hits: int
    """Or errors; of a calibration error, 0."""
    count: int
    """Of values; for a rate of characters, of characters."""


def items_of(card: CardResult) -> Iterator[Item]:
    """Yield what is counted of a card. A field with nothing written and nothing read says nothing."""
    by_name = {field.name: field for field in card.fields}
    nominee = [by_name[name] for name in NOMINEE if name in by_name]
    if len(nominee) == len(NOMINEE) and all(field.truth for field in nominee):
        yield _item(card, ON_LIST if card.on_list else NOT_ON_LIST, nominee)
    for field in card.fields:
        if field.name not in NOMINEE and _says(field):
            yield _item(card, NOMINATOR if field.content == "name" else field.content, [field])


def _says(field: FieldResult) -> bool:
    return bool(field.truth) or field.status not in (Status.BLANK, MISSING)


def _item(card: CardResult, content: str, fields: Sequence[FieldResult]) -> Item:
    readers = set.intersection(*(set(field.others) for field in fields))
    others = {}
    for reader in sorted(readers):
        heard = [field.others[reader] for field in fields]
        others[reader] = (sum(h[0] for h in heard), sum(h[1] for h in heard), all(h[2] for h in heard))
    return Item(
        content, card.card, card.condition, card.writer, card.style, all(field.right for field in fields),
        all(field.stands for field in fields), prod(field.confidence for field in fields),
        sum(field.errors for field in fields), sum(field.length for field in fields), others,
    )  # fmt: skip


def measures_of(cards: Sequence[CardResult], ink: Sequence[InkResult]) -> list[Measure]:
    """Work out all figures."""
    items = [item for card in cards for item in items_of(card)]
    found = list(_ink(ink))
    if not cards:
        return found
    for content in (*CONTENTS, ALL):
        own = [item for item in items if content in (item.content, ALL)]
        found += _group(BY_CONTENT, content, own) if own else ()
    found += _special(cards, items)
    rows: dict[tuple[str, str], list[CardResult]] = defaultdict(list)
    for card in cards:
        rows[BY_CONDITION, card.condition].append(card)
        rows[BY_STYLE, card.style].append(card)
    for (table, row), those in rows.items():
        found += _row(table, row, those)
    return found


def _group(table: str, row: str, items: Sequence[Item]) -> Iterator[Measure]:
    """Yield the figures of one row of a table."""
    standing = [item for item in items if item.stands]
    yield _share(table, row, OWN, RIGHT, (item.right for item in items))
    yield _share(table, row, OWN, ACCEPTED, (item.stands for item in items))
    yield _share(table, row, OWN, WRONG, (not item.right for item in standing))
    if row != ALL:  # of all, it is said over single fields
        yield Measure(table, row, OWN, ERROR, _calibration_error(items), None, None, 0, len(items))
    texts = [item for item in items if item.length]
    if texts:
        rate = rate_over([i.writer for i in texts], [i.errors for i in texts], [i.length for i in texts])
        yield _rate(table, row, OWN, rate)
    for reader in sorted({reader for item in items for reader in item.others}):
        heard = [(item.writer, item.others[reader]) for item in items if reader in item.others and item.length]
        yield _share(table, row, reader, RIGHT, (exact for _, (_, _, exact) in heard))
        rate = rate_over([w for w, _ in heard], [h[0] for _, h in heard], [h[1] for _, h in heard])
        yield _rate(table, row, reader, rate)


def _row(table: str, row: str, cards: Sequence[CardResult]) -> Iterator[Measure]:
    """Yield the figures of one condition or style: over all fields, and the contents that differ most."""
    items = [item for card in cards for item in items_of(card)]
    yield _share(table, row, OWN, FOUND, (card.found for card in cards))
    yield from (m for m in _group(table, row, items) if m.name not in (CHARACTERS, ERROR) and m.reader == OWN)
    for label, contents in (("boxes", (ON_LIST, NOT_ON_LIST, NOMINATOR, "place", "date")), ("story", ("story",))):
        own = [item for item in items if item.content in contents and item.length]
        for reader in (OWN, *sorted({reader for item in own for reader in item.others})):
            heard = [(i.errors, i.length) if reader == OWN else i.others.get(reader, (0, 0, False))[:2] for i in own]
            rate = rate_over([item.writer for item in own], [h[0] for h in heard], [h[1] for h in heard])
            yield _rate(table, row, reader, rate, f"{CHARACTERS}, {label}")
    for content in (ON_LIST, "date", "tick"):
        yield _share(table, row, OWN, f"{RIGHT}, {content}", (i.right for i in items if i.content == content))


def _special(cards: Sequence[CardResult], items: Sequence[Item]) -> Iterator[Measure]:
    fields = [field for card in cards for field in card.fields if field.status != MISSING]
    yield _error(BY_CONTENT, ALL, ERROR, [field for field in fields if _says(field)])
    yield _error(BY_CONTENT, ALL, COMPLETE, fields)
    accepted = [field for field in fields if field.status == Status.ACCEPTED]
    expected, wrong = sum(1 - field.confidence for field in accepted), sum(not field.right for field in accepted)
    yield Measure(BY_CONTENT, ALL, OWN, EXPECTED, expected, None, None, wrong, len(accepted))
    for curve in sorted({field.curve for field in fields}):
        own = [field for field in fields if field.curve == curve]
        mean = sum(field.confidence for field in own) / len(own)
        yield Measure(BY_CURVE, curve, OWN, SAID, mean, None, None, 0, len(own))
        yield _share(BY_CURVE, curve, OWN, RIGHT, (field.right for field in own))
        yield _error(BY_CURVE, curve, ERROR, own)
    yield _share(BY_CONTENT, ALL, OWN, FOUND, (card.found for card in cards))
    matched = {card.card: card.matched for card in cards}
    unlisted = [item for item in items if item.content == NOT_ON_LIST]
    pulled = (item.stands and not item.right and matched[item.card] for item in unlisted)
    yield _share(BY_CONTENT, NOT_ON_LIST, OWN, PULLED, pulled)
    boxes = Share(sum(card.seen_ticked for card in cards), sum(card.boxes for card in cards))
    yield _of_share(BY_CONTENT, "tick", OWN, FALSE_TICKS, boxes)


def _ink(results: Sequence[InkResult]) -> Iterator[Measure]:
    groups: dict[tuple[str, str], list[InkResult]] = defaultdict(list)
    for result in results:
        groups[result.series, result.reader].append(result)
        if result.style != "not said" and result.series in ("words", "lines"):
            groups[f"{result.series}, {result.style}", result.reader].append(result)
    for (series, reader), own in groups.items():
        yield _share(BY_INK, series, reader, RIGHT, (result.exact for result in own))
        rate = rate_over([r.writer for r in own], [r.errors for r in own], [r.length for r in own])
        yield _rate(BY_INK, series, reader, rate)


def _error(table: str, row: str, name: str, fields: Sequence[FieldResult]) -> Measure:
    return Measure(table, row, OWN, name, _calibration_error(fields), None, None, 0, len(fields))


def _calibration_error(values: Sequence[Item] | Sequence[FieldResult]) -> float:
    right = np.array([float(value.right) for value in values])
    return calibration_error(np.array([value.confidence for value in values]), right)


def _share(table: str, row: str, reader: str, name: str, hits: Iterable[bool]) -> Measure:
    counted = [bool(hit) for hit in hits]
    return _of_share(table, row, reader, name, Share(sum(counted), len(counted)))


def _of_share(table: str, row: str, reader: str, name: str, share: Share) -> Measure:
    return Measure(table, row, reader, name, share.share, *share.interval, share.hits, share.count)


def _rate(table: str, row: str, reader: str, rate: Rate, name: str = CHARACTERS) -> Measure:
    return Measure(table, row, reader, name, rate.rate, *rate.interval, rate.errors, rate.length)
