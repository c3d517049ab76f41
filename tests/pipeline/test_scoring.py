"""What counts as right, as the contract says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.scoring import character_errors, error_rate, is_right


@pytest.mark.parametrize(
    ("content", "value", "truth", "right"),
    [
        ("name", "Priya  PATEL", "priya patel", True),
        ("name", "PRIYA PATE", "PRIYA PATEL", False),
        ("name", "O'NEIL", "ONEIL", False),
        ("name", "", "", True),
        ("date", "2026-11-18", "2026-11-18", True),
        ("date", "", "2026-11-18", False),
        ("tick", ("b", "a"), ["a", "b"], True),
        ("tick", "a; b", ["a", "b"], True),
        ("tick", (), ["a"], False),
        ("tick", (), [], True),
        ("story", "she held my hand all night long", "She held my hand, all night long!", True),
        ("story", "x" * 19, "x" * 20, True),
        ("story", "x" * 18, "x" * 20, False),
        ("story", "something", "", False),
    ],
)
def test_right_as_the_contract_says(content: str, value: object, truth: object, right: bool) -> None:
    assert is_right(content, value, truth) is right  # type: ignore[arg-type]


@given(st.text(max_size=40), st.text(max_size=40))
def test_errors_are_counted_the_same_from_both_sides(one: str, other: str) -> None:
    assert character_errors(one, other)[0] == character_errors(other, one)[0]
    assert character_errors(one, one)[0] == 0


def test_case_blanks_and_punctuation_are_no_errors() -> None:
    assert error_rate("Hello, world!", "HELLO WORLD") == 0
    assert error_rate("helo", "Hello") == pytest.approx(0.2)
    assert error_rate("ab", "") == 2
