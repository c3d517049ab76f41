"""What is proposed for an upload, what a person makes of it, and what comes of that."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms.errors import ConfigurationError
from pipeline.store import models
from pipeline.store.import_history import (
    form_of,
    forms_of,
    refused_table,
    run_of,
    runs_of,
    submissions_of,
    versions_of,
)
from pipeline.store.import_proposal import (
    Proposal,
    confirm_import,
    confirm_readings,
    look_at_readings,
    mapping_told,
    propose_import,
)
from pipeline.store.import_uploads import Upload, find_upload, keep_upload
from pipeline.store.organisations import save_profile
from pipeline.store.submissions import ImportResult
from tests.store.builders import make_profile
from tests.submissions.exports import LABELS, QUESTIONS, answers, csv_text, msforms

SAMPLE = Path(__file__).parents[2] / "samples" / "electronic" / "Leading with Compassion nominations(1-5).xlsx"
BY = "Ann Lee (ann.lee)"


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def keep(text: str, name: str = "Compassion(1-2).csv", organisation: str = "RXW") -> Upload:
    return keep_upload(organisation, BY, name, [text.encode()])


def few(**changes: str) -> str:
    return csv_text(msforms([answers(), answers(nominee_first_name="Alan", action="He found a straw.", **changes)]))


def told_of(proposal: Proposal, **changes: Any) -> dict[str, Any]:
    told = mapping_told(proposal.columns, proposal.choices)
    return {**told, **changes, "fields": {**told["fields"], **changes.get("fields", {})}}


def confirm(text: str, name: str = "Compassion(1-2).csv", **changes: Any) -> ImportResult:
    upload = keep(text, name)
    proposal = propose_import(upload)
    return confirm_import(upload, proposal.form, told_of(proposal, **changes), BY)


def test_a_microsoft_export_as_it_is_proposed() -> None:
    upload = keep_upload("RXW", BY, SAMPLE.name, [SAMPLE.read_bytes()])
    proposal = propose_import(upload)
    assert (proposal.form, proposal.rows, proposal.faults) == ("Leading with Compassion nominations", 5, ())
    assert proposal.columns.columns("action")
    assert set(proposal.examples) == set(proposal.header)
    result = confirm_import(upload, proposal.form, told_of(proposal), BY)
    assert (result.new, len(result.refused)) == (5, 0)
    assert find_upload("RXW", upload.token) is None


def test_examples_show_what_a_column_holds_but_not_who_nominated() -> None:
    proposal = propose_import(keep(few()))
    assert proposal.examples[QUESTIONS["nominee_first_name"]] == ("Sue", "Alan")
    assert proposal.examples[QUESTIONS["nominator_name"]] == ("A•• B••••",)
    assert "ann@example.org" not in str(proposal.examples)


def test_each_answer_of_a_choice_has_its_meaning() -> None:
    proposal = propose_import(keep(few(nominator_type="patient").replace(LABELS["patient"], "A martian", 1)))
    choice = next(one for one in proposal.choices if one.field == "nominator_type")
    meant = {one.answer: (one.count, one.values, one.understood) for one in choice.answers}
    assert meant == {"A martian": (1, (), False), LABELS["patient"]: (1, ("patient",), True)}


def test_what_a_person_says_of_an_answer_is_followed_and_kept() -> None:
    text = few().replace(LABELS["patient"], "A martian")
    column = QUESTIONS["nominator_type"]
    confirm(text, choices={column: {"A martian": "volunteer"}})
    values = models.SubmissionVersion.objects.values_list("values", flat=True)
    assert {value["nominator_type"] for value in values} == {"volunteer"}
    again = propose_import(keep(text, "Compassion(1-3).csv"))
    assert again.said
    assert again.columns.choices[column]["A martian"] == "volunteer"


def test_a_mapping_is_kept_for_the_next_export() -> None:
    first = confirm(few(), fields={"impact": []})
    assert first.new == 2
    again = propose_import(keep(few(), "Compassion(1-9).csv"))
    assert (again.said, again.columns.columns("impact"), again.form) == (True, (), "Compassion")


def test_all_faults_at_once() -> None:
    upload = keep(few())
    proposal = propose_import(upload)
    story = proposal.columns.columns("action")[0]
    told = told_of(proposal, kind="paper", dates="ydm", key=["No such column"], fields={"impact": [story]})
    with pytest.raises(ConfigurationError) as caught:
        confirm_import(upload, "Compassion", told, BY)
    assert len(caught.value.faults) == 4
    assert any("'Compassion(1-2).csv' has no column 'No such column'" in fault for fault in caught.value.faults)
    assert propose_import(upload, told=told).faults == caught.value.faults
    assert models.ImportRun.objects.count() == 0


def test_without_a_nominee_or_a_story_nothing_is_imported() -> None:
    upload = keep(few())
    names = ("nominee_name", "nominee_first_name", "nominee_last_name", "nominee_team", "action")
    told = told_of(propose_import(upload), fields={name: [] for name in names})
    with pytest.raises(ConfigurationError, match=r"names the nominee(.|\n)*what the nominee did"):
        confirm_import(upload, "Compassion", told, BY)
    assert find_upload("RXW", upload.token) is not None


def test_the_history_of_a_form() -> None:
    confirm(few())
    confirm(few(impact="We were glad."), "Compassion(1-2) (1).csv")
    damaged = few().rstrip("\n") + '\n3,"9/22/2026 10:16\n'
    confirm(damaged, "Compassion(1-3).csv")
    (form,) = forms_of("RXW")
    assert (form.name, form.kind, form.submissions, form.imports) == ("Compassion", "Microsoft form", 2, 3)
    runs = runs_of("RXW", form.pk)
    assert [(run.file, run.by, run.new, run.changed, len(run.refused)) for run in runs] == [
        ("Compassion(1-3).csv", BY, 0, 0, 1),
        ("Compassion(1-2) (1).csv", BY, 0, 1, 0),
        ("Compassion(1-2).csv", BY, 2, 0, 0),
    ]
    header, row = refused_table(runs[0])
    assert (header, row[0]) == (("row", "column", "reason"), "4")
    assert "never closed" in row[2]
    told, found = submissions_of("RXW", form.pk)
    assert (found, sorted((one.source, one.versions) for one in told)) == (2, [("msforms:1", 1), ("msforms:2", 2)])


def test_of_a_file_imported_before_its_import_is_shown() -> None:
    first = confirm(few())
    again = confirm(few())
    assert (again.run, again.unchanged) == (first.run, 2)


def test_nothing_of_another_organisation_is_told() -> None:
    result = confirm(few())
    (form,) = forms_of("RXW")
    source = models.NominationSource.objects.values_list("pk", flat=True)[0]
    assert forms_of("RYZ") == runs_of("RYZ", form.pk) == []
    assert form_of("RYZ", form.pk) is run_of("RYZ", result.run) is versions_of("RYZ", source) is None
    assert submissions_of("RYZ", form.pk) == ([], 0)


def test_versions_hide_who_wishes_not_to_be_named() -> None:
    confirm(few(consent="share_with_nominee"))
    confirm(few(consent="share_with_nominee", impact="We were glad."), "Compassion(1-2) (1).csv")
    pks = dict(models.NominationSource.objects.values_list("source", "pk"))
    anonymous, named = versions_of("RXW", pks["msforms:1"]), versions_of("RXW", pks["msforms:2"])
    assert anonymous and named
    assert anonymous.anonymous and not anonymous.names_shown and named.names_shown
    assert "Ann Brown" not in str(anonymous)
    assert "Ann Brown" in str(versions_of("RXW", pks["msforms:1"], with_anonymous=True))
    newest, first = named.versions
    assert [field for field, _, changed in newest.answers if changed] == ["impact"]
    assert not any(changed for *_, changed in first.answers)


def test_readings_of_another_site() -> None:
    text = '[{"card": "no number", "organisation": "RXW", "copy": 1, "fields": {}}]'
    upload = keep(text, "readings.json")
    told = look_at_readings(upload)
    assert (told.cards, told.refused) == (1, 1)
    result = confirm_readings(upload, date(2026, 11, 20), BY)
    assert len(result.refused) == 1
    (run,) = runs_of("RXW", None)
    assert (run.file, run.by, run.refused[0].column) == ("readings.json", BY, "card")
