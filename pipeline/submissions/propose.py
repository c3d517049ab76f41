"""Proposes which column of a table says what, from the wording of its questions."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.submissions.answers import answers_in, meaning_of
from pipeline.submissions.recognise import system_columns
from pipeline.submissions.records import CHOICES, MAPPED, WHOLE_NAME, ColumnMap, Kind, Table
from pipeline.submissions.wordings import Fit, fits

_SEVERAL = ("consent", "nominator_contact", "nominator_name")
"""Fields that more than one question may feed."""
_PART_OF_NAME = re.compile(r"\b(first|fore|given|christian|sur|last|family|second)[ _-]?names?\b", re.IGNORECASE)
_NOMINEE_NAMES = (WHOLE_NAME, "nominee_first_name", "nominee_last_name")
_MOST_ANSWERS = 50
"""Different answers of a choice that a proposal lists, commonest first."""


def propose(table: Table, kind: Kind) -> ColumnMap:
    """Match a table's questions to the card's fields by their wording; what fits none well stays unmatched."""
    own = system_columns(table.header, kind)
    questions = [name for name in table.header if name not in own.all()]
    fit = {question: fits(question) for question in questions}
    fields = _assign(fit)
    received = own.received
    if kind is Kind.TABLE:
        taken = {column for columns in fields.values() for column in columns}
        received = _received(fit, taken) or next(iter(fields.get("date", ())), "")
    used = {received, *(column for columns in fields.values() for column in columns)}
    return ColumnMap(
        kind=kind,
        sheet=table.sheet,
        fields=fields,
        key=own.key,
        received=received,
        modified=own.modified,
        time_zone=own.time_zone,
        choices={column: _answers(table, name, column) for name in CHOICES for column in fields.get(name, ())},
        unmatched=tuple(question for question in questions if question not in used),
        sure={name: min(fit[column][name].score for column in columns) / 100 for name, columns in fields.items()},
    )


def missing(column_map: ColumnMap) -> list[str]:
    """Return what must be there and isn't, in words: a nominee and a story."""
    have = column_map.fields
    faults = []
    if not any(have.get(name) for name in (*_NOMINEE_NAMES, "nominee_team")):
        faults.append(
            "no column names the nominee (nominee_name, nominee_first_name and nominee_last_name, or nominee_team)"
        )
    if not have.get("action"):
        faults.append("no column tells what the nominee did (action)")
    return faults


def _assign(fit: Mapping[str, Mapping[str, Fit]]) -> dict[str, tuple[str, ...]]:
    """Give each field its columns, best fit first, each column once."""
    ranked = sorted(
        (
            (-found.score, place, name, column)
            for place, (column, by_field) in enumerate(fit.items())
            for name, found in by_field.items()
            if name in MAPPED and not found.bare
        ),
    )
    chosen: dict[str, list[str]] = {}
    taken: set[str] = set()
    for _, _, name, column in ranked:
        if column not in taken and (name not in chosen or _goes_beside(name, chosen[name], column)):
            chosen.setdefault(name, []).append(column)
            taken.add(column)
    _assign_bare(fit, chosen, taken)
    if "nominee_first_name" in chosen and "nominee_last_name" in chosen:
        chosen.pop(WHOLE_NAME, None)
    order = list(fit)
    return {name: tuple(sorted(chosen[name], key=order.index)) for name in MAPPED if name in chosen}


def _goes_beside(name: str, columns: Sequence[str], column: str) -> bool:
    """Whether a further column feeds a field: all consents and contacts do, and the parts of a nominator's name."""
    if name == "nominator_name":
        return all(_PART_OF_NAME.search(each) for each in (*columns, column))
    return name in _SEVERAL


def _assign_bare(fit: Mapping[str, Mapping[str, Fit]], chosen: dict[str, list[str]], taken: set[str]) -> None:
    """A plain "Name" is the nominator's, a plain "First name" the nominee's, only where the other is named clearly."""
    nominator, nominee = "nominator_name" in chosen, any(name in chosen for name in _NOMINEE_NAMES)
    if nominator == nominee:
        return
    for column, by_field in fit.items():
        for name, found in by_field.items():
            if found.bare and (name in _NOMINEE_NAMES) is nominator and name not in chosen and column not in taken:
                chosen[name] = [column]
                taken.add(column)


def _received(fit: Mapping[str, Mapping[str, Fit]], taken: set[str]) -> str:
    ranked = [(by_field["received"].score, column) for column, by_field in fit.items() if "received" in by_field]
    free = [pair for pair in ranked if pair[1] not in taken]
    return max(free, key=lambda pair: pair[0])[1] if free else ""


def _answers(table: Table, name: str, column: str) -> dict[str, str]:
    """Return what the answers in a column are taken for; those that are not understood are left out."""
    cells = Counter(table.cells(column))
    counted: Counter[str] = Counter()
    for cell, count in cells.items():
        for answer in answers_in(cell, {}):
            counted[answer] += count
    found = {answer: meaning_of(name, column, answer, {}) for answer, _ in counted.most_common(_MOST_ANSWERS)}
    return {answer: "; ".join(meaning.values) for answer, meaning in found.items() if meaning.understood}
