"""Reads names in boxes, and tells whom on the staff list they mean, if anybody.

Two accounts of what was written are weighed against each other: that it is some form of a listed member's name, and
that it is a name on no list, spelled as names are spelled. What the writer wrote and whom it means stay apart.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.boxes import held_boxes, held_words
from pipeline.engines.lists import score_candidates
from pipeline.lists import Lists
from pipeline.parse.letters import EITHER, FIRST, LAST, PLACE, code_words, known_words, likeliest_words, word_parts
from pipeline.records import Match, Reading, Strip

_ON_LIST = 0.8
"""How many nominees are on their organisation's staff list (an estimate; volunteers and contractors are not)."""
_KNOWN_WORD, _LISTED_WORD, _CODE_WORD = 0.5, 0.2, 0.12
"""Of names on no staff list: how many are in the dictionary, how many are some member's name, and, of words of a
place, how many are numbers. What is left is spelled as names are."""

_FLOOR = 1e-4
_DOUBLE = float(np.log(0.03))
"""How often a name is double-barrelled."""
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ'-")

Ranked = list[tuple[str, float]]
"""Texts with probabilities, best first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of boxes as an engine read it."""

    strip: Strip
    reading: Reading

    @property
    def written(self) -> bool:
        """Whether anything is written in it."""
        return any(held_boxes(self.reading, self.strip))


@dataclass(frozen=True, slots=True)
class PersonReading:
    """First and last name as written, and the member of staff they mean."""

    first: Ranked
    last: Ranked
    staff: Match
    by_member: NDArray[np.float64]
    """(staff,): each member's probability."""


def read_person(first: Row, last: Row, lists: Lists) -> PersonReading:
    """Read a nominee's name. A row with nothing in it says nothing."""
    open_first, open_last = read_open(first, lists.first_forms, FIRST), read_open(last, lists.last_forms, LAST)
    by_pair = _listed_account(first, last, lists)
    log_listed = _log_sum(by_pair) + np.log(_ON_LIST) if by_pair.size else -np.inf
    log_open = open_first.log_total + open_last.log_total + np.log(1 - _ON_LIST if by_pair.size else 1.0)
    share_listed = float(1 / (1 + np.exp(np.clip(log_open - log_listed, -50, 50)))) if by_pair.size else 0.0
    posterior = np.exp(by_pair - _log_sum(by_pair)) * share_listed if by_pair.size else by_pair
    by_member = np.zeros(len(lists.staff))
    if posterior.size:
        np.add.at(by_member, lists.pairs[:, 0], posterior)
    return PersonReading(
        first=_mix(lists.first_forms, lists.pairs[:, 1], posterior, open_first.words, 1 - share_listed),
        last=_mix(lists.last_forms, lists.pairs[:, 2], posterior, open_last.words, 1 - share_listed),
        staff=choose_member(by_member, lists),
        by_member=by_member,
    )


def choose_member(by_member: NDArray[np.float64], lists: Lists) -> Match:
    """The likeliest member of staff, or nobody when that is likelier than any."""
    nobody = max(0.0, 1.0 - float(by_member.sum()))
    if not by_member.size or float(by_member.max()) < nobody:
        return Match("", nobody)
    best = int(by_member.argmax())
    return Match(lists.staff[best].staff_id, float(by_member[best]))


@dataclass(frozen=True, slots=True)
class OpenReading:
    """A row read without a list: texts with probabilities, and how likely any of them is to look like this."""

    words: Ranked
    log_total: float


def read_open(row: Row, names: tuple[str, ...] = (), kind: str = EITHER) -> OpenReading:
    """Read a row as names are spelled: each word a common one, one of `names`, or any letters that make one.

    `kind`: which names, or places (`pipeline.parse.letters`).
    """
    if not row.written or row.reading.characters is None:
        return OpenReading([(row.reading.text, row.reading.probability)] if row.written else [("", 1.0)], 0.0)
    boxes = np.clip(np.asarray(row.reading.characters, dtype=np.float64), _FLOOR, 1.0)
    texts: Ranked = [("", 1.0)]
    log_total = 0.0
    for word in held_words(row.reading, row.strip):
        ranked, log_word = _open_word(boxes[word], row.strip.alphabet, names, kind)
        log_total += log_word
        texts = _best([(f"{a} {b}".strip(), p * q) for a, p in texts for b, q in ranked])
    return OpenReading(texts, log_total)


