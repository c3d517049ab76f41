from datetime import date

import pytest

from forms.errors import UsageError
from pipeline.records import Outcome, PageReading, Status
from pipeline.store import batches
from pipeline.store.decisions import decide
from pipeline.store.pages import keep_page
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
    same_writing,
)


@pytest.mark.usefixtures("store")
def test_an_unfinished_batch_is_taken_up_again() -> None:
    first = batches.open_batch("/scans", date(2026, 11, 20))
    other = batches.open_batch("/others")
    assert not first.taken_up
    again = batches.open_batch("/scans")
    assert (again.id, again.received, again.taken_up) == (first.id, date(2026, 11, 20), True)
    batches.finish_batch(first.id)
    new = batches.open_batch("/scans")
    assert new.id not in (first.id, other.id)
    assert not new.taken_up
    assert batches.batch_ids() == [new.id, other.id, first.id]


@pytest.mark.usefixtures("store")
def test_ids_name_the_day_and_count() -> None:
    ids = [batches.open_batch(f"/scans/{number}").id for number in range(11)]
    day = ids[0].rpartition("-")[0]
    assert ids == [f"{day}-{number}" for number in range(1, 12)]
    assert date.fromisoformat(day)


@pytest.mark.usefixtures("store")
def test_find_batch() -> None:
    batch = batches.open_batch("/scans").id
    assert not batches.find_batch(batch).finished
    batches.finish_batch(batch)
    assert batches.find_batch(batch).finished
    with pytest.raises(UsageError, match=rf"There is no batch 'x' \(newest first, there are: {batch}\)"):
        batches.find_batch("x")


@pytest.mark.usefixtures("store")
def test_summary() -> None:
    batch = batches.open_batch("/scans").id
    doubtful = make_fields(date=make_field(name="date", content="date", value="", status=Status.REVIEW))
    readings = [
        make_page_reading(make_card_reading(fields=doubtful), make_empty_card_reading(number=card_number(2))),
        make_page_reading(make_card_reading()),
        PageReading(Outcome.BLANK),
        PageReading(Outcome.UNREADABLE, "torn"),
    ]
    for number, reading in enumerate(readings, 1):
        keep_page(batch, number, make_page(number), reading, RECEIVED, same_writing)
    # The second page shows the first card again, and its reading is the one that counts.
    assert batches.summary(batch) == {
        "batch": batch,
        "pages": 4,
        "cards": 2,
        "outcomes": {"blank": 1, "cards": 2, "unreadable": 1},
        "fields": {"accepted": 9, "review": 0, "blank": 11},
        "expected_wrong": 0.09,
    }
    decide(f"card:{card_number()}", "date", "", "Ann", make_layouts())
    assert batches.summary(batch)["fields"] == {"accepted": 8, "review": 0, "blank": 11, "decided": 1}
    # What a person decided can't be wrong.
    assert batches.summary(batch)["expected_wrong"] == 0.08
