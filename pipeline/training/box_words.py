"""Takes single capitals and digits out of words and lines that UNIPEN writers wrote in capitals or figures.

    python -m pipeline.training.box_words --handwriting DIR --model pipeline/models/boxes.onnx --out DIR

Only a hundred writers wrote single capitals for UNIPEN; as many others wrote words in capitals, and numbers. A word's
strokes are shared out to its letters in the order of writing, one to four strokes each, the way that a first network
for single boxes finds likeliest (a Viterbi search); words it can't make sense of are left out. Writes a category of its
own, `unipen_1w`, in the shape of the others, from training writers alone.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.glyphs import CHANNELS, SIZE_PX
from pipeline.engines.handprint import CHARACTERS, Handprint
from pipeline.simulate.split import split_of, writer_rules
from pipeline.simulate.unipen import Category, Sample
from pipeline.simulate.writing import Stroke, Writing
from pipeline.training.box_characters import WORDS

_WANTED = re.compile(r"[A-Z][A-Z '&.-]*[A-Z]|[0-9][0-9 .-]*[0-9]")
_UNFIT = ("coarse", "scrambled", "code")
_MOST_STROKES = 4
"""Of one character: an E of four."""
_TALL_PX, _PEN_PX = 27.0, 2
_LEAST_MEAN, _LEAST_ONE = np.log(0.35), np.log(0.005)
"""Of the label's probabilities (the mean's logarithm, and each one's) for a word to be believed."""


def whole_words(folder: Path) -> Iterator[tuple[Category, Sample]]:
    """Training writers' words and lines of capitals or of figures."""
    faults = writer_rules().faults
    unfit = frozenset(contributor for fault in _UNFIT for contributor in faults[fault])
    for category in (Category(folder, "7"), Category(folder, "8")):
        for sample in category.samples:
            fit = sample.quality != "BAD" and sample.contributor not in unfit and split_of(sample.writer) == "train"
            if fit and _WANTED.fullmatch(sample.label):
                yield category, sample


def share_out(strokes: Sequence[Stroke], label: str, reader: Handprint) -> list[tuple[Stroke, ...]] | None:
    """Return each character's strokes, or None when the word can't be made sense of. `label` holds no blanks."""
    count, size = len(strokes), len(label)
    if not size <= count <= _MOST_STROKES * size:
        return None
    groups = [(a, b) for a in range(count) for b in range(a + 1, min(a + _MOST_STROKES, count) + 1)]
    _, top, _, bottom = Writing(tuple(strokes)).bounds
    pictures = np.stack([_picture(strokes[a:b], top, bottom) for a, b in groups])
    log = reader.log_probabilities(pictures)
    columns = [CHARACTERS.index(character) for character in label]
    fits = {group: row[columns] for group, row in zip(groups, log, strict=True)}
    best = np.full((size + 1, count + 1), -np.inf)
    cut = np.zeros((size + 1, count + 1), dtype=np.int64)
    best[0, 0] = 0.0
    for n in range(size):
        for (a, b), row in fits.items():
            score = best[n, a] + row[n]
            if score > best[n + 1, b]:
                best[n + 1, b], cut[n + 1, b] = score, a
    if best[size, count] < size * _LEAST_MEAN:
        return None
    ends = [count]
    for n in range(size, 0, -1):
        ends.append(int(cut[n, ends[-1]]))
    spans = list(zip(ends[:0:-1], ends[-2::-1], strict=True))
    if min(float(fits[span][n]) for n, span in enumerate(spans)) < _LEAST_ONE:
        return None
    return [tuple(strokes[a:b]) for a, b in spans]


def _picture(strokes: Sequence[Stroke], top: float, bottom: float) -> NDArray[np.uint8]:
    """Draw strokes as `cut_glyphs` would show them in a row as high as the word."""
    left, own_top, right, own_bottom = Writing(tuple(strokes)).bounds
    room = SIZE_PX - 3.0
    tall, wide, high = max(bottom - top, 1.0), max(right - left, 1.0), max(own_bottom - own_top, 1.0)
    scale = min(_TALL_PX / tall, room / wide, room / high)
    offset = np.array([SIZE_PX / 2 - (left + right) / 2 * scale, SIZE_PX / 2 - (top + bottom) / 2 * scale])
    picture = np.zeros((SIZE_PX, SIZE_PX), dtype=np.uint8)
    for points in strokes:
        pixels = np.round((points * scale + offset) * 16).astype(np.int32)
        cv2.polylines(picture, [pixels], False, 255, _PEN_PX, cv2.LINE_AA, 4)
    return np.repeat(picture[None], CHANNELS, axis=0)


def main() -> None:
    """Share out all words and write the category."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handwriting", type=Path, required=True, help="folder that holds unipen/")
    parser.add_argument("--model", type=Path, help="a first network for single boxes (default: the package's)")
    parser.add_argument("--out", type=Path, required=True, help="folder for unipen_1w.npz and unipen_1w.tsv")
    given = parser.parse_args()
    folder = given.handwriting / "unipen" if (given.handwriting / "unipen").is_dir() else given.handwriting
    reader = Handprint(model=given.model)
    lines = ["id\tcategory\tcontributor\twriter\tquality\tstyle\tlang\tstrokes\tlabel"]
    points: list[Stroke] = []
    sample_start = [0]
    seen = used = 0
    for category, sample in whole_words(folder):
        label = sample.label.replace(" ", "")
        seen += 1
        shared = share_out(category.strokes(sample.row), label, reader)
        if shared is None:
            continue
        used += 1
        for place, (character, own) in enumerate(zip(label, shared, strict=True)):
            points += own
            sample_start.append(len(points))
            who = f"{sample.contributor}\t{sample.writer}"
            lines.append(f"{sample.name}.{place}\t{WORDS}\t{who}\t{sample.quality}\t\ten\t{len(own)}\t{character}")
    given.out.mkdir(parents=True, exist_ok=True)
    starts = np.cumsum([0, *(len(stroke) for stroke in points)]).astype(np.int32)
    np.savez_compressed(
        given.out / f"unipen_{WORDS}.npz",
        xy=np.concatenate(points).astype(np.int16), stroke_start=starts,
        sample_start=np.array(sample_start, dtype=np.int32),
    )  # fmt: skip
    (given.out / f"unipen_{WORDS}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{used} of {seen} words, {len(lines) - 1} characters")


if __name__ == "__main__":
    main()
