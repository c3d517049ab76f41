"""Tables of submissions as the makers of electronic forms export them, with their habits and traps."""

import csv
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.records import Value
from pipeline.simulate.nominations.world import Form, FormKind, SimulatedSource, Submission

Cell = str | int | datetime.datetime
"""What stands in a table; a time only in a workbook."""
CONSENTS = ("share_with_nominee", "share_publicly", "stay_anonymous")

_ODK_COLUMNS = {
    "nominee": "nominee-name_and_ward", "nominee_first_name": "nominee-first_name",
    "nominee_last_name": "nominee-last_name", "nominee_team": "nominee-team",
    "nominator_type": "about_you-nominator_type", "action": "story-action", "impact": "story-impact",
    "nominator_name": "about_you-your_name", "nominator_contact": "about_you-contact", "date": "story-date",
    "consent": "consent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A submission as it stood on the day of an export."""

    submission: Submission
    source: SimulatedSource
    """In the version of that day."""
    edited: bool


def rows_on(submissions: Sequence[Submission], day: datetime.date) -> list[Row]:
    """Return what an export at the end of `day` holds."""
    rows = []
    for submission in submissions:
        if submission.source.received_at.date() > day:
            continue
        later = submission.edited_at is not None and submission.edited_at.date() > day
        version = submission.first_version if later and submission.first_version else submission.source
        rows.append(Row(submission, version, submission.edited_at is not None and not later))
    return rows


def file_name(form: Form, count: int, *, second: bool) -> str:
    """Return the name under which a browser saves the export."""
    if form.kind is FormKind.MICROSOFT_WORKBOOK:
        return f"{form.name}(1-{count}).xlsx"
    if form.kind is FormKind.MICROSOFT_CSV:
        return f"{form.name}(1-{count}).csv"
    if form.kind is FormKind.GOOGLE:
        return f"{form.name} - Form Responses 1.csv"
    return f"{form.name}{' (1)' if second else ''}.csv"


def write_export(form: Form, rows: Sequence[Row], path: Path) -> None:
    """Write the export of a form, in the encoding its makers use."""
    _WRITERS[form.kind](form, rows, path)


def _answer(form: Form, row: Row, field: str) -> str:
    """Return the answer to a question but that for consent."""
    if field == "nominee":
        return row.submission.whole_name
    value = str(row.source.values[field])
    return form.answers.get(value, value) if field == "nominator_type" else value


def _consents(form: Form, value: Value) -> list[str]:
    return [form.answers[name] for name in CONSENTS if name in value]


def _day(iso: str, written: Callable[[datetime.date], str]) -> str:
    return written(datetime.date.fromisoformat(iso)) if iso else ""


def _microsoft_table(
    form: Form, rows: Sequence[Row], moment: Callable[[datetime.datetime], Cell], day: Callable[[str], Cell]
) -> list[list[Cell]]:  # fmt: skip
    """Return header and rows; `moment` and `day` say how times and dates are written."""
    header: list[Cell] = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"]
    table = [[*header, *form.questions.values()]]
    for row in rows:
        sent = row.submission
        edited = sent.edited_at if row.edited else None
        cells: list[Cell] = [
            sent.number,
            moment(sent.started),
            moment(row.source.received_at),
            "anonymous",
            "anonymous",
        ]
        cells.append(moment(edited) if edited else "")
        for field in form.questions:
            if field == "consent":
                cells.append("".join(f"{text};" for text in _consents(form, row.source.values[field])))
            else:
                cells.append(day(_answer(form, row, field)) if field == "date" else _answer(form, row, field))
        table.append(cells)
    return table


def _write_microsoft_workbook(form: Form, rows: Sequence[Row], path: Path) -> None:
    from openpyxl import Workbook

    def moment(value: datetime.datetime) -> Cell:
        return value.replace(tzinfo=None)

    def day(value: str) -> Cell:
        return datetime.datetime.fromisoformat(value) if value else ""

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for cells in _microsoft_table(form, rows, moment, day):
        sheet.append([None if cell == "" else cell for cell in cells])
    book.save(path)


def _write_microsoft_csv(form: Form, rows: Sequence[Row], path: Path) -> None:
    def us_day(value: datetime.date) -> str:
        return f"{value.month}/{value.day}/{value.year}"

    def moment(value: datetime.datetime) -> Cell:
        return f"{us_day(value)} {value.hour}:{value.minute:02d}"

    _write_csv(_microsoft_table(form, rows, moment, lambda iso: _day(iso, us_day)), path, "cp1252")


def _google_moment(value: datetime.datetime, stamps: int) -> str:
    """Write a time stamp in one of three ways in which sheets are set."""
    if stamps == 2:
        return f"{value:%d/%m/%Y %H:%M:%S}"
    offset = value.utcoffset() or datetime.timedelta()
    zone = f" GMT{'+1' if offset else ''}" if stamps == 1 else ""
    return f"{value:%Y/%m/%d} {value.hour % 12 or 12}:{value:%M:%S} {'AM' if value.hour < 12 else 'PM'}{zone}"


def _write_google(form: Form, rows: Sequence[Row], path: Path) -> None:
    british = form.stamps == 2
    table: list[list[Cell]] = [["Timestamp", *form.questions.values()]]
    for row in rows:
        cells: list[Cell] = [_google_moment(row.source.received_at, form.stamps)]
        for field in form.questions:
            if field == "consent":
                cells.append(", ".join(_consents(form, row.source.values[field])))
            elif field == "date" and british:
                cells.append(_day(_answer(form, row, field), lambda day: f"{day:%d/%m/%Y}"))
            else:
                cells.append(_answer(form, row, field))
        table.append(cells)
    _write_csv(table, path, "utf-8")


def _utc(value: datetime.datetime) -> datetime.datetime:
    return value.astimezone(datetime.UTC)


def _write_odk(form: Form, rows: Sequence[Row], path: Path) -> None:
    """ODK Central: names of fields, not questions, and choices by their names with blanks between."""
    after = ("KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status",
             "ReviewState", "DeviceID", "Edits", "FormVersion")  # fmt: skip
    fields = list(form.questions)
    table: list[list[Cell]] = [["SubmissionDate", *(_ODK_COLUMNS[field] for field in fields), *after]]
    for row in rows:
        values = row.source.values
        cells: list[Cell] = [f"{_utc(row.source.received_at):%Y-%m-%dT%H:%M:%S}.000Z"]
        for field in fields:
            if field == "consent":
                cells.append(" ".join(name for name in CONSENTS if name in values[field]))
            else:
                cells.append(row.submission.whole_name if field == "nominee" else str(values[field]))
        state = "edited" if row.edited else ""
        cells += [row.submission.key, "", "Public link", 0, 0, "", state, "", int(row.edited), "3"]
        table.append(cells)
    _write_csv(table, path, "utf-8")


def _write_kobo(form: Form, rows: Sequence[Row], path: Path) -> None:
    """KoboToolbox: several choices in one column, and each again in a column of its own."""
    after = ("_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by",
             "__version__", "_tags", "rootUuid", "_index")  # fmt: skip
    header: list[Cell] = ["start", "end"]
    for field, question in form.questions.items():
        header.append(question)
        if field == "consent":
            header += [f"{question}/{form.answers[name]}" for name in CONSENTS]
    table = [[*header, *after]]
    for place, row in enumerate(rows, start=1):
        sent, received = row.submission, row.source.received_at
        cells: list[Cell] = [
            sent.started.isoformat(timespec="milliseconds"),
            received.isoformat(timespec="milliseconds"),
        ]
        for field in form.questions:
            if field == "consent":
                given = row.source.values[field]
                cells += [" ".join(_consents(form, given)), *(int(name in given) for name in CONSENTS)]
            else:
                cells.append(_answer(form, row, field))
        uuid = sent.edited_key if row.edited else sent.key
        stamp = f"{_utc(received):%Y-%m-%dT%H:%M:%S}"
        cells += [41000 + sent.number, uuid, stamp, "", "", "submitted_via_web", "", "vQ7", "", sent.key, place]
        table.append(cells)
    _write_csv(table, path, "utf-8-sig", delimiter=";")


def _write_csv(table: Sequence[Sequence[Any]], path: Path, encoding: str, delimiter: str = ",") -> None:
    quoting: Any = csv.QUOTE_ALL if delimiter == ";" else csv.QUOTE_MINIMAL
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, quoting=quoting).writerows(table)


_WRITERS: dict[FormKind, Callable[[Form, Sequence[Row], Path], None]] = {
    FormKind.MICROSOFT_WORKBOOK: _write_microsoft_workbook,
    FormKind.MICROSOFT_CSV: _write_microsoft_csv,
    FormKind.GOOGLE: _write_google,
    FormKind.ODK: _write_odk,
    FormKind.KOBO: _write_kobo,
}
