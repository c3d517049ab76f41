"""Fits the weights of the merge to simulated nominations, of which the truth is known: `pipeline/merge/weights.toml`.

python -m pipeline.training.fit_weights [--nominations 60000] [--organisations 24] [--seed 1] [--out FILE]
"""

import argparse
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from forms.whole_file import whole_file
from pipeline.merge import find_nominees
from pipeline.merge.estimate import count_levels, fit
from pipeline.merge.match import weights_text
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.simulation import simulate
from pipeline.simulate.nominations.statements import people_of, statement_of


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nominations", type=int, default=60_000)
    parser.add_argument("--organisations", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("pipeline/merge/weights.toml"))
    asked = parser.parse_args()
    world = simulate(Plan(count=asked.nominations, organisations=asked.organisations, seed=asked.seed))
    people = {organisation.code: people_of(organisation) for organisation in world.organisations}
    statements, places = [], defaultdict(list)
    for place, source in enumerate(world.sources):
        statements.append(statement_of(source))
        places[source.organisation, source.nomination].append(place)
    same = {pair for members in places.values() for pair in combinations(members, 2)}
    weights = fit(count_levels(statements, find_nominees(statements, people), same))
    told = f"{asked.nominations:,} nominations of {asked.organisations} organisations, seed {asked.seed}"
    with whole_file(asked.out) as beside:
        beside.write_text(
            weights_text(weights, f"Fitted by pipeline/training/fit_weights.py: {told}."), encoding="utf-8"
        )
    print(f"{asked.out}: {told}")


if __name__ == "__main__":
    main()
