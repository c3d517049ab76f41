from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Alignment, CardReading
from pipeline.store import batches, printing
from pipeline.store.cards import current_cards
from pipeline.store.decisions import decide
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from pipeline.store.readings import readings_rows
from tests.store.builders import (
    RECEIVED,
    TEMPLATE,
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_fields,
    make_layouts,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)


def keep(*cards: CardReading, paths: str = "/scans", number: int = 1) -> str:
    batch = batches.open_batch(paths).id
    keep_page(batch, number, make_page(number, f"{paths[1:]}.pdf"), make_page_reading(*cards), RECEIVED, same_writing)
    return batch


@pytest.mark.usefixtures("store")
def test_a_row_is_as_the_contract_says() -> None:
    corners = ((102.14, 88.0), (1851.7, 92.3), (1848.0, 2571.9), (98.4, 2567.2))
    reading = make_card_reading(corners_px=corners, fields=make_fields()[1:2])
    batch = keep(replace(reading, alignment=replace(reading.alignment, residual_mm=0.12345)))
    assert list(readings_rows()) == [
        {
            "card": card_number(),
            "copy": 1,
            "organisation": "RXW",
            "ward": "W21",
            "batch": batch,
            "file": "scans.pdf",
            "page": 1,
            "received": RECEIVED.isoformat(),
            "corners_px": [[102.1, 88.0], [1851.7, 92.3], [1848.0, 2571.9], [98.4, 2567.2]],
            "alignment": {"by": "marks", "residual_mm": 0.123},
            "fields": {
                "nominee_last_name": {
                    "value": "PATEL",
                    "raw": "PATEL",
                    "confidence": 0.99,
                    "status": "accepted",
                    "engine": "ppocr 6s",
                    "alternatives": [["PATEL", 0.99]],
                }
            },
            "nominee_staff": {"value": "S00123", "confidence": 0.98},
            "nominee_ward": {"value": "W07", "confidence": 0.97},
        }
    ]


@pytest.mark.usefixtures("store")
def test_empty_is_never_null_and_decisions_show() -> None:
    keep(make_empty_card_reading())
    decide(f"card:{card_number()}", "consent", "share_publicly", "Ann", make_layouts())
    (row,) = readings_rows()
    fields = row["fields"]
    assert (fields["nominator_type"]["value"], fields["nominator_type"]["status"]) == ("", "blank")
    assert fields["consent"] == {
        "value": ["share_publicly"],
        "raw": "",
        "confidence": 1.0,
        "status": "decided",
        "engine": "ppocr 6s",
        "alternatives": [],
    }


@pytest.mark.usefixtures("store")
def test_the_order_is_fixed() -> None:
    numbers = [card_number(2), card_number(1, "RL1"), card_number(10), card_number(1), card_number(1)]
    keep(*(make_card_reading(number=number, writing=str(place)) for place, number in enumerate(numbers)))
    assert [(row["card"], row["copy"]) for row in readings_rows()] == [
        (card_number(1, "RL1"), 1),
        (card_number(1), 1),
        (card_number(1), 2),
        (card_number(2), 1),
        (card_number(10), 1),
    ]


@pytest.mark.usefixtures("store")
def test_one_batch_alone() -> None:
    first = keep(make_card_reading(number=card_number(1)), make_card_reading(number=card_number(2)))
    second = keep(make_card_reading(number=card_number(2)), paths="/more")
    assert [row["card"] for row in readings_rows(first)] == [card_number(1)]
    assert [row["card"] for row in readings_rows(second)] == [card_number(2)]


@pytest.mark.usefixtures("store")
def test_a_doubt_is_never_rounded_away() -> None:
    (field,) = make_fields()[:1]
    keep(make_card_reading(fields=(replace(field, confidence=0.999999),)))
    (row,) = readings_rows()
    assert row["fields"]["nominee_first_name"]["confidence"] == 0.99999


def test_more_cards_than_are_fetched_at_a_time(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.cards._CHUNK", 3)
    numbers = [card_number(index) for index in range(1, 12)]
    keep(*(make_card_reading(number=number) for number in numbers))
    decide(f"card:{numbers[7]}", "impact", "x", "Ann", make_layouts())
    decided = [card.fields[5].status.value for card in current_cards()]
    assert decided == ["accepted"] * 7 + ["decided"] + ["accepted"] * 3


@pytest.mark.usefixtures("store")
def test_the_ledger_knows_what_a_card_without_its_code_cannot_tell() -> None:
    save_profile(make_profile())
    printing.record_run("RXW", "7K3F9QZ", 20, TEMPLATE, ward="W07")
    reading = make_card_reading()
    keep(replace(reading, identity=replace(reading.identity, ward="", template="", fingerprint="")))
    (card,) = current_cards()
    assert (card.ward, card.template, card.fingerprint) == ("W07", "nomination", "F1F1F1F1")


@pytest.mark.usefixtures("store")
def test_a_later_sighting_tells_what_an_earlier_could_not() -> None:
    reading = make_card_reading()
    keep(replace(reading, identity=replace(reading.identity, ward="", template="", fingerprint="")))
    assert [card.ward for card in current_cards()] == [""]
    keep(make_empty_card_reading(), paths="/more")
    (card,) = current_cards()
    assert (card.ward, card.filled) == ("W21", True)


@pytest.mark.usefixtures("store")
def test_numbers_of_other_libraries_are_stored() -> None:
    import numpy as np

    number: Any = np.float32(0.5)
    (field,) = make_fields()[1:2]
    odd = replace(field, alternatives=(("PATEL", number),), outline_px=((number, number),) * 4)
    alignment = Alignment("marks", number, np.eye(3), number)
    keep(make_card_reading(fields=(odd,), alignment=alignment))
    (row,) = readings_rows()
    assert row["fields"]["nominee_last_name"]["alternatives"] == [["PATEL", 0.5]]
