"""Shares and rates with the ranges they may lie in, and how far probabilities can be believed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
_DRAWS = 1000
_FEW_GROUPS = 5
_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % interval of the share (Wilson 1927)."""

    hits: int
    count: int

    @property
    def share(self) -> float:
        """0 where nothing was counted."""
        return self.hits / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; all there is, where nothing was counted."""
        n, p, z2 = self.count, self.share, _Z * _Z
        if not n:
            return 0.0, 1.0
        middle, reach = p + z2 / (2 * n), _Z * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
        low, high = (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)
        return (0.0 if self.hits == 0 else max(0.0, low)), (1.0 if self.hits == n else min(1.0, high))


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors over length, with the 95 % interval by bootstrap over groups (writers): one hand is read alike."""

    errors: int
    length: int
    groups: int
    interval: tuple[float, float]

    @property
    def rate(self) -> float:
        """0 where there was nothing to read."""
        return self.errors / self.length if self.length else 0.0


def rate_over(groups: Sequence[str], errors: Sequence[int], lengths: Sequence[int]) -> Rate:
    """Add up errors and lengths; the interval comes from drawing whole groups anew, a thousand times.

    Where there are fewer than five groups, single values are drawn.
    """
    if len(set(groups)) < _FEW_GROUPS:
        groups = [str(n) for n in range(len(groups))]
    by_group: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for group, wrong, length in zip(groups, errors, lengths, strict=True):
        by_group[group][0] += wrong
        by_group[group][1] += length
    totals = np.array(list(by_group.values()), dtype=np.float64).reshape(-1, 2)
    wrong, length = int(totals[:, 0].sum()), int(totals[:, 1].sum())
    if not length:
        return Rate(wrong, 0, len(totals), (0.0, 1.0))
    drawn = np.random.default_rng(_SEED).integers(len(totals), size=(_DRAWS, len(totals)))
    sums = totals[drawn].sum(axis=1)
    rates = sums[:, 0] / np.maximum(sums[:, 1], 1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return Rate(wrong, length, len(totals), (float(low), float(high)))


def error_by_acceptance(
    confidences: Sequence[float], right: Sequence[bool]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return share accepted and share wrong among these, as the threshold is lowered from the surest value on.

    Values of one confidence are accepted together.
    """
    order = np.argsort(-np.asarray(confidences, dtype=np.float64), kind="stable")
    sure, wrong = np.asarray(confidences)[order], 1.0 - np.asarray(right, dtype=np.float64)[order]
    last = np.flatnonzero(np.concatenate((np.diff(sure) != 0, [True]))) if len(sure) else np.zeros(0, dtype=int)
    taken = last + 1.0
    return taken / max(1, len(sure)), np.cumsum(wrong)[last] / taken
