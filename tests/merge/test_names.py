import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge.person_names import PersonName, first_name_meanings, misread_keys, one_box_name, person_name

LETTERS = st.sampled_from("ABCDEIRSTZ")
WORDS = st.text(LETTERS, min_size=5, max_size=12)


@pytest.mark.parametrize(
    ("first", "last", "firsts", "lasts"),
    [
        ("Priya", "Patel", ("PRIYA",), ("PATEL",)),
        ("Priya Patel", "", ("PRIYA",), ("PATEL",)),
        ("", "Priya Patel", ("PRIYA",), ("PATEL",)),
        ("Mary Ann", "Smith-Jones", ("MARY", "ANN"), ("SMITH", "JONES")),
        ("Dr. Zoë", "O'Neill", ("ZOE",), ("ONEILL",)),
        ("Sister Sue", "", ("SUE",), ()),
        ("", "Mrs Brown", (), ("BROWN",)),
        ("J.P.", "Łukasz", ("J", "P"), ("LUKASZ",)),
        ("?", "7", (), ()),
        ("", "", (), ()),
    ],
)
def test_a_name_in_two_boxes(first: str, last: str, firsts: tuple[str, ...], lasts: tuple[str, ...]) -> None:
    assert person_name(first, last) == PersonName(firsts, lasts)


@pytest.mark.parametrize(
    ("text", "firsts", "lasts"),
    [("Jo", ("JO",), ()), ("Mrs Bloggs", (), ("BLOGGS",)), ("Jo Bloggs", ("JO",), ("BLOGGS",)), ("", (), ())],
)
def test_a_name_in_one_box(text: str, firsts: tuple[str, ...], lasts: tuple[str, ...]) -> None:
    assert one_box_name(text) == PersonName(firsts, lasts)


def test_swapped_names_have_the_same_words() -> None:
    assert person_name("Priya", "Patel").words == person_name("Patel", "Priya").words
    assert person_name("Priya", "Patel").text == "PRIYA PATEL"
    assert person_name("Priya", "") and not person_name("Dr", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("SUE", "SUSAN"), ("SUE", "SUZANNE"), ("LIZ", "BETH"), ("BOB", "ROBERT"), ("KATHERINE", "CATHERINE")],
)
def test_short_forms_and_spellings_share_a_meaning(one: str, other: str) -> None:
    assert first_name_meanings(one) & first_name_meanings(other)


@pytest.mark.parametrize(("one", "other"), [("SUE", "SARAH"), ("MARK", "MARY"), ("PRIYA", "PREETI")])
def test_other_names_share_none(one: str, other: str) -> None:
    assert not first_name_meanings(one) & first_name_meanings(other)


@given(WORDS)
def test_a_name_means_itself(word: str) -> None:
    assert word in first_name_meanings(word)


@given(WORDS, st.data())
def test_words_one_slip_apart_share_a_key(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(LETTERS)
    slips = {
        "left out": word[:at] + word[at + 1 :],
        "another": word[:at] + letter + word[at + 1 :],
        "one more": word[:at] + letter + word[at:],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }
    for slip in slips.values():
        assert set(misread_keys(word)) & set(misread_keys(slip)), slip


def test_short_words_are_taken_as_they_are() -> None:
    assert misread_keys("LEE") == ("LEE",)
    assert not set(misread_keys("LEE")) & set(misread_keys("LEA"))


def test_other_words_share_no_key() -> None:
    assert not set(misread_keys("PATEL")) & set(misread_keys("SMITH"))
