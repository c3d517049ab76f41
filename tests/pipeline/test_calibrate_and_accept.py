"""From probabilities to what may stand without a person."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import ConfigurationError
from pipeline.accept import UNSURE, accept_fields
from pipeline.calibrate import (
    FILE_NAME,
    Calibration,
    home_calibration,
    read_calibration,
    shipped_calibration,
    write_calibration,
)
from pipeline.fit_curves import fit_curve, pool_adjacent, upper_share
from pipeline.records import FieldReading, Status


def overconfident(count: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Raw probabilities that are right less often than they say."""
    rng = np.random.default_rng(seed)
    raw = rng.beta(8, 1, count)
    return raw, rng.random(count) < 0.5 + 0.5 * raw**3


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    curve = fit_curve(*overconfident())
    assert curve is not None
    return Calibration({"name": curve})


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_a_surer_reading_is_never_less_believed(calibration: Calibration, raw: list[float]) -> None:
    believed = [calibration.apply("name", probability) for probability in sorted(raw)]
    assert believed == sorted(believed)
    assert all(0.0 <= probability <= 1.0 for probability in believed)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_fewer_wrong_ones_allowed_a_higher_threshold(calibration: Calibration, one: float, other: float) -> None:
    strict, lenient = sorted((one, other))
    for content in ("name", "date"):
        assert calibration.threshold(content, strict) >= calibration.threshold(content, lenient)


def test_believed_probabilities_are_how_often_it_is_right(calibration: Calibration) -> None:
    raw, right = overconfident(4000, seed=1)
    believed = np.array([calibration.apply("name", probability) for probability in raw])
    for low, high in ((0.6, 0.8), (0.8, 0.9), (0.9, 1.0)):
        inside = (believed >= low) & (believed < high)
        if inside.sum() > 200:
            assert abs(believed[inside].mean() - right[inside].mean()) < 0.06


def test_no_more_wrong_above_the_threshold_than_was_asked(calibration: Calibration) -> None:
    raw, right = overconfident(4000, seed=2)
    believed = np.array([calibration.apply("name", probability) for probability in raw])
    above = believed >= calibration.threshold("name", 100)
    assert above.sum() > 100
    assert (~right[above]).mean() < 0.15


def test_too_few_values_fit_no_curve() -> None:
    assert fit_curve(np.full(5, 0.9), np.ones(5, dtype=bool)) is None


def test_always_right_is_still_never_certain() -> None:
    curve = fit_curve(np.linspace(0.5, 0.999, 200), np.ones(200, dtype=bool))
    assert curve is not None
    assert Calibration({"name": curve}).apply("name", 1.0) < 1.0


def test_curves_survive_their_file(calibration: Calibration, tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    write_calibration(calibration, file)
    again = read_calibration(file)
    assert again.threshold("name", 20) == calibration.threshold("name", 20)
    assert again.apply("name", 0.8) == calibration.apply("name", 0.8)
    assert again.version == calibration.version


def truth_of(raw: np.ndarray, slope: float, offset: float) -> np.ndarray:
    """How often values of these raw probabilities are right: no straight line, so that bending is needed."""
    odds = np.log(np.clip(raw, 1e-6, 1 - 1e-6) / (1 - np.clip(raw, 1e-6, 1 - 1e-6)))
    return 1 / (1 + np.exp(-(offset + slope * odds + 0.8 * np.tanh(odds - 2))))


@settings(max_examples=25)
@given(st.floats(0.3, 1.5), st.floats(-1.5, 1.5), st.integers(0, 1000))
def test_known_truth_is_found_again(slope: float, offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = 1 / (1 + np.exp(-rng.normal(3, 2.5, 8000)))
    truth = truth_of(raw, slope, offset)
    curve = fit_curve(raw, rng.random(8000) < truth)
    assert curve is not None
    believed = np.array([Calibration({"name": curve}).apply("name", p) for p in raw])
    assert np.abs(believed - truth).mean() < 0.03
    # Calibration error in twenty parts of as many values each.
    parts = np.array_split(np.argsort(believed), 20)
    assert np.mean([abs(believed[part].mean() - truth[part].mean()) for part in parts]) < 0.025


@pytest.mark.parametrize("allowed", [5.0, 20.0, 50.0])
def test_thresholds_hold_four_times_in_five(allowed: float) -> None:
    held, taken = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        raw = 1 / (1 + np.exp(-rng.normal(3, 2.5, 2000)))
        truth = truth_of(raw, 0.8, 0.5)
        curve = fit_curve(raw, rng.random(2000) < truth)
        assert curve is not None
        above = np.log(raw / (1 - raw)) >= np.interp(curve.threshold(allowed / 1000), curve.right, curve.raw) - 1e-6
        taken.append(above.mean())
        held.append(not above.any() or (1 - truth[above]).mean() <= allowed / 1000)
    assert np.mean(held) > 0.7
    assert np.mean(taken) > 0.1


def test_few_values_show_little_whatever_came_of_them() -> None:
    def accepted(count: int) -> bool:
        curve = fit_curve(np.linspace(0.9, 0.999, count), np.ones(count, dtype=bool))
        assert curve is not None
        return Calibration({"name": curve}).threshold("name", 2.0) <= 1

    assert not accepted(250)
    assert accepted(500)


@pytest.mark.parametrize(("wrong", "count", "share"), [(0, 100, 0.0161), (1, 100, 0.0299), (10, 1000, 0.0136)])
def test_upper_share_is_the_exact_quantile(wrong: int, count: int, share: float) -> None:
    # Of the gamma distribution with `wrong + 1` degrees, at 0.8, over `count`.
    assert upper_share(np.array([wrong]), np.array([count]))[0] == pytest.approx(share, rel=0.02)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 10)), min_size=1, max_size=30))
