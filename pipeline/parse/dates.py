"""Reads a date from eight boxes, DDMMYYYY: only dates that exist and are plausible are considered."""

import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EARLIEST = datetime.date(2015, 1, 1)
"""The scheme began in 2015."""
_ODD = 0.01
"""How often people write something else than a plausible date: a birthday, 31 February, the year first."""
_ODD_SHARE = 1e-6
_RECENT, _RECENT_DAYS = 0.25, 60.0
"""How many cards are known to come in soon after their date, and how soon. Of the rest any day is as likely as another:
a stack may wait for years, and the day it came in isn't always told."""
_FLOOR = 1e-4


def read_date(
    digits: NDArray[np.float32],
    inked: tuple[bool, ...],
    latest: datetime.date,
    received: datetime.date | None = None,
) -> list[tuple[str, float]]:
    """Return dates (ISO) with their probabilities, best first; `""` stands for "no plausible date".

    `digits` is (8, 10), each box's probabilities; a day or month written with one digit has its other box empty, a
    year of two digits is this century's. `received`: when the cards came in; days shortly before are likelier.
    """
    boxes = _spread(np.asarray(digits, dtype=np.float64), inked)
    if boxes is None:
        return [("", 1.0)]
    dates, figures, prior = _plausible(latest, min(received or latest, latest))
    log = np.log(np.clip(boxes, _FLOOR, 1.0))
    likelihood = np.exp(log[np.arange(8), figures].sum(axis=1)) * prior * (1 - _ODD)
    # Any other eight figures; those that are some day or other are likelier than the rest of the 10^8.
    odd = _ODD * float(np.prod(boxes.max(axis=1))) * _ODD_SHARE
    total = float(likelihood.sum()) + odd
    if total <= 0:
        return [("", 1.0)]
    best = np.argsort(-likelihood)[:5]
    ranked = [(dates[n], float(likelihood[n] / total)) for n in best] + [("", odd / total)]
    return sorted(ranked, key=lambda pair: -pair[1])


def _spread(digits: NDArray[np.float64], inked: tuple[bool, ...]) -> NDArray[np.float64] | None:
    """Bring what was written into eight figures; None when day, month or year is missing or the boxes don't fit."""
    if len(inked) != 8 or digits.shape != (8, 10):
        return None
    figures = [_two(digits[0:2], inked[0:2]), _two(digits[2:4], inked[2:4])]
    year = [n for n in range(4, 8) if inked[n]]
    if len(year) == 4:
        figures.append(digits[4:8])
    elif len(year) == 2:
        figures.append(np.stack([_certain(2), _certain(0), digits[year[0]], digits[year[1]]]))
    else:
        return None
    if any(part is None for part in figures):
        return None
    return np.concatenate([part for part in figures if part is not None])


def _two(digits: NDArray[np.float64], inked: tuple[bool, ...]) -> NDArray[np.float64] | None:
    if all(inked):
        return digits
    if not any(inked):
        return None
    return np.stack([_certain(0), digits[inked.index(True)]])


def _certain(figure: int) -> NDArray[np.float64]:
    return np.asarray(np.eye(10)[figure])


@lru_cache(maxsize=8)
def _plausible(
    latest: datetime.date, received: datetime.date
) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64]]:
    """All plausible dates: ISO, their figures DDMMYYYY (N, 8), and how likely each is before anything is read."""
    count = max(1, (latest - EARLIEST).days + 1)
    days = [EARLIEST + datetime.timedelta(n) for n in range(count)]
    figures = np.array([[int(c) for c in day.strftime("%d%m%Y")] for day in days])
    age = np.array([(received - day).days for day in days], dtype=np.float64)
    # Cards come in weeks after they are written; old ones turn up at the bottom of a box.
    recent = np.where(age >= 0, np.exp(-np.maximum(age, 0.0) / _RECENT_DAYS), 0.0)
    prior = _RECENT * recent / max(float(recent.sum()), 1e-9) + (1 - _RECENT) / count
    return [day.isoformat() for day in days], figures, prior / prior.sum()
