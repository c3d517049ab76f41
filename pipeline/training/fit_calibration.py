"""Fits the calibration that comes with the package, on simulated cards by writers kept for validation.

python -m pipeline.training.fit_calibration --handwriting DIR --cards 1000 --samples SAMPLES.jsonl
python -m pipeline.training.fit_calibration --samples SAMPLES.jsonl

The first line fills in, scans and reads the cards, keeps what came of each value in SAMPLES.jsonl, and fits; the
second fits again on what was kept. SETs that `pipeline.simulate` wrote (organisation/, stacks/, expected.json) are
read besides, when they are named.
"""

import argparse
import datetime
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from forms.organisation import Profile, read_profile
from forms.whole_file import whole_file
from pipeline.calibrate import DOUBTFUL, Calibration, write_calibration
from pipeline.decode import decode
from pipeline.fit_curves import calibration_error, fit_curve
from pipeline.lists import make_lists
from pipeline.records import FieldReading
from pipeline.scoring import is_right
from pipeline.simulate.accuracy.plan import Plan
from pipeline.simulate.accuracy.run import run_cards
from pipeline.simulate.scan import CONDITIONS
from pipeline.stack import Reader, read_page
from pipeline.take_in import find_files, take_in
from pipeline.workers import Desk, make_reader

SHIPPED = Path("pipeline/calibration/shipped.json")
STAFF = 3000


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of one value."""

    curve: str
    probability: float
    """Before calibration."""
    right: bool
    writer: str = ""
    condition: str = ""


def gather_cards(plan: Plan, workers: int) -> Iterator[Sample]:
    """Fill in, scan and read cards without any calibration; nothing is written to disk."""
    for done, cards in enumerate(run_cards(plan, workers), start=1):
        if done % 20 == 0:
            sys.stderr.write(f"{done} jobs done\n")
        for card in cards:
            for field in card.fields:
                if field.curve:
                    yield Sample(field.curve, field.probability, field.right, card.writer, card.condition)


def gather_set(folder: Path, workers: int) -> list[Sample]:
    """Read a simulated set without any calibration, and compare it with its truth."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    truth = {
        (page["file"], page["page"], card["card"]): card
        for page in expected["pages"]
        for card in page["cards"]
        if card.get("fields")
    }
    files = find_files([folder / "stacks"])
    with ProcessPoolExecutor(workers) as pool:
        parts = pool.map(partial(_gather_file, read_profile(folder / "organisation"), truth), files)
        return [sample for part in parts for sample in part]


def _gather_file(profile: Profile, truth: dict[tuple[str, int, str], dict[str, Any]], file: Any) -> list[Sample]:
    cv2.setNumThreads(1)
    code = profile.organisation.code
    reader = make_reader(Desk(lists={code: make_lists(profile.staff, profile.wards)}))
    return list(_read(replace(reader, calibration=Calibration({})), truth, file))


def _read(reader: Reader, truth: dict[tuple[str, int, str], dict[str, Any]], file: Any) -> Iterable[Sample]:
    for page in take_in(file):
        if page.reason:
            continue
        for card in read_page(decode(page.data), reader, datetime.date.today()).cards:
            stated = truth.get((page.file, page.number, card.identity.number))
            if stated is not None:
                yield from (_sample(field, stated) for field in card.fields)


def _sample(field: FieldReading, stated: dict[str, Any]) -> Sample:
    right = is_right(field.content, field.value, stated["fields"][field.name])
    return Sample(field.calibration.partition(" ")[0], field.probability, right, stated.get("hand", "").split(" ")[0])


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
    """Say of each curve what it was fitted on and what it would accept; these figures flatter."""
    for name in calibration.curves:
        own = [s for s in samples if s.curve == name]
        if not own:
            continue
        believed = np.array([calibration.apply(name, s.probability) for s in own])
        right = np.array([s.right for s in own])
        line = f"{name:16} {len(own):6} values by {len({s.writer for s in own}):3} writers, {right.mean():6.1%} right"
        for wrong in (1.0, 2.0, 5.0):
            accepted = believed >= calibration.threshold(name, wrong)
            line += f"; at {wrong:g}: {accepted.mean():6.1%} accepted, {int((~right[accepted]).sum())} wrong"
        yield line


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
    yield f"on writers left out ({folds} folds): calibration error {error:.4f} over {len(both)} values"
    for name, own in sorted(tried.items()):
        accepted = [right for taken, right in own if taken]
        yield f"  {name:16} at 2 in 1,000: {len(accepted):6} of {len(own):6} accepted, {accepted.count(False)} wrong"


def read_samples(path: Path) -> list[Sample]:
    """Read what `write_samples` wrote."""
    return [Sample(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def write_samples(samples: Iterable[Sample], path: Path) -> None:
    """Keep samples, one JSON object a line."""
    with whole_file(path) as beside:
        beside.write_text("".join(json.dumps(asdict(sample)) + "\n" for sample in samples), encoding="utf-8")


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="*", metavar="SET", help="simulated sets to read besides")
    parser.add_argument("--handwriting", type=Path, help="folder that holds unipen/: fill in cards from it")
    parser.add_argument("--cards", type=int, default=1000, help="how many, with --handwriting (default: 1000)")
    parser.add_argument("--conditions", default=",".join(CONDITIONS), help="scanner conditions (default: all)")
    parser.add_argument("--seed", type=int, default=7)
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
                 uncalibrated=True), given.workers
        )  # fmt: skip
    if given.samples:
        write_samples(samples, given.samples)
    notes = {"fitted_on": datetime.date.today().isoformat(), "values": len(samples)}
    calibration = fit(samples, notes)
    write_calibration(calibration, given.out)
    sys.stdout.write("\n".join([*report(samples, calibration), *crossed(samples)]) + "\n")


if __name__ == "__main__":
    main()
