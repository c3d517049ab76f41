from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.submissions.recognise import recognise, system_columns
from pipeline.submissions.records import Kind, RefusedRow
from tests.submissions.exports import (
    SUE,
    Answers,
    Rows,
    answers,
    google,
    kobo,
    msforms,
    odk,
    take_in,
    taken,
    values_of,
    write_csv,
    write_xlsx,
)

WRITERS: dict[Kind, Callable[[Iterable[Answers]], Rows]] = {
    Kind.MSFORMS: msforms,
    Kind.GOOGLE: google,
    Kind.ODK: odk,
    Kind.KOBO: kobo,
}
TOM = answers(nominee_first_name="Tom", nominator_type="carer", consent="", date="", nominee_team="")


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_system_says_the_same(tmp_path: Path, kind: Kind, separator: str) -> None:
    table = WRITERS[kind]([SUE, TOM])
    assert recognise(table[0]) is kind
    found = taken(write_csv(tmp_path / "export.csv", table, separator))
    assert [submission.values for submission in found] == [values_of(SUE), values_of(TOM)]
    assert [submission.row for submission in found] == [2, 3]
    assert not any(submission.notes for submission in found)


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_from_a_workbook(tmp_path: Path, kind: Kind) -> None:
    table = WRITERS[kind]([SUE, TOM])
    from_csv = taken(write_csv(tmp_path / "export.csv", table))
    assert taken(write_xlsx(tmp_path / "export.xlsx", table)) == from_csv


@pytest.mark.parametrize(
    ("kind", "number", "key", "received"),
    [
        (Kind.MSFORMS, "1", "1 2026-09-20T10:02:00", datetime(2026, 9, 20, 9, 6, tzinfo=UTC)),
        (Kind.ODK, "uuid:00000000-aaaa", "uuid:00000000-aaaa", datetime(2026, 9, 20, 10, 2, 11, tzinfo=UTC)),
        (Kind.KOBO, "root-1", "root-1", datetime(2026, 9, 20, 10, 2, 11, tzinfo=UTC)),
    ],
)
def test_ids_and_times(tmp_path: Path, kind: Kind, number: str, key: str, received: datetime) -> None:
    first, _ = taken(write_csv(tmp_path / "export.csv", WRITERS[kind]([SUE, TOM])))
    assert (first.number, first.key, first.received_at) == (number, key, received)
    assert first.received_at.utcoffset() is not None


def test_a_google_row_is_known_by_time_and_content(tmp_path: Path) -> None:
    rows = google([SUE, TOM])
    first, second = taken(write_csv(tmp_path / "a.csv", rows))
    assert first.key == first.number
    assert first.key.startswith("20260920T090211Z-")
    assert len(first.key.partition("-")[2]) == 10
    # A question that is added, moved or worded anew changes no key.
    changed = [["Timestamp", "New", *reversed(rows[0][1:])], *([row[0], "", *reversed(row[1:])] for row in rows[1:])]
    changed[0][-1] = "First name of the person you would like to nominate"
    assert [each.key for each in taken(write_csv(tmp_path / "b.csv", changed))] == [first.key, second.key]
    rows[1][5] += " And more."
    assert taken(write_csv(tmp_path / "c.csv", rows))[0].key != first.key


def test_microsofts_key_is_the_same_with_and_without_seconds(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in msforms([SUE])]
    rows[1][1:3] = [datetime(2026, 9, 20, 10, 2, 37), datetime(2026, 9, 20, 10, 6, 12)]
    (from_workbook,) = taken(write_xlsx(tmp_path / "a.xlsx", rows))
    (from_csv,) = taken(write_csv(tmp_path / "a.csv", msforms([SUE])))
    assert from_workbook.key == from_csv.key == "1 2026-09-20T10:02:00"
    assert from_workbook.received_at.second == 12


def test_microsofts_own_name_and_email_are_not_the_nominators(tmp_path: Path) -> None:
    rows = msforms([SUE, answers(nominator_name="", nominator_contact="")])
    rows[2][3:5] = ["b.lee@example.org", "Lee, Bo"]
    first, second = taken(write_csv(tmp_path / "a.csv", rows))
    assert first.kept == {}
    assert second.kept == {"Email": "b.lee@example.org", "Name": "Lee, Bo"}
    assert second.values["nominator_name"] == second.values["nominator_contact"] == ""


