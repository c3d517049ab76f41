from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.submissions.propose import propose
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.records import FIELDS, ColumnMap, Kind, RefusedRow, Submission
from pipeline.submissions.tables import read_table
from tests.submissions.exports import (
    QUESTIONS,
    SUE,
    TODAY,
    answers,
    google,
    kobo,
    labelled,
    msforms,
    odk,
    take_in,
    taken,
    write_csv,
)


def only(tmp_path: Path, header: list[str], *rows: list[str]) -> list[Submission | RefusedRow]:
    stamped = [[f"2026-10-{n:02} 11:02", *row] for n, row in enumerate(rows, 1)]
    return take_in(write_csv(tmp_path / "a.csv", [["Timestamp", *header], *stamped]))


def one(tmp_path: Path, header: list[str], *cells: str) -> Submission:
    (found,) = only(tmp_path, header, list(cells))
    assert isinstance(found, Submission)
    return found


def test_every_field_has_a_value(tmp_path: Path) -> None:
    found = one(tmp_path, ["Nominee", "Story"], "", "Kind.")
    assert found.values == {**dict.fromkeys(FIELDS, ""), "action": "Kind.", "consent": ()}


def test_neither_nominee_nor_story_is_refused(tmp_path: Path) -> None:
    found = only(tmp_path, ["Nominee", "Story", "Your name"], ["Sue", "", ""], ["", "Kind.", ""], ["", "", "Ann"])
    assert [isinstance(row, RefusedRow) for row in found] == [False, False, True]
    assert found[2] == RefusedRow(4, "", "it names no nominee and tells no story")


@pytest.mark.parametrize(
    ("whole", "team", "values", "kept"),
    [
        ("Dr Sue Smith, Ward 7", "", ("Sue", "Smith", "Ward 7"), True),
        ("Sue Smith (Ward 7)", "", ("Sue", "Smith", "Ward 7"), False),
        ("Sue Smith (Ward 7)", "Maternity", ("Sue", "Smith", "Maternity"), True),
        ("Smith, Sue", "", ("Sue", "Smith", ""), False),
        ("Everyone on W21", "", ("", "", "Everyone on W21"), False),
        ("The night staff", "Ward 7", ("", "", "Ward 7"), True),
        ("Rose Ward", "ROSE WARD", ("", "", "ROSE WARD"), True),
        ("", "Ward 7", ("", "", "Ward 7"), False),
    ],
)
def test_whole_names(tmp_path: Path, whole: str, team: str, values: tuple[str, ...], kept: bool) -> None:
    found = one(tmp_path, ["Who would you like to nominate?", "Which ward or team?", "Story"], whole, team, "Kind.")
    names = ("nominee_first_name", "nominee_last_name", "nominee_team")
    assert tuple(found.values[name] for name in names) == values
    assert found.kept == ({"Who would you like to nominate?": whole} if kept else {})


def test_two_people_in_one_cell_are_not_split(tmp_path: Path) -> None:
    found = one(tmp_path, ["Nominee", "Story"], "Sue Smith and Tom Lee", "Kind.")
    assert found.values["nominee_first_name"] == "Sue Smith and Tom Lee"
    assert "more than one" in found.notes[0]


@pytest.mark.parametrize(
    ("answer", "value", "note"),
    [
        ("A patient;", "patient", ""),
        ("A neighbour", "other", "'A neighbour' is none of its answers; taken as other"),
        ("A patient;A volunteer", "", "more than one answer, patient and volunteer; none was taken"),
        ("A patient;I come on Mondays", "patient", ""),
        ("", "", ""),
    ],
)
def test_who_nominates(tmp_path: Path, answer: str, value: str, note: str) -> None:
    found = one(tmp_path, ["Story", "I am a…"], "Kind.", answer)
    assert found.values["nominator_type"] == value
    assert found.notes == ((f"nominator_type: {note}",) if note else ())
    assert ("I am a…" in found.kept) == bool(note or "Mondays" in answer)


def test_consent_of_several_questions(tmp_path: Path) -> None:
    header = ["Story", "May we share your words with the nominee?", "May we publish them?", "Stay anonymous?"]
    assert one(tmp_path, header, "Kind.", "Yes", "No", "Yes").values["consent"] == (
        "share_with_nominee",
        "stay_anonymous",
    )
    unsure = one(tmp_path, header, "Kind.", "Ask me", "Yes", "")
    assert unsure.values["consent"] == ("share_publicly",)
    assert unsure.kept == {header[1]: "Ask me"}
    assert unsure.notes == ("consent: 'Ask me' can't be understood; it grants nothing",)


def test_ticks_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = kobo([SUE])
    place = rows[0].index("card/consent")
    for row in rows:
        del row[place]
    assert taken(write_csv(tmp_path / "a.csv", rows))[0].values["consent"] == ("share_with_nominee", "stay_anonymous")


def test_answers_that_hold_commas(tmp_path: Path) -> None:
    all_three = "share_with_nominee;share_publicly;stay_anonymous"
    rows = google([answers(consent=all_three)])
    assert labelled(all_three, ", ") in rows[1]
    assert taken(write_csv(tmp_path / "a.csv", rows))[0].values["consent"] == tuple(all_three.split(";"))


