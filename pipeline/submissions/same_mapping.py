"""Tells whether two mappings, as TOML, read a table alike: comments and answers that one of them never met don't
count."""

import tomllib
from typing import Any

_READS_BY = ("key", "received", "modified", "dates", "time_zone", "fields")


def reads_alike(one: str, other: str) -> bool:
    """Tell whether two mappings take the same columns, and the answers that both know, for the same."""
    try:
        tables = tomllib.loads(one), tomllib.loads(other)
    except tomllib.TOMLDecodeError:
        return one == other
    return all(tables[0].get(name) == tables[1].get(name) for name in _READS_BY) and _choose_alike(*tables)


def _choose_alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    choices, others = one.get("choices", {}), other.get("choices", {})
    return all(
        choices[column][answer] == others[column][answer]
        for column in choices.keys() & others.keys()
        for answer in choices[column].keys() & others[column].keys()
    )
