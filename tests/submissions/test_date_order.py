import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.submissions.date_order import Evidence, decide_orders
from pipeline.submissions.records import RefusedRow, Submission
from pipeline.submissions.stamps import Stamp, read_stamp
from tests.submissions.exports import SUE, TODAY, answers, google, msforms, take_in, taken, uk, us, write_csv

WRITE: dict[str, Callable[[datetime], str]] = {
    "dmy": lambda moment: f"{moment:%d/%m/%Y %H:%M}",
    "mdy": lambda moment: f"{moment:%m/%d/%Y %H:%M}",
}


def column(texts: list[str]) -> list[Stamp | None]:
    return [read_stamp(text) or Stamp(None, None) if text else None for text in texts]


def order(*texts: str, ids: tuple[str, ...] = (), today: date = TODAY) -> str:
    return decide_orders(Evidence({"When": column(list(texts))}, "When", {}, ids=ids, texts=texts), today)["When"]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("05/10/2026 9:00", "13/10/2026 9:00"), "dmy"),
        (("10/5/2026 9:00", "10/13/2026 9:00"), "mdy"),
        (("05/10/2026 9:00", "06/10/2026 9:00"), ""),
        (("05/10/2026 9:00", "13/10/2026 9:00", "10/13/2026 9:00"), ""),
        (("05/12/2026 9:00", "06/10/2026 9:00"), "mdy"),
        (("12/05/2026 9:00",), "dmy"),
        (("2026-10-05", "05/10/2026"), ""),
        (("31/02/2026", "5/6/2026"), ""),
        ((), ""),
    ],
)
def test_one_column(texts: tuple[str, ...], told: str) -> None:
    assert order(*texts) == told


def test_ids_count_up_with_time() -> None:
    in_order = ("2/11/2026", "3/10/2026", "4/9/2026", "5/8/2026")
    assert order(*in_order, ids=("1", "2", "3", "4")) == "mdy"
    assert order(*reversed(in_order), ids=("4", "3", "2", "1")) == "mdy"
    assert order(*in_order, ids=("4", "3", "2", "1")) == "dmy"
    assert order(*in_order[:2], ids=("1", "2")) == ""
    assert order(*in_order, ids=("1", "3", "2", "4")) == ""


def test_rows_without_ids_tell_only_when_many_ascend() -> None:
    days = [datetime(2025, month, 1 + month * 5 % 12, 9) for month in range(1, 11)]
    for wanted, write in WRITE.items():
        texts = [write(moment).replace("/0", "/").lstrip("0") for moment in days]
        assert order(*texts) == wanted
        assert order(*texts[:4]) == ""
    # Sorted as texts they would seem to ascend in the other order.
    assert order(*sorted(WRITE["dmy"](moment) for moment in days)) == ""


def test_nothing_is_completed_before_it_was_begun() -> None:
    begun, done = column(["02/12/2025 23:58"]), column(["03/01/2026 0:02"])
    assert decide_orders(Evidence({"S": begun, "C": done}, "C", {}, "S"), TODAY) == {"S": "", "C": ""}
    begun, done = column(["12/02/2025 9:00"]), column(["02/12/2025 9:05"])
    assert decide_orders(Evidence({"S": begun, "C": done}, "C", {}, "S"), TODAY) == {"S": "dmy", "C": "dmy"}


def test_undecided_columns_take_what_the_others_say() -> None:
    received, typed = column(["10/13/2026 9:00", "10/5/2026 9:00"]), column(["10/9/2026", "10/4/2026"])
    assert decide_orders(Evidence({"C": received}, "C", {"D": typed}), TODAY) == {"C": "mdy", "D": "mdy"}
    received, typed = column(["5/10/2026 9:00", "6/10/2026 9:00"]), column(["25/9/2026", "4/10/2026"])
    assert decide_orders(Evidence({"C": received}, "C", {"D": typed}), TODAY) == {"C": "dmy", "D": "dmy"}


