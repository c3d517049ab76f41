"""Crops of single boxes for training: what stands in them is what their label says, and only a split's own writers'."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.engines.glyphs import CHANNELS, SIZE_PX
from pipeline.engines.handprint import CHARACTERS
from pipeline.simulate.split import Split, split_of
from pipeline.simulate.writing import Writing, stroke
from pipeline.training.box_characters import gather_writers, varied, with_habits
from pipeline.training.box_crops import EMPTY, KINDS, STRUCK, Crops, load_crops, render, save_crops
from pipeline.training.box_paper import new_paper, scan_rows
from tests.simulate.conftest import write_category


@pytest.fixture(scope="module")
def crops(handwriting: Path) -> Crops:
    return render(handwriting, "train", 400, seed=3)


def test_crops_hold_ink_and_labels_that_are_classes(crops: Crops) -> None:
    assert crops.pictures.shape[1:] == (CHANNELS, SIZE_PX, SIZE_PX)
    assert len(crops.pictures) == len(crops.labels) == len(crops.kinds) == len(crops.samples) >= 400
    assert crops.pictures[:, 0].reshape(len(crops.labels), -1).max(axis=1).min() > 0
    assert set(crops.labels.tolist()) <= set(range(STRUCK + 1))
    written = crops.labels < EMPTY
    assert (crops.samples[written] >= 0).all()
    assert (crops.samples[~written] == -1).all()


def test_each_kind_of_row_holds_its_own_characters(crops: Crops) -> None:
    for number, kind in enumerate(KINDS):
        own = {CHARACTERS[n] for n in crops.labels[(crops.kinds == number) & (crops.labels < EMPTY)]}
        if kind == "digits":
            assert own <= set("0123456789")
        elif kind in ("capitals", "small"):
            assert own <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_the_same_seed_renders_the_same(crops: Crops, handwriting: Path) -> None:
    again = render(handwriting, "train", 400, seed=3)
    assert np.array_equal(again.pictures, crops.pictures)
    assert np.array_equal(again.labels, crops.labels)


def test_crops_come_back_from_their_file(crops: Crops, tmp_path: Path) -> None:
    save_crops(crops, tmp_path / "train-1-000.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["train-1-000.npz"]
    assert np.array_equal(load_crops(tmp_path / "train-1-000.npz").samples, crops.samples)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_only_writers_of_the_split_and_without_known_faults(handwriting: Path, split: Split) -> None:
    writers = gather_writers(handwriting / "unipen", split)
    assert writers
    assert all(split_of(writer.name) == split for writer in writers)
    contributors = {
        glyph.sample.contributor
        for w in writers
        for labels in w.by_kind.values()
        for own in labels.values()
        for glyph in own
    }
    assert "tos" not in contributors


def test_bad_samples_and_other_signs_are_left_out(tmp_path: Path) -> None:
    rows = [("apb", "u000", "BAD", "A"), ("apb", "u000", "OK", "#"), ("apb", "u000", "OK", "B")]
    for name in ("1a", "1b", "1c", "1d"):
        write_category(tmp_path, name, rows if name == "1b" else rows[2:])
    (writer,) = gather_writers(tmp_path, "all")
    assert {label for labels in writer.by_kind.values() for label in labels} == {"B"}


def test_varied_writing_is_about_the_same_and_never_quite() -> None:
    rng = np.random.default_rng(1)
    letter = Writing((stroke((0, -1), (0.5, 0), (1, -1)), stroke((0.2, -0.5), (0.8, -0.5))))
    other = varied(letter, rng)
    distances = [np.abs(a - b).max() for a, b in zip(letter.strokes, other.strokes, strict=True)]
    assert 0 < max(distances) < 0.5


def test_some_noughts_are_slashed() -> None:
    rng = np.random.default_rng(2)
    nought = Writing((stroke((0, -1), (1, -1), (1, 0), (0, 0), (0, -1)),))
    counts = {len(with_habits("0", nought, rng).strokes) for _ in range(200)}
    assert counts == {1, 2}
    assert {len(with_habits("8", nought, rng).strokes) for _ in range(50)} == {1}


def test_unwritten_paper_is_mostly_scanned_without_its_frames() -> None:
    shares = []
    for seed in range(7):
        strips = scan_rows(new_paper(rng := np.random.default_rng(seed)), rng)
        assert [len(strip.windows) for strip in strips] == [12] * 4
        shares.append(np.mean([inked for strip in strips for inked in strip.inked]))
    # Under the worst conditions (black and white, a little out of place) some of a frame is always left.
    assert np.median(shares) < 0.1
