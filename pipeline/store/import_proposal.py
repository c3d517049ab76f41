"""Proposes how an uploaded export is read, as a form can show it, and imports it when a person has confirmed it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from forms.errors import ConfigurationError
from pipeline.readings_file import RefusedCard, read_readings
from pipeline.store.import_uploads import Upload, discard_upload, naming, uploaded_sheets, uploaded_table
from pipeline.store.importing import ChosenMapping, ImportOrder, Then, choose_mapping, import_readings, import_table
from pipeline.store.submissions import ImportResult
from pipeline.submissions.answers import answers_in, meaning_of
from pipeline.submissions.mapping_file import given_mapping
from pipeline.submissions.propose import missing
from pipeline.submissions.recognise import system_columns
from pipeline.submissions.records import CHOICES, ColumnMap, Table
from pipeline.submissions.source_names import source_name

_WHERE = "The mapping"
_EXAMPLES, _SHOWN = 3, 120
_MOST_ANSWERS = 25
"""Answers of a choice that a person can say the meaning of, commonest first."""
_PERSONAL = ("nominator_name", "nominator_contact")


@dataclass(frozen=True, slots=True)
class Meant:
    """An answer of a choice, and what it is taken for."""

    answer: str
    count: int
    """How often it was given."""
    values: tuple[str, ...]
    understood: bool
    """False when nothing tells what it means."""


@dataclass(frozen=True, slots=True)
class ChoiceColumn:
    """A column of a choice, with its answers."""

    field: str
    column: str
    answers: tuple[Meant, ...]
    more: int
    """Different answers that are not listed."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """How an upload is to be read, unless a person says otherwise."""

    upload: Upload
    form: str
    """The form's name."""
    rows: int
    columns: ColumnMap
    header: tuple[str, ...]
    said: bool
    """Whether a person confirmed it, for an earlier export."""
    sheets: tuple[str, ...]
    examples: Mapping[str, tuple[str, ...]]
    """Some answers by column; of those that name the person who nominates, their shape alone."""
    choices: tuple[ChoiceColumn, ...]
    notes: tuple[str, ...]
    faults: tuple[str, ...]
    """Why it can't be imported so; all of them."""


def propose_import(upload: Upload, form: str = "", sheet: str = "", told: Mapping[str, Any] | None = None) -> Proposal:
    """Return how an upload is read: as `told`, in a mapping file's terms, or as is proposed.

    What is wrong with `told` is among the faults, beside what is proposed. Raises NothingReadError or UsageError when
    the upload holds no table.
    """
    table = uploaded_table(upload, sheet or str((told or {}).get("sheet") or ""))
    form = form or source_name(Path(upload.name))
    faults: list[str] = []
    try:
        chosen = _choose(table, upload, form, told)
    except ConfigurationError as error:
        faults += error.faults
        chosen = choose_mapping(table, upload.organisation, form)
    else:
        faults += missing(chosen.columns)
    return Proposal(
        upload=upload,
        form=form,
        rows=len(table.frame) + len(table.refused),
        columns=chosen.columns,
        header=table.header,
        said=chosen.said and told is None,
        sheets=uploaded_sheets(upload),
        examples={column: _examples(table, chosen.columns, column) for column in table.header},
        choices=tuple(_choices(table, chosen.columns)),
        notes=(*table.notes, *([chosen.passed_over] if chosen.passed_over else [])),
        faults=tuple(faults),
    )


def confirm_import(
    upload: Upload, form: str, told: Mapping[str, Any], by: str, then: Then = lambda result: None
) -> ImportResult:
    """Import an upload as a person confirmed it, all at one go; keep the mapping for the form's next export.

    `then` is called within the transaction: one around this would hold the database while the file is read. Raises
    ConfigurationError with every fault of the mapping; the upload is then still there.
    """
    table = uploaded_table(upload, str(told.get("sheet") or ""))
    chosen = _choose(table, upload, form, told)
    if faults := missing(chosen.columns):
        raise ConfigurationError(_WHERE, faults)
    order = ImportOrder(upload.organisation, form, upload.name, upload.sha256, by, mapping_new=True)
    result = import_table(chosen, order, then=then)
    discard_upload(upload)
    return result


