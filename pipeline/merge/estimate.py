"""Works out what agreeing and differing weigh, from pairs of which it is known whether they are one nomination.

Counts, among the pairs that are compared at all, how often those of one nomination and those of two agree in each
way. Data are more orderly than the world, and some things must never be told from them; what is set by hand stands in
`RULES` and `AT_LEAST`. Splink's own estimate without known pairs (expectation maximisation) was tried and is not
used: on nominations it finds people who are thanked often, not thanks that were told twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.merge.comparisons import COMPARISONS, NOMINEE
from pipeline.merge.match import LevelWeight, Linking, Weights, linking
from pipeline.merge.nominees import Nominee
from pipeline.merge.table import comparison_table
from pipeline.statement import Statement

RULES = {
    **{("nominee", name): -26.0 for name in ("two_staff", "two_wards", "different")},
    **{("nominee", name): -17.0 for name in ("twins", "teams_differ", "person_and_team", "same_last")},
}
"""What weighs as a rule, in bits: one who praises two people in the same words has made two nominations, however much
else agrees. All else together comes to some 18 bits, which the first outweigh; the others, of teams that may be one
by another name, of namesakes that may be mistaken for each other and of first names that may be unknown short forms,
let a person be asked."""
AT_LEAST = {
    ("story", "few_words"): 0.03,
    ("nominator_type", "different"): 0.05,
    ("nominator", "different"): 0.03,
    ("nominator", "contacts_only"): 0.02,
    ("ward", "different"): 0.03,
    ("day", "received_month"): 0.04,
    ("day", "received_longer"): 0.08,
    ("day", "month"): 0.03,
    ("day", "longer"): 0.015,
}
"""The same, where data are too orderly: people tick another box the second time, and tell a story again a month
later. Estimates by hand."""
_COMPARED = 1 / 128
"""Of two nominations' pairs, how many are compared at all, because the nominees are alike in some way or much else is.
Counts are of those that are compared; by this factor the nominee weighs as it does among all pairs, which is what a
person expects to be told: that it is the same nominee is a reason, not a matter of course."""
_LEANING = 2**-2.4
"""What agrees hangs together, so that sums of weights promise too much: of simulated pairs (seed 102) that came to five
bits without this, 86 % were one nomination, not 97 %."""
_ADDED = 1.0
"""Pairs added to each count, so that what wasn't seen isn't impossible."""
_TRUSTED = 200.0
"""Pairs that the weights one starts from count as much as."""
_EVEN = Weights(
    0.5,
    {
        comparison.name: {level.name: LevelWeight(0.5, 0.5) for level in comparison.all_levels}
        for comparison in COMPARISONS
    },
)
"""Weights that say nothing: levels are only counted."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How pairs agree that are compared."""

    levels: Mapping[str, Mapping[tuple[bool, str], int]]
    """By comparison: pairs by whether they are of one nomination, and by level. Pairs that a rule keeps apart are left
    out but of the nominee's: two thanks in the same words are mostly theirs."""
    same: int
    """Pairs of one nomination."""
    apart: int


def count_levels(
    statements: Sequence[Statement],
    nominees: Sequence[Nominee],
    same: Collection[tuple[int, int]],
    unclear: Collection[tuple[int, int]] = (),
) -> Counts:
    """Count how pairs agree; `same` are those of one nomination, by places, the lower first; all others but the
    `unclear` ones are of two."""
    with linking(comparison_table(statements, nominees), _EVEN) as at:
        found = at.linker.inference.predict(warning_mode="never").physical_name
        _register(at, "same_pairs", same)
        _register(at, "unclear_pairs", unclear)
        at.connection.execute(
            f"CREATE TABLE judged AS SELECT found.*, same_pairs.one IS NOT NULL AS same FROM {found} found "  # noqa: S608
            "LEFT JOIN same_pairs ON least(unique_id_l, unique_id_r) = same_pairs.one "
            "AND greatest(unique_id_l, unique_id_r) = same_pairs.other "
            "ANTI JOIN unclear_pairs ON least(unique_id_l, unique_id_r) = unclear_pairs.one "
            "AND greatest(unique_id_l, unique_id_r) = unclear_pairs.other"
        )
        levels = {comparison.name: _counted(at, comparison.name) for comparison in COMPARISONS}
        totals = dict(at.connection.execute("SELECT same, count(*) FROM judged GROUP BY ALL").fetchall())
    return Counts(levels, totals.get(True, 0), totals.get(False, 0))


def _register(at: Linking, name: str, pairs: Collection[tuple[int, int]]) -> None:
    import pyarrow as pa

    columns = {"one": [one for one, _ in pairs], "other": [other for _, other in pairs]}
    schema = pa.schema([("one", pa.int64()), ("other", pa.int64())])
    at.connection.register(name, pa.table(columns, schema=schema))


def _counted(at: Linking, name: str) -> dict[tuple[bool, str], int]:
    (comparison,) = (comparison for comparison in COMPARISONS if comparison.name == name)
    names = [level.name for level in reversed(comparison.all_levels)]
    nominees = [level.name for level in reversed(NOMINEE.all_levels)]
    by_rule = ", ".join(str(n) for n, level in enumerate(nominees) if (NOMINEE.name, level) in RULES)
    left_out = "" if comparison is NOMINEE else f"WHERE gamma_nominee NOT IN ({by_rule})"
    rows = at.connection.execute(
        f"SELECT same, gamma_{name}, count(*) FROM judged {left_out} GROUP BY ALL"  # noqa: S608
    ).fetchall()
    return {(same, names[level]): count for same, level, count in rows if level >= 0}


def fit(counts: Counts, start: Weights | None = None) -> Weights:
    """Return the weights that counts make, with what is set by hand; with `start`, a little is learnt from few pairs
    and much from many."""
    prior = counts.same / (counts.same + counts.apart)
    odds = prior / (1 - prior) * _COMPARED * _LEANING
    levels = {}
    for comparison in COMPARISONS:
        names = [level.name for level in comparison.all_levels]
        compared = _COMPARED if comparison is NOMINEE else 1.0
        before = start.levels[comparison.name] if start else None
        told = counts.levels[comparison.name]
        m = _shares(
            [told.get((True, name), 0) for name in names], [before[name].m for name in names] if before else None
        )
        u = _shares(
            [told.get((False, name), 0) for name in names],
            [before[name].u / compared for name in names] if before else None,
        )
        levels[comparison.name] = {
            name: LevelWeight(
                _ruled(comparison.name, name, m[n], u[n] * compared),
                u[n] * compared,
            )
            for n, name in enumerate(names)
        }
    return Weights(odds / (1 + odds), levels)


def _ruled(comparison: str, level: str, m: float, u: float) -> float:
    """Return how many pairs of one nomination are taken to be on a level of which `m` are."""
    if (comparison, level) in RULES:
        return float(u * 2 ** RULES[comparison, level])
    return max(m, AT_LEAST.get((comparison, level), 0.0))


def _shares(counts: Sequence[int], before: Sequence[float] | None) -> list[float]:
    added = [_TRUSTED * share for share in before] if before else [_ADDED] * len(counts)
    total = sum(counts) + sum(added)
    return [(count + more) / total for count, more in zip(counts, added, strict=True)]
