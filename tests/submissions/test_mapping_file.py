from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.errors import ConfigurationError, UsageError
from pipeline.submissions.mapping_file import apply_mapping, parse_mapping, read_mapping
from pipeline.submissions.mapping_text import as_toml
from pipeline.submissions.propose import propose
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import ColumnMap, Kind, Submission, Table
from pipeline.submissions.tables import read_table
from tests.submissions.exports import SUE, TODAY, answers, kobo, msforms, write_csv

ROWS = [["When", "Prénom", "Nom", "Récit", "Qui êtes-vous ?"], ["2026-10-09 11:02", "Zoë", "Roy", "Une bonne.", "Ami"]]


def make(tmp_path: Path, rows: list[list[str]] = ROWS) -> tuple[Table, ColumnMap]:
    table = read_table(write_csv(tmp_path / "a.csv", rows))
    return table, propose(table, recognise(table.header))


def mapped(table: Table, text: str) -> ColumnMap:
    return apply_mapping(parse_mapping(text, "map.toml"), table)


@pytest.mark.parametrize("write", [msforms, kobo])
def test_what_is_written_is_read_again(tmp_path: Path, write: object) -> None:
    rows = (msforms if write is msforms else kobo)([SUE, answers(nominator_type="other", consent="")])
    table, column_map = make(tmp_path, rows)
    assert replace(mapped(table, as_toml(column_map, table)), sure=column_map.sure) == column_map


def test_a_toml_to_fill_in(tmp_path: Path) -> None:
    table, column_map = make(tmp_path)
    text = as_toml(column_map, table)
    assert "# Needed: no column names the nominee" in text
    assert '#   "Récit"' in text
    filled = text.replace('action = ""', 'action = "Récit"').replace('received = ""', 'received = "When"')
    filled = filled.replace('nominee_first_name = ""', 'nominee_first_name = "prénom "')
    found = mapped(table, filled.replace('nominee_last_name = ""', 'nominee_last_name = ["Nom"]'))
    (row,) = read_submissions(table, found, TODAY)
    assert isinstance(row, Submission)
    assert [row.values[name] for name in ("nominee_first_name", "nominee_last_name", "action")] == [
        "Zoë",
        "Roy",
        "Une bonne.",
    ]
    assert row.kept == {"Qui êtes-vous ?": "Ami"}
    assert found.sure["action"] == 1.0


def test_a_part_overrides_the_proposal(tmp_path: Path) -> None:
    table, column_map = make(tmp_path, msforms([SUE]))
    question = "What was the impact on you and/or others?"
    found = mapped(table, f'dates = "mdy"\n[fields]\naction = "{question}"\ndate = ""\n')
    assert found.columns("action") == (question,)
    assert found.columns("impact") == found.columns("date") == ()
    assert found.columns("nominee_team") == column_map.columns("nominee_team")
    assert found.unmatched == ("How did this person lead with compassion?", "Date of event")
    assert (found.dates, found.key) == ("mdy", column_map.key)


def test_a_whole_name_takes_the_place_of_its_parts(tmp_path: Path) -> None:
    table, _ = make(tmp_path, msforms([SUE]))
    found = mapped(table, '[fields]\nnominee_name = "Nominee\'s first name"\n')
    assert found.columns("nominee_last_name") == ()


def test_answers_given_for_a_column_or_a_field(tmp_path: Path) -> None:
    rows = [*ROWS, ["2026-10-10 11:02", "Al", "", "Oui.", "Voisin"]]
    table, _ = make(tmp_path, rows)
    given_fields = '[fields]\naction = "Récit"\nnominee_name = "Prénom"\nnominator_type = "Qui êtes-vous ?"\n'
    by_field = mapped(table, f'received = "When"\n{given_fields}[choices.nominator_type]\nAmi = "carer"\nVoisin = ""\n')
    found = [row for row in read_submissions(table, by_field, TODAY) if isinstance(row, Submission)]
    assert [each.values["nominator_type"] for each in found] == ["carer", ""]


def test_another_kind_and_key(tmp_path: Path) -> None:
    rows = [["Ref", "Nominee", "Story"], ["N-1", "Sue Smith", "Kind."], ["N-2", "", "Good."], ["", "Bo", "x"]]
    table, _ = make(tmp_path, rows)
    found = mapped(table, 'key = "Ref"\nkind = "table"')
    assert found.key == ("Ref",)
    taken = [row for row in read_submissions(table, found, TODAY) if isinstance(row, Submission)]
    assert [each.key for each in taken] == ["N-1", "N-2"]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    table, _ = make(tmp_path)
    text = """
        kind = "excel"
        dates = "ymd"
        time_zone = "Mars"
        received = "Wen"
        key = 3
        colour = "red"
        [fields]
        action = "Recit"
        nominee = "Nom"
        impact = [1]
        nominee_first_name = "Nom"
        nominee_last_name = "Nom"
        nominator_type = "Qui êtes-vous ?"
        [choices.nominator_type]
        Ami = "friend"
        [choices.Nom]
        a = "patient"
        [choices.consent]
        b = 1
    """
    with pytest.raises(ConfigurationError) as raised:
        mapped(table, text)
    told = "\n".join(raised.value.faults)
    for part in (
        "'kind' is 'excel'; allowed are msforms, google, odk, kobo, table",
        "'dates' is 'ymd'",
        "'time_zone' is 'Mars'",
        "received: 'a.csv' has no column 'Wen'; is 'When' meant?",
        "key must be a column's name",
        "unknown key 'colour'",
        "'a.csv' has no column 'Recit'; is 'Récit' meant?",
        "unknown field 'nominee'",
        "impact must be a column's name",
        "column 'Nom' is given for nominee_first_name and nominee_last_name",
        "'Ami' is 'friend'; allowed are patient",
        '[choices."Nom"]: no choice has this column',
        '[choices."consent"] must hold',
    ):
        assert part in told
    assert len(raised.value.faults) == 13


def test_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no mapping"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not readable as UTF-8"):
        read_mapping(tmp_path / "bad.toml")
    (tmp_path / "bad.toml").write_text("a = ")
    with pytest.raises(ConfigurationError, match="not readable as TOML"):
        read_mapping(tmp_path / "bad.toml")
    (tmp_path / "good.toml").write_text('\ufeffkind = "odk"\nsheet = "Data"\n', encoding="utf-8")
    assert (read_mapping(tmp_path / "good.toml").kind, read_mapping(tmp_path / "good.toml").sheet) == (Kind.ODK, "Data")


names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(names, min_size=3, max_size=6, unique=True), st.lists(names, min_size=1, max_size=5))
def test_any_names_and_answers_can_be_written(tmp_path: Path, header: list[str], said: list[str]) -> None:
    rows = [["Timestamp", *header], *([f"2026-10-09 11:0{n}", *[text] * len(header)] for n, text in enumerate(said))]
    table, column_map = make(tmp_path, rows)
    free = column_map.unmatched
    column_map = replace(column_map, fields={**column_map.fields, "nominator_type": free[-1:]} if free else {})
    found = mapped(table, as_toml(column_map, table))
    assert {name: columns for name, columns in found.fields.items() if columns} == {
        name: columns for name, columns in column_map.fields.items() if columns
    }