@dataclass(frozen=True, slots=True)
class ReadingsTold:
    """What a file of another site's readings holds."""

    cards: int
    refused: int
    """Cards that can't be taken, as they are or because they are another organisation's."""
    tells_received: bool
    """Whether every card tells when it came in."""


def look_at_readings(upload: Upload) -> ReadingsTold:
    """Count what an uploaded file of readings holds. Raises NothingReadError when it is none."""
    with naming(upload.path, upload.name):
        cards = refused = 0
        dated = True
        for card in read_readings(upload.path):
            cards += 1
            if isinstance(card, RefusedCard) or card.organisation != upload.organisation:
                refused += 1
            else:
                dated = dated and card.received is not None
    return ReadingsTold(cards, refused, dated)


def confirm_readings(upload: Upload, received: date, by: str, then: Then = lambda result: None) -> ImportResult:
    """Import an uploaded file of readings; `received` is the day of cards that don't tell theirs. `then` is called
    within the transaction."""
    order = ImportOrder(upload.organisation, "", upload.name, upload.sha256, by)
    with naming(upload.path, upload.name), transaction.atomic():
        result = import_readings(upload.path, order, received)
        then(result)
    discard_upload(upload)
    return result


def _choose(table: Table, upload: Upload, form: str, told: Mapping[str, Any] | None) -> ChosenMapping:
    given = None if told is None else given_mapping(told, _WHERE)
    return choose_mapping(table, upload.organisation, form, given)


def _examples(table: Table, columns: ColumnMap, column: str) -> tuple[str, ...]:
    found = dict.fromkeys(cell for cell in table.cells(column) if cell)
    some = [_short(cell) for cell, _ in zip(found, range(_EXAMPLES), strict=False)]
    personal = {name for field in _PERSONAL for name in columns.columns(field)}
    personal |= set(system_columns(table.header, columns.kind).kept)
    return tuple(map(_shape, some)) if column in personal else tuple(some)


def _short(cell: str) -> str:
    plain = " ".join(cell.split())
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"


def _shape(text: str) -> str:
    """Return a text with its words' first signs only: enough to see what a column holds, not of whom."""
    return " ".join(word[0] + "•" * min(len(word) - 1, 8) for word in text.split())


def _choices(table: Table, columns: ColumnMap) -> Iterator[ChoiceColumn]:
    for field in CHOICES:
        for column in columns.columns(field):
            known = columns.choices.get(column, {})
            counted: Counter[str] = Counter()
            for cell, count in Counter(table.cells(column)).items():
                for answer in answers_in(cell, known):
                    counted[answer] += count
            listed = counted.most_common(_MOST_ANSWERS)
            answers = tuple(_meant(field, column, answer, count, known) for answer, count in listed)
            yield ChoiceColumn(field, column, answers, len(counted) - len(listed))


def _meant(field: str, column: str, answer: str, count: int, known: Mapping[str, str]) -> Meant:
    meaning = meaning_of(field, column, answer, known)
    return Meant(answer, count, meaning.values, meaning.understood)


def mapping_told(columns: ColumnMap, choices: Sequence[ChoiceColumn]) -> dict[str, Any]:
    """Return a proposal in a mapping file's terms, as `confirm_import` takes it."""
    return {
        "kind": columns.kind.value,
        "sheet": columns.sheet,
        "key": list(columns.key),
        "received": columns.received,
        "modified": columns.modified,
        "dates": columns.dates,
        "time_zone": columns.time_zone,
        "fields": {name: list(named) for name, named in columns.fields.items()},
        "choices": {
            choice.column: {one.answer: "; ".join(one.values) for one in choice.answers if one.understood}
            for choice in choices
        },
    }