def test_a_column_that_people_typed_tells_nothing_of_others() -> None:
    received = column(["10/5/2026 9:00", "10/6/2026 9:00"])
    for typed in (["25/9/2026", "last week"], ["25/9/2026", "5/10/2026"]):
        # In British order the first was typed months after it came in.
        found = decide_orders(Evidence({"C": received}, "C", {"D": column(typed)}), date(2027, 1, 5))
        assert found["C"] != "dmy" or found == {"C": "dmy", "D": "dmy"}
        assert found["D"] == "dmy"
    later = column(["10/2/2026 9:00", "10/3/2026 9:00"])
    found = decide_orders(Evidence({"C": later}, "C", {"D": column(["30/9/2026", "1/10/2026"])}), date(2027, 1, 5))
    assert found == {"C": "", "D": "dmy"}


def test_no_date_asked_for_is_later_than_its_time_stamp() -> None:
    received = column(["2026-10-06T09:00:00"])
    assert decide_orders(Evidence({"C": received}, "C", {"D": column(["5/11/2026"])}), TODAY)["D"] == "mdy"
    assert decide_orders(Evidence({"C": received}, "C", {"D": column(["5/10/2026"])}), TODAY)["D"] == ""


moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 27)).map(lambda each: each.replace(microsecond=0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.lists(moments, min_size=1, max_size=30),
    st.sampled_from(["dmy", "mdy"]),
    st.sampled_from([msforms, google]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_told_right_or_refused_never_wrong(
    tmp_path: Path,
    whens: list[datetime],
    wanted: str,
    write: Callable[..., list[list[str]]],
    shuffled: bool,
    chance: random.Random,
) -> None:
    whens = sorted(whens)
    stamp = WRITE[wanted] if chance.random() < 0.5 else us if wanted == "mdy" else uk
    rows = write([answers(action=str(n), date="") for n in range(len(whens))], order=wanted)
    for row, when in zip(rows[1:], whens, strict=True):
        done = 2 if write is msforms else 0
        row[done] = stamp(when)
        if write is msforms:
            row[1] = stamp(when - timedelta(minutes=chance.randint(1, 50)))
    true = {str(n): when for n, when in enumerate(whens)}
    body = rows[1:]
    if shuffled:
        chance.shuffle(body)
    for found in take_in(write_csv(tmp_path / "a.csv", [rows[0], *body])):
        if isinstance(found, Submission):
            said, when = found.received_at.replace(tzinfo=None), true[str(found.values["action"])]
            assert said.replace(second=0) == when.replace(second=0)
        else:
            assert "nothing in the file tells which" in found.reason


def test_what_cannot_be_told_is_refused_with_the_way_out(tmp_path: Path) -> None:
    rows = google([answers(date=""), answers(action="Other.", date="")], order="dmy")
    rows[1][0], rows[2][0] = "05/10/2026 09:15:00", "06/06/2026 09:15:00"
    path = write_csv(tmp_path / "a.csv", rows)
    refused, clear = take_in(path)
    assert refused == RefusedRow(
        2,
        "Timestamp",
        "'05/10/2026 09:15:00' is 5 October 2026 or 10 May 2026, and nothing in the file tells which; "
        'say dates = "dmy" or dates = "mdy" in a mapping',
    )
    assert isinstance(clear, Submission)
    assert [f"{each.received_at:%d %b}" for each in take_in(path, dates="mdy") if isinstance(each, Submission)] == [
        "10 May",
        "06 Jun",
    ]


def test_a_day_that_is_none_in_the_files_order(tmp_path: Path) -> None:
    rows = google([SUE, TODAY_TOM], order="dmy")
    rows[2][0] = "10/25/2026 09:15:00"
    (_, refused) = take_in(write_csv(tmp_path / "a.csv", rows), dates="dmy")
    assert isinstance(refused, RefusedRow)
    assert refused.reason == "there is no such day as '10/25/2026 09:15:00', read as day/month/year like the rest"


TODAY_TOM = answers(nominee_first_name="Tom")


def test_an_unclear_answer_is_kept_and_refuses_nothing(tmp_path: Path) -> None:
    rows = google([SUE, TODAY_TOM, TODAY_TOM])
    place = rows[0].index("Date of event")
    rows[1][place], rows[2][place], rows[3][place] = "05/06/2026", "last Tuesday", "31/02/2026"
    first, second, third = taken(write_csv(tmp_path / "a.csv", rows))
    assert [each.values["date"] for each in (first, second, third)] == ["", "", ""]
    assert first.kept == {"Date of event": "05/06/2026"}
    assert second.notes == ("date: 'last Tuesday' is no date",)
    assert third.notes == ("date: there is no such day or time as '31/02/2026'",)
