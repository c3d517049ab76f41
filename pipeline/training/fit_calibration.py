"""Fits the calibration that comes with the package, on simulated cards by writers kept for validation.

python -m pipeline.simulate --handwriting DIR --out SET --cards 30 --conditions grey300,grey200,bilevel300,…
python -m pipeline.training.fit_calibration SET --out pipeline/calibration/shipped.json
"""

import argparse
import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from forms.organisation import Profile, read_profile
from forms.whole_file import whole_file
from pipeline.accept import UNSURE
from pipeline.calibrate import Calibration, fit_curve
from pipeline.decode import decode
from pipeline.lists import make_lists
from pipeline.records import FieldReading, Status
from pipeline.stack import Reader, read_page
from pipeline.take_in import find_files, take_in
from pipeline.workers import Desk, make_reader

STORY_RIGHT = 0.05
"""A story is right when at most this share of its characters is wrong."""
Sample = tuple[str, float, bool]
"""Content, raw probability, whether the value was right."""


def is_right(field: FieldReading, truth: str | list[str]) -> bool:
    """Whether a field is right as the contract defines it."""
    if isinstance(truth, list):
        return list(field.value) == truth
    value = field.value if isinstance(field.value, str) else "; ".join(field.value)
    if field.content == "story":
        return error_rate(value, truth) <= STORY_RIGHT
    return " ".join(value.lower().split()) == " ".join(truth.lower().split())


def error_rate(text: str, truth: str) -> float:
    """Character errors over the truth's length; case, blanks and punctuation ignored."""
    a, b = ("".join(c for c in part.lower() if c.isalnum()) for part in (text, truth))
    return Levenshtein.distance(a, b) / max(1, len(b))


def gather(folder: Path, workers: int) -> list[Sample]:
    """Read a simulated set without any calibration, and compare it with its truth."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    truth = {
        (page["file"], page["page"], card["card"]): card["fields"]
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
            for field in card.fields:
                # What goes to a person for a reason of its own is no question of probability.
                if stated is None or field.status == Status.BLANK or field.reason not in ("", UNSURE):
                    continue
                yield field.content, field.alternatives[0][1], is_right(field, stated[field.name])


def fit(samples: Iterable[Sample]) -> Calibration:
    """Fit a curve for each content of which there are enough."""
    by_content: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for content, probability, right in samples:
        by_content[content].append((probability, right))
    curves = {}
    for content, pairs in sorted(by_content.items()):
        curve = fit_curve(np.array([p for p, _ in pairs]), np.array([r for _, r in pairs]))
        if curve is not None:
            curves[content] = curve
    return Calibration(curves)


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a simulated set: organisation/, stacks/, expected.json")
    parser.add_argument("--out", type=Path, default=Path("pipeline/calibration/shipped.json"))
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    samples = gather(arguments.folder, arguments.workers)
    calibration = fit(samples)
    with whole_file(arguments.out) as path:
        text = json.dumps({name: asdict(curve) for name, curve in calibration.curves.items()}, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")
    for content in calibration.curves:
        own = [(p, right) for c, p, right in samples if c == content]
        threshold = calibration.threshold(content, 2.0)
        accepted = [right for p, right in own if calibration.apply(content, p) >= threshold]
        print(
            f"{content:8} {len(own):5} values, {np.mean([r for _, r in own]):.3f} right; "
            f"accepted at 2 in 1,000: {len(accepted)}, {accepted.count(False)} of them wrong"
        )


if __name__ == "__main__":
    main()
