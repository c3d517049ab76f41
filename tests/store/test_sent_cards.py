"""What imports of readings from other sites leave in the store."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from forms.errors import NothingReadError
from pipeline.readings_file import RefusedCard, SentCard, read_readings
from pipeline.records import CardReading, Match, Status
from pipeline.review_file import UNREADABLE
from pipeline.store import batches, models
from pipeline.store.again import count_kept_images
from pipeline.store.decisions import decide
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page, page_rows
from pipeline.store.readings import readings_rows
from pipeline.store.register import nominations_of
from pipeline.store.sent_cards import save_sent_cards
from pipeline.store.setup import open_store
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_field,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)
from tests.store.fixtures import close_store
from tests.store.sources import counts, make_sent_card, register, send, source_names

NUMBER = card_number()
OTHER = {
    "nominee_first_name": "SUSAN", "nominee_last_name": "SMITH", "nominator_type": "staff",
    "action": "HE CARRIED EVERY TRAY HIMSELF WHEN THE LIFT WAS BROKEN.", "impact": "WE GOT OUR DINNERS HOT.",
    "nominator_name": "TOM FINCH", "nominator_contact": "01743 555 123", "date": "2026-10-02",
}  # fmt: skip


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def scan(*cards: CardReading, page: int = 1) -> None:
    batch = batches.open_batch("/scans").id
    keep_page(batch, page, make_page(page), make_page_reading(*cards), RECEIVED, same_writing)
    batches.finish_batch(batch)


def values_of(card: SentCard) -> dict[str, Any]:
    return {field.name: field.value for field in card.fields}


def test_cards_become_nominations() -> None:
    result = send(
        make_sent_card(),
        RefusedCard(2, "card", "no number"),
        make_sent_card(number=card_number(organisation="RL1"), row=3),
        make_sent_card(number=card_number(2), row=4, values=dict.fromkeys(values_of(make_sent_card()), "")),
    )
    assert (result.rows, *counts(result)) == (4, 2, 0, 0, 2)
    assert [(row.row, row.column) for row in result.refused] == [(2, "card"), (3, "organisation")]
    (nomination,) = nominations_of("RXW")
    (source,) = nomination.sources
    assert (source.id, source.source, source.file, source.page) == (f"card:{NUMBER}", "2026-11-20-1", "box.pdf", 1)
    assert (nomination.received_at, nomination.nominee_staff_id) == ("2026-11-20", "S00123")
    assert len(list(readings_rows())) == 2


def test_a_card_without_a_day_came_in_when_its_file_did() -> None:
    send(make_sent_card(received=None, batch="box 7"))
    assert [row.received_at for row in nominations_of("RXW")] == ["2026-11-21"]


def test_again_changes_nothing() -> None:
    cards = [make_sent_card(), make_sent_card(number=card_number(2), page=2)]
    send(*cards, sha256="a")
    assert counts(send(*cards, sha256="a")) == (0, 0, 2, 0)
    assert counts(send(*reversed(cards), sha256="b")) == (0, 0, 2, 0)
    assert (models.ReadingRun.objects.count(), models.Sighting.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"values": {"impact": "I WAS NOT AFRAID AT ALL."}},
        {"nominee_staff": Match("S00124", 0.98)},
        {"nominee_staff": Match("S00123", 0.2)},
        {"values": {"date": make_field(name="date", content="date", value="2026-11-18", status=Status.REVIEW)}},
    ],
)
def test_read_again_there_it_is_read_again_here(change: dict[str, Any]) -> None:
    send(make_sent_card())
    changed = make_sent_card(**change)
    assert counts(send(changed)) == (0, 1, 0, 0)
    assert counts(send(changed, sha256="c")) == (0, 0, 1, 0)
    (row,) = readings_rows()
    assert row["fields"]["impact"]["value"] == values_of(changed)["impact"]
    assert row["nominee_staff"]["confidence"] == changed.nominee_staff.confidence
    assert [run.newest for run in models.ReadingRun.objects.order_by("pk")] == [False, True]


def test_photocopies_are_copies() -> None:
    cards = [make_sent_card(), make_sent_card(copy=2, page=2, values=OTHER)]
    assert counts(send(*cards)) == (2, 0, 0, 0)
    assert source_names() == [f"card:{NUMBER}", f"card:{NUMBER}/2"]
    assert counts(send(*cards, sha256="b")) == (0, 0, 2, 0)


def test_two_copies_with_the_same_words_on_one_page_stay_two() -> None:
    """The other site saw their ink; their words may still be alike."""
    cards = [make_sent_card(), make_sent_card(copy=2)]
    assert counts(send(*cards)) == (2, 0, 0, 0)
    assert counts(send(*cards, sha256="b")) == (0, 0, 2, 0)
    assert counts(send(*reversed(cards), sha256="c")) == (0, 0, 2, 0)
    assert counts(send(*cards, *cards, sha256="d")) == (0, 0, 4, 0)


def test_scanned_here_and_sent_is_one_card() -> None:
    scan(make_card_reading())
    assert counts(send(make_sent_card(values={"impact": "I WAS NOT AFRAlD"}))) == (0, 1, 0, 0)
    assert source_names() == [f"card:{NUMBER}"]
    (row,) = readings_rows()
    assert row["file"] == "stack.pdf", "what was scanned here speaks: its image is here"


def test_a_photocopy_scanned_here_and_another_sent_are_two() -> None:
    scan(make_card_reading())
    sent = make_sent_card(values=OTHER)
    assert counts(send(sent)) == (1, 0, 0, 0)
    assert source_names() == [f"card:{NUMBER}", f"card:{NUMBER}/2"]
    assert counts(send(sent, sha256="b")) == (0, 0, 1, 0)


def test_scanned_here_after_it_was_sent() -> None:
    send(make_sent_card())
    scan(make_card_reading())
    assert source_names() == [f"card:{NUMBER}"]
    scan(make_card_reading(fields=make_fields(**OTHER), writing="b"), page=2)
    assert source_names() == [f"card:{NUMBER}", f"card:{NUMBER}/2"]
    assert {row["file"] for row in readings_rows()} == {"stack.pdf"}


def test_two_sites_with_a_card_each() -> None:
    """Both call their batch and file alike."""
    send(make_sent_card())
    assert counts(send(make_sent_card(number=card_number(2)))) == (1, 0, 0, 0)
    assert counts(send(make_sent_card(batch="elsewhere", file="x.pdf", values={"impact": "I WAS NOT AFRAlD"}))) == (
        (0, 1, 0, 0)
    )
    assert len(register()) == 2


def test_unfilled_then_filled() -> None:
    empty = make_sent_card(fields=make_empty_card_reading().fields, batch="2026-11-01-1", received=date(2026, 11, 1))
    assert counts(send(empty)) == (1, 0, 0, 0)
    assert register() == {}
    assert counts(send(make_sent_card())) == (0, 1, 0, 0)
    assert source_names() == [f"card:{NUMBER}"]
    send(replace(empty, batch="2026-11-02-1"))
    (nomination,) = nominations_of("RXW")
    assert nomination.action


def test_sent_pages_are_in_the_other_sites_ledger() -> None:
    scan(make_card_reading(number=card_number(5)))
    send(make_sent_card())
    assert [row["file"] for row in page_rows()] == ["stack.pdf"]
    assert len(batches.batch_ids()) == 1
    assert count_kept_images() == 1, "read --again passes over what has no image"


def test_a_file_that_breaks_off_leaves_nothing() -> None:
    def cards() -> Iterator[SentCard]:
        yield from (make_sent_card(number=card_number(n), page=n) for n in range(1, 900))
        raise NothingReadError("It breaks off.")

    with pytest.raises(NothingReadError):
        save_sent_cards("RXW", "readings.json", "a", RECEIVED, cards())
    tables = (models.Card, models.Batch, models.Page, models.NominationSource, models.ImportRun)
    assert [table.objects.count() for table in tables] == [0, 0, 0, 0, 0]  # type: ignore[attr-defined]


def test_any_text_is_kept() -> None:
    odd = "\x00 \ud800 \u202e"
    card = make_sent_card(
        file=odd, batch=odd, ward=odd, values={"action": odd, "impact": "x" * 10**6}, nominee_staff=Match(odd, 0.9)
    )
    refused = RefusedCard(2, odd, odd)
    assert counts(send(card, refused)) == (1, 0, 0, 1)
    assert counts(send(card, refused, sha256="b")) == (0, 0, 1, 1)


def write_readings(path: Path) -> list[dict[str, Any]]:
    rows = list(readings_rows())
    path.write_text(json.dumps(rows), encoding="utf-8")
    return rows


def told(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "batch"} for row in rows]


def test_round_trip_through_another_home(
    organisation: Path, tmp_path: Path, store_url: str | None, request: pytest.FixtureRequest
) -> None:
    doubtful = make_field(name="date", content="date", value="2026-11-18", confidence=0.6, status=Status.REVIEW)
    scan(
        make_card_reading(fields=make_fields(date=doubtful, consent=("share_publicly", "stay_anonymous"))),
        make_card_reading(writing="b", fields=make_fields(**OTHER)),
        make_empty_card_reading(number=card_number(3)),
    )
    sent = write_readings(tmp_path / "readings.json")
    before = [replace(row, sources=()) for row in nominations_of("RXW")]
    close_store()
    open_store(tmp_path / "centre", create=True)
    save_profile(make_profile())
    result = save_sent_cards("RXW", "readings.json", "a", RECEIVED, read_readings(tmp_path / "readings.json"))
    assert counts(result) == (3, 0, 0, 0)
    assert list(readings_rows()) == sent
    assert [replace(row, sources=()) for row in nominations_of("RXW")] == before
    write_readings(tmp_path / "again.json")
    again = save_sent_cards("RXW", "again.json", "b", RECEIVED, read_readings(tmp_path / "again.json"))
    assert counts(again) == (0, 0, 3, 0)
    close_store()
    open_store(organisation, store_url)
    back = save_sent_cards("RXW", "again.json", "b", RECEIVED, read_readings(tmp_path / "again.json"))
    assert (back.new, len(register())) == (0, 2)
    assert list(readings_rows()) == sent


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_sites_readings_the_same_speaks_in_any_order(turned: bool) -> None:
    there = make_sent_card(values={"impact": "I WAS NOT AFRAlD"}, batch="there", received=date(2026, 11, 19))
    sites = [make_sent_card(), there]
    for card in reversed(sites) if turned else sites:
        send(card)
    (nomination,) = nominations_of("RXW")
    assert (nomination.impact, nomination.received_at) == ("I was not afraid.", "2026-11-19")


@pytest.mark.usefixtures("store")
def test_a_file_of_many_cards_needs_few_locks() -> None:
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time anyway.
    save_profile(make_profile())
    with transaction.atomic(), connection.cursor() as cursor:
        send(*(make_sent_card(number=card_number(place), row=place) for place in range(1, 60)))
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] < 5


def test_what_nobody_there_could_read_waits_here(tmp_path: Path) -> None:
    """The site that scanned it sends it as decided, without a value."""
    scan(make_card_reading())
    decide(f"card:{NUMBER}", "action", UNREADABLE, "Ann", make_layouts())
    (row,) = readings_rows()
    assert (row["fields"]["action"]["status"], row["fields"]["action"]["value"]) == ("decided", "")
    (tmp_path / "r.json").write_text(json.dumps([row]))
    (sent,) = read_readings(tmp_path / "r.json")
    assert isinstance(sent, SentCard)
    action = next(field for field in sent.fields if field.name == "action")
    assert (action.status, action.reason) == (Status.REVIEW, "nobody at the site that scanned it could read it")
