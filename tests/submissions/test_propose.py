from pathlib import Path

import pytest

from pipeline.submissions.propose import missing, propose
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import ColumnMap, Kind
from pipeline.submissions.tables import read_table
from tests.submissions.exports import QUESTIONS, SUE, answers, kobo, labelled, msforms, odk, write_csv


def proposed(tmp_path: Path, *rows: list[str]) -> ColumnMap:
    table = read_table(write_csv(tmp_path / "a.csv", rows))
    return propose(table, recognise(table.header))


def header(tmp_path: Path, *names: str) -> ColumnMap:
    return proposed(tmp_path, list(names))


def test_every_question_of_a_form(tmp_path: Path) -> None:
    found = proposed(tmp_path, *msforms([SUE]))
    assert dict(found.fields) == {name: (question,) for name, question in QUESTIONS.items()}
    assert (found.key, found.received, found.unmatched) == (("ID", "Start time"), "Completion time", ())
    assert set(found.sure) == set(QUESTIONS)
    assert min(found.sure.values()) >= 0.75
    assert missing(found) == []


def test_names_of_odk_and_kobo(tmp_path: Path) -> None:
    in_odk, in_kobo = proposed(tmp_path, *odk([SUE])), proposed(tmp_path, *kobo([SUE]))
    assert set(in_odk.fields) == set(in_kobo.fields) == set(QUESTIONS)
    assert in_odk.columns("nominator_name") == ("card-nominator_name",)
    assert in_kobo.columns("consent")[:2] == ("card/consent", "card/consent/share_with_nominee")
    assert in_odk.unmatched == in_kobo.unmatched == ()
    assert (in_odk.time_zone, in_odk.modified, in_odk.key) == ("UTC", "Edits", ("KEY",))


def test_what_matches_nothing_is_listed(tmp_path: Path) -> None:
    found = header(tmp_path, "Timestamp", "Who are you nominating?", "Shoe size", "Line manager", "What happened?")
    assert found.fields == {"nominee_name": ("Who are you nominating?",), "action": ("What happened?",)}
    assert found.unmatched == ("Shoe size", "Line manager")


def test_each_column_says_one_field_and_the_best_comes_first(tmp_path: Path) -> None:
    found = header(tmp_path, "Timestamp", "Impact", "What was the impact on you?", "What difference did it make?")
    assert found.columns("impact") == ("Impact",)
    assert found.unmatched == ("What was the impact on you?", "What difference did it make?")


def test_first_and_last_name_go_before_the_whole(tmp_path: Path) -> None:
    found = header(tmp_path, "Timestamp", "Nominee", "Nominee's first name", "Nominee's surname", "Story")
    assert "nominee_name" not in found.fields
    assert found.unmatched == ("Nominee",)


def test_a_plain_first_name_is_the_nominees_only_beside_the_nominators(tmp_path: Path) -> None:
    alone = header(tmp_path, "Timestamp", "First name", "Surname", "What did they do?")
    assert set(alone.fields) == {"action"}
    beside = header(tmp_path, "Timestamp", "First name", "Surname", "What did they do?", "Your name")
    assert beside.columns("nominee_first_name") == ("First name",)
    assert beside.columns("nominator_name") == ("Your name",)
    other = header(tmp_path, "Timestamp", "Name", "What did they do?", "Nominee's first name", "Nominee's surname")
    assert other.columns("nominator_name") == ("Name",)
    both = header(tmp_path, "Timestamp", "Name", "What did they do?", "Nominee", "Your name")
    assert both.unmatched == ("Name",)
    named = header(tmp_path, "Timestamp", "First name", "Surname", "What did they do?", "Your name", "Nominee")
    assert named.columns("nominee_name") == ("Nominee",)
    assert named.unmatched == ("First name", "Surname")


def test_a_nominators_name_in_two_parts_and_contacts(tmp_path: Path) -> None:
    found = header(tmp_path, "Timestamp", "Your surname", "Your first name", "Your e-mail", "Your phone number")
    assert found.columns("nominator_name") == ("Your surname", "Your first name")
    assert found.columns("nominator_contact") == ("Your e-mail", "Your phone number")


def test_answers_of_choices_are_proposed(tmp_path: Path) -> None:
    rows = msforms([SUE, answers(nominator_type="carer", consent="")])
    rows[2][rows[0].index(QUESTIONS["nominator_type"])] = "A neighbour"
    found = proposed(tmp_path, *rows)
    assert found.choices == {
        QUESTIONS["nominator_type"]: {"A patient": "patient"},
        QUESTIONS["consent"]: {
            labelled("share_with_nominee", ""): "share_with_nominee",
            labelled("stay_anonymous", ""): "stay_anonymous",
        },
    }


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (("Who led with compassion?", "What did they do?"), []),
        (("Ward", "What did they do?"), []),
        (("Nominee's surname", "Story"), []),
        (("Who led with compassion?", "Impact"), ["action"]),
        (("Name", "What did they do?"), ["nominee_name"]),
        (("Name", "Words"), ["nominee_name", "action"]),
    ],
)
def test_what_must_be_there(tmp_path: Path, names: tuple[str, ...], faults: list[str]) -> None:
    found = missing(header(tmp_path, "Timestamp", *names))
    assert len(found) == len(faults)
    assert all(name in fault for name, fault in zip(faults, found, strict=True))


def test_any_table(tmp_path: Path) -> None:
    found = header(tmp_path, "Reference", "Date submitted", "Nominee", "Story", "When did this happen?")
    assert (found.kind, found.key, found.received) == (Kind.TABLE, (), "Date submitted")
    assert found.columns("date") == ("When did this happen?",)
    assert found.unmatched == ("Reference",)
    assert header(tmp_path, "Nominee", "Story", "Date").received == "Date"
    assert header(tmp_path, "Nominee", "Story").received == ""
