"""Builders of tables as form systems export them, from plain answers."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.spreadsheet import defused
from pipeline.submissions.propose import propose
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import FIELDS, RefusedRow, Submission
from pipeline.submissions.tables import read_table

TODAY = date(2026, 11, 27)
SUE = {
    "nominee_first_name": "Sue",
    "nominee_last_name": "Smith",
    "nominee_team": "Ward 7",
    "nominator_type": "patient",
    "action": "She sat with my mother all night.",
    "impact": "We felt at home.",
    "nominator_name": "Ann Brown",
    "nominator_contact": "ann@example.org",
    "date": "2026-09-20",
    "consent": "share_with_nominee;stay_anonymous",
}
QUESTIONS = {
    "nominee_first_name": "Nominee's first name",
    "nominee_last_name": "Surname of the person you are nominating",
    "nominee_team": "Which ward or team do they work in?",
    "nominator_type": "I am a…",
    "action": "How did this person lead with compassion?",
    "impact": "What was the impact on you and/or others?",
    "nominator_name": "Your name (optional)",
    "nominator_contact": "Your email or telephone number",
    "date": "Date of event",
    "consent": "May we share your words?",
}
LABELS = {
    "patient": "A patient",
    "carer": "A carer or relative",
    "staff": "A member of staff",
    "volunteer": "A volunteer",
    "other": "Someone else",
    "share_with_nominee": "Yes, with the person I nominate",
    "share_publicly": "Yes, publicly, to spread the learning",
    "stay_anonymous": "Please keep my name private",
}
STARTED = datetime(2026, 9, 20, 10, 2, 11)

Answers = Mapping[str, str]
Rows = list[list[str]]


def answers(**changes: str) -> Answers:
    return {**SUE, **changes}


def labelled(values: str, joined_by: str) -> str:
    return joined_by.join(LABELS[value] for value in values.split(";") if value)


def us(moment: datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment.year} {moment:%H:%M}"


def uk(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M:%S}"


def day(text: str, *, order: str) -> str:
    if not text:
        return ""
    moment = date.fromisoformat(text)
    return f"{moment:%d/%m/%Y}" if order == "dmy" else f"{moment:%m/%d/%Y}"


def times(count: int) -> list[datetime]:
    return [STARTED + timedelta(days=n, minutes=7 * n) for n in range(count)]


def _by_labels(given: Answers, joined_by: str, order: str) -> list[str]:
    said = dict(given)
    said["nominator_type"] = labelled(said["nominator_type"], joined_by)
    said["consent"] = labelled(said["consent"], joined_by)
    said["date"] = day(said["date"], order=order)
    return [said[name] for name in FIELDS]


def msforms(rows: Iterable[Answers], *, order: str = "mdy") -> Rows:
    rows = list(rows)
    stamp = us if order == "mdy" else uk
    table = [["ID", "Start time", "Completion time", "Email", "Name", *QUESTIONS.values()]]
    for number, (given, begun) in enumerate(zip(rows, times(len(rows)), strict=True), 1):
        own = [str(number), stamp(begun), stamp(begun + timedelta(minutes=4)), "anonymous", ""]
        table.append([*own, *_by_labels(given, ";", order)])
    return table


def google(rows: Iterable[Answers], *, order: str = "") -> Rows:
    rows = list(rows)
    table = [["Timestamp", *QUESTIONS.values()]]
    for given, moment in zip(rows, times(len(rows)), strict=True):
        stamp = f"{moment:%Y/%m/%d %I:%M:%S %p} GMT+1" if not order else uk(moment) if order == "dmy" else us(moment)
        table.append([stamp, *_by_labels(given, ", ", order or "dmy")])
    return table


def odk(rows: Iterable[Answers]) -> Rows:
    rows = list(rows)
    names = [f"card-{name}" for name in FIELDS]
    tail = ["KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "Status", "ReviewState", "DeviceID", "Edits"]
    table = [["SubmissionDate", *names, *tail, "FormVersion"]]
    for number, (given, moment) in enumerate(zip(rows, times(len(rows)), strict=True)):
        said = {**given, "consent": given["consent"].replace(";", " ")}
        key = f"uuid:{number:08d}-aaaa"
        own = [key, "31", "web form", "0", "", "", "collect:x", "0", "2026091201"]
        table.append([f"{moment:%Y-%m-%dT%H:%M:%S}.123Z", *(said[name] for name in FIELDS), *own])
    return table


def kobo(rows: Iterable[Answers]) -> Rows:
    rows = list(rows)
    consents = ["share_with_nominee", "share_publicly", "stay_anonymous"]
    names = [*(f"card/{name}" for name in FIELDS), *(f"card/consent/{value}" for value in consents)]
    own = ["_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "rootUuid", "_index"]
    table = [["start", "end", *names, *own]]
    for number, (given, moment) in enumerate(zip(rows, times(len(rows)), strict=True), 1):
        said = {**given, "consent": given["consent"].replace(";", " ")}
        ticks = ["1" if value in given["consent"] else "0" for value in consents]
        ids = [
            str(900 + number),
            f"edit-{number}",
            f"{moment:%Y-%m-%dT%H:%M:%S}",
            "",
            "",
            f"root-{number}",
            str(number),
        ]
        table.append(["2026-09-20", "2026-09-20", *(said[name] for name in FIELDS), *ticks, *ids])
    return table


def csv_text(table: Iterable[Sequence[str]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([defused(cell) for cell in row] for row in table)
    return text.getvalue()


def write_csv(path: Path, table: Iterable[Sequence[str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    path.write_bytes(csv_text(table, separator).encode(encoding))
    return path


def write_xlsx(path: Path, table: Iterable[Sequence[object]]) -> Path:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Sheet1")
    for row in table:
        sheet.append([defused(cell) if isinstance(cell, str) else cell for cell in row])
    workbook.save(path)
    return path


def take_in(path: Path, **changes: str) -> list[Submission | RefusedRow]:
    """Read a file as the import does when nobody gives a mapping."""
    from dataclasses import replace

    table = read_table(path)
    return list(read_submissions(table, replace(propose(table, recognise(table.header)), **changes), TODAY))


def taken(path: Path) -> list[Submission]:
    rows = take_in(path)
    assert not [row for row in rows if isinstance(row, RefusedRow)]
    return [row for row in rows if isinstance(row, Submission)]


def values_of(given: Answers) -> dict[str, str | tuple[str, ...]]:
    """What answers are as a submission's values."""
    return {**given, "consent": tuple(value for value in given["consent"].split(";") if value)}
