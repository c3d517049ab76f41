"""Takes a file with submissions or readings into the store: what the command and the web page share."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from forms.errors import ConfigurationError, NothingReadError
from pipeline.readings_file import RefusedCard, SentCard, read_readings
from pipeline.store.sent_cards import save_sent_cards
from pipeline.store.submissions import ExportFile, ImportResult, given_mapping, save_submissions
from pipeline.submissions.mapping_file import GivenMapping, apply_mapping, parse_mapping
from pipeline.submissions.mapping_text import as_toml
from pipeline.submissions.propose import propose
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import WHOLE_NAME, ColumnMap, Kind, Row, Table

KINDS = {
    Kind.MSFORMS: "Microsoft form",
    Kind.GOOGLE: "Google form",
    Kind.ODK: "ODK form",
    Kind.KOBO: "KoboToolbox form",
    Kind.TABLE: "table",
}
LONGEST_FORM_NAME = 150

FollowRows = Callable[[Iterable[Row]], Iterable[Row]]
FollowCards = Callable[[Iterable[SentCard | RefusedCard]], Iterable[SentCard | RefusedCard]]
"""Hands on what passes, such as one that shows how far the work is."""
Then = Callable[[ImportResult], None]
"""Does what belongs to an import, within its transaction: both are kept, or neither."""


@dataclass(frozen=True, slots=True)
class ChosenMapping:
    """A table, and which of its columns holds what."""

    table: Table
    columns: ColumnMap
    said: bool
    """Whether a person said so, now or for an earlier export of the form."""
    passed_over: str = ""
    """Why what a person said earlier can't be used for this table; empty when it can, or nobody did."""


def choose_mapping(table: Table, organisation: str, form: str, given: GivenMapping | None = None) -> ChosenMapping:
    """Find out which column holds what: by what is given, by what was given for the form before, by a proposal.

    Raises ConfigurationError with every fault of what is given.
    """
    if given is not None:
        return ChosenMapping(table, apply_mapping(given, table), said=True)
    kind = recognise(table.header)
    passed_over = ""
    for kept_as in (kind, Kind.TABLE):
        if toml := given_mapping(organisation, kept_as.value, form):
            try:
                columns = apply_mapping(parse_mapping(toml, f"the mapping kept for '{form}'"), table)
                return ChosenMapping(table, columns, said=True)
            except ConfigurationError as error:
                passed_over = str(error)
    return ChosenMapping(table, propose(table, kind), said=False, passed_over=passed_over)


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Whose file is imported, as which form, and by whom."""

    organisation: str
    form: str
    """The form's name."""
    file: str
    """The file's name, as people know it."""
    sha256: str
    by: str = ""
    """Empty for whoever is at the command line."""
    mapping_new: bool = False
    """Whether a person gave the mapping for this very import."""


def import_table(
    chosen: ChosenMapping, order: ImportOrder, follow: FollowRows = iter, then: Then = lambda result: None
) -> ImportResult:
    """Import a table's rows by a mapping, all at one go; `then` is called within the transaction."""
    table, columns = chosen.table, chosen.columns
    export = ExportFile(
        organisation=order.organisation,
        kind=columns.kind.value,
        form=order.form,
        file=order.file,
        sha256=order.sha256,
        mapping=as_toml(columns, table),
        mapping_given=chosen.said,
        mapping_new=order.mapping_new,
        fields=asked_fields(columns),
        kept_columns=columns.unmatched,
        by=order.by,
    )
    # All rows are read before the first is kept, so that the database is not held up meanwhile.
    rows = list(follow(read_submissions(table, columns, timezone.localdate())))
    with transaction.atomic():
        result = save_submissions(export, rows)
        then(result)
    return result


def import_readings(path: Path, order: ImportOrder, received: date, follow: FollowCards = iter) -> ImportResult:
    """Import a file of readings that another site sent; `received` is the day of cards that don't tell theirs."""
    cards = follow(read_readings(path))
    return save_sent_cards(order.organisation, order.file, order.sha256, received, cards, by=order.by)


def asked_fields(columns: ColumnMap) -> frozenset[str]:
    """Return the card's fields that a form asks for: a question for the whole name asks for three."""
    asked = {name for name, named in columns.fields.items() if named}
    if WHOLE_NAME in asked:
        asked |= {"nominee_first_name", "nominee_last_name", "nominee_team"}
    return frozenset(asked - {WHOLE_NAME})


def holds_readings(file: Path) -> bool:
    """Tell whether a file is of another site's readings, not a table. Raises NothingReadError."""
    if file.suffix.lower() == ".json":
        return True
    with _reading(file), file.open("rb") as opened:
        return opened.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[{", b"[\n", b"[\r\n"))


def sha256_of(file: Path) -> str:
    """Return a file's SHA-256. Raises NothingReadError."""
    with _reading(file), file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NothingReadError(f"'{file}' can't be read: {error.strerror}.") from error
