"""Who trains, who validates and who tests: the rule in `writers.toml`."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

Split: TypeAlias = Literal["train", "validation", "test", "all"]


@dataclass(frozen=True, slots=True)
class WriterRules:
    """What `writers.toml` says."""

    ranges: dict[str, tuple[int, int]]
    faults: dict[str, frozenset[str]]
    """Kind of fault -> contributors; `slips`: single samples."""
    least: dict[str, int]
    """How many capitals, digits, small letters (all different) and words make a writer usable."""


@cache
def writer_rules() -> WriterRules:
    """The rules shipped with the package."""
    data = tomllib.loads(resources.files("pipeline.simulate").joinpath("writers.toml").read_text(encoding="utf-8"))
    return WriterRules(
        ranges={name: (int(low), int(high)) for name, (low, high) in data["split"].items()},
        faults={name: frozenset(contributors) for name, contributors in data["faults"].items()},
        least={name: int(least) for name, least in data["borrow"].items()},
    )


def stable_number(text: str) -> int:
    """A number that belongs to a text, the same on every machine and in every run."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def split_of(writer: str) -> str:
    """`train`, `validation` or `test`."""
    share = stable_number(writer) % 100
    for name, (low, high) in writer_rules().ranges.items():
        if low <= share < high:
            return name
    raise ValueError(f"writers.toml leaves {share} of 100 to nobody")
