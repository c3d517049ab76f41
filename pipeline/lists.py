"""The lists that readings are weighed against: an organisation's staff and wards, and the forms people write."""

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from forms.organisation import StaffMember, Ward

_NICKNAME_SHARE = 0.12
"""How many people write a short form of a first name (an estimate, no figures were found)."""
_INITIAL_SHARE = 0.02


def plain_capitals(text: str) -> str:
    """Write a name as it is written in boxes: capitals without accents."""
    text = text.replace("’", "'")
    if text.isascii():
        return " ".join(text.upper().split())
    flat = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return " ".join("".join(c for c in flat if not unicodedata.combining(c)).upper().split())


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Short forms by the name they stand for."""
    text = resources.files("pipeline.parse").joinpath("nicknames.toml").read_text(encoding="utf-8")
    return {name: tuple(forms) for name, forms in tomllib.loads(text).items()}


def first_name_forms(name: str) -> list[tuple[str, float]]:
    """The forms in which a first name is written, with their shares."""
    full = plain_capitals(name)
    short = list(nicknames().get(full, ()))
    if " " in full or "-" in full:
        short.append(full.replace("-", " ").split()[0])
    forms = [(full, 1.0 - _INITIAL_SHARE - (_NICKNAME_SHARE if short else 0.0))]
    forms += [(form, _NICKNAME_SHARE / len(short)) for form in short]
    return [*forms, (full[:1], _INITIAL_SHARE)]


@dataclass(frozen=True, slots=True)
class Lists:
    """Staff and wards, arranged so that each form of each name is weighed once."""

    staff: tuple[StaffMember, ...]
    wards: tuple[Ward, ...]
    first_forms: tuple[str, ...]
    last_forms: tuple[str, ...]
    pairs: NDArray[np.int64]
    """(P, 3): rows of staff member, first form, last form: every way a member's name may be written."""
    pair_log_share: NDArray[np.float64]
    """(P,): log of how often a member is written that way."""


def make_lists(staff: Sequence[StaffMember] = (), wards: Sequence[Ward] = ()) -> Lists:
    """Arrange an organisation's lists for reading."""
    firsts: dict[str, int] = {}
    lasts: dict[str, int] = {}
    pairs: list[tuple[int, int, int]] = []
    shares: list[float] = []
    for n, member in enumerate(staff):
        last = lasts.setdefault(plain_capitals(member.last_name), len(lasts))
        for form, share in first_name_forms(member.first_name):
            pairs.append((n, firsts.setdefault(form, len(firsts)), last))
            shares.append(share)
    return Lists(
        tuple(staff),
        tuple(wards),
        tuple(firsts),
        tuple(lasts),
        np.array(pairs, dtype=np.int64).reshape(-1, 3),
        np.log(np.array(shares, dtype=np.float64)),
    )
