"""Dates: what exists and is plausible is read, nothing else is made of what was written."""

import datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.parse.dates import EARLIEST, read_date

LATEST = datetime.date(2026, 3, 31)
WHOLE = (True,) * 8

days = st.dates(EARLIEST, LATEST)


def boxes(text: str, sureness: float = 0.99, seed: int = 0) -> NDArray[np.float32]:
    """Eight boxes; a blank is an empty one. What is not sure is spread over the other figures."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((8, 10), dtype=np.float32)
    for row, figure in zip(rows, text, strict=True):
        if figure != " ":
            row[:] = rng.dirichlet(np.ones(10)) * (1 - sureness)
            row[int(figure)] += sureness
    return rows


def inked(text: str) -> tuple[bool, ...]:
    return tuple(figure != " " for figure in text)


@given(days, st.integers(0, 50))
def test_every_plausible_date_is_read(day: datetime.date, seed: int) -> None:
    ranked = read_date(boxes(day.strftime("%d%m%Y"), seed=seed), WHOLE, LATEST)
    assert ranked[0][0] == day.isoformat()
    assert ranked[0][1] > 0.7
    assert sum(probability for _, probability in ranked) < 1 + 1e-9


@given(st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_an_impossible_date_is_never_believed(figures: list[int]) -> None:
    text = "".join(map(str, figures))
    try:
        day = datetime.datetime.strptime(text, "%d%m%Y").date()
    except ValueError:
        day = datetime.date.max
    (value, probability), *_ = read_date(boxes(text, 0.995), WHOLE, LATEST)
    if EARLIEST <= day <= LATEST:
        assert value == day.isoformat()
    else:
        assert value == "" or probability < 0.9


@settings(max_examples=30)
@given(days)
def test_no_date_after_the_day_it_came_in(day: datetime.date) -> None:
    later = read_date(boxes((day + datetime.timedelta(1)).strftime("%d%m%Y"), 0.999), WHOLE, day)
    assert all(value <= day.isoformat() for value, _ in later)
    assert read_date(boxes(day.strftime("%d%m%Y"), 0.999), WHOLE, day)[0][0] == day.isoformat()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(2015, 2025), st.booleans(), st.booleans())
def test_days_and_months_of_one_figure(day: int, month: int, year: int, left: bool, right: bool) -> None:
    text = (f"{day} " if left else f" {day}") + (f"{month} " if right else f" {month}") + str(year)
    assert read_date(boxes(text), inked(text), LATEST)[0][0] == f"{year}-{month:02d}-{day:02d}"


@given(days)
def test_years_of_two_figures(day: datetime.date) -> None:
    for text in (day.strftime("%d%m  %y"), day.strftime("%d%m%y  ")):
        assert read_date(boxes(text), inked(text), LATEST)[0][0] == day.isoformat()


def test_what_is_left_out_makes_no_date() -> None:
    for text in ("  032025", "14  2025", "1403    ", "1403 025", "        "):
        assert read_date(boxes(text), inked(text), LATEST) == [("", 1.0)]


def test_the_calendar_settles_a_doubtful_figure() -> None:
    rows = boxes("14032025", 0.99)
    rows[2] = 0.0
    rows[2, 0], rows[2, 6] = 0.45, 0.55
    assert read_date(rows, WHOLE, LATEST)[0][0] == "2025-03-14"


def test_a_doubt_between_two_dates_stays_a_doubt() -> None:
    rows = boxes("14032025", 0.99)
    rows[1] = 0.0
    rows[1, 1], rows[1, 4] = 0.5, 0.5
    ranked = read_date(rows, WHOLE, LATEST)
    assert {value for value, _ in ranked[:2]} == {"2025-03-11", "2025-03-14"}
    assert ranked[0][1] < 0.6
