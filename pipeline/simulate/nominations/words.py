"""The words that invented nominations are made of, and how one of them is drawn."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import numpy as np

from pipeline.simulate.names import name_lists

Entry = TypeVar("Entry")
Template = tuple[str, ...]
"""A fragment cut at its braces: literal, name, literal, name, …, literal."""

_BRACES = re.compile(r"{(\w+)}")


def pick(entries: Sequence[Entry], rng: np.random.Generator) -> Entry:
    """Draw one of `entries`. (A million draws are made; `rng.integers` takes three times as long.)"""
    return entries[int(rng.random() * len(entries))]


def _table(name: str) -> dict[str, Any]:
    package = resources.files("pipeline.simulate.nominations")
    return tomllib.loads(package.joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Fragments:
    """What `tales.toml` holds: lists of templates by name, and what agrees for a whole story."""

    lists: dict[str, tuple[Template, ...]]
    fixed: tuple[str, ...]
    other_words: dict[str, str]

    def of(self, name: str) -> tuple[Template, ...]:
        """The list of that name."""
        return self.lists[name]


@cache
def fragments() -> Fragments:
    """The fragments of stories shipped with the package."""
    table = _table("tales.toml")
    fixed, other_words = tuple(table.pop("fixed")), dict(table.pop("other_words"))
    lists = {name: tuple(tuple(_BRACES.split(entry)) for entry in entries) for name, entries in table.items()}
    return Fragments(lists, fixed, other_words)


@dataclass(frozen=True, slots=True)
class PeopleNames:
    """First and last names, and what people are called for short."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    he: frozenset[str]
    titles: tuple[str, ...]
    short: dict[str, tuple[str, ...]]


@cache
def people_names() -> PeopleNames:
    """The names of `names.toml` and `people.toml` together."""
    table, known = _table("people.toml"), name_lists()
    short: dict[str, tuple[str, ...]] = {name: (form,) for name, form in known.short.items()}
    short |= {name: tuple(forms) for name, forms in table["short"].items()}
    return PeopleNames(
        first=tuple(dict.fromkeys([*known.first, *table["first"]])),
        last=tuple(dict.fromkeys([*known.last, *table["last"]])),
        he=frozenset(table["he"]),
        titles=tuple(table["titles"]),
        short=short,
    )


@cache
def form_wordings() -> tuple[tuple[dict[str, str], ...], tuple[dict[str, str], ...]]:
    """Sets of questions by field, and sets of answers by option, as electronic forms word them."""
    table = _table("forms.toml")
    return tuple(table["questions"]), tuple(table["answers"])
