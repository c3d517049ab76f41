from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge.story_grams import SKETCH_BITS, shared, story_grams, story_sketch, telling_words, untelling_words
from tests.merge.builders import FAREWELL, GARDEN, NIGHT

TEXTS = st.lists(st.sampled_from([*NIGHT.split(), *GARDEN.split(), "kind", "the", "é", "7"])).map(" ".join)
GRAMS = st.frozensets(st.integers(0, 30))


@given(TEXTS, TEXTS)
def test_a_sketch_holds_the_grams(one: str, other: str) -> None:
    bits, size = story_sketch(one, other)
    assert len(bits) * 8 == SKETCH_BITS
    assert size == sum(byte.bit_count() for byte in bits) == len(story_grams(one, other))
    assert all(bits[gram // 8] & (0x80 >> gram % 8) for gram in story_grams(one, other))


@given(TEXTS, TEXTS)
def test_where_words_stand_is_of_no_account(one: str, other: str) -> None:
    assert story_grams(one, other) == story_grams(other, one) == story_grams(f"{other.upper()} {one}")
    assert story_grams(one) <= story_grams(one, other)


@given(GRAMS, GRAMS)
def test_a_share_is_a_share_of_the_shorter(one: frozenset[int], other: frozenset[int]) -> None:
    assert shared(one, other) == shared(other, one)
    assert 0.0 <= shared(one, other) <= 1.0
    assert shared(one, one | other) == (1.0 if one else 0.0)


def test_words_that_most_stories_share_say_nothing() -> None:
    assert {"THE", "AND"} <= untelling_words()
    assert telling_words("The violin and the veil") == ["VIOLIN", "VEIL"]
    assert story_sketch("and the of")[1] == 0


def test_a_misread_letter_leaves_most_of_a_story_alike() -> None:
    misread = NIGHT.replace("operation", "operatian").replace("blanket", "hlanket").replace("shift", "shiff")
    assert shared(story_grams(NIGHT), story_grams(misread)) > 0.85
    assert shared(story_grams(NIGHT), story_grams(FAREWELL)) < 0.3
