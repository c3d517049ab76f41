"""Reads a ward, team or department in boxes, and tells which ward of the list it means, if any."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forms.organisation import Ward
from pipeline.engines.lists import score_candidates
from pipeline.lists import Lists, plain_capitals
from pipeline.parse.letters import PLACE
from pipeline.parse.names import Ranked, Row, read_open
from pipeline.records import Match

_ON_LIST = 0.75
_SAME_WARD = 0.6
"""How often a nominee's team, where it is written, is the ward that the staff list gives."""


def read_place(row: Row, lists: Lists, by_member: NDArray[np.float64]) -> tuple[Ranked, Match, NDArray[np.float64]]:
    """Read a place: texts as written, the ward that is meant, and each ward's probability.

    `by_member`: how likely each member of staff is the nominee, (staff,); their wards are likelier.
    """
    if not row.written:
        return [("", 1.0)], Match("", 1.0), np.zeros(len(lists.wards))
    unlisted = read_open(row, kind=PLACE)
    if not lists.wards or row.reading.characters is None:
        return unlisted.words, Match("", 1.0), np.zeros(len(lists.wards))
    forms, wards = _forms(lists.wards)
    likelihood = score_candidates(row.reading, row.strip, forms)
    prior = _ward_prior(lists, by_member)[wards] / np.bincount(wards)[wards]
    log_listed = likelihood + np.log(prior * _ON_LIST)
    log_open = unlisted.log_total + np.log(1 - _ON_LIST)
    top = max(float(log_listed.max()), log_open)
    listed, open_share = np.exp(log_listed - top), float(np.exp(log_open - top))
    total = float(listed.sum()) + open_share
    shares: dict[str, float] = defaultdict(float)
    for form, share in zip(forms, listed / total, strict=True):
        shares[form] += float(share)
    for text, probability in unlisted.words:
        shares[text] += probability * open_share / total
    by_ward = np.bincount(wards, weights=listed / total, minlength=len(lists.wards))
    best = int(by_ward.argmax())
    nowhere = open_share / total
    match = Match(lists.wards[best].code, float(by_ward[best])) if by_ward[best] > nowhere else Match("", nowhere)
    ranked = sorted(((text, p) for text, p in shares.items() if p > 1e-6), key=lambda pair: -pair[1])[:8]
    return ranked, match, np.asarray(by_ward, dtype=np.float64)


def weigh_by_ward(by_member: NDArray[np.float64], by_ward: NDArray[np.float64], lists: Lists) -> NDArray[np.float64]:
    """Tell members of one name apart by the ward that was written."""
    if not by_member.size or not by_ward.size or by_ward.sum() <= 0:
        return by_member
    code = {ward.code: n for n, ward in enumerate(lists.wards)}
    own = np.array([by_ward[code[m.ward]] if m.ward in code else 0.0 for m in lists.staff])
    weighed = by_member * (1 - _SAME_WARD + _SAME_WARD * own * len(lists.wards) * 0.5)
    total = float(weighed.sum())
    return by_member if total <= 0 else np.asarray(weighed * (by_member.sum() / total))


def _forms(wards: Sequence[Ward]) -> tuple[list[str], NDArray[np.int64]]:
    """The ways a ward is written: its name, its code, "W21" for "Ward 21"."""
    forms: list[str] = []
    rows: list[int] = []
    for n, ward in enumerate(wards):
        name = plain_capitals(ward.name)
        ways = {name, plain_capitals(ward.code)}
        if name.startswith("WARD "):
            ways |= {name.removeprefix("WARD "), "W" + name.removeprefix("WARD ").replace(" ", "")}
        elif not name.endswith(("WARD", "UNIT", "TEAM", "DEPARTMENT")):
            ways.add(f"{name} WARD")
        for way in sorted(ways):
            forms.append(way)
            rows.append(n)
    return forms, np.array(rows, dtype=np.int64)


def _ward_prior(lists: Lists, by_member: NDArray[np.float64]) -> NDArray[np.float64]:
    even = np.full(len(lists.wards), 1.0 / len(lists.wards))
    if not by_member.size or by_member.sum() <= 0:
        return even
    code = {ward.code: n for n, ward in enumerate(lists.wards)}
    own = np.zeros(len(lists.wards))
    for member, share in zip(lists.staff, by_member, strict=True):
        if share > 1e-4 and member.ward in code:
            own[code[member.ward]] += share
    return (1 - _SAME_WARD * float(own.sum())) * even + _SAME_WARD * own
