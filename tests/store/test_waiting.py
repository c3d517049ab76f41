"""The table of what waits says what readings and decisions do, whatever happened."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import CardReading, FieldReading, Status
from pipeline.store import batches, models
from pipeline.store.again import keep_again, kept_images
from pipeline.store.decisions import decide
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from pipeline.store.review import waiting_fields
from pipeline.store.waiting import rebuild_waiting
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_field,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)
from tests.store.sources import make_sent_card, send


def table() -> set[tuple[str, int, str, float, str]]:
    rows = models.WaitingField.objects.select_related("card", "reading")
    return {(row.card.number, row.card.copy, row.field, row.reading.confidence, row.content) for row in rows}


def truth() -> set[tuple[str, int, str, float, str]]:
    return {
        (one.card.number, one.card.copy, one.reading.name, one.reading.confidence, one.reading.content)
        for one in waiting_fields()
    }


def in_doubt(name: str, value: Any, content: str, confidence: float) -> FieldReading:
    return make_field(
        name=name, content=content, value=value, confidence=confidence, status=Status.REVIEW, alternatives=()
    )


@st.composite
def fields(draw: st.DrawFn) -> tuple[FieldReading, ...]:
    doubts = draw(st.dictionaries(st.sampled_from(["date", "nominee_last_name"]), st.sampled_from([0.2, 0.5, 0.7])))
    contents = {"date": ("2026-11-18", "date"), "nominee_last_name": ("PATEL", "name")}
    return make_fields(**{name: in_doubt(name, *contents[name], doubt) for name, doubt in doubts.items()})


@st.composite
def cards(draw: st.DrawFn) -> CardReading:
    number = card_number(draw(st.integers(1, 3)))
    return make_card_reading(number=number, writing=draw(st.sampled_from("ab")), fields=draw(fields()))


EVENTS = st.one_of(
    st.tuples(st.just("scan"), st.lists(cards(), min_size=1, max_size=2)),
    st.tuples(st.just("again"), st.lists(cards(), min_size=1, max_size=2)),
    st.tuples(st.just("decide"), st.integers(1, 3), st.integers(1, 2), st.sampled_from(["date", "nominee_last_name"])),
    st.tuples(st.just("send"), st.integers(1, 4), fields()),
)


def happen(event: tuple[Any, ...], batch: str, moment: int) -> None:
    kind, *rest = event
    if kind == "scan":
        keep_page(batch, moment, make_page(moment), make_page_reading(*rest[0]), RECEIVED, same_writing)
    elif kind == "again":
        for image in list(kept_images())[:1]:
            keep_again(image.key, make_page_reading(*rest[0]), same_writing)
    elif kind == "send":
        send(make_sent_card(number=card_number(rest[0]), fields=rest[1]), sha256=str(moment))
    elif models.Card.objects.filter(number=card_number(rest[0]), copy=rest[1]).exists():
        source = f"card:{card_number(rest[0])}" + (f"/{rest[1]}" if rest[1] > 1 else "")
        decide(source, rest[2], "(can't be read)", "Ann", make_layouts())


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(EVENTS, min_size=3, max_size=8))
def test_any_history(store: Path, events: list[tuple[Any, ...]]) -> None:
    """What earlier examples left in the store stays: histories only get longer."""
    save_profile(make_profile())
    batch = batches.open_batch("/scans").id
    begun = models.Page.objects.count() + models.ImportRun.objects.count()
    for moment, event in enumerate(events, begun + 1):
        happen(event, batch, moment)
        assert table() == truth()
    before = table()
    assert rebuild_waiting() == len(before)
    assert table() == before


def test_made_anew(store: Path) -> None:
    save_profile(make_profile())
    batch = batches.open_batch("/scans").id
    reading = make_card_reading(fields=make_fields(date=in_doubt("date", "2026-11-18", "date", 0.5)))
    keep_page(batch, 1, make_page(), make_page_reading(reading), RECEIVED, same_writing)
    before = table()
    models.WaitingField.objects.all().delete()
    assert rebuild_waiting() == 1
    assert table() == before
    models.Decision.objects.create(
        kind="value", organisation="RXW", source=f"card:{card_number()}", field="date", value="", by="A",
        at="2026-11-20T12:00:00Z",
    )  # fmt: skip
    assert rebuild_waiting() == 0


@pytest.mark.parametrize("value", ["2026-11-18", "2026-11-19"])
def test_read_again_meanwhile_it_stays_with_whoever_looks_at_it(store: Path, value: str) -> None:
    save_profile(make_profile())
    batch = batches.open_batch("/scans").id
    reading = make_card_reading(fields=make_fields(date=in_doubt("date", "2026-11-18", "date", 0.5)))
    keep_page(batch, 1, make_page(), make_page_reading(reading), RECEIVED, same_writing)
    models.WaitingField.objects.update(leased_to=7, odd=True)
    newer = make_card_reading(fields=make_fields(date=in_doubt("date", value, "date", 0.6)))
    (image,) = kept_images()
    keep_again(image.key, make_page_reading(newer), same_writing)
    (row,) = models.WaitingField.objects.all()
    assert (row.leased_to, row.confidence, row.value) == (7, 0.6, value)
    assert row.odd == (value == "2026-11-18"), "it was picked out for the value that it had"
