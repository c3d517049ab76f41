"""Fits the weights of the merge to simulated nominations, of which the truth is known: `pipeline/merge/weights.toml`.

    python -m pipeline.training.fit_weights [--nominations 60000] [--seed 1] [--out FILE]

Counts how often pairs of one nomination, and any two nominations of an organisation, agree in each way. A simulated world is more orderly than the real one, and some things must never be told from it; what is set by
hand stands in `RULES` and `AT_LEAST`.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from forms.whole_file import whole_file
from pipeline.merge import find_nominees
from pipeline.merge.comparisons import BLOCKING, COMPARISONS, Blocking
from pipeline.merge.match import LevelWeight, Weights, linking, shipped_weights, weights_text
from pipeline.merge.table import comparison_table
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.simulation import simulate
from pipeline.simulate.nominations.statements import people_of, statement_of

RULES = {("nominee", "two_staff"): 1e-8, ("nominee", "different"): 1e-8, ("team", "two_teams_thanked"): 1e-8}
"""Of pairs of one nomination, how many agree in this way, where that is a rule: one who praises two people in the same
words has made two nominations, however much else agrees. A hundred millionth outweighs all else together."""
AT_LEAST = {
    ("nominee", "person_and_team"): 2e-4,
    ("nominator_type", "different"): 0.05,
    ("nominator", "different"): 0.03,
    ("nominator", "contacts_only"): 0.02,
    ("team", "different_teams_thanked"): 0.02,
    ("day", "month"): 0.03,
    ("day", "longer"): 0.015,
}
"""The same, where a simulated world is too orderly: people tick another box the second time, and tell a story again a
month later. Estimates by hand."""
PRIOR = 1e-4
"""Of all pairs of an organisation's sources, how many are of one nomination: about one source in nine has another, so in
an organisation of 2,000 sources one pair in 10,000. Set, because it would change with the size of the world."""
_SMALL = 400
_ADDED = 1.0
"""Pairs added to each count, so that what wasn't seen isn't impossible."""

Counts = Mapping[str, Mapping[tuple[bool, str], int]]
"""By comparison: pairs by whether they are of one nomination, and by level."""


def count_levels(plan: Plan, blocking: Blocking) -> Counts:
    """Return how pairs of a simulated world agree, among those that `blocking` lets be compared."""
    import pyarrow as pa

    world = simulate(plan)
    sources = list(world.sources)
    statements = [statement_of(source) for source in sources]
    people = {organisation.code: people_of(organisation) for organisation in world.organisations}
    truth = pa.table({"id": range(len(sources)), "nomination": [f"{s.organisation} {s.nomination}" for s in sources]})
    counts: dict[str, dict[tuple[bool, str], int]] = {}
    table = comparison_table(statements, find_nominees(statements, people))
    with linking(table, shipped_weights(), blocking) as at:
        found = at.linker.inference.predict(warning_mode="never")
        at.connection.register("truth", truth)
        for comparison in COMPARISONS:
            names = [level.name for level in reversed(comparison.all_levels)]
            rows = at.connection.execute(
                f"SELECT one.nomination = other.nomination, gamma_{comparison.name}, count(*) "  # noqa: S608
                f"FROM {found.physical_name} JOIN truth one ON unique_id_l = one.id "
                "JOIN truth other ON unique_id_r = other.id GROUP BY ALL"
            ).fetchall()
            counts[comparison.name] = {(same, names[level]): count for same, level, count in rows if level >= 0}
    return counts


def fit(together: Counts, strangers: Counts) -> Weights:
    """Return the weights that counts make, with what is set by hand.

    `together` tells of pairs of one nomination, `strangers` of pairs of two.
    """
    levels = {}
    for comparison in COMPARISONS:
        names = [level.name for level in comparison.all_levels]
        m = _shares([together[comparison.name].get((True, name), 0) for name in names])
        u = _shares([strangers[comparison.name].get((False, name), 0) for name in names])
        levels[comparison.name] = {
            name: LevelWeight(
                RULES.get((comparison.name, name), max(m[n], AT_LEAST.get((comparison.name, name), 0.0))), u[n]
            )
            for n, name in enumerate(names)
        }
    return Weights(PRIOR, levels)


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
    # All pairs of small organisations, a million and more, stand for any two nominations of one organisation.
    small = Plan(count=_SMALL * asked.organisations, organisations=asked.organisations, seed=asked.seed + 1)
    weights = fit(count_levels(plan, BLOCKING), count_levels(small, (("l.organisation = r.organisation", ()),)))
    told = f"{asked.nominations:,} nominations of {asked.organisations} organisations, seed {asked.seed}"
    with whole_file(asked.out) as beside:
        beside.write_text(weights_text(weights, f"Fitted by pipeline/training/fit_weights.py: {told}."), encoding="utf-8")
    print(f"{asked.out}: {told}")


if __name__ == "__main__":
    main()
