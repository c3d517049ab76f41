"""Weights as they are kept, and as they are learnt from pairs that are known."""

import re
from collections.abc import Mapping
from math import log2

import pytest

from pipeline.merge.comparisons import COMPARISONS
from pipeline.merge.estimate import AT_LEAST, RULES, Counts, count_levels, fit
from pipeline.merge.groups import ASK, LINK
from pipeline.merge.match import Pair, Part, Weights, read_weights, shipped_weights, weights_text
from pipeline.merge.nominees import Nominee
from pipeline.merge.person_names import person_name
from pipeline.merge.reasons import reasons
from tests.merge.builders import GARDEN, make_statement, merged

LEVELS = {(comparison.name, level.name) for comparison in COMPARISONS for level in comparison.all_levels}


def bits(weights: Weights, comparison: str, level: str) -> float:
    told = weights.levels[comparison][level]
    return log2(told.m / told.u)


def make_counts(factor: int, **changed: Mapping[tuple[bool, str], int]) -> Counts:
    """Counts of pairs, each level alike but those that are named."""
    levels: dict[str, Mapping[tuple[bool, str], int]] = {
        comparison.name: {(same, level.name): factor for same in (True, False) for level in comparison.all_levels}
        for comparison in COMPARISONS
    }
    return Counts(levels | changed, same=10 * factor, apart=100 * factor)


# --- kept --------------------------------------------------------------------------------------------------------


def test_weights_come_back_as_they_were_kept() -> None:
    shipped = shipped_weights()
    assert read_weights(weights_text(shipped, "a comment")) == shipped
    assert weights_text(shipped, "a comment").startswith("# a comment\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prior = ", "before = "),
        ("[story]", "[tale]"),
        ("same_staff = ", "same_person = "),
        ("prior = ", "prior = often, "),
    ],
)
def test_what_is_no_file_of_weights_is_refused(old: str, new: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        read_weights(weights_text(shipped_weights(), "").replace(old, new, 1))


def test_shipped_weights_speak_the_right_way() -> None:
    weights = shipped_weights()
    assert bits(weights, "nominee", "same_staff") > 5 > -20 > bits(weights, "nominee", "two_staff")
    assert (
        bits(weights, "story", "nearly_all") > bits(weights, "story", "some") > 0 > bits(weights, "story", "different")
    )
    assert bits(weights, "nominator", "same_contact") > 5 > 0 > bits(weights, "nominator", "different")
    assert bits(weights, "day", "same") > bits(weights, "day", "week") > 0 > bits(weights, "day", "longer")


def test_shipped_weights_keep_the_rules() -> None:
    weights = shipped_weights()
    best = log2(weights.prior / (1 - weights.prior)) + sum(
        max(bits(weights, comparison.name, level.name) for level in comparison.all_levels)
        for comparison in COMPARISONS
        if comparison.name != "nominee"
    )
    for (comparison, level), weight in RULES.items():
        assert bits(weights, comparison, level) == pytest.approx(weight, abs=0.01)
        assert best + weight < LINK, f"{level} must not be joined, however much else agrees"
    assert best + RULES["nominee", "different"] < ASK
    assert best + RULES["nominee", "teams_differ"] > ASK


# --- learnt ------------------------------------------------------------------------------------------------------


def test_rules_and_floors_are_of_levels_that_there_are() -> None:
    assert RULES.keys() | AT_LEAST.keys() <= LEVELS


def test_rules_stand_whatever_is_counted() -> None:
    counts = make_counts(1000, nominee={(True, "two_staff"): 5000, (False, "two_staff"): 10})
    for start in (None, shipped_weights()):
        weights = fit(counts, start)
        for (comparison, level), weight in RULES.items():
            assert bits(weights, comparison, level) == pytest.approx(weight)


def test_what_is_too_orderly_keeps_its_floor() -> None:
    counts = make_counts(0, day={(True, "same"): 10**6, (False, "longer"): 10**6})
    weights = fit(Counts(counts.levels, 10**6, 10**6))
    for (comparison, level), least in AT_LEAST.items():
        assert weights.levels[comparison][level].m >= least


def test_much_is_learnt_from_many_pairs_and_little_from_few() -> None:
    # Of one nomination, all come to be written on the same day and none within three.
    start = shipped_weights()
    before = start.levels["day"]["same"].m
    few, many = (
        fit(make_counts(n, day={(True, "same"): 10 * n, (False, "longer"): 100 * n}), start).levels["day"]["same"].m
        for n in (1, 10_000)
    )
    assert few - before < 0.1
    assert many > 0.99


def test_nothing_seen_is_not_impossible() -> None:
    weights = fit(Counts({comparison.name: {} for comparison in COMPARISONS}, same=1, apart=1))
    assert all(0 < told.m < 1 and 0 < told.u < 1 for levels in weights.levels.values() for told in levels.values())


def test_levels_are_counted_by_whether_pairs_are_one() -> None:
    told = [
        make_statement("msforms:1"),
        make_statement("msforms:2"),
        make_statement("msforms:3", action=GARDEN, date="2026-11-22"),
    ]
    nominees = [Nominee(person_name("Priya", "Patel"), "", staff="S1") for _ in told]
    counts = count_levels(told, nominees, {(0, 1)})
    assert (counts.same, counts.apart) == (1, 2)
    assert counts.levels["nominee"] == {(True, "same_staff"): 1, (False, "same_staff"): 2}
    assert counts.levels["day"] == {(True, "same"): 1, (False, "days"): 2}
    assert counts.levels["story"] == {(True, "nearly_all"): 1, (False, "different"): 2}
    assert count_levels(told, nominees, {(0, 1)}, unclear={(1, 2)}).apart == 1


# --- told in words -----------------------------------------------------------------------------------------------


def test_every_level_has_words_and_a_weight() -> None:
    assert {(name, level) for name, levels in shipped_weights().levels.items() for level in levels} == LEVELS
    assert all(level.words for comparison in COMPARISONS for level in comparison.all_levels)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "2026-11-21"}, "written 1 day apart"),
        ({"date": "2026-11-24"}, "written 4 days apart"),
        ({"nominator_name": "Jo Blogs"}, "nominators' names differ by a letter or two"),
        ({"nominee_first_name": "P"}, "same last name and initial of the nominee"),
        ({"nominator_type": "staff"}, "by different kinds of nominators"),
        ({"nominee_first_name": "Prixa"}, "nominees' names differ by a letter or two"),
    ],
)
def test_reasons_in_words(changes: dict[str, str], reason: str) -> None:
    (link,) = merged(make_statement("msforms:1"), make_statement("msforms:2", **changes)).joined
    assert reason in {text.rsplit(" ", 1)[0] for text in link.reasons}


def test_weights_of_the_reasons_and_what_was_expected_before_add_up() -> None:
    (link,) = merged(make_statement("msforms:1"), make_statement("msforms:2")).joined
    weights = shipped_weights()
    told = sum(float(reason.rsplit(" ", 1)[1]) for reason in link.reasons)
    assert link.weight == pytest.approx(told + log2(weights.prior / (1 - weights.prior)), abs=0.5)


def test_the_weightiest_reason_comes_first() -> None:
    parts = (Part("day", "same", 1.5), Part("nominee", "different", -20.0), Part("story", "some", 4.04))
    pair = Pair(0, 1, -14.5, 0.0, parts)
    first, second, third = reasons(pair, make_statement("msforms:1"), make_statement("msforms:2", action=GARDEN))
    assert first == "different nominees -20.0"
    assert re.fullmatch(r"the stories share \d+ % of their words \+4\.0", second)
    assert third == "written on the same day +1.5"
