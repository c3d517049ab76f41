"""From an engine's or a list's probability to the probability that a field's value is right.

One curve for each way of arriving at a value: a name of a list is believed differently from one spelled letter by
letter (`pipeline/parse/curves.py` names them). The curves that ship were fitted on cards filled in by writers kept for
validation; `pipeline/calibration/README.md` says how, and what came of it. A home may hold its own, refitted on what
people decided (`compassion recalibrate`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forms.errors import ConfigurationError, MissingDependencyError
from forms.whole_file import whole_file

FILE_NAME = "calibration.json"
"""In a home: its own calibration."""
DOUBTFUL = "doubtful"
"""Of values that a person must look at for a reason of their own: right far less often than they look."""
BLANK = "blank"
"""Of fields in which nothing was found; `blank.boxes` and so on, by their kind."""
_NEVER = 1.0 + 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line of points from raw to believed probability, and what came of values above each cut."""

    raw: tuple[float, ...]
    """Log-odds, rising."""
    right: tuple[float, ...]
    """For each of these, how likely the value is right."""
    cuts: tuple[float, ...]
    """Log-odds, rising."""
    wrong_above: tuple[float, ...]
    """For each cut, what share of all values at or above it is wrong at the most; falling."""
    count: int = 0
    """How many values it was fitted on."""

    def believed(self, log_odds: float) -> float:
        """Return how likely a value is right."""
        return float(np.interp(log_odds, self.raw, self.right))

    def threshold(self, share: float) -> float:
        """Return the lowest confidence above which no more than this share is wrong; beyond 1 when there is none."""
        fitting = [cut for cut, wrong in zip(self.cuts, self.wrong_above, strict=True) if wrong <= share]
        return self.believed(min(fitting)) if fitting else _NEVER


@dataclass(frozen=True)
class Calibration:
    """Curves by name: a content, or a content and how its value was arrived at (`name`, `name.listed`)."""

    curves: Mapping[str, Curve]
    based_on: str = ""
    """Of a home's own: the version of the shipped calibration that it refines."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """How it came about, for people."""

    @cached_property
    def version(self) -> str:
        """A short name that is another for other curves."""
        if not self.curves:
            return "none"
        text = json.dumps({name: asdict(curve) for name, curve in sorted(self.curves.items())})
        own = hashlib.sha256(text.encode()).hexdigest()[:8]
        return f"{self.based_on}+{own}" if self.based_on else own

    def curve(self, name: str) -> tuple[str, Curve | None]:
        """Return the curve of that name, and what it is called; where there is none, one for more than that.

        For `name.listed` that is `name`; for `name.doubtful` it is `doubtful`.
        """
        content, _, way = name.partition(".")
        for known in (name, way if way == DOUBTFUL else content):
            if known in self.curves:
                return known, self.curves[known]
        return name, None

    def apply(self, name: str, probability: float) -> float:
        """Return the probability that the value is right; unchanged where there is no curve."""
        _, curve = self.curve(name)
        if curve is None:
            return float(np.clip(probability, 0.0, 1.0))
        return curve.believed(log_odds(probability))

    def threshold(self, name: str, wrong_per_thousand: float) -> float:
        """Return the lowest confidence above which no more than so many of a thousand values are wrong."""
        _, curve = self.curve(name)
        share = wrong_per_thousand / 1000
        return 1.0 - share if curve is None else curve.threshold(share)


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


def home_calibration(home: Path) -> Calibration | None:
    """Return the home's own calibration; None when it has none, or one that refines another than the shipped one.

    Raises ConfigurationError when its file can't be understood.
    """
    path = home / FILE_NAME
    if not path.is_file():
        return None
    try:
        own = read_calibration(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            str(path), [f"not a calibration ({error}); remove it with 'compassion recalibrate --undo'"]
        ) from error
    return own if own.based_on == shipped_calibration().version else None


def read_calibration(path: Path) -> Calibration:
    """Read a calibration from a file that `write_calibration` wrote."""
    return _from_json(json.loads(path.read_text(encoding="utf-8")))


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration, whole or not at all."""
    table = {
        "based_on": calibration.based_on,
        "notes": dict(calibration.notes),
        "curves": {name: asdict(curve) for name, curve in sorted(calibration.curves.items())},
    }
    with whole_file(path) as beside:
        beside.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")


def _from_json(table: Mapping[str, Any]) -> Calibration:
    curves = {name: _curve(points) for name, points in table["curves"].items()}
    return Calibration(curves, str(table["based_on"]), table["notes"])


def _curve(table: Mapping[str, Any]) -> Curve:
    raw, right, cuts, wrong = (tuple(map(float, table[key])) for key in ("raw", "right", "cuts", "wrong_above"))
    return Curve(raw, right, cuts, wrong, int(table["count"]))


def log_odds(probability: float) -> float:
    """Log-odds of a probability, which is kept a millionth away from 0 and 1."""
    p = float(np.clip(probability, 1e-6, 1 - 1e-6))
    return float(np.log(p / (1 - p)))


def all_log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """`log_odds` of many."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))
