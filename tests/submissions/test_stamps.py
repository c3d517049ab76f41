from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.submissions.stamps import Stamp, read_stamp

NINTH = datetime(2026, 10, 9, 11, 2)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-09T11:02:00", NINTH),
        ("2026-10-09 11:02", NINTH),
        ("2026/10/09 11:02:00 AM", NINTH),
        ("2026-10-09T11:02:00.123Z", NINTH.replace(tzinfo=UTC)),
        ("2026-10-09T11:02:00.000+01:00", NINTH.replace(tzinfo=timezone(timedelta(hours=1)))),
        ("2026/10/09 11:02:00 PM GMT+1", NINTH.replace(hour=23, tzinfo=timezone(timedelta(hours=1)))),
        ("2026/10/09 11:02:00 AM GMT+5:30", NINTH.replace(tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("2026/10/09 11:02 am GMT-3", NINTH.replace(tzinfo=timezone(timedelta(hours=-3)))),
        ("2026-10-09 11:02:00 UTC", NINTH.replace(tzinfo=UTC)),
        ("9 October 2026 11:02", NINTH),
        ("9th October 2026, 11:02", NINTH),
        ("Friday, 9 October 2026 at 11:02", NINTH),
        ("October 9, 2026 11:02 a.m.", NINTH),
        ("9-Oct-26 11:02", NINTH),
        ("Sept 9 2026", datetime(2026, 9, 9)),
        ("46304.459722222222", NINTH),
        ("46304", datetime(2026, 10, 9)),
        ("12/12/2026 12:00 AM", datetime(2026, 12, 12)),
        ("12/12/2026 12:30 pm", datetime(2026, 12, 12, 12, 30)),
    ],
)
def test_what_is_clear(text: str, moment: datetime) -> None:
    found = read_stamp(text)
    assert found is not None
    assert found.by("") == found.by("dmy") == found.by("mdy") == moment
    assert not found.both


@pytest.mark.parametrize("text", ["10/9/2026 11:02", "10/09/26 11:02:00", "10-9-2026 11:02", "10.9.2026, 11:02 AM"])
def test_what_the_order_decides(text: str) -> None:
    assert read_stamp(text) == Stamp(datetime(2026, 9, 10, 11, 2), NINTH, ordered=True)


def test_one_order_only() -> None:
    found = read_stamp("25/12/2026")
    assert found == Stamp(datetime(2026, 12, 25), None, ordered=True)
    assert found.by("") == datetime(2026, 12, 25)
    assert found.by("mdy") is None


@pytest.mark.parametrize("text", ["31/02/2026", "13/13/2026", "2026-02-30", "1/1/2026 25:00", "2026-10-09T11:02+99:00"])
def test_no_such_day(text: str) -> None:
    found = read_stamp(text)
    assert found is not None
    assert found.nothing


@pytest.mark.parametrize("text", ["", "soon", "11:02", "2026", "12345678", "1/2", "9 Foo 2026", "99999", "10/9/2026 x"])
def test_no_date(text: str) -> None:
    assert read_stamp(text) is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert read_stamp(text) is None or isinstance(read_stamp(text), Stamp)


@given(st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}( [0-9]{1,2}:[0-9]{2}( [AP]M)?)?", fullmatch=True))
def test_anything_like_a_date_is_taken(text: str) -> None:
    read_stamp(text)
