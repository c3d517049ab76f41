import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.lists import score_candidates
from pipeline.records import Reading
from tests.pipeline.strips import CAPITALS, sure_reading

NAMES = (
    "SMITH", "SMYTH", "JONES", "MATTHEWS", "MATHEW", "O'BRIEN", "BRIEN", "DE LA CRUZ", "CRUZ",
    "FITZWILLIAM-FEATHERSTONEHAUGH", "LI", "ANNE-MARIE", "OKONKWO",
)  # fmt: skip
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)


def best(written: str, candidates: tuple[str, ...] = NAMES, boxes: int = 18) -> str:
    return candidates[int(score_candidates(*sure_reading(written, boxes), candidates).argmax())]


@given(st.lists(names, min_size=1, max_size=30, unique=True), st.integers(0, 10**6))
def test_the_name_as_written_scores_best(candidates: list[str], choice: int) -> None:
    written = candidates[choice % len(candidates)]
    scores = score_candidates(*sure_reading(written, sureness=0.97), candidates)
    assert scores.argmax() == candidates.index(written)
    assert scores.max() <= 0.0


@given(st.lists(names, min_size=1, max_size=12, unique=True), names, st.randoms(use_true_random=False))
def test_a_score_depends_on_neither_order_nor_company(candidates: list[str], written: str, random: object) -> None:
    shuffled = candidates.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    row = sure_reading(written)
    scores = dict(zip(shuffled, score_candidates(*row, shuffled), strict=True))
    for candidate, score in zip(candidates, score_candidates(*row, candidates), strict=True):
        assert score == pytest.approx(scores[candidate], abs=1e-4)
        assert score == pytest.approx(score_candidates(*row, [candidate])[0], abs=1e-4)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SMITH", "SMITH"),
        ("  SMITH", "SMITH"),
        ("SMI TH", "SMITH"),
        ("SMIITH", "SMITH"),
        ("MATTNEWS", "MATTHEWS"),
        ("MATHEWS", "MATTHEWS"),
        ("MATTTHEWS", "MATTHEWS"),
        ("OBRIEN", "O'BRIEN"),
        ("O BRIEN", "O'BRIEN"),
        ("O'BRIEN", "O'BRIEN"),
        ("DELACRUZ", "DE LA CRUZ"),
        ("DE LA CRUZ", "DE LA CRUZ"),
        ("ANNE MARIE", "ANNE-MARIE"),
        ("ANNEMARIE", "ANNE-MARIE"),
        ("FITZWILLIAM-FEATHE", "FITZWILLIAM-FEATHERSTONEHAUGH"),
        ("FITZWILLIAM", "FITZWILLIAM-FEATHERSTONEHAUGH"),
        ("OKONKW", "OKONKWO"),
    ],
)
def test_what_writers_do_to_names(written: str, meant: str) -> None:
    assert best(written) == meant


def test_each_liberty_costs_something() -> None:
    row = sure_reading("O'BRIEN")
    exact, without, other = score_candidates(*row, ("O'BRIEN", "OBRIEN", "O'BRYAN"))
    assert exact > without
    assert exact > other


def test_cut_off_at_the_last_box_only() -> None:
    cut, ended = sure_reading("CHOLMONDELEY", boxes=12), sure_reading("CHOLMONDELEY", boxes=14)
    name = ("CHOLMONDELEYSON",)
    assert score_candidates(*cut, name)[0] > score_candidates(*ended, name)[0] + 3


def test_accents_and_small_letters_are_as_written_in_boxes() -> None:
    same = score_candidates(*sure_reading("MULLER"), ("Müller", "MULLER"))
    assert same[0] == same[1]
    assert best("LOWE", ("Łowe", "Love")) == "Łowe"


def test_signs_outside_the_alphabet_are_no_fault_of_the_list() -> None:
    scores = score_candidates(*sure_reading("WARD"), ("WARD 7", "7", ""))
    assert np.isfinite(scores).all()
    assert scores.argmax() == 0


def test_a_row_that_says_nothing_prefers_nobody() -> None:
    reading, strip = sure_reading("")
    assert score_candidates(reading, strip, NAMES).tolist() == [0.0] * len(NAMES)
    reading, strip = sure_reading("SMITH")
    assert score_candidates(Reading("SMITH", 0.9), strip, NAMES).tolist() == [0.0] * len(NAMES)
    assert score_candidates(reading, strip, ()).shape == (0,)


def test_a_second_guess_counts() -> None:
    reading, strip = sure_reading("SMNTH", sureness=0.6)
    assert reading.characters is not None
    reading.characters[2, CAPITALS.index("Y")] = 0.35
    assert NAMES[int(score_candidates(reading, strip, NAMES).argmax())] == "SMYTH"
