"""Gathering by made-up pairs: decisions first, then the surest links, the rest asked."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge.groups import ASK, LINK, Groups, PairDecision, gather
from pipeline.merge.match import Pair

COUNT = 8
NAMES = [f"source {n}" for n in range(COUNT)]
PLACES = st.integers(0, COUNT - 1)
TWO_PLACES = st.tuples(PLACES, PLACES).filter(lambda two: two[0] != two[1]).map(lambda two: tuple(sorted(two)))
WEIGHTS = st.sampled_from([-20.0, ASK, 0.0, LINK - 0.1, LINK, 8.0, 20.0])
PAIRS = st.dictionaries(TWO_PLACES, WEIGHTS, max_size=28).map(
    lambda found: [make_pair(one, other, weight) for (one, other), weight in found.items()]
)
DECISIONS = st.lists(st.builds(lambda two, same: PairDecision(*two, same), TWO_PLACES, st.booleans()), max_size=10)


def make_pair(one: int, other: int, weight: float) -> Pair:
    return Pair(one, other, weight, 0.5, ())


def gathered(count: int, *pairs: tuple[int, int, float], decisions: Sequence[PairDecision] = ()) -> Groups:
    return gather(count, [make_pair(*pair) for pair in pairs], decisions, NAMES)


def together(groups: Groups, one: int, other: int) -> bool:
    return any({one, other} <= set(members) for members in groups.members)


def test_a_strong_pair_is_joined_a_middling_one_asked_a_weak_one_left() -> None:
    found = gathered(6, (0, 1, LINK), (2, 3, ASK), (4, 5, ASK - 0.1))
    assert found.members == ((0, 1), (2,), (3,), (4,), (5,))
    assert [(pair.one, pair.other) for pair in found.questions] == [(2, 3)]


def test_one_bridge_does_not_join_what_else_speaks_against() -> None:
    # 2 is like both; 0 and 1 are certainly two. The surer side gets it, the other is asked about.
    found = gathered(3, (0, 2, 9.0), (1, 2, 8.0), (0, 1, -25.0))
    assert found.members == ((0, 2), (1,))
    assert [(pair.one, pair.other) for pair in found.questions] == [(1, 2)]


def test_many_that_agree_outweigh_one_that_is_lukewarm() -> None:
    assert gathered(3, (0, 1, 9.0), (1, 2, 9.0), (0, 2, -3.0)).members == ((0, 1, 2),)


def test_two_groups_are_asked_about_once_by_their_surest_pair() -> None:
    found = gathered(3, (0, 1, 9.0), (0, 2, 1.0), (1, 2, 3.0))
    assert [(pair.one, pair.other) for pair in found.questions] == [(1, 2)]


def test_apart_holds_for_whole_groups() -> None:
    found = gathered(3, (0, 1, 9.0), (1, 2, 9.0), (0, 2, 8.0), decisions=[PairDecision(0, 2, False)])
    assert found.members == ((0, 1), (2,))
    assert not found.questions


def test_decisions_that_contradict_newer_ones_through_others() -> None:
    newest_first = [PairDecision(0, 1, True), PairDecision(1, 2, True), PairDecision(0, 2, False)]
    found = gathered(3, decisions=newest_first)
    assert found.members == ((0, 1, 2),)
    assert found.contradictions == (PairDecision(0, 2, False),)
    found = gathered(3, decisions=newest_first[::-1])
    assert found.members == ((0,), (1, 2))
    assert found.contradictions == (PairDecision(0, 1, True),)


def test_a_tie_is_broken_by_name_and_not_by_place() -> None:
    pairs = [make_pair(0, 1, 8.0), make_pair(1, 2, 8.0), make_pair(0, 2, -25.0)]
    assert gather(3, pairs, [], ["a", "b", "c"]).members == ((0, 1), (2,))
    assert gather(3, pairs, [], ["c", "b", "a"]).members == ((0,), (1, 2))


@given(PAIRS, DECISIONS)
def test_each_is_in_one_group(pairs: list[Pair], decisions: list[PairDecision]) -> None:
    found = gather(COUNT, pairs, decisions, NAMES)
    assert sorted(place for members in found.members for place in members) == list(range(COUNT))


@given(PAIRS, DECISIONS)
def test_decisions_win_over_all_weights(pairs: list[Pair], decisions: list[PairDecision]) -> None:
    found = gather(COUNT, pairs, decisions, NAMES)
    for decision in decisions:
        held = together(found, decision.one, decision.other) is decision.same
        # Of equal decisions one may have been followed and a later one been said again in vain.
        assert held or decision in found.contradictions
    assert gather(COUNT, [], decisions, NAMES).contradictions == found.contradictions


@given(PAIRS, DECISIONS)
def test_the_newest_decision_always_holds(pairs: list[Pair], decisions: list[PairDecision]) -> None:
    found = gather(COUNT, pairs, decisions, NAMES)
    for newest in decisions[:1]:
        assert together(found, newest.one, newest.other) is newest.same


@given(PAIRS, DECISIONS)
def test_nobody_is_asked_what_is_joined_or_decided(pairs: list[Pair], decisions: list[PairDecision]) -> None:
    found = gather(COUNT, pairs, decisions, NAMES)
    group = {place: n for n, members in enumerate(found.members) for place in members}
    asked = [frozenset((group[pair.one], group[pair.other])) for pair in found.questions]
    assert len(asked) == len(set(asked))
    assert all(len(two) == 2 for two in asked)
    assert all(pair.weight >= ASK for pair in found.questions)
    assert [pair.weight for pair in found.questions] == sorted((pair.weight for pair in found.questions), reverse=True)
    apart = {frozenset((d.one, d.other)) for d in decisions if not d.same and d not in found.contradictions}
    assert not {frozenset((pair.one, pair.other)) for pair in found.questions} & apart


@given(PAIRS, DECISIONS, st.permutations(range(COUNT)))
def test_places_and_order_are_of_no_account(
    pairs: list[Pair], decisions: list[PairDecision], places: list[int]
) -> None:
    moved = [make_pair(*sorted((places[p.one], places[p.other])), p.weight) for p in reversed(pairs)]
    said = [PairDecision(places[d.one], places[d.other], d.same) for d in decisions]
    names = [NAMES[places.index(n)] for n in range(COUNT)]
    there, here = gather(COUNT, moved, said, names), gather(COUNT, pairs, decisions, NAMES)
    assert {frozenset(names[n] for n in members) for members in there.members} == {
        frozenset(NAMES[n] for n in members) for members in here.members
    }
    assert {frozenset((names[p.one], names[p.other])) for p in there.questions} == {
        frozenset((NAMES[p.one], NAMES[p.other])) for p in here.questions
    }
