"""Whose hand is whose: the split of the writers, the known faults, words and characters on their baseline."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.simulate.compose import written_word
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.hands import Hand, UnipenHands
from pipeline.simulate.split import Split, split_of, writer_rules
from pipeline.simulate.unipen import Measures, measure, on_baseline, reach
from pipeline.simulate.writing import stroke

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def make_rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_splits_cover_every_writer_once() -> None:
    ranges = sorted(writer_rules().ranges.values())
    assert [low for low, _ in ranges] + [100] == [0] + [high for _, high in ranges]
    assert {split_of(f"u{n:03d}") for n in range(200)} == set(SPLITS)


def test_split_is_by_person_whoever_collected_them() -> None:
    """`u153` stands under two contributors; the rule must not see which."""
    assert split_of("u153") == "validation"
    assert split_of("u005") == "train"


def test_no_writer_is_in_two_splits(handwriting: Path) -> None:
    seen: set[str] = set()
    for split in SPLITS:
        hands = UnipenHands(handwriting, split)
        people = {name.split("/")[1] for name in hands.names}
        for name in hands.names:
            people |= {alphabet.writer.split("/")[1] for alphabet in hands.hand(name).alphabets}
        assert people
        assert not people & seen
        seen |= people


def test_known_faults_are_left_out(handwriting: Path, writers: dict[str, tuple[str, str]]) -> None:
    hands = UnipenHands(handwriting, "validation")
    assert hands.names == (writers["validation"][0],)
    hand = hands.hand(hands.names[0])
    assert not hand.knows("refused")
    assert {alphabet.writer.split("/")[0] for alphabet in hand.alphabets} == {"apb"}


def test_who_lends_characters_is_named(handwriting: Path, writers: dict[str, tuple[str, str]]) -> None:
    hands = UnipenHands(handwriting, "validation")
    assert hands.hand(hands.names[0]).name == " with ".join(writers["validation"])


def test_nobody_to_borrow_from_is_said_plainly(handwriting: Path, tmp_path: Path) -> None:
    for ending in ("npz", "tsv"):
        (tmp_path / f"unipen_7.{ending}").write_bytes((handwriting / "unipen" / f"unipen_7.{ending}").read_bytes())
    hands = UnipenHands(tmp_path, "validation")
    with pytest.raises(ValueError, match="nobody's capitals"):
        hands.pick(make_rng())


def test_own_word_comes_before_spelling(handwriting: Path) -> None:
    hand = UnipenHands(handwriting, "validation").pick(make_rng())
    assert written_word("Mother,", hand, make_rng())[0] == "mother,"
    assert written_word("Zebra", hand, make_rng())[0] == "Zebra"


@pytest.mark.parametrize("text", ["A", "7", "q", "mother", "jazz"])
def test_writing_stands_on_the_baseline(handwriting: Path, text: str) -> None:
    hand = UnipenHands(handwriting, "validation").pick(make_rng())
    writing = hand.word(text, make_rng())
    assert writing is not None
    left, top, _, bottom = writing.bounds
    assert left == pytest.approx(0, abs=0.2)
    assert top < -0.5
    assert -0.3 < bottom < 1.5


def test_sizes_are_found_from_words() -> None:
    """Heights made from known sizes: the least squares must give the sizes back."""
    labels = ["sea", "ocean", "bold", "hat", "gap", "queen", "glad", "help"] * 20
    heights = [50 + 40 * reach(label)[0] + 30 * reach(label)[1] for label in labels]
    found = measure(labels, heights)
    assert found.x_height == pytest.approx(50, rel=0.06)
    assert found.ascender == pytest.approx(40, rel=0.08)
    assert found.descender == pytest.approx(30, rel=0.12)


def test_climbing_word_is_levelled() -> None:
    waves = [(10.0 * n, (100.0 if n % 2 else 50.0) - 1.5 * n) for n in range(30)]
    levelled = on_baseline("wwwwww", (stroke(*waves),), Measures(50, 40, 40))
    assert levelled is not None
    low = levelled.strokes[0][1::2, 1]
    assert np.ptp(low) < 0.15
    assert abs(float(np.median(low))) < 0.15


def test_ink_that_cannot_be_the_label_is_refused() -> None:
    assert on_baseline("a", (stroke((0, 0), (2000, 50)),), Measures(50, 40, 40)) is None


def test_fonts_write_without_a_handwriting_folder() -> None:
    hands = FontHands()
    assert len(hands.names) >= 2
    for name in hands.names:
        hand: Hand = hands.hand(name)
        writing = hand.word("Compassion", make_rng())
        assert writing is not None
        assert writing.filled
        assert 1.0 < hand.capital_height < 3.0


def test_every_font_has_its_licence_beside_it() -> None:
    for name in FontHands().names:
        licence = FontHands().hand(name).path.with_name(f"{name}.LICENSE.txt")
        assert "SIL Open Font License" in licence.read_text(encoding="utf-8")


def test_a_folder_without_fonts_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no fonts"):
        FontHands(tmp_path)
