"""Stories and contacts, put together from lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parse.texts import read_contact, read_story
from pipeline.records import Reading

LINE = "she sat with me all night long"


def line(text: str = LINE, wrong: float | None = 0.0, probability: float = 0.5) -> Reading:
    return Reading(text, probability, ((text, probability),), wrong=wrong)


def test_lines_are_joined() -> None:
    assert read_story([line(" she  sat "), line(""), line("with me")])[0] == "she sat with me"


@given(st.floats(0, 50), st.floats(0, 50), st.integers(1, 5))
def test_more_expected_errors_never_make_a_story_surer(one: float, other: float, lines: int) -> None:
    fewer, more = sorted((one, other))
    sure, unsure = (read_story([line(wrong=wrong / lines)] * lines)[1] for wrong in (fewer, more))
    assert 0 <= unsure <= sure + 1e-12
    assert sure <= 1


def test_it_is_the_share_of_errors_that_counts() -> None:
    # Two errors are few among a hundred letters, and many among twenty-four.
    assert read_story([line(wrong=0.5)] * 4)[1] > 0.9
    assert read_story([line(wrong=2.0)])[1] < 0.5
    assert read_story([line("abc", wrong=0.0)])[1] > 0.8
    assert read_story([line("...", wrong=0.0)])[1] == 0


def test_readers_that_do_not_say_are_taken_by_their_probability() -> None:
    every, some = read_story([line(wrong=None)] * 2)[1], read_story([line(wrong=None), line(wrong=9.0)])[1]
    assert every == some == pytest.approx(0.5 ** (1 / len(LINE)))


def test_what_looks_like_a_contact_is_likelier() -> None:
    reading = Reading("jo bloggs@example org", 0.5, (("jo bloggs@example org", 0.5), ("jo.bloggs@example.org", 0.4)))
    assert read_contact([reading])[0] == ("jo.bloggs@example.org", 0.4)
