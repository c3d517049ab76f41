import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Value
from pipeline.same_words import says_the_same
from tests.merge.builders import FAREWELL, GARDEN, NIGHT

VALUES = st.dictionaries(
    st.sampled_from(["action", "impact", "consent"]), st.text() | st.lists(st.text(max_size=5)).map(tuple)
)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"action": NIGHT}, True),
        ({"action": NIGHT.upper().replace(" ", "")}, True),
        ({"action": NIGHT.replace("a", "o").replace("blanket", "hlonket")}, True),
        ({"action": GARDEN}, False),
        ({"action": FAREWELL}, False),
        ({"action": "", "consent": ()}, True),
    ],
)
def test_whether_two_readings_are_of_one_writing(other: dict[str, Value], same: bool) -> None:
    assert says_the_same({"action": NIGHT}, other) is same


@given(VALUES, VALUES)
def test_it_is_of_no_account_which_comes_first(one: dict[str, Value], other: dict[str, Value]) -> None:
    assert says_the_same(one, one)
    assert says_the_same(one, other) is says_the_same(other, one)
