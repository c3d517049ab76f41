"""Fits calibration curves to raw probabilities and what came of them.

A curve is a line in the log-odds (Platt 1999), bent where the values say otherwise: the share that was right in each
of many equal parts of them, drawn towards the line, made to rise (pool adjacent violators), and joined up. It is never
quite certain. What may stand is settled apart from it, by counting: for each cut, how large the share of wrong ones
above it can be, given how many there were.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.calibrate import Curve, all_log_odds

FEWEST = 30
"""Fewer values than this say too little to fit a curve on."""
Floats = NDArray[np.float64]

_PULL = 0.5
"""Half a value's worth: what keeps the line finite where raw probabilities part right from wrong altogether."""
_PART = 40
"""Values in each part, at the least; at most so many parts."""
_TRUST_IN_LINE = 20.0
"""The line counts as so many values in each part."""
_GRID = np.linspace(-7.0, 14.0, 85)
_LINE_SHARE = 0.25
"""In bounding wrong ones, the line counts a quarter of what the values themselves do. In simulations of straight, bent
and levelling-off truths, 700 to 3,000 values each, accepting at 2 in 1,000 went too far in at most 21 runs of 100 (16
by counting alone), except where the truth levels off at just that figure: 57 of 100 (31), with 2.4 wrong instead of
2."""
_CUTS = 200
_STEP = 1e-7
"""A curve rises by this at least from point to point, so that a surer value is always believed more."""
_Z = 0.8416
"""Four times in five, the share of wrong ones above a cut is below what is said of it (one-sided normal quantile)."""


def fit_curve(probabilities: Floats, right: NDArray[np.bool_]) -> Curve | None:
    """Fit a curve to raw probabilities and whether each value was right; None when there are too few."""
    if len(right) < FEWEST:
        return None
    order = np.argsort(probabilities, kind="stable")
    x, y = all_log_odds(np.asarray(probabilities, dtype=np.float64))[order], np.asarray(right, dtype=np.float64)[order]
    slope, offset = fit_line(x, y)
    knots, rates = _parts(x, y, slope, offset)
    line = slope * _GRID + offset
    bent = _log_odds(rates)
    # Outside the values seen, the line's slope goes on below; above, nothing says that it gets surer.
    below = bent[0] + np.minimum(0.0, slope * (_GRID - knots[0]))
    grid = np.where(knots[0] > _GRID, below, np.interp(_GRID, knots, bent)) if len(knots) > 1 else line
    surest = 1.0 - 1.0 / (len(y) + 2.0)
    believed = make_rising(np.minimum(1 / (1 + np.exp(-grid)), surest))
    expected = 1 - 1 / (1 + np.exp(-(slope * x + offset)))
    cuts, wrong = wrong_above(x, y, np.interp(x, _GRID, believed), expected)
    return Curve(
        tuple(_GRID.round(4).tolist()), tuple(believed.round(8).tolist()),
        tuple(cuts.round(6).tolist()), tuple(wrong.round(7).tolist()), len(y),
    )  # fmt: skip


def fit_line(
    x: Floats, y: Floats, at: tuple[float, float] = (0.0, 0.0), pull: tuple[float, float] = (_PULL, _PULL),
) -> tuple[float, float]:  # fmt: skip
    """Return slope and offset of the logistic line likeliest for `y` (0 or 1), drawn towards `at` with weights `pull`.

    A weight is one over the variance that slope or offset are thought to have around `at`. The slope is positive.
    """
    design = np.stack([x, np.ones_like(x)], axis=1)
    weights, about, drawn = np.array([max(at[0], 0.5), at[1]]), np.array(at), np.array(pull)
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - y) + drawn * (weights - about)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.diag(drawn)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return max(0.01, float(weights[0])), float(weights[1])


def make_rising(values: Floats) -> Floats:
    """Return probabilities that rise by a little at least from one to the next."""
    return np.asarray(np.minimum(np.maximum.accumulate(values) + _STEP * np.arange(len(values)), 1.0))


