"""Fits the weights of the merge to simulated nominations, of which the truth is known: `pipeline/merge/weights.toml`.

    python -m pipeline.training.fit_weights [--nominations 60000] [--seed 1] [--out FILE]

Counts, among the pairs that are compared at all, how often those of one nomination and those of two agree in each way. A simulated world is more orderly than the real one, and some things must never be told from it; what is set by
hand stands in `RULES` and `AT_LEAST`.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from forms.whole_file import whole_file
from pipeline.merge import find_nominees
from pipeline.merge.comparisons import COMPARISONS, NOMINEE
from pipeline.merge.match import LevelWeight, Weights, linking, weights_text
from pipeline.merge.table import comparison_table
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.simulation import simulate
from pipeline.simulate.nominations.statements import people_of, statement_of

RULES = {
    **{("nominee", name): 1e-11 for name in ("two_staff", "two_wards", "different")},
    **{("nominee", name): 3e-9 for name in ("teams_differ", "person_and_team")},
}
"""Of pairs of one nomination, how many agree in this way, where that is a rule: one who praises two people in the same
words has made two nominations, however much else agrees. So small a share outweighs all else
together; the greater one, of teams that may be one by another name, lets a person be asked."""
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
"""The same, where a simulated world is too orderly: people tick another box the second time, and tell a story again a
month later. Estimates by hand."""
_COMPARED = 1 / 128
"""Of two nominations' pairs, how many are compared at all, because the nominees are alike in some way or much else is.
Counts are of those that are compared; by this factor the nominee weighs as it does among all pairs, which is what a
person expects to be told: that it is the same nominee is a reason, not a matter of course."""
_ADDED = 1.0
"""Pairs added to each count, so that what wasn't seen isn't impossible."""

_EVEN = Weights(
    0.5, {comparison.name: {level.name: LevelWeight(0.5, 0.5) for level in comparison.all_levels} for comparison in COMPARISONS}
)
"""Weights that say nothing: levels are only counted."""

Counts = Mapping[str, Mapping[tuple[bool, str], int]]
"""By comparison: pairs by whether they are of one nomination, and by level."""


def count_levels(plan: Plan) -> tuple[Counts, float]:
    """Return how pairs of a simulated world agree that are compared, and which share of them is of one nomination."""
    import pyarrow as pa

    world = simulate(plan)
    sources = list(world.sources)
    statements = [statement_of(source) for source in sources]
    people = {organisation.code: people_of(organisation) for organisation in world.organisations}
    truth = pa.table({"id": range(len(sources)), "nomination": [f"{s.organisation} {s.nomination}" for s in sources]})
    counts: dict[str, dict[tuple[bool, str], int]] = {}
    table = comparison_table(statements, find_nominees(statements, people))
    with linking(table, _EVEN) as at:
        found = at.linker.inference.predict(warning_mode="never")
        at.connection.register("truth", truth)
        nominee_levels = [level.name for level in reversed(NOMINEE.all_levels)]
        by_rule = [n for n, name in enumerate(nominee_levels) if (NOMINEE.name, name) in RULES]
        for comparison in COMPARISONS:
            names = [level.name for level in reversed(comparison.all_levels)]
            # Pairs that a rule keeps apart say nothing of the others: two thanks in the same words are mostly theirs.
            ruled = "" if comparison is NOMINEE else f"WHERE gamma_nominee NOT IN ({', '.join(map(str, by_rule))})"
            rows = at.connection.execute(
                f"SELECT one.nomination = other.nomination, gamma_{comparison.name}, count(*) "  # noqa: S608
                f"FROM {found.physical_name} JOIN truth one ON unique_id_l = one.id "
                f"JOIN truth other ON unique_id_r = other.id {ruled} GROUP BY ALL"
            ).fetchall()
            counts[comparison.name] = {(same, names[level]): count for same, level, count in rows if level >= 0}
            if comparison is NOMINEE:
                total = [sum(count for same, _, count in rows if same is which) for which in (True, False)]
    return counts, total[0] / sum(total)


def fit(counts: Counts, prior: float) -> Weights:
    """Return the weights that counts make, with what is set by hand; `prior` is the share of pairs that are of one
    nomination."""
    levels = {}
    for comparison in COMPARISONS:
        names = [level.name for level in comparison.all_levels]
        m, u = (_shares([counts[comparison.name].get((same, name), 0) for name in names]) for same in (True, False))
        compared = _COMPARED if comparison is NOMINEE else 1.0
        levels[comparison.name] = {
            name: LevelWeight(
                RULES.get((comparison.name, name), max(m[n], AT_LEAST.get((comparison.name, name), 0.0))),
                u[n] * compared,
            )
            for n, name in enumerate(names)
        }
    odds = prior / (1 - prior) * _COMPARED
    return Weights(odds / (1 + odds), levels)


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) + _ADDED * len(counts)
    return [(count + _ADDED) / total for count in counts]


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nominations", type=int, default=60_000)
    parser.add_argument("--organisations", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("pipeline/merge/weights.toml"))
    asked = parser.parse_args()
    plan = Plan(count=asked.nominations, organisations=asked.organisations, seed=asked.seed)
    weights = fit(*count_levels(plan))
    told = f"{asked.nominations:,} nominations of {asked.organisations} organisations, seed {asked.seed}"
    with whole_file(asked.out) as beside:
        beside.write_text(weights_text(weights, f"Fitted by pipeline/training/fit_weights.py: {told}."), encoding="utf-8")
    print(f"{asked.out}: {told}")


if __name__ == "__main__":
    main()
