"""Fitting the shipped calibration, on values whose truth is known."""

from pathlib import Path

import numpy as np

from pipeline.training.calibration_samples import Sample, read_samples, write_samples
from pipeline.training.fit_calibration import crossed, fit, report, split_by_writer


def samples(count: int = 3000) -> list[Sample]:
    """Listed names are surer than they say, spelled ones less; what is doubtful is mostly wrong."""
    rng = np.random.default_rng(0)
    made = []
    for n in range(count):
        odds = rng.normal(2, 2)
        curve, shift = (("name.listed", 2.0), ("name.open", -1.0), ("date.doubtful", -4.0))[n % 3]
        p, truth = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-odds - shift))
        made.append(Sample(curve, float(p), bool(rng.random() < truth), f"w{n % 11}"))
    return made


def test_each_way_has_a_curve_and_all_of_a_content_one_too() -> None:
    calibration = fit(samples())
    assert set(calibration.curves) == {"name.listed", "name.open", "name", "date.doubtful", "doubtful"}
    at = {name: calibration.apply(name, 0.8) for name in calibration.curves}
    assert at["date.doubtful"] < at["name.open"] < at["name"] < at["name.listed"]
    assert abs(at["name.listed"] - 0.967) < 0.03
    assert abs(at["name.open"] - 0.595) < 0.06


def test_no_writer_is_on_both_sides() -> None:
    parts = list(split_by_writer(samples(100), 4))
    assert sum(len(away) for _, away in parts) == 100
    for known, away in parts:
        assert away
        assert not {s.writer for s in known} & {s.writer for s in away}


def test_what_is_said_of_a_fit() -> None:
    lines = list(crossed(samples()))
    error = float(lines[0].split("calibration error ")[1].split()[0])
    assert error < 0.03
    assert any(line.startswith("- name.listed, at 2 in 1,000") for line in lines)
    assert [line.split()[1] for line in report(samples(), fit(samples()))][2:] == [
        "date.doubtful",
        "name.listed",
        "name.open",
    ]


def test_samples_survive_their_file(tmp_path: Path) -> None:
    made = samples(10)
    write_samples(made, tmp_path / "samples.jsonl")
    assert read_samples(tmp_path / "samples.jsonl") == made
