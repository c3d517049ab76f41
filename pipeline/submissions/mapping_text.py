"""Writes a mapping as TOML, for a person to correct or fill in."""

import json
from collections.abc import Iterator, Sequence

from pipeline.submissions.answers import answers_in, meaning_of
from pipeline.submissions.choices import CONSENTS, TYPES
from pipeline.submissions.propose import missing
from pipeline.submissions.records import CHOICES, MAPPED, ColumnMap, Table

_MOST_ANSWERS = 20
"""Answers without a meaning that are listed for each column."""


def as_toml(column_map: ColumnMap, table: Table) -> str:
    """Return a mapping as TOML, with the columns and answers that match nothing as comments."""
    return "\n".join([*_head(column_map, table), "", *_fields(column_map), "", *_choices(column_map, table)]) + "\n"


def _head(column_map: ColumnMap, table: Table) -> Iterator[str]:
    yield f"# How the columns of {_text(table.file)} are taken. What is left out stays as it is proposed."
    yield f"kind = {_text(column_map.kind)}"
    if column_map.sheet:
        yield f"sheet = {_text(column_map.sheet)}"
    yield "# The columns that tell a submission from every other; [] when its time and words must."
    yield f"key = {_list(column_map.key)}"
    yield "# When it came in, and when it was last changed."
    yield f"received = {_text(column_map.received)}"
    yield f"modified = {_text(column_map.modified)}"
    yield '# "dmy" where 5/10 is 5 October, "mdy" where it is 10 May, "" where the file tells.'
    yield f"dates = {_text(column_map.dates)}"
    yield f"time_zone = {_text(column_map.time_zone)}"


def _fields(column_map: ColumnMap) -> Iterator[str]:
    yield "[fields]"
    yield from (f"# Needed: {fault}." for fault in missing(column_map))
    for name in MAPPED:
        columns = column_map.columns(name)
        yield f"{name} = {_text(columns[0]) if len(columns) == 1 else _list(columns) if columns else _text('')}"
    if column_map.unmatched:
        yield "# Columns that match nothing; they are kept with each submission."
        yield from (f"#   {_text(column)}" for column in column_map.unmatched)


def _choices(column_map: ColumnMap, table: Table) -> Iterator[str]:
    for name, values in zip(CHOICES, (TYPES, CONSENTS), strict=True):
        for column in column_map.columns(name):
            known = column_map.choices.get(column, {})
            yield f"# What the answers mean: {', '.join(values)}, or nothing."
            yield f"[choices.{_text(column)}]"
            yield from (f"{_text(answer)} = {_text(meaning)}" for answer, meaning in known.items())
            unknown = _not_understood(table, name, column, column_map)
            yield from (f"# not understood: {_text(answer)} = {_text('')}" for answer in unknown[:_MOST_ANSWERS])
            yield ""


def _not_understood(table: Table, name: str, column: str, column_map: ColumnMap) -> list[str]:
    if column not in table.header:
        return []
    known = column_map.choices.get(column, {})
    answers = {answer: None for cell in dict.fromkeys(table.cells(column)) for answer in answers_in(cell, known)}
    return [answer for answer in answers if not meaning_of(name, column, answer, known).understood]


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for one character that JSON leaves as it is.
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(_text(text) for text in texts)}]"