def wrong_above(x: Floats, y: Floats, believed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return cuts, rising, and the share of values at or above each that is wrong at the most.

    `x`: log-odds, rising; `y`: 1 where right; `believed`: the curve's probabilities; `expected`: how likely each is
    wrong by the line. Few values say little whatever came of them: none wrong among 300 shows no 2 in 1,000.
    """
    starts = np.flatnonzero(np.concatenate(([True], np.diff(x) > 0)))
    above = len(x) - starts
    wrong = (len(y) - y.sum()) - np.concatenate(([0.0], np.cumsum(1 - y)))[starts]
    by_curve, by_line = (np.cumsum(part[::-1])[::-1][starts] for part in (1 - believed, expected))
    most = _upper(wrong + _LINE_SHARE * by_line + 0.5) / (above * (1 + _LINE_SHARE))
    bound = np.maximum(np.minimum(1.0, most), by_curve / above)
    picks = np.unique(np.linspace(0, len(starts) - 1, min(_CUTS, len(starts))).astype(int))
    return x[starts[picks]], falling(bound[picks])


def falling(bound: Floats) -> Floats:
    """Return the bounds from the best one downwards, none better than one above it.

    Above the best cut there are too few values to show more, yet they are no worse; below it, a cut that is better
    than one above it by luck is not trusted.
    """
    best = int(np.argmin(bound))
    lower = np.maximum.accumulate(bound[: best + 1][::-1])[::-1]
    return np.concatenate((lower, np.full(len(bound) - best - 1, bound[best])))


def upper_share(wrong: Floats, count: Floats) -> Floats:
    """Return how large a share can be of which `wrong` of `count` were seen, four times in five.

    As Clopper and Pearson count it (1934), by what was seen alone.
    """
    return np.asarray(np.minimum(1.0, _upper(np.asarray(wrong) + 1.0) / np.maximum(count, 1.0)))


def _upper(k: Floats) -> Floats:
    """Quantile of the gamma distribution of `k` degrees, by Wilson and Hilferty's cube (1931)."""
    return np.asarray(k * (1 - 1 / (9 * k) + _Z / (3 * np.sqrt(k))) ** 3)


def lower_count(seen: int) -> float:
    """Return how few can be expected where so many were seen, four times in five; otherwise as `upper_share`."""
    return seen * (1 - 1 / (9 * seen) - _Z / (3 * seen**0.5)) ** 3 if seen else 0.0


def calibration_error(confidence: Floats, right: Floats, parts: int = 15) -> float:
    """Expected calibration error over parts of as many values each: how far confidence is from the share right.

    Values of one confidence are in one part. With few values it is never 0, however well calibrated: 15 parts of 100
    values each show about 0.02 by chance.
    """
    if not len(confidence):
        return 0.0
    order = np.argsort(confidence, kind="stable")
    said, true = np.asarray(confidence, dtype=np.float64)[order], np.asarray(right, dtype=np.float64)[order]
    starts = np.linspace(0, len(said), min(parts, len(said)), endpoint=False).astype(int)
    edges = np.unique(np.searchsorted(said, said[starts]))
    return float(np.abs(np.add.reduceat(said - true, edges)).sum() / len(said))


def _parts(x: Floats, y: Floats, slope: float, offset: float) -> tuple[Floats, Floats]:
    """Return the middles of equal parts of the values and the share that was right in each, rising."""
    count = int(np.clip(len(x) // _PART, 1, _PART))
    edges = np.unique(np.searchsorted(x, np.quantile(x, np.linspace(0, 1, count + 1)[:-1])))
    sizes = np.diff(np.append(edges, len(x))).astype(np.float64)
    middles = np.add.reduceat(x, edges) / sizes
    line = np.add.reduceat(1 / (1 + np.exp(-(slope * x + offset))), edges) / sizes
    weights = sizes + _TRUST_IN_LINE
    shares = (np.add.reduceat(y, edges) + _TRUST_IN_LINE * line) / weights
    return middles, pool_adjacent(shares, weights)


def pool_adjacent(values: Floats, weights: Floats) -> Floats:
    """Return the rising values nearest to those given (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, m, i), (b, n, j) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n, i + j)]
    return np.concatenate([np.full(size, value) for value, _, size in pools])


def _log_odds(p: Floats) -> Floats:
    clipped = np.clip(p, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(clipped / (1 - clipped)))
