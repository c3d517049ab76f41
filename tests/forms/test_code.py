import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.code import CardCode, decode_code, encode_code
from forms.numbers import CardNumber
from forms.symbols import code_modules

NUMBER = CardNumber("RXW", "7K3F9QZ", 12)
codes = st.builds(
    CardCode,
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
    st.from_regex(r"[0-9A-F]{8}", fullmatch=True),
    st.text(max_size=20),
    st.builds(CardNumber, st.just("RXW"), st.just("7K3F9QZ"), st.integers(1, 10**9 - 1)),
)


@given(codes)
def test_round_trip(code: CardCode) -> None:
    assert decode_code(encode_code(code)) == code


def test_a_usual_code_keeps_to_the_compact_alphabet_and_large_modules() -> None:
    text = encode_code(CardCode("nomination", "3F9A2C1B", "W21", NUMBER))
    assert text == "CC1/NOMINATION/3F9A2C1B/W21/RXW-7K3F9QZ-0012-H"
    assert len(code_modules(text)) == 29


def test_the_longest_code_can_be_printed() -> None:
    number = CardNumber("R1LXYZ", "7K3F9QZ", 999_999_999)
    assert len(code_modules(encode_code(CardCode("a" * 20, "3F9A2C1B", "Ward.20-characters-x", number)))) == 33


@pytest.mark.parametrize(
    "text",
    ["", "https://example.org", "CC2/NOMINATION/3F9A2C1B/W21/RXW-7K3F9QZ-0012-H", "CC1/NOMINATION/3F9A2C1B/W21",
     "CC1/NOMINATION/3F9A2C1B/W21/RXW-7K3F9QZ-0013-H", "CC1/NOMINATION/3F9A2C1B/W/21/RXW-7K3F9QZ-0012-H"],
)  # fmt: skip
def test_other_codes_are_not_ours(text: str) -> None:
    assert decode_code(text) is None