def test_several_columns_of_one_field(tmp_path: Path) -> None:
    header = ["Story", "Your first name", "Your surname", "Your email", "Your phone number"]
    found = one(tmp_path, header, "Kind.", "Ann", "Brown", "", "01743 000000").values
    assert (found["nominator_name"], found["nominator_contact"]) == ("Ann Brown", "01743 000000")
    found = one(tmp_path, header, "Kind.", "Ann", "", "a@example.org", "01743 000000").values
    assert (found["nominator_name"], found["nominator_contact"]) == ("Ann", "a@example.org, 01743 000000")


def test_blanks_and_lines(tmp_path: Path) -> None:
    found = one(tmp_path, ["Nominee's first name", "Story"], " Mary \n Jane ", " One.  \r\n\r\n Two. ")
    assert found.values["nominee_first_name"] == "Mary Jane"
    assert found.values["action"] == "One.\n\n Two."


def test_refused_rows_stand_among_the_others(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", google([SUE, SUE, SUE]))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], f"{lines[1]},more", *lines[2:], "x,y" + ",z" * 30]))
    found = take_in(path)
    assert [row.row for row in found] == [2, 3, 4, 5]
    assert [isinstance(row, RefusedRow) for row in found] == [True, False, False, True]


def test_the_same_row_twice_is_one(tmp_path: Path) -> None:
    rows = msforms([SUE, answers(action="Other.")])
    first, second = taken(write_csv(tmp_path / "a.csv", [*rows, rows[1]]))
    assert first.notes == ("row 4 is the same once more",)
    assert second.row == 3


def test_one_id_with_two_stories_refuses_the_later(tmp_path: Path) -> None:
    rows = msforms([SUE])
    changed = [*rows[1][:-1], "something else"]
    first, second = take_in(write_csv(tmp_path / "a.csv", [*rows, changed]))
    assert isinstance(first, Submission)
    assert second == RefusedRow(3, "ID", "it has the id of row 2, but says something else")


@pytest.mark.parametrize("edits", [("0", "2", "1"), ("2", "0", "1"), ("", "1", "2")])
def test_the_last_version_stands(tmp_path: Path, edits: tuple[str, ...]) -> None:
    rows = odk([answers(action=f"edit {edit}") for edit in edits])
    for row, edit in zip(rows[1:], edits, strict=True):
        row[rows[0].index("KEY")] = "uuid:1"
        row[rows[0].index("Edits")] = edit
    (found,) = taken(write_csv(tmp_path / "a.csv", rows))
    assert found.values["action"] == "edit 2"
    assert len(found.notes) == 2


def test_a_table_without_time_stamps(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["Nominee", "Story"], ["Sue Smith", "Kind."], ["Sue Smith", "Good."]])
    first, second = taken(path)
    assert first.received_at.date() == TODAY
    assert first.key != second.key
    assert len(first.key) == 20
    assert first.notes == ("no column says when it came in; the day of the import stands for it",)


def test_a_formula_without_a_value_is_noted(tmp_path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.append(["Timestamp", "Nominee", "Story"])  # type: ignore[union-attr]
    workbook.active.append(["2026-10-09 11:02", "Sue Smith", "=A1"])  # type: ignore[union-attr]
    workbook.save(tmp_path / "a.xlsx")
    (found,) = taken(tmp_path / "a.xlsx")
    assert found.values["action"] == ""
    assert found.notes == ("Story: a formula without a usable value; taken as empty",)


def test_a_mapping_of_another_table(tmp_path: Path) -> None:
    table = read_table(write_csv(tmp_path / "a.csv", [["Nominee", "Story"], ["Sue", "Kind."]]))
    column_map = ColumnMap(Kind.TABLE, fields={"action": ("Words",)}, received="When")
    with pytest.raises(UsageError, match="has no column 'When', 'Words', which its mapping names"):
        list(read_submissions(table, column_map, TODAY))


def test_nothing_of_a_row_is_lost(tmp_path: Path) -> None:
    header = ["Nominee", "Story", "I am a…", "May we share your words?", "Date of event", "Anything else?"]
    cells = ["Dr Sue Smith, porter, Ward 7", "Kind.", "A neighbour", "perhaps", "in June", "No"]
    found = one(tmp_path, header, *cells)
    said = [*(str(value) for value in found.values.values()), *found.kept.values()]
    assert all(any(cell in text for text in said) for cell in cells)
    assert set(found.kept) == {"Nominee", *header[2:]}
    assert QUESTIONS["date"] in found.kept


def test_the_proposal_is_the_same_however_the_rows_stand(tmp_path: Path) -> None:
    rows = google([SUE, answers(nominator_type="staff"), answers(consent="")])
    tables = [
        read_table(write_csv(tmp_path / name, each))
        for name, each in (("a.csv", rows), ("b.csv", [rows[0], *rows[:0:-1]]))
    ]
    first, second = (propose(table, Kind.GOOGLE) for table in tables)
    assert first == second
