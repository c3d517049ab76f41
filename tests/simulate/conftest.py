"""A tiny handwriting folder in the shape of UNIPEN, and paper to write on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.simulate.split import split_of

TEXT = """the nurse sat with my mother and held her hand through night we felt safe not alone it was kind
a of to in for on that this person team ward better because day time home good care thank you"""
WORDS = TEXT.split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAPITALS = LETTERS.upper()


def writer_of(split: str, number: int = 0) -> str:
    """The name of a writer who belongs to a split."""
    return [f"u{n:03d}" for n in range(500) if split_of(f"u{n:03d}") == split][number]


def scribble(seed: int, width: int, height: int) -> list[NDArray[np.int16]]:
    """Two strokes within a box, its corners touched."""
    rng = np.random.default_rng(seed)
    inner = rng.integers(0, [width + 1, height + 1], (12, 2))
    first = np.concatenate([[[0, height]], inner, [[width, 0]]])
    return [first.astype(np.int16), np.array([[0, 0], [width, height]], np.int16)]


def write_category(folder: Path, name: str, rows: Sequence[tuple[str, str, str, str]], size: int = 100) -> None:
    """Rows of contributor, writer, quality, label as `.npz` and `.tsv`."""
    points, stroke_start, sample_start = [], [0], [0]
    lines = ["id\tcategory\tcontributor\twriter\tquality\tstyle\tlang\tstrokes\tlabel"]
    for number, (contributor, writer, quality, label) in enumerate(rows):
        for stroke in scribble(number, size * len(label) if name == "7" else int(size * 0.7), size):
            points.append(stroke)
            stroke_start.append(stroke_start[-1] + len(stroke))
        sample_start.append(len(stroke_start) - 1)
        lines.append("\t".join([f"{name}-{number:05d}", name, contributor, writer, quality, "", "en", "2", label]))
    arrays: dict[str, Any] = {
        "xy": np.concatenate(points),
        "stroke_start": np.array(stroke_start, np.int32),
        "sample_start": np.array(sample_start, np.int32),
    }
    np.savez_compressed(folder / f"unipen_{name}.npz", **arrays)
    (folder / f"unipen_{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def writers() -> dict[str, tuple[str, str]]:
    """Who wrote words, and who wrote characters, in each split: contributor/writer."""
    return {
        split: (f"sta/{writer_of(split, 0)}", f"apb/{writer_of(split, 1)}") for split in ("train", "validation", "test")
    }


@pytest.fixture(scope="session")
def handwriting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handwriting folder with a writer of words and one of characters in each split, and some with known faults."""
    folder = tmp_path_factory.mktemp("handwriting")
    unipen = folder / "unipen"
    unipen.mkdir()
    spellers = [("apb", writer_of(split, 1)) for split in ("train", "validation", "test")]
    authors = [("sta", writer_of(split, 0)) for split in ("train", "validation", "test")]
    foreign = ("abm", writer_of("validation", 2))
    many = [*WORDS, *(f"{word}s" for word in WORDS)]
    words = [(*who, "OK", word) for who in [*authors, foreign] for word in many]
    words += [(*who, "BAD", "refused") for who in authors]
    write_category(unipen, "7", words)
    everyone = [*spellers, ("tos", writer_of("validation", 3))]
    for name, alphabet in (("1a", "0123456789"), ("1b", CAPITALS), ("1c", LETTERS), ("1d", ".,-'@")):
        write_category(unipen, name, [(*who, "?", c) for who in everyone for c in alphabet])
    return folder


@pytest.fixture
def card() -> dict[str, Any]:
    """A card as a manifest describes it, at the left of an A4 sheet."""

    def cells(y: float, count: int) -> list[list[float]]:
        return [[12.0 + 6.4 * n, y, 5.5, 7.0] for n in range(count)]

    def options(y: float, *values: str) -> list[dict[str, Any]]:
        return [{"value": value, "box_mm": [12.0 + 25 * n, y, 4.5, 4.5]} for n, value in enumerate(values)]

    def field(name: str, kind: str, content: str, **boxes: Any) -> dict[str, Any]:
        return {"name": name, "kind": kind, "content": content, **boxes}

    lines = [[12.0, 90.0 + 8 * n, 120.0, 8.0] for n in range(3)]
    return {
        "card": "RXW-7K3F9QZ-0012-H",
        "organisation": "RXW",
        "ward": "W01",
        "box_mm": [0.0, 0.0, 148.5, 210.0],
        "scale": 1.0,
        "fields": [
            field("nominee_first_name", "boxes", "name", cells_mm=cells(30, 14)),
            field("nominee_last_name", "boxes", "name", cells_mm=cells(42, 18)),
            field("nominee_team", "boxes", "place", cells_mm=cells(54, 20)),
            field("nominator_type", "choice", "tick", multiple=False, options=options(66, "patient", "carer", "staff")),
            field("action", "lines", "story", lines_mm=lines),
            field("nominator_contact", "lines", "contact", lines_mm=[[12.0, 120.0, 120.0, 8.0]]),
            field("date", "boxes", "date", cells_mm=cells(140, 8)),
            field("consent", "choice", "tick", multiple=True, options=options(160, "share_publicly", "stay_anonymous")),
        ],
    }
