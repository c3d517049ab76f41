import numpy as np
import pytest

from pipeline.engines.look_alikes import LOOK_ALIKES, folding, permitted_shares

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-."


@pytest.mark.parametrize(
    ("seen", "alphabet", "meant"),
    [
        ("O", DIGITS, {"0": 1.0}),
        ("O", CAPITALS, {"O": 1.0}),
        ("O", CAPITALS + DIGITS, {"O": 1.0}),
        ("g", CAPITALS, {"G": 1.0}),
        ("É", CAPITALS, {"E": 1.0}),
        ("É", CAPITALS + "É", {"É": 1.0}),
        ("７", DIGITS, {"7": 1.0}),
        ("Φ", DIGITS, {"0": 1.0}),
        ("Φ", CAPITALS, {}),
        ("4", CAPITALS, {"A": 1.0}),
        ("’", CAPITALS, {"'": 1.0}),
        ("t", DIGITS, {"1": 1 / 3, "4": 1 / 3, "7": 1 / 3}),
    ],
)
def test_what_is_not_permitted_stands_for_what_is(seen: str, alphabet: str, meant: dict[str, float]) -> None:
    assert permitted_shares(seen, alphabet) == pytest.approx(meant)


def test_no_class_says_more_than_it_has() -> None:
    seen = sorted({character for alike in LOOK_ALIKES.values() for character in alike} | set(DIGITS + CAPITALS))
    for alphabet in (DIGITS, CAPITALS, CAPITALS + DIGITS):
        shares = folding(seen, alphabet).sum(axis=1)
        assert np.all((shares < 1e-6) | (np.abs(shares - 1) < 1e-6))
