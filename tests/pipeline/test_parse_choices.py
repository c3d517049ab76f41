"""Ticks: one choice or several, and what takes a tick back."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.ticks import EMPTY, STRUCK, TICKED
from pipeline.parse.choices import read_multiple, read_single
from pipeline.records import Reading

OPTIONS = ("patient", "carer", "staff", "volunteer", "other")
states = st.sampled_from((EMPTY, TICKED, STRUCK))


def box(state: str, sureness: float = 0.98) -> Reading:
    rest = (1 - sureness) / 2
    shares = dict.fromkeys((EMPTY, TICKED, STRUCK), rest) | {state: sureness}
    ranked = tuple(sorted(shares.items(), key=lambda pair: -pair[1]))
    return Reading(*ranked[0], ranked)


def row(said: Sequence[str], sureness: float = 0.98) -> list[Reading]:
    return [box(state, sureness) for state in said]


@given(st.lists(states, min_size=5, max_size=5))
def test_single_choice(said: list[str]) -> None:
    ranked, reason = read_single(OPTIONS, row(said))
    value, probability = ranked[0]
    ticked = [option for option, state in zip(OPTIONS, said, strict=True) if state == TICKED]
    assert value == (ticked[0] if len(ticked) == 1 else "")
    assert probability > 0.8
    if len(ticked) > 1:
        assert "more than one" in reason
    elif not ticked and STRUCK in said:
        assert "blacked out" in reason
    else:
        assert reason == ""


@given(st.lists(states, min_size=3, max_size=3))
def test_several_choices(said: list[str]) -> None:
    options = OPTIONS[:3]
    ranked, reason = read_multiple(options, row(said))
    assert ranked[0][0] == tuple(option for option, state in zip(options, said, strict=True) if state == TICKED)
    assert bool(reason) == (STRUCK in said and TICKED not in said)


@given(st.lists(st.tuples(states, st.floats(0.4, 1.0)), min_size=1, max_size=6))
def test_probabilities_add_up(said: list[tuple[str, float]]) -> None:
    boxes = [box(state, sureness) for state, sureness in said]
    options = [str(n) for n in range(len(boxes))]
    for ranked in (read_multiple(options, boxes)[0], read_single(options, boxes)[0]):
        total = sum(probability for _, probability in ranked)
        assert 0.0 <= total <= 1 + 1e-9
        assert [p for _, p in ranked] == sorted((p for _, p in ranked), reverse=True)


def test_correction_counts_the_other() -> None:
    assert read_single(OPTIONS, row([STRUCK, TICKED, EMPTY, EMPTY, EMPTY]))[0][0][0] == "carer"


def test_a_doubtful_second_tick_lowers_the_confidence() -> None:
    sure = read_single(OPTIONS, row([TICKED, EMPTY, EMPTY, EMPTY, EMPTY]))[0][0]
    doubtful = read_single(OPTIONS, [box(TICKED), box(EMPTY, 0.6), *row([EMPTY] * 3)])[0][0]
    assert (sure[0], doubtful[0]) == ("patient", "patient")
    assert doubtful[1] < sure[1] - 0.1
