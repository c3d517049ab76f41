from datetime import date
from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.records import Page, PageReading
from pipeline.register import NominationStatus
from pipeline.sources import nomination_id
from pipeline.store import batches, models
from pipeline.store.decisions import decide
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from pipeline.store.register import nominations_of
from tests.store.builders import (
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)


def keep(page: Page, reading: PageReading, received: date) -> str:
    batch = batches.open_batch("/scans").id
    keep_page(batch, page.number, page, reading, received, same_writing)
    return batch


def test_every_filled_card_and_copy_is_a_nomination(store: Path) -> None:
    save_profile(make_profile())
    cards = [
        make_card_reading(),
        make_card_reading(writing="b"),
        make_empty_card_reading(number=card_number(2)),
        make_card_reading(number=card_number(1, "RL1")),
    ]
    batch = keep(make_page(3), make_page_reading(*cards), date(2026, 11, 20))
    nominations = nominations_of("RXW")
    sources = [f"card:{card_number()}", f"card:{card_number()}/2"]
    assert sorted(nomination.sources[0].id for nomination in nominations) == sources
    assert {nomination.nomination_id for nomination in nominations} == {nomination_id(source) for source in sources}
    source = nominations[0].sources[0]
    assert (source.source, source.file, source.page, source.row) == (batch, "stack.pdf", 3, None)
    assert {(nomination.received_at, nomination.nominee_staff_id) for nomination in nominations} == {
        ("2026-11-20", "S00123")
    }


def test_the_earliest_day_counts_whatever_came_first(store: Path) -> None:
    save_profile(make_profile())
    keep(make_page(1), make_page_reading(make_card_reading()), date(2026, 7, 20))
    keep(make_page(2), make_page_reading(make_card_reading()), date(2026, 7, 18))
    keep(make_page(3), make_page_reading(make_card_reading()), date(2026, 7, 19))
    (nomination,) = nominations_of("RXW")
    assert nomination.received_at == "2026-07-18"
    assert nomination.sources[0].page == 3
    assert models.NominationSource.objects.count() == 1


def test_a_card_may_come_before_its_organisation(store: Path) -> None:
    keep(make_page(), make_page_reading(make_card_reading()), date(2026, 11, 20))
    with pytest.raises(UsageError, match="never loaded"):
        nominations_of("RXW")
    save_profile(make_profile())
    assert len(nominations_of("RXW")) == 1


def test_decisions_reach_the_register(store: Path) -> None:
    save_profile(make_profile())
    keep(make_page(), make_page_reading(make_card_reading()), date(2026, 11, 20))
    decide(f"card:{card_number()}", "consent", "stay_anonymous", "Ann", make_layouts())
    decide(f"card:{card_number()}", "nominee_staff", "S00124", "Ann", make_layouts())
    (nomination,) = nominations_of("RXW")
    assert (nomination.nominator_name, nomination.nominator_contact) == ("", "")
    assert (nomination.nominee_staff_id, nomination.status) == ("S00124", NominationStatus.COMPLETE)
    (named,) = nominations_of("RXW", with_anonymous=True)
    assert named.nominator_name == "JO BLOGGS"
