"""What one site exports, another imports."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.readings_file import SentCard, read_readings
from pipeline.records import Match, Status
from pipeline.store.cards import SeenCard
from pipeline.store.readings import readings_row
from tests.store.builders import card_number, make_field, make_fields


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.text(max_size=60),
    st.floats(0, 1),
    st.sampled_from(Status),
    st.integers(1, 999),
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
)
def test_what_one_site_writes_the_other_reads(
    tmp_path: Path, text: str, confidence: float, status: Status, copy: int, received: date
) -> None:
    if status is Status.DECIDED:
        confidence = 1.0  # What a person says is sure; 0 says that nobody could read it.
    told = make_field(name="action", content="story", value=text, raw=text, confidence=confidence, status=status)
    fields = (*(field for field in make_fields() if field.name != "action"), told)
    seen = SeenCard(
        card_number(7), copy, "RXW", "W21", "nomination", "F1", "2026-11-22-1", "stack.pdf", 3,
        "", ".jpg", received, True, ((1.0, 2.0),) * 4, "marks", 0.123, fields, Match("S1", 0.5), Match(),
    )  # fmt: skip
    path = tmp_path / "readings.json"
    path.write_text(json.dumps([readings_row(seen)]), encoding="utf-8")
    (card,) = read_readings(path)
    assert isinstance(card, SentCard)
    assert (card.number, card.copy, card.ward, card.received) == (seen.number, copy, "W21", received)
    assert (card.corners_px, card.residual_mm) == (seen.corners_px, 0.123)
    assert (card.nominee_staff, card.nominee_ward) == (seen.nominee_staff, seen.nominee_ward)
    for sent, here in zip(card.fields, fields, strict=True):
        assert (sent.name, sent.content, sent.value, sent.raw) == (here.name, here.content, here.value, here.raw)
        assert (sent.status, sent.engine) == (here.status, here.engine)
        assert sent.confidence == pytest.approx(here.confidence, abs=1e-5)
        assert [name for name, _ in sent.alternatives] == [name for name, _ in here.alternatives]