def test_a_question_may_be_called_like_microsofts_columns() -> None:
    header = ["Id", "Start time", "Completion time", "Email", "Name", "Name (2)", "Who?", "Email (2)"]
    assert recognise(header) is Kind.MSFORMS
    assert system_columns(header, Kind.MSFORMS).kept == ("Email", "Name")
    without = ["ID", "Start time", "Completion time", "Name", "Email"]
    assert system_columns(without, Kind.MSFORMS).kept == ()
    moved = system_columns(["Who?", "Completion time", "Name", "Start time", "ID"], Kind.MSFORMS)
    assert (moved.key, moved.received, moved.kept) == (("ID", "Start time"), "Completion time", ())


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["id", "START TIME", "completion Time", "Email"], Kind.MSFORMS),
        (["Timestamp", "Who?"], Kind.GOOGLE),
        (["Who?", "Timestamp"], Kind.TABLE),
        (["a", "KEY", "SubmitterID"], Kind.ODK),
        (["a", "key", "SubmitterID"], Kind.TABLE),
        (["_submission_time", "_uuid"], Kind.KOBO),
        (["x", "_submission_time", "meta/rootUuid"], Kind.KOBO),
        (["ID", "Name"], Kind.TABLE),
        ([], Kind.TABLE),
    ],
)
def test_recognise(header: list[str], kind: Kind) -> None:
    assert recognise(header) is kind


def test_kobo_without_a_root_falls_back_on_its_own_id(tmp_path: Path) -> None:
    rows = kobo([SUE, TOM, SUE])
    rows[1][-2] = ""
    rows[2][-2] = "uuid:root-2"
    first, second, third = taken(write_csv(tmp_path / "a.csv", rows))
    assert (first.number, first.key) == ("edit-1", "edit-1")
    assert (second.number, second.key) == ("uuid:root-2", "root-2")
    assert third.key == "root-3"


def test_what_form_owners_reject_is_withdrawn(tmp_path: Path) -> None:
    in_odk = odk([SUE, TOM])
    in_odk[1][in_odk[0].index("ReviewState")] = "rejected"
    assert [each.withdrawn for each in taken(write_csv(tmp_path / "a.csv", in_odk))] == [True, False]
    in_kobo = kobo([SUE, TOM])
    in_kobo[2][in_kobo[0].index("_validation_status")] = "Not approved"
    assert [each.withdrawn for each in taken(write_csv(tmp_path / "b.csv", in_kobo))] == [False, True]


def test_revisions(tmp_path: Path) -> None:
    in_odk = odk([SUE])
    in_odk[1][in_odk[0].index("Edits")] = "12"
    assert taken(write_csv(tmp_path / "a.csv", in_odk))[0].revision == "000012"
    in_ms = msforms([SUE])
    in_ms[0].insert(5, "Last modified time")
    in_ms[1].insert(5, "9/21/2026 8:00")
    assert taken(write_csv(tmp_path / "b.csv", in_ms))[0].revision == "2026-09-21T07:00:00+00:00"


def test_bookkeeping_is_not_kept(tmp_path: Path) -> None:
    rows = kobo([SUE])
    rows[0] += ["_tags", "lift"]
    rows[1] += ["seen", "broken"]
    assert taken(write_csv(tmp_path / "a.csv", rows))[0].kept == {"_tags": "seen", "lift": "broken"}


def test_a_missing_id_or_time_refuses_its_row_alone(tmp_path: Path) -> None:
    rows = msforms([SUE] * 5)
    rows[1][0] = ""
    rows[2][2] = ""
    rows[3][1] = "soon"
    rows[4][2] = "2/30/2026 9:00"
    found = take_in(write_csv(tmp_path / "a.csv", rows))
    assert found[:4] == [
        RefusedRow(2, "ID", "it has no id"),
        RefusedRow(3, "Completion time", "there is no time stamp"),
        RefusedRow(4, "Start time", "'soon' is no time stamp"),
        RefusedRow(5, "Completion time", "there is no such day or time as '2/30/2026 9:00'"),
    ]
    assert len(found) == 5
    assert not isinstance(found[4], RefusedRow)
