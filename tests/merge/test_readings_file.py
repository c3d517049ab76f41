"""Files of readings that another site wrote."""

import json
import re
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.errors import NothingReadError
from pipeline.readings_file import RefusedCard, SentCard, read_readings
from pipeline.records import Match, Status

NUMBER = "RXW-7K3F9QZ-0012-H"
FIELD: dict[str, Any] = {
    "value": "PRIYA",
    "raw": "PR1YA",
    "confidence": 0.997,
    "status": "accepted",
    "engine": "handprint 1.0",
    "alternatives": [["PRIYA", 0.997], ["PRIVA", 0.002]],
}


def make_row(**changes: Any) -> dict[str, Any]:
    """The contract's example."""
    row = {
        "card": NUMBER,
        "copy": 1,
        "organisation": "RXW",
        "ward": "W21",
        "batch": "2026-11-22-1",
        "file": "stack.pdf",
        "page": 3,
        "corners_px": [[102.1, 88.0], [1851.7, 92.3], [1848.0, 2571.9], [98.4, 2567.2]],
        "alignment": {"by": "marks", "residual_mm": 0.12},
        "fields": {"nominee_first_name": FIELD},
        "nominee_staff": {"value": "S00123", "confidence": 0.981},
        "nominee_ward": {"value": "W07", "confidence": 0.99},
    }
    return row | changes


def with_field(name: str = "nominee_first_name", **changes: Any) -> dict[str, Any]:
    return make_row(fields={name: FIELD | changes})


def read(folder: Path, *rows: Any) -> list[SentCard | RefusedCard]:
    path = folder / "readings.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return list(read_readings(path))


def test_the_contracts_example(tmp_path: Path) -> None:
    (card,) = read(tmp_path, make_row())
    assert isinstance(card, SentCard)
    assert (card.row, card.number, card.copy, card.organisation, card.ward) == (1, NUMBER, 1, "RXW", "W21")
    assert (card.batch, card.file, card.page) == ("2026-11-22-1", "stack.pdf", 3)
    assert card.corners_px[:2] == ((102.1, 88.0), (1851.7, 92.3))
    assert (card.alignment_by, card.residual_mm) == ("marks", 0.12)
    assert (card.nominee_staff, card.nominee_ward) == (Match("S00123", 0.981), Match("W07", 0.99))
    (field,) = card.fields
    assert (field.name, field.content, field.value, field.raw) == ("nominee_first_name", "name", "PRIYA", "PR1YA")
    assert (field.confidence, field.status, field.engine) == (0.997, Status.ACCEPTED, "handprint 1.0")
    assert field.alternatives == (("PRIYA", 0.997), ("PRIVA", 0.002))


@pytest.mark.parametrize(
    ("changes", "received"),
    [
        ({"received": "2026-11-20"}, date(2026, 11, 20)),
        ({}, date(2026, 11, 22)),
        ({"batch": "monday's"}, None),
        ({"batch": "2026-11-31-1"}, None),
        ({"received": "yesterday", "batch": ""}, None),
    ],
)
def test_the_day_that_it_came_in(tmp_path: Path, changes: dict[str, Any], received: date | None) -> None:
    (card,) = read(tmp_path, make_row(**changes))
    assert isinstance(card, SentCard)
    assert card.received == received


@pytest.mark.parametrize(
    ("value", "status", "filled"),
    [("", "blank", False), ([], "blank", False), ("", "review", True), ("x", "accepted", True)],
)
def test_whether_anything_is_written(tmp_path: Path, value: Any, status: str, filled: bool) -> None:
    (card,) = read(tmp_path, with_field(value=value, status=status))
    assert isinstance(card, SentCard)
    assert card.filled is filled
    assert bool(card.fields[0].reason) is (status == "review")


def test_what_may_be_left_out(tmp_path: Path) -> None:
    least = {"card": NUMBER, "organisation": "RXW", "fields": {"action": {"value": "Kind.", "status": "accepted"}}}
    (card,) = read(tmp_path, least)
    assert isinstance(card, SentCard)
    assert (card.copy, card.page, card.corners_px, card.nominee_staff) == (1, 0, (), Match())


FAULTS: list[tuple[Any, str, str]] = [
    ("a text", "", "is no card"),
    (None, "", "is no card"),
    (make_row(card="RXW-7K3F9QZ-0012-A"), "card", "check character"),
    (make_row(card=12), "card", "no text"),
    (make_row(card=None), "card", "no text"),
    (make_row(copy=0), "copy", "'0' is no whole number from 1 on"),
    (make_row(copy="2"), "copy", "no whole number"),
    (make_row(copy=True), "copy", "no whole number"),
    (make_row(copy=10**9), "copy", "no whole number"),
    (make_row(page=-1), "page", "no whole number from 0 on"),
    (make_row(page=1.5), "page", "no whole number"),
    (make_row(organisation="RJE"), "organisation", f"'RJE' is not the organisation of card {NUMBER}"),
    (make_row(ward="W" * 21), "ward", "longer than 20"),
    (make_row(batch=7), "batch", "no text"),
    (make_row(corners_px=[[1, 2], [3]]), "corners_px", "no points"),
    (make_row(corners_px="none"), "corners_px", "no points"),
    (make_row(alignment={"by": "marks", "residual_mm": "little"}), "residual_mm", "no number"),
    (make_row(fields={}), "fields", "no fields"),
    (make_row(fields=[FIELD]), "fields", "no fields"),
    (make_row(fields={"action": "Kind."}), "fields.action", "no reading of a field"),
    (make_row(nominee_staff={"value": 5, "confidence": 0.5}), "value", "no text"),
    (make_row(nominee_ward={"value": "W07", "confidence": "sure"}), "nominee_ward", "no number"),
    (with_field(status="certain"), "fields.nominee_first_name", "'certain' is none of accepted, review"),
    (with_field(confidence=1.2), "fields.nominee_first_name", "1.2, is not from 0 to 1"),
    (with_field(confidence=True), "fields.nominee_first_name", "no number"),
    (with_field(value=None), "fields.nominee_first_name", "neither a text nor a list"),
    (with_field(value=["x", 1]), "fields.nominee_first_name", "neither a text nor a list"),
    (with_field(alternatives=[["x"]]), "fields.nominee_first_name", "no pairs of text and probability"),
    (with_field(alternatives=7), "fields.nominee_first_name", "no pairs of text and probability"),
    (with_field(alternatives=[["x", "nan"]]), "fields.nominee_first_name", "no pairs of text and probability"),
    (with_field(alternatives=[[["x"], 0.5]]), "fields.nominee_first_name", "no pairs of text and probability"),
    (make_row(corners_px=[["nan", 1]]), "corners_px", "no points"),
    (make_row(organisation="R" * 999), "organisation", "…' is not the organisation"),
    (with_field("date", value="20/11/2026"), "fields.date", "no date such as 2026-11-20"),
    (with_field("date", value="2026-02-30"), "fields.date", "no date such as 2026-11-20"),
    (with_field("date", value=["2026-02-03"]), "fields.date", "no date such as 2026-11-20"),
]


