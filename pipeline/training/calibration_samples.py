"""What came of values that the readers read, before any calibration: gathered from simulated cards, and kept."""

import datetime
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from forms.organisation import Profile, read_profile
from forms.whole_file import whole_file
from pipeline.calibrate import Calibration
from pipeline.decode import decode
from pipeline.lists import make_lists
from pipeline.records import FieldReading
from pipeline.scoring import is_right
from pipeline.simulate.accuracy.plan import Plan
from pipeline.simulate.accuracy.run import run_cards
from pipeline.stack import Reader, read_page
from pipeline.take_in import find_files, take_in
from pipeline.workers import Desk, make_reader


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


def read_samples(path: Path) -> list[Sample]:
    """Read what `write_samples` wrote."""
    return [Sample(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def write_samples(samples: Iterable[Sample], path: Path) -> None:
    """Keep samples, one JSON object a line."""
    with whole_file(path) as beside:
        beside.write_text("".join(json.dumps(asdict(sample)) + "\n" for sample in samples), encoding="utf-8")
