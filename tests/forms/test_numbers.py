import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forms.numbers import CardNumber, check_character, new_token, parse_number, run_numbers

BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
tokens = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=7, max_size=7)
numbers = st.builds(
    CardNumber,
    st.text(BASE36, min_size=3, max_size=6),
    tokens,
    st.integers(0, 9999) | st.integers(0, 999_999_999),
)


def is_found(typed: str, number: CardNumber) -> bool:
    """Whether a mistyped number is refused, or forgiven as look-alikes are.

    Look-alikes of the check character are forgiven too, so there 0 and O stand for one another, and 1, I and L.
    """
    found = parse_number(typed)
    return found is None or found == number or (typed[-1] in "01OIL" and typed[-1] != str(found)[-1])


@given(numbers)
def test_round_trip(number: CardNumber) -> None:
    assert parse_number(str(number)) == number
    assert re.fullmatch(r"[A-Z0-9]{3,6}-[0-9A-Z]{7}-\d{4,9}-[0-9A-Z]", str(number))


@settings(max_examples=20)
@given(numbers)
@example(CardNumber("RXW", "7K3F9QZ", 50000))
def test_every_single_wrong_character_is_found(number: CardNumber) -> None:
    written = str(number)
    for place, right in enumerate(written):
        for wrong in set(BASE36) - {right}:
            typed = written[:place] + wrong + written[place + 1 :]
            assert is_found(typed, number), typed


@given(numbers)
def test_every_swap_of_neighbours_is_found(number: CardNumber) -> None:
    written = str(number)
    for place in range(len(written) - 1):
        typed = written[:place] + written[place + 1] + written[place] + written[place + 2 :]
        assert is_found(typed, number), typed


@given(numbers)
def test_lookalikes_and_loose_typing_are_forgiven(number: CardNumber) -> None:
    organisation, rest = str(number).split("-", 1)
    swapped = rest.replace("0", "o").replace("1", "l")
    for typed in (
        f"{organisation}-{swapped}",
        str(number).lower(),
        f"  {number} \n",
        str(number).replace("-", " - "),
        str(number).replace("-", " "),
        str(number).replace("-", "–"),
        str(number).replace("-", "\u2011"),
        f"{number.organisation}-{number.token}-{number.index}-{str(number)[-1]}",
    ):
        assert parse_number(typed) == number, typed


@pytest.mark.parametrize(
    "text",
    ["", "-", "RXW", "RXW-7K3F9QZ-0012", "RXW-7K3F9QZ--H", "RX-7K3F9QZ-0012-H", "RXW-7K3F9Q-0012-H", "²-²-²-²",
     "RXW-7K3F9QZ-00012-H",
     "RXW-7K3F9QZ-0012-HH", "RXW-7K3F9QZ-00A2-H", "https://example.org/RXW-7K3F9QZ-0012-H", "RXW-7K3F9QZ-٠٠١٢-H"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    found = parse_number(text)
    assert found is None or parse_number(str(found)) == found


def test_documented_number_is_valid() -> None:
    assert check_character("RXW-7K3F9QZ-0012") == "H"
    assert parse_number("RXW-7K3F9QZ-0012-H") == CardNumber("RXW", "7K3F9QZ", 12)


def test_tokens_have_at_least_thirty_bits_and_differ() -> None:
    drawn = {new_token() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(len(token) == 7 and not set(token) & set("ILOU") for token in drawn)


def test_a_run_is_counted_from_its_first_and_grows_wider() -> None:
    run = [str(number) for number in run_numbers("RXW", "7K3F9QZ", 3, first=9999)]
    assert [number.split("-")[2] for number in run] == ["9999", "10000", "10001"]
    assert all(parse_number(number) for number in run)