def _open_word(boxes: NDArray[np.float64], alphabet: str, names: tuple[str, ...], kind: str) -> tuple[Ranked, float]:
    """Read one word; the parts of a double-barrelled name are names of their own."""
    parts = word_parts(boxes, alphabet)
    texts: Ranked = [("", 1.0)]
    log_total = 0.0
    for number, (start, end) in enumerate(parts):
        ranked, log_part = _open_part(boxes[start:end], alphabet, names, kind)
        hyphen = "-" if number else ""
        texts = _best([(a + hyphen + b, p * q) for a, p in texts for b, q in ranked])
        log_total += log_part
    if len(parts) > 1:
        log_total += float(np.log(boxes[[start - 1 for start, _ in parts[1:]], alphabet.index("-")]).sum())
        log_total += (len(parts) - 1) * _DOUBLE
    return texts, log_total


def _open_part(boxes: NDArray[np.float64], alphabet: str, names: tuple[str, ...], kind: str) -> tuple[Ranked, float]:
    listed, log_listed = _one_of(boxes, alphabet, names)
    codes = code_words(boxes, alphabet) if kind == PLACE else []
    log_codes = float(np.logaddexp.reduce([score for _, score in codes])) if codes else -np.inf
    accounts = [
        (*known_words(boxes, alphabet, kind), _KNOWN_WORD),
        (listed, log_listed, _LISTED_WORD),
        (codes, log_codes, _CODE_WORD if codes else 0.0),
    ]
    spelled, log_spelled = likeliest_words(boxes, alphabet, kind)
    taken = sum(share for ranked, _, share in accounts if ranked)
    accounts.append((spelled, log_spelled, 1.0 - taken))
    log_total = float(np.logaddexp.reduce([log + np.log(share) for ranked, log, share in accounts if ranked]))
    scores: dict[str, float] = defaultdict(float)
    for ranked, _, share in accounts:
        for text, score in ranked:
            scores[text] += share * float(np.exp(score - log_total))
    return _best([(text, min(1.0, probability)) for text, probability in scores.items()]), log_total


def _one_of(boxes: NDArray[np.float64], alphabet: str, names: tuple[str, ...]) -> tuple[Ranked, float]:
    """Weigh those of `names` that fill the boxes; log likelihoods, each name as likely as another."""
    known = _by_length(names).get(len(boxes), [])
    if not known:
        return [], -np.inf
    index = np.array([[alphabet.find(c) for c in name] for name in known])
    likelihood = np.log(boxes)[np.arange(len(boxes)), index].sum(axis=1) - np.log(len(names))
    return [(known[n], float(likelihood[n])) for n in np.argsort(-likelihood)[:6]], _log_sum(likelihood)


def _best(texts: Ranked) -> Ranked:
    return sorted(texts, key=lambda pair: -pair[1])[:12]


def _listed_account(first: Row, last: Row, lists: Lists) -> NDArray[np.float64]:
    """Log probability of every way a member's name may be written, prior included."""
    if not lists.staff or not (first.written or last.written):
        return np.zeros(0)
    scores = -np.log(len(lists.staff)) + lists.pair_log_share
    for row, forms, column in ((first, lists.first_forms, 1), (last, lists.last_forms, 2)):
        if row.written and row.reading.characters is not None:
            scores = scores + score_candidates(row.reading, row.strip, forms)[lists.pairs[:, column]]
    return np.asarray(scores)


def _mix(
    forms: Sequence[str], rows: NDArray[np.int64], posterior: NDArray[np.float64], words: Ranked, share_open: float
) -> Ranked:
    """Put both accounts of one row together: the same text by either is the same text."""
    shares: dict[str, float] = defaultdict(float)
    if posterior.size:
        by_form = np.bincount(rows, weights=posterior, minlength=len(forms))
        for n in np.argsort(-by_form)[:8]:
            shares[forms[n]] += float(by_form[n])
    for text, probability in words:
        shares[text] += share_open * probability
    return sorted(((t, p) for t, p in shares.items() if p > 1e-6), key=lambda pair: -pair[1])[:8]


@lru_cache(maxsize=16)
def _by_length(names: tuple[str, ...]) -> dict[int, list[str]]:
    """The given names by their length; what isn't one word of plain capitals is left out."""
    words = {word for word in names if len(word) > 1 and set(word) <= _LETTERS}
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        by_length[len(word)].append(word)
    return dict(by_length)


def _log_sum(values: NDArray[np.float64]) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum()))
