"""From probabilities to what may stand without a person."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.accept import UNSURE, accept_fields
from pipeline.calibrate import Calibration, fit_curve, read_calibration, shipped_calibration
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
    file.write_text(json.dumps({content: asdict(curve) for content, curve in calibration.curves.items()}))
    again = read_calibration(file)
    assert again.threshold("name", 20) == calibration.threshold("name", 20)
    assert again.apply("name", 0.8) == calibration.apply("name", 0.8)


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

    def test_nothing_wrong_allowed_nothing_stands_below_certainty(self) -> None:
        assert self.accept(field(0.9999), wrong=0.0)[0].status == Status.REVIEW
