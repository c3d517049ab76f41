"""Fits the calibration that comes with the package, on simulated cards by writers kept for validation.

python -m pipeline.training.fit_calibration --handwriting DIR --cards 600 --samples FILE
python -m pipeline.training.fit_calibration --handwriting DIR --cards 2000 --without-lines --seed 8 --samples FILE
python -m pipeline.training.fit_calibration --samples FILE

The first fills in, scans and reads cards, keeps what came of each value in FILE, and fits. The second adds
values of boxes and ticks, which must be right far more often than stories, so that it takes more of them to show it.
The third fits again on what was kept. SETs that `pipeline.simulate` wrote (organisation/, stacks/, expected.json) are
read besides, when they are named.
"""

import argparse
import datetime
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.calibrate import DOUBTFUL, Calibration, write_calibration
from pipeline.fit_curves import calibration_error, fit_curve
from pipeline.simulate.accuracy.plan import Plan
from pipeline.simulate.scan import CONDITIONS
from pipeline.training.calibration_samples import Sample, gather_cards, gather_set, read_samples, write_samples

SHIPPED = Path("pipeline/calibration/shipped.json")
STAFF = 3000


def fit(samples: Iterable[Sample], notes: dict[str, Any] | None = None) -> Calibration:
    """Fit a curve for each name of which there are enough, and one for what several have in common."""
    by_name: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        content, _, way = sample.curve.partition(".")
        for name in {sample.curve, DOUBTFUL if way == DOUBTFUL else content}:
            by_name[name].append(sample)
    curves = {}
    for name, own in sorted(by_name.items()):
        curve = fit_curve(np.array([s.probability for s in own]), np.array([s.right for s in own]))
        if curve is not None:
            curves[name] = curve
    return Calibration(curves, notes=notes or {})


def report(samples: Sequence[Sample], calibration: Calibration) -> Iterator[str]:
    """Say of each curve what it was fitted on and what it would accept, as a table; these figures flatter."""
    allowed = (1.0, 2.0, 5.0)
    heads = ["curve", "values", "writers", "right", *(f"accepted at {wrong:g} in 1,000, wrong" for wrong in allowed)]
    yield from ("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads)))
    for name in calibration.curves:
        own = [s for s in samples if s.curve == name]
        if not own:
            continue
        believed = np.array([calibration.apply(name, s.probability) for s in own])
        right = np.array([s.right for s in own])
        cells = [name, f"{len(own):,}", str(len({s.writer for s in own})), f"{right.mean():.1%}"]
        for wrong in allowed:
            accepted = believed >= calibration.threshold(name, wrong)
            cells.append(f"{accepted.mean():.1%}, {int((~right[accepted]).sum())}" if accepted.any() else "none")
        yield "| " + " | ".join(cells) + " |"


def split_by_writer(samples: Sequence[Sample], folds: int) -> Iterator[tuple[list[Sample], list[Sample]]]:
    """Yield samples to fit on and samples to try the fit on, no writer in both."""
    writers = sorted({sample.writer for sample in samples})
    for fold in range(folds):
        away = set(writers[fold::folds])
        yield [s for s in samples if s.writer not in away], [s for s in samples if s.writer in away]


def crossed(samples: Sequence[Sample], folds: int = 5) -> Iterator[str]:
    """Say how well a fit holds for writers that it wasn't fitted on."""
    tried: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    pairs: list[tuple[float, bool]] = []
    for known, unknown in split_by_writer(samples, folds):
        calibration = fit(known)
        for s in unknown:
            confidence = calibration.apply(s.curve, s.probability)
            pairs.append((confidence, s.right))
            tried[s.curve].append((confidence >= calibration.threshold(s.curve, 2.0), s.right))
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    error = calibration_error(both[:, 0], both[:, 1])
    yield f"\nOn writers left out ({folds} folds): calibration error {error:.4f} over {len(both)} values:\n"
    for name, own in sorted(tried.items()):
        accepted = [right for taken, right in own if taken]
        wrong = accepted.count(False)
        yield f"- {name}, at 2 in 1,000: {len(accepted):,} of {len(own):,} accepted, {wrong} of them wrong"


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="*", metavar="SET", help="simulated sets to read besides")
    parser.add_argument("--handwriting", type=Path, help="folder that holds unipen/: fill in cards from it")
    parser.add_argument("--cards", type=int, default=1000, help="how many, with --handwriting (default: 1000)")
    parser.add_argument("--conditions", default=",".join(CONDITIONS), help="scanner conditions (default: all)")
    parser.add_argument("--without-lines", action="store_true", help="boxes and ticks alone, twice as fast")
    parser.add_argument("--seed", type=int, default=7, help="another for each run on one FILE (default: 7)")
    parser.add_argument("--samples", type=Path, help="keep what came of each value here, and begin with what is kept")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    samples = read_samples(given.samples) if given.samples and given.samples.is_file() else []
    for folder in given.sets:
        samples += gather_set(folder, given.workers)
    if given.handwriting:
        conditions = tuple(given.conditions.split(","))
        samples += gather_cards(
            Plan(given.handwriting, given.cards, conditions, given.seed, "validation", STAFF, readers=(),
                 uncalibrated=True, lines=not given.without_lines), given.workers
        )  # fmt: skip
    if given.samples:
        write_samples(samples, given.samples)
    notes = {"fitted_on": datetime.date.today().isoformat(), "values": len(samples)}
    calibration = fit(samples, notes)
    write_calibration(calibration, given.out)
    sys.stdout.write("\n".join([*report(samples, calibration), *crossed(samples)]) + "\n")


if __name__ == "__main__":
    main()
