"""From an engine's or a list's probability to the probability that a field's value is right, by content.

The curves were fitted on cards filled by writers kept for validation (`pipeline.simulate`, all scanner conditions);
`pipeline/calibration/README.md` says how, and what came of it.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forms.errors import MissingDependencyError

_SUREST = 0.9995
_PULL = 0.5
"""Half a value's worth: what keeps the line finite where raw probabilities part right from wrong altogether."""
_FEWEST = 30
"""Fewer values than this say too little to fit a curve on."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line of points from raw to believed probability, and what came of values above each threshold."""

    raw: tuple[float, ...]
    right: tuple[float, ...]
    thresholds: tuple[float, ...]
    """Confidences, rising."""
    wrong_above: tuple[float, ...]
    """For each threshold, the share that was wrong among all values at or above it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """One curve for each content."""

    curves: dict[str, Curve]

    def apply(self, content: str, probability: float) -> float:
        """Return the probability that the value is right; unchanged where there is no curve."""
        curve = self.curves.get(content)
        if curve is None:
            return float(np.clip(probability, 0.0, 1.0))
        return float(np.interp(_logit(probability), curve.raw, curve.right))

    def threshold(self, content: str, wrong_per_thousand: float) -> float:
        """Return the lowest confidence above which no more than so many of a thousand values are expected wrong."""
        curve = self.curves.get(content)
        share = wrong_per_thousand / 1000
        if curve is None:
            return 1.0 - share
        fitting = [t for t, wrong in zip(curve.thresholds, curve.wrong_above, strict=True) if wrong <= share]
        return min(fitting) if fitting else 1.0 + 1e-9


@cache
def shipped_calibration() -> Calibration:
    """The calibration that comes with the package."""
    try:
        text = resources.files("pipeline").joinpath("calibration", "shipped.json").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MissingDependencyError(
            "The calibration is missing from the installation. Install compassion-cards again."
        ) from error
    return _from_json(json.loads(text))


def read_calibration(path: Path) -> Calibration:
    """Read a calibration from a file that `write_calibration` wrote."""
    return _from_json(json.loads(path.read_text(encoding="utf-8")))


def _from_json(table: dict[str, Any]) -> Calibration:
    return Calibration(
        {
            content: Curve(*(tuple(curve[key]) for key in ("raw", "right", "thresholds", "wrong_above")))
            for content, curve in table.items()
        }
    )


def fit_curve(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> Curve | None:
    """Fit a curve to raw probabilities and whether each value was right; None when there are too few.

    Logistic in the raw log-odds (Platt 1999), pulled a little towards flat, and never quite certain: Platt's own
    smoothing would cap 200 values that are all right at 99.5 %, however sure the reader was of each.
    """
    if len(right) < _FEWEST:
        return None
    x = np.array([_logit(p) for p in probabilities])
    slope, offset = _fit_logistic(x, right.astype(np.float64))
    grid = np.linspace(-7.0, 14.0, 43)
    believed = np.minimum(1 / (1 + np.exp(-(slope * grid + offset))), _SUREST)
    confidence = np.interp(x, grid, believed)
    thresholds, wrong = _wrong_above(confidence)
    return Curve(
        tuple(grid.round(4).tolist()), tuple(believed.round(6).tolist()),
        tuple(thresholds.round(6).tolist()), tuple(wrong.round(6).tolist()),
    )  # fmt: skip


def _fit_logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    design = np.stack([x, np.ones_like(x)], axis=1)
    weights = np.array([0.5, 0.0])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - y) + _PULL * weights
        hessian = (design * (p * (1 - p))[:, None]).T @ design + _PULL * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return max(0.01, float(weights[0])), float(weights[1])


def _wrong_above(confidence: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For thresholds over the values seen, the expected share of wrong ones among those at or above."""
    ranked = np.sort(confidence)[::-1]
    wrong = np.cumsum(1 - ranked) / np.arange(1, len(ranked) + 1)
    picks = np.unique(np.linspace(0, len(ranked) - 1, min(200, len(ranked))).astype(int))
    return ranked[picks][::-1], wrong[picks][::-1]


def _logit(probability: float) -> float:
    p = float(np.clip(probability, 1e-6, 1 - 1e-6))
    return float(np.log(p / (1 - p)))