def test_pooled_values_rise_and_keep_their_mean(pairs: list[tuple[float, float]]) -> None:
    values, weights = np.array(pairs).T
    pooled = pool_adjacent(values, weights)
    assert (np.diff(pooled) >= -1e-12).all()
    assert (pooled * weights).sum() == pytest.approx((values * weights).sum())


def test_a_way_without_a_curve_falls_back(calibration: Calibration) -> None:
    low = fit_curve(np.linspace(0.5, 0.99, 60), np.zeros(60, dtype=bool))
    assert low is not None
    both = Calibration({"name": calibration.curves["name"], "doubtful": low})
    assert both.apply("name.listed", 0.9) == both.apply("name", 0.9)
    assert both.apply("name.doubtful", 0.99) < 0.1 < both.apply("name", 0.99)
    assert both.apply("date", 0.77) == 0.77


class TestHome:
    def test_none_is_none(self, tmp_path: Path) -> None:
        assert home_calibration(tmp_path) is None

    def test_its_own_counts_while_it_refines_the_shipped_one(self, calibration: Calibration, tmp_path: Path) -> None:
        own = Calibration(calibration.curves, based_on=shipped_calibration().version)
        write_calibration(own, tmp_path / FILE_NAME)
        found = home_calibration(tmp_path)
        assert found is not None
        assert found.version == own.version
        assert found.version.startswith(shipped_calibration().version + "+")
        write_calibration(Calibration(calibration.curves, based_on="of older readers"), tmp_path / FILE_NAME)
        assert home_calibration(tmp_path) is None

    @pytest.mark.parametrize("text", ["", "{}", "[1]", '{"curves": {"name": 3}, "based_on": "", "notes": {}}'])
    def test_a_damaged_one_is_said(self, text: str, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).write_text(text)
        with pytest.raises(ConfigurationError, match="--undo"):
            home_calibration(tmp_path)


def test_shipped_curves_can_be_read_and_rise() -> None:
    for content in ("name", "place", "date", "tick", "story", "contact"):
        believed = [shipped_calibration().apply(content, p) for p in np.linspace(0, 1, 21)]
        assert believed == sorted(believed)


def field(confidence: float, status: Status = Status.ACCEPTED, content: str = "date", reason: str = "") -> FieldReading:
    return FieldReading("f", content, "v", "v", confidence, status, "e 1", reason=reason)


class TestAccept:
    plain = Calibration({})

    def accept(self, *fields: FieldReading, wrong: float = 10.0) -> tuple[FieldReading, ...]:
        return accept_fields(fields, self.plain, lambda content: wrong)

    def test_only_what_is_sure_enough_stands(self) -> None:
        sure, unsure = self.accept(field(0.995), field(0.98))
        assert (sure.status, sure.reason) == (Status.ACCEPTED, "")
        assert (unsure.status, unsure.reason) == (Status.REVIEW, UNSURE)
        assert unsure.value == "v"

    def test_blank_and_doubtful_ones_stay_as_they_are(self) -> None:
        before = (field(0.1, Status.BLANK), field(0.9999, Status.REVIEW, reason="two ticks"))
        assert self.accept(*before) == before

    def test_each_content_has_its_own_figure(self) -> None:
        fields = field(0.97, content="date"), field(0.97, content="story")
        read = accept_fields(fields, self.plain, {"date": 1.0, "story": 100.0}.__getitem__)
        assert [f.status for f in read] == [Status.REVIEW, Status.ACCEPTED]

    def test_each_way_of_arriving_at_a_value_has_its_own_curve(self, calibration: Calibration) -> None:
        never = fit_curve(np.linspace(0.5, 0.99, 60), np.zeros(60, dtype=bool))
        assert never is not None
        both = Calibration({"name.listed": calibration.curves["name"], "name.open": never})
        listed = replace(field(0.9999, content="name"), calibration="name.listed 1234")
        spelled = replace(field(0.9999, content="name"), calibration="name.open 1234")
        read = accept_fields((listed, spelled), both, lambda content: 200.0)
        assert [f.status for f in read] == [Status.ACCEPTED, Status.REVIEW]

    def test_nothing_wrong_allowed_nothing_stands_below_certainty(self) -> None:
        assert self.accept(field(0.9999), wrong=0.0)[0].status == Status.REVIEW
