"""Learning from decisions, on readers whose true reliability is known."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.calibrate import Calibration
from pipeline.fit_curves import fit_curve
from pipeline.recalibrate import FEWEST, Checked, Recalibration, recalibrate

WRONG_PER_THOUSAND = 20.0


def log_odds(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def raw_values(count: int, seed: int) -> np.ndarray:
    return np.clip(sigmoid(np.random.default_rng(seed).normal(3, 2, count)), 1e-5, 1 - 1e-5)


@pytest.fixture(scope="module")
def shipped() -> Calibration:
    """Fitted on readers whose raw probabilities are true."""
    raw = raw_values(6000, 0)
    curve = fit_curve(raw, np.random.default_rng(1).random(6000) < raw)
    assert curve is not None
    return Calibration({"name": curve, "date": curve})


def work(
    shipped: Calibration,
    truth: Callable[[np.ndarray], np.ndarray],
    count: int,
    seed: int,
    *,
    everything: bool = False,
    corrections: float = 0.0,
    allowed: float = WRONG_PER_THOUSAND,
) -> list[Checked]:
    """What a home holds: what waited was decided; of what stood only wrong ones were put right, if anything."""
    raw, rng = raw_values(count, seed), np.random.default_rng(seed + 1)
    right = rng.random(count) < truth(raw)
    threshold = 2.0 if everything else shipped.threshold("name", allowed)
    stood = np.array([shipped.apply("name", p) >= threshold for p in raw])
    noticed = ~stood | (~right & (rng.random(count) < corrections))
    return [
        Checked("name", float(p), bool(s), bool(r) if n else None)
        for p, s, r, n in zip(raw, stood, right, noticed, strict=True)
    ]


def taken(calibration: Calibration, raw: np.ndarray) -> np.ndarray:
    threshold = calibration.threshold("name", WRONG_PER_THOUSAND)
    return np.array([calibration.apply("name", p) >= threshold for p in raw])


def error(result: Recalibration, truth: Callable[[np.ndarray], np.ndarray], below: float) -> float:
    raw = raw_values(1000, 99)
    raw = raw[np.array([result.calibration.apply("name", p) for p in raw]) < below]
    believed = np.array([result.calibration.apply("name", p) for p in raw])
    return float(np.abs(believed - truth(raw)).mean())


@settings(max_examples=8)
@given(st.floats(-1.5, 1.0), st.floats(0.7, 1.3), st.integers(0, 50))
def test_probabilities_of_what_waits_become_true(shipped: Calibration, shift: float, slope: float, seed: int) -> None:
    def truth(raw: np.ndarray) -> np.ndarray:
        return sigmoid(slope * log_odds(raw) + shift)

    result = recalibrate(shipped, work(shipped, truth, 2500, seed), {})
    (change,) = (change for change in result.changes if change.content == "name")
    assert change.fitted
    assert error(result, truth, 0.9) < 0.06
    believed = [result.calibration.apply("name", p) for p in np.linspace(0, 1, 101)]
    assert believed == sorted(believed)


@settings(max_examples=8)
@given(st.floats(-2, 2), st.floats(0.5, 1.5), st.integers(0, 50), st.floats(0, 100), st.floats(0, 1))
def test_what_waited_never_lets_more_stand(
    shipped: Calibration, shift: float, slope: float, seed: int, allowed: float, corrections: float
) -> None:
    values = work(shipped, lambda raw: sigmoid(slope * log_odds(raw) + shift), 2000, seed, corrections=corrections)
    result = recalibrate(shipped, values, {})
    for raw in raw_values(100, 7):
        after = result.calibration.apply("name", raw) >= result.calibration.threshold("name", allowed)
        assert not after or shipped.apply("name", raw) >= shipped.threshold("name", allowed)


def test_worse_readers_than_believed_let_less_stand(shipped: Calibration) -> None:
    values = work(shipped, lambda raw: sigmoid(log_odds(raw) - 1.5), 4000, 3)
    result = recalibrate(shipped, values, {})
    taken = [
        c.apply("name", p) >= c.threshold("name", 20)
        for c in (shipped, result.calibration)
        for p in raw_values(2000, 8)
    ]
    assert 0 < sum(taken[2000:]) < 0.7 * sum(taken[:2000])


def test_many_corrections_of_what_stood_let_less_stand(shipped: Calibration) -> None:
    # The readers are as believed but for what looks sure: of that, one in ten is wrong.
    def truth(raw: np.ndarray) -> np.ndarray:
        return np.where(raw > 0.97, 0.9, raw)

    noticed = recalibrate(shipped, work(shipped, truth, 4000, 4, corrections=1.0), {})
    unnoticed = recalibrate(shipped, work(shipped, truth, 4000, 4), {})
    assert noticed.calibration.threshold("name", WRONG_PER_THOUSAND) > 1
    assert unnoticed.calibration.threshold("name", WRONG_PER_THOUSAND) <= 1
    (change,) = noticed.changes
    assert change.put_right > 100


def test_when_everything_was_decided_more_may_stand(shipped: Calibration) -> None:
    def truth(raw: np.ndarray) -> np.ndarray:
        return sigmoid(log_odds(raw) + 2)

    values = work(shipped, truth, 4000, 5, everything=True)
    result = recalibrate(shipped, values, {})
    raw = raw_values(4000, 9)
    after = taken(result.calibration, raw)
    assert after.sum() > 1.1 * taken(shipped, raw).sum()
    assert (1 - truth(raw[after])).mean() < 0.03


def test_readers_as_believed_stay_as_they_are(shipped: Calibration) -> None:
    result = recalibrate(shipped, work(shipped, lambda raw: raw, 4000, 6), {})
    (change,) = result.changes
    assert change.slope == pytest.approx(1, abs=0.15)
    assert change.shift == pytest.approx(0, abs=0.15)
    for raw in np.linspace(0.05, 0.95, 19):
        assert result.calibration.apply("name", raw) == pytest.approx(shipped.apply("name", raw), abs=0.05)


def test_a_content_with_few_decisions_is_left_as_it_is(shipped: Calibration) -> None:
    waiting = [Checked("date", 0.6, False, False)] * (FEWEST - 1)
    result = recalibrate(shipped, waiting, {})
    assert [(c.content, c.decided, c.fitted) for c in result.changes] == [("date", FEWEST - 1, False)]
    assert result.calibration.curves["date"] == shipped.curves["date"]
    result = recalibrate(shipped, [*waiting, Checked("date", 0.6, False, False)], {})
    assert [c.fitted for c in result.changes] == [True]
    assert result.calibration.apply("date", 0.6) < 0.3
    assert result.calibration.curves["name"] == shipped.curves["name"]


def test_what_was_doubtful_for_other_reasons_teaches_nothing(shipped: Calibration) -> None:
    assert not recalibrate(shipped, [Checked("date.doubtful", 0.9, False, False)] * 500, {}).changes


def test_it_says_what_it_refines(shipped: Calibration) -> None:
    result = recalibrate(shipped, work(shipped, lambda raw: raw, 1000, 6), {"decided": 3})
    assert result.calibration.based_on == shipped.version
    assert result.calibration.notes == {"decided": 3}
