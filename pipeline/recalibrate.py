"""Refits the calibration to what people decided, without being misled by which fields they were asked about.

People decide what waits for them: values that the readers were unsure of. These say how far probabilities in that
range can be believed, and nothing about those that were accepted. So the shipped curves stay the ground, and a shift
and a slope of their log-odds are fitted, drawn towards none. Beyond the range that was decided nothing is believed more
than before. Of accepted values that a person put right, too many are a sign that too much is accepted; that they
are few is none, as nobody may have looked. Thresholds are loosened only where nearly all values above them were
decided, as when everything was sent to a person for a while.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.calibrate import BLANK, DOUBTFUL, Calibration, Curve, log_odds
from pipeline.fit_curves import (
    Floats,
    calibration_error,
    falling,
    fit_line,
    lower_count,
    make_rising,
    upper_share,
)

FEWEST = 100
"""Decided values of a content; with fewer it is left as it is."""
_NEARLY_ALL = 0.8
_PULL = (16.0, 4.0)
"""How strongly slope and shift are drawn to none: a slope is thought to lie within 1 ± 0.25, a shift within ± 0.5."""
_FOLDS = 5
_TOP = 0.95
"""Quantile of the decided values' confidence up to which they say something."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A value that a machine read, and what a person said of it, if anybody did."""

    curve: str
    probability: float
    """Before calibration."""
    stood: bool
    """Whether it was accepted, so that nobody was asked."""
    right: bool | None
    """None when nobody decided."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one content."""

    content: str
    decided: int
    put_right: int
    """Accepted values that a person changed."""
    fitted: bool
    slope: float = 1.0
    shift: float = 0.0
    error_before: float = 0.0
    """Calibration error over what was decided."""
    error_after: float = 0.0
    """The same, each value judged by a fit that it had no part in."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """The calibration fitted anew, and what changed."""

    calibration: Calibration
    changes: tuple[Change, ...]


def recalibrate(shipped: Calibration, checked: Iterable[Checked], notes: Mapping[str, Any]) -> Recalibration:
    """Refit every content of which enough was decided; the others keep the shipped curves."""
    by_content: dict[str, list[Checked]] = defaultdict(list)
    for value in checked:
        content, _, way = value.curve.partition(".")
        # Of fields taken for empty, people are asked about the required ones alone.
        if way != DOUBTFUL and content != BLANK:
            by_content[content].append(value)
    curves = dict(shipped.curves)
    changes = []
    for content, values in sorted(by_content.items()):
        names = [name for name in shipped.curves if name == content or name.startswith(f"{content}.")]
        change, fitted = _refit(content, values, {name: shipped.curves[name] for name in names}, shipped)
        curves.update(fitted)
        changes.append(change)
    return Recalibration(Calibration(curves, shipped.version, dict(notes)), tuple(changes))


def _refit(
    content: str, values: Sequence[Checked], curves: Mapping[str, Curve], shipped: Calibration
) -> tuple[Change, dict[str, Curve]]:
    told = [value for value in values if value.right is not None]
    put_right = sum(value.stood and value.right is False for value in told)
    evidence = told if _nearly_all_decided(values) else [value for value in told if not value.stood]
    if len(evidence) < FEWEST or not curves:
        return Change(content, len(told), put_right, fitted=False), {}
    x = np.array([log_odds(shipped.apply(value.curve, value.probability)) for value in evidence])
    y = np.array([float(bool(value.right)) for value in evidence])
    slope, shift = fit_line(x, y, (1.0, 0.0), _PULL)
    too_many = _excess(values, shipped)
    top = float(np.quantile(x, _TOP))
    fitted = {
        name: _corrected(curve, slope, shift, top, too_many, [v for v in values if shipped.curve(v.curve)[0] == name])
        for name, curve in curves.items()
    }
    before, after = _errors(x, y)
    return Change(content, len(told), put_right, True, slope, shift, before, after), fitted


def _nearly_all_decided(values: Sequence[Checked]) -> bool:
    """Whether also the accepted values were looked at, so that none was chosen for being wrong."""
    stood = [value for value in values if value.stood]
    return sum(value.right is not None for value in stood) >= _NEARLY_ALL * len(stood)


def _excess(values: Sequence[Checked], shipped: Calibration) -> float:
    """How many times more accepted values were put right than were expected to be wrong, at the least; 1 or more."""
    stood = [value for value in values if value.stood]
    expected = sum(1 - shipped.apply(value.curve, value.probability) for value in stood)
    wrong = sum(value.right is False for value in stood)
    return max(1.0, lower_count(wrong) / expected) if expected > 0 else 1.0


def _corrected(
    curve: Curve, slope: float, shift: float, top: float, too_many: float, values: Sequence[Checked]
) -> Curve:
    old = np.array(curve.right)
    odds = np.log(np.clip(old, 1e-9, 1 - 1e-9) / (1 - np.clip(old, 1e-9, 1 - 1e-9)))
    line = 1 / (1 + np.exp(-np.clip(slope * odds + shift, -30, 30)))
    beyond = odds > top
    cautious = np.minimum(np.minimum(line, old), 1 - np.minimum(1.0, (1 - old) * too_many))
    new = np.where(beyond, cautious, line)
    # Where nothing was decided sets the limit: what is surer must be believed at least as much.
    new = make_rising(np.minimum.accumulate(new[::-1])[::-1])
    cuts, before = np.array(curve.cuts), np.array(curve.wrong_above)
    worse = (1 - np.interp(cuts, curve.raw, new)) / np.maximum(1 - np.interp(cuts, curve.raw, old), 1e-9)
    bound = np.minimum(1.0, before * np.maximum(np.maximum(worse, too_many), 1.0))
    raw = np.array([log_odds(value.probability) for value in values])
    bound = np.maximum(bound, _wrong_at_least(cuts, raw, values))
    bound = falling(np.minimum(bound, _wrong_at_most(cuts, raw, values)))
    return Curve(
        curve.raw, tuple(new.round(8).tolist()), curve.cuts, tuple(bound.round(7).tolist()), curve.count + len(values)
    )


def _wrong_at_least(cuts: Floats, raw: Floats, values: Sequence[Checked]) -> Floats:
    """For each cut, the share wrong above it at the least, by accepted values that were put right.

    Above the last cut with enough values, as much as there.
    """
    stood = np.array([value.stood for value in values], dtype=bool)
    wrong = np.array([value.stood and value.right is False for value in values], dtype=bool)
    bound = np.zeros(len(cuts))
    for n, cut in enumerate(cuts if len(raw) else ()):
        count = int(stood[raw >= cut].sum())
        bound[n] = lower_count(int(wrong[raw >= cut].sum())) / count if count >= FEWEST else bound[max(0, n - 1)]
    return bound


def _wrong_at_most(cuts: Floats, raw: Floats, values: Sequence[Checked]) -> Floats:
    """For each cut, the share wrong above it at the most, by decisions alone; 1 where not nearly all were decided."""
    told = np.array([value.right is not None for value in values], dtype=bool)
    wrong = np.array([value.right is False for value in values], dtype=bool)
    bound = np.ones(len(cuts))
    for n, cut in enumerate(cuts if len(raw) else ()):
        above = raw >= cut
        decided = int((above & told).sum())
        if decided >= FEWEST and decided >= _NEARLY_ALL * int(above.sum()):
            bound[n] = float(upper_share(np.array([(above & wrong).sum()]), np.array([float(decided)]))[0])
    return bound


def _errors(x: Floats, y: Floats) -> tuple[float, float]:
    """Calibration error of the log-odds as they are, and of lines fitted on other values than they are tried on."""
    after = np.empty(len(x))
    for fold in range(_FOLDS):
        away = np.arange(len(x)) % _FOLDS == fold
        slope, shift = fit_line(x[~away], y[~away], (1.0, 0.0), _PULL)
        after[away] = 1 / (1 + np.exp(-(slope * x[away] + shift)))
    return calibration_error(1 / (1 + np.exp(-x)), y), calibration_error(after, y)