@pytest.mark.parametrize(("row", "column", "reason"), FAULTS, ids=[f"{n} {fault[1]}" for n, fault in enumerate(FAULTS)])
def test_a_faulty_card_is_refused_and_the_others_are_taken(tmp_path: Path, row: Any, column: str, reason: str) -> None:
    before, refused, after = read(tmp_path, make_row(), row, make_row(copy=2))
    assert isinstance(before, SentCard) and isinstance(after, SentCard)
    assert isinstance(refused, RefusedCard)
    assert (refused.row, refused.column) == (2, column)
    assert reason in refused.reason
    assert after.row == 3


@pytest.mark.parametrize("name", ["card", "copy", "corners_px", "fields"])
def test_what_stands_in_many_layers_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "readings.json"
    layers = "[" * 5_000 + "]" * 5_000
    path.write_text(json.dumps([make_row(**{name: "here"})]).replace('"here"', layers), encoding="utf-8")
    (refused,) = read_readings(path)
    assert isinstance(refused, RefusedCard)
    assert len(refused.reason) < 200


@pytest.mark.parametrize("part", ["status", "value", "confidence", "alternatives"])
def test_a_field_in_many_layers_is_refused(tmp_path: Path, part: str) -> None:
    path = tmp_path / "readings.json"
    layers = "[" * 5_000 + "]" * 5_000
    path.write_text(json.dumps([with_field(**{part: "here"})]).replace('"here"', layers), encoding="utf-8")
    (refused,) = read_readings(path)
    assert isinstance(refused, RefusedCard)
    assert refused.column == "fields.nominee_first_name"


@pytest.mark.parametrize("written", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none(tmp_path: Path, written: str) -> None:
    path = tmp_path / "readings.json"
    path.write_text(json.dumps([make_row()]).replace("0.997", written, 1), encoding="utf-8")
    try:
        (refused,) = read_readings(path)
    except NothingReadError:
        return
    assert isinstance(refused, RefusedCard)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "at its beginning"),
        (b"no json", "at its beginning"),
        (json.dumps([make_row()]).encode()[:-30], "at its beginning"),
        (json.dumps([make_row(), make_row(copy=2)]).encode()[:-30], "after card 1"),
        (b"\xff\xfe[]", "at its beginning"),
        (json.dumps([make_row()]).encode().replace(b"PR1YA", b"PR\xe9YA"), "at its beginning"),
        (b"PK\x03\x04 a workbook", "at its beginning"),
    ],
)
def test_a_broken_file(tmp_path: Path, content: bytes, where: str) -> None:
    path = tmp_path / "readings.json"
    path.write_bytes(content)
    with pytest.raises(NothingReadError, match=rf"json' is no file of readings, or only a part.*{where}"):
        list(read_readings(path))


@pytest.mark.parametrize("content", ["[]", "{}", "7", "null"])
def test_a_file_without_readings(tmp_path: Path, content: str) -> None:
    path = tmp_path / "readings.json"
    path.write_text(content)
    with pytest.raises(NothingReadError, match="holds no readings"):
        list(read_readings(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NothingReadError, match=r"none\.json' can't be read: No such file"):
        list(read_readings(tmp_path / "none.json"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*make_row(), "value", "status", "x"]), inner)
), max_leaves=8), st.sampled_from([*make_row()]))  # fmt: skip
def test_whatever_stands_in_a_card_it_is_taken_or_refused(tmp_path: Path, value: Any, name: str) -> None:
    try:
        first, last = read(tmp_path, make_row(**{name: value}), make_row())
    except NothingReadError:  # NaN and its like are no JSON.
        assert re.search("NaN|Infinity", json.dumps(value))
        return
    assert isinstance(first, SentCard | RefusedCard)
    assert isinstance(last, SentCard)


def test_a_large_file_is_read_a_few_cards_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "readings.json"
    row = json.dumps(make_row(fields={"action": FIELD | {"value": "kind " * 400, "alternatives": []}}))
    path.write_text(f"[{','.join([row] * 5000)}]", encoding="utf-8")
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    try:
        assert sum(isinstance(card, SentCard) for card in read_readings(path)) == 5000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
