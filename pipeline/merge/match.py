"""Compares statements by Splink: which pairs may be one nomination, with what weight, and for which reasons."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import log2
from typing import TYPE_CHECKING, Any

from pipeline.merge.comparisons import BLOCKING, COMPARISONS, Comparison
from pipeline.merge.nominees import Nominee
from pipeline.merge.table import comparison_table
from pipeline.statement import Statement

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI
    from splink.internals.splink_dataframe import SplinkDataFrame

_MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class LevelWeight:
    """How often two statements agree in this way: when they are one nomination (m), and when they are two (u)."""

    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What agreeing and differing weigh."""

    prior: float
    """The probability that two statements that are compared at all are one nomination."""
    levels: Mapping[str, Mapping[str, LevelWeight]]
    """By comparison and level."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one comparison adds to a pair's weight."""

    comparison: str
    level: str
    weight: float
    """In bits: each makes it twice as likely that the two are one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements, by their places, that were compared."""

    one: int
    other: int
    weight: float
    probability: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Linking:
    """Splink, set up over a table of statements, and what it works on."""

    linker: "Linker"
    database: "DuckDBAPI"
    connection: "DuckDBPyConnection"


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the program."""
    return read_weights(resources.files("pipeline.merge").joinpath("weights.toml").read_text(encoding="utf-8"))


def read_weights(text: str) -> Weights:
    """Return the weights that a `weights.toml` holds. Raises ValueError or KeyError when it is none, or incomplete."""
    told = tomllib.loads(text)
    levels = {
        comparison.name: {
            level.name: LevelWeight(*map(float, told[comparison.name][level.name])) for level in comparison.all_levels
        }
        for comparison in COMPARISONS
    }
    return Weights(float(told["prior"]), levels)


def weights_text(weights: Weights, comment: str) -> str:
    """Return weights as a `weights.toml` holds them."""
    lines = [
        f"# {comment}",
        "# Of each level: how often pairs of one nomination are on it (m), and pairs of two (u).",
        "",
    ]
    lines.append(f"prior = {weights.prior:.6g}")
    for comparison in COMPARISONS:
        lines += ["", f"[{comparison.name}]"]
        for level in comparison.all_levels:
            weight = weights.levels[comparison.name][level.name]
            lines.append(f"{level.name} = [{weight.m:.6g}, {weight.u:.6g}]  # {log2(weight.m / weight.u):+.1f}")
    return "\n".join(lines) + "\n"


def compare(statements: Sequence[Statement], nominees: Sequence[Nominee], weights: Weights, least: float) -> list[Pair]:
    """Return the pairs whose weight is at least `least` bits; where three or more hang together by such pairs, all
    pairs of them, whatever they weigh."""
    if len(statements) < 2:
        return []
    with linking(comparison_table(statements, nominees), weights) as at:
        found = at.linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        pairs = {(pair.one, pair.other): pair for pair in _pairs(at.linker, found)}
        if together := _hanging_together(pairs):
            pairs |= {(pair.one, pair.other): pair for pair in _all_pairs(at, together)}
    return [pairs[places] for places in sorted(pairs)]


def _hanging_together(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return those that hang together with two or more others, by place: the lowest place of their kin."""
    leader: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for one, other in pairs:
        for place in (one, other):
            members.setdefault(leader.setdefault(place, place), [place])
        keep, gone = sorted((leader[one], leader[other]))
        if keep != gone:
            for place in members[gone]:
                leader[place] = keep
            members[keep] += members.pop(gone)
    return {place: keep for place, keep in leader.items() if len(members[keep]) > 2}


def _all_pairs(at: Linking, together: Mapping[int, int]) -> Iterator[Pair]:
    """Compare all with all that hang together."""
    import pyarrow as pa

    kin = pa.table({"place": list(together), "kin": list(together.values())})
    at.connection.register("kin", kin)
    at.connection.execute(
        "CREATE TABLE kindred AS SELECT statements.*, kin.kin FROM statements JOIN kin ON unique_id = place"
    )
    found = at.linker.inference.predict_within(
        at.database.register("kindred"), blocking_rules_to_generate_predictions=["l.kin = r.kin"], warning_mode="never"
    )
    yield from _pairs(at.linker, found)


@contextmanager
def linking(table: "pa.Table", weights: Weights) -> Iterator[Linking]:
    """Set Splink up over a table of statements, in a DuckDB of its own in memory."""
    import duckdb
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.register("told", table)
        connection.execute("CREATE TABLE statements AS SELECT * REPLACE (story::BIT AS story) FROM told")
        database = DuckDBAPI(connection)
        linker = Linker(
            database.register("statements"), splink_settings(weights), log_level=None, validate_settings=False
        )
        yield Linking(linker, database, connection)


def _pairs(linker: "Linker", found: "SplinkDataFrame") -> Iterator[Pair]:
    wanted = ", ".join(f"gamma_{comparison.name}, mw_{comparison.name}" for comparison in COMPARISONS)
    scored = linker.misc.query_sql(  # type: ignore[no-untyped-call]
        "SELECT unique_id_l, unique_id_r, match_weight, match_probability, "  # noqa: S608
        f"{wanted} FROM {found.physical_name}"
    )
    columns = scored.as_pyarrow_table().to_pydict()
    levels = {comparison.name: [level.name for level in reversed(comparison.all_levels)] for comparison in COMPARISONS}
    for n, (one, other) in enumerate(zip(columns["unique_id_l"], columns["unique_id_r"], strict=True)):
        parts = tuple(
            Part(name, names[columns[f"gamma_{name}"][n]], round(columns[f"mw_{name}"][n], 6))
            for name, names in levels.items()
            if columns[f"gamma_{name}"][n] >= 0
        )
        # Rounded, so that the last bits of a sum, which differ with the order of adding, don't decide anything.
        weight, probability = round(columns["match_weight"][n], 6), round(columns["match_probability"][n], 9)
        yield Pair(min(one, other), max(one, other), weight, probability, parts)


def splink_settings(weights: Weights) -> "SettingsCreator":
    """Return what Splink is told to compare, and what each level weighs."""
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=weights.prior,
        comparisons=[_comparison(comparison, weights.levels[comparison.name]) for comparison in COMPARISONS],
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": rule, "arrays_to_explode": list(columns) or None} for rule, columns in BLOCKING
        ],
        retain_matching_columns=True,  # Or it would not tell which level held.
        retain_intermediate_calculation_columns=True,
    )


def _comparison(comparison: Comparison, weights: Mapping[str, LevelWeight]) -> dict[str, Any]:
    missing = {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}
    levels = [
        {
            "sql_condition": level.sql,
            "label_for_charts": level.name,
            "m_probability": weights[level.name].m,
            "u_probability": weights[level.name].u,
        }
        for level in comparison.all_levels
    ]
    return {"output_column_name": comparison.name, "comparison_levels": [missing, *levels]}
