"""Importing and merging through Django's own client: what is taken, refused, hidden and recorded."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pipeline.store import import_uploads, jobs, models
from pipeline.store.questions import list_open
from pipeline.web.importing import views
from pipeline.web.models import AuditEvent
from tests.submissions.exports import QUESTIONS, answers, csv_text, msforms
from tests.web.importing_files import SAMPLE, Filled, doubtful

pytestmark = pytest.mark.slow


@pytest.fixture
def coordinator(client: Callable[..., Client]) -> Client:
    return client("coordinator", "RYZ")


def upload(client: Client, data: bytes | str, name: str = "Compassion(1-2).csv", code: str = "RYZ") -> Any:
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    file.name = name
    return client.post(f"/{code}/import/", {"file": file})


def text(answer: Any) -> str:
    """A page's words."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def chosen(answer: Any) -> dict[str, Any]:
    """What a browser would send back of a mapping page as it is."""
    return dict(Filled(answer.content.decode()).values)


def bring_in(client: Client, data: str, name: str = "Compassion(1-2).csv") -> Any:
    page = client.get(upload(client, data, name).url)
    return client.post(page.request["PATH_INFO"], {**chosen(page), "import": "yes"}, follow=True)


def merge(client: Client) -> Any:
    client.post("/RYZ/merge/run/")
    jobs._do_all(lambda line: None)
    return client.get("/RYZ/merge/progress/")


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _packed:
    _packed.writestr("[Content_Types].xml", "<Types/>")
    _packed.writestr("xl/workbook.xml", b" " * (401 << 20))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("page.xlsx", b"<!DOCTYPE html><script>alert(1)</script>", "is a web page or XML"),
        ("picture.csv", b"<svg onload='x'>", "is a web page or XML"),
        ("bomb.xlsx", BOMB.getvalue(), "would unpack to more than 400 MB"),
        ("program.exe", b"MZ\x90", "its name must end in .xlsx or .csv"),
        ("export.pdf", b"%PDF-1.7", "its name must end in .xlsx or .csv"),
        ("empty.csv", b"", "The file is empty"),
        ("../../passwd", b"root:x:0:0", "its name must end in .xlsx or .csv"),
    ],
)
def test_hostile_files_are_refused(coordinator: Client, home: Path, name: str, data: bytes, message: str) -> None:
    answer = upload(coordinator, data, name)
    assert answer.status_code == 400
    assert message in text(answer).replace("&#x27;", "'")
    assert str(home) not in answer.content.decode()
    assert not list((home / "uploads" / "imports").glob("*"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 but no archive", "damaged workbook"),
        (b"one column\nof words\n", "holds no table"),
        (b"a," * 600 + b"b\n1\n", "more than 500 columns"),
    ],
)
def test_what_turns_out_to_be_no_table_is_removed(coordinator: Client, home: Path, data: bytes, message: str) -> None:
    answer = upload(coordinator, data)
    if answer.status_code == 302:
        answer = coordinator.get(answer.url, follow=True)
    assert message in text(answer)
    assert str(home) not in answer.content.decode()
    assert not list((home / "uploads" / "imports").glob("*"))


def test_a_sheet_that_is_not_there_costs_nobody_the_upload(coordinator: Client) -> None:
    url = upload(coordinator, SAMPLE.read_bytes(), SAMPLE.name).url
    page = coordinator.get(f"{url}?sheet=Nowhere", follow=True)
    assert page.redirect_chain[-1][0] == url
    assert "Nowhere" in text(page) and SAMPLE.stem in text(page)
    assert coordinator.get(url).status_code == 200


def test_too_large_a_file_is_refused_before_it_is_stored(
    coordinator: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LARGEST_BYTES", 1 << 20)
    monkeypatch.setattr(import_uploads, "LARGEST_BYTES", 1 << 20)
    assert upload(coordinator, bytes(3 << 20)).status_code == 413
    answer = upload(coordinator, b"a,b\n" * (400_000))
    assert (answer.status_code, "is larger than 1 MB" in text(answer)) == (400, True)


def test_an_upload_without_a_token_against_forgery_is_refused(home: Path, client: Callable[..., Client]) -> None:
    from tests.web.site import make_person

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person("coordinator", "RYZ"), backend="django.contrib.auth.backends.ModelBackend")
    assert upload(strict, "a,b\n1,2\n").status_code == 403


def test_markup_in_a_file_stays_text(coordinator: Client) -> None:
    nasty = "<script>alert(1)</script>"
    page = coordinator.get(upload(coordinator, csv_text(msforms([answers(action=nasty)])), "<b>x.csv").url)
    assert nasty not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()
    assert "<b>x.csv" not in page.content.decode()


def test_an_export_is_imported_as_proposed(coordinator: Client) -> None:
    page = coordinator.get(upload(coordinator, SAMPLE.read_bytes(), SAMPLE.name).url)
    assert "Leading with Compassion nominations" in text(page)
    answer = coordinator.post(page.request["PATH_INFO"], {**chosen(page), "import": "yes"}, follow=True)
    assert "is imported" in text(answer)
    assert models.Submission.objects.filter(form__organisation="RYZ").count() == 5
    assert actions() == ["uploaded file to import", "confirmed mapping", "imported file"]
    assert models.ImportRun.objects.latest("pk").by == "Coordinator Ryz (coordinator.ryz)"
    assert coordinator.get(page.request["PATH_INFO"]).status_code == 404, "the upload is gone"


def test_what_a_person_puts_right_is_followed(coordinator: Client) -> None:
    file = csv_text(msforms([answers(nominator_type="patient")])).replace("A patient", "A martian")
    page = coordinator.get(upload(coordinator, file).url)
    data = chosen(page)
    (meaning,) = [name for name in data if name.startswith("meaning-") and data[name] == ["-"]]
    coordinator.post(page.request["PATH_INFO"], {**data, meaning: "volunteer", "impact-0": "", "import": "yes"})
    (version,) = models.SubmissionVersion.objects.filter(submission__form__organisation="RYZ")
    assert (version.values["nominator_type"], "impact" in version.values) == ("volunteer", False)
    assert QUESTIONS["impact"] in version.kept


def test_a_newly_chosen_column_shows_its_answers(coordinator: Client) -> None:
    page = coordinator.get(upload(coordinator, csv_text(msforms([answers()]))).url)
    data = chosen(page)
    place = data["nominee_team-0"][0]
    answer = coordinator.post(page.request["PATH_INFO"], {**data, "nominator_type-0": place, "nominee_team-0": ""})
    assert chosen(answer)[f"answer-{place}-0"] == ["Ward 7"]
    assert chosen(answer)[f"meaning-{place}-0"] == ["-"]
    assert answer.status_code == 200
    assert not models.ImportRun.objects.filter(organisation="RYZ").exists()


def test_all_faults_of_a_mapping_at_once(coordinator: Client) -> None:
    page = coordinator.get(upload(coordinator, csv_text(msforms([answers()]))).url)
    data = chosen(page)
    names = ("nominee_first_name", "nominee_last_name", "nominee_team", "action")
    wrong = {**data, **{f"{name}-0": "" for name in names}, "import": "yes"}
    answer = coordinator.post(page.request["PATH_INFO"], wrong)
    assert answer.status_code == 400
    assert "no column names the nominee" in text(answer)
    assert "no column tells what the nominee did (What they did)" in text(answer)
    twice = {**data, "impact-0": data["action-0"], "import": "yes"}
    assert "give it once" in text(coordinator.post(page.request["PATH_INFO"], twice))


def test_refused_rows_are_told_and_downloaded(coordinator: Client) -> None:
    answer = bring_in(coordinator, doubtful())
    assert "Rows that were not taken" in text(answer)
    told = coordinator.get(f"{answer.redirect_chain[-1][0]}refused.csv")
    assert told["Content-Type"].startswith("text/csv")
    assert re.search(r"^4,,.*never closed", told.content.decode("utf-8-sig"), re.MULTILINE)
    assert "downloaded refused rows" in actions()


def test_a_file_of_readings(coordinator: Client) -> None:
    answer = upload(coordinator, '[{"card": "no number"}]', "readings.json")
    page = coordinator.get(answer.url)
    assert "1 of them can" in text(page)
    future = coordinator.post(answer.url, {"received": "2999-01-01"})
    assert "still to come" in text(future)
    done = coordinator.post(answer.url, {"received": "2026-11-20"}, follow=True)
    assert "no card number" in text(done)
    assert "readings.json" in text(coordinator.get("/RYZ/import/readings/"))
    broken = upload(coordinator, '[{"card": ', "half.json")
    assert "only a part of one" in text(coordinator.get(broken.url, follow=True))


def test_a_merge_is_run_seen_and_taken_back(coordinator: Client) -> None:
    bring_in(coordinator, doubtful())
    assert "Cards and submissions that wait to be merged 2" in text(coordinator.get("/RYZ/merge/"))
    assert "The merge is done: 2 new" in text(merge(coordinator))
    assert "It changed nothing" in text(merge(coordinator))
    run = models.MergePart.objects.get(organisation="RYZ").run_id
    assert "Open questions 1 to answer" in text(coordinator.get("/RYZ/merge/"))
    assert "Take it back" in text(coordinator.get(f"/RYZ/merge/{run}/undo/"))
    answer = coordinator.post(f"/RYZ/merge/{run}/undo/", follow=True)
    assert "2 sources wait to be merged again" in text(answer)
    again = coordinator.post(f"/RYZ/merge/{run}/undo/")
    assert (again.status_code, "not the last merge any more" in text(again)) == (409, True)
    assert [action for action in actions() if "merge" in action] == [
        "asked for a merge", "asked for a merge", "took back merge",
    ]  # fmt: skip


def test_taking_back_leaves_another_organisations_merge(coordinator: Client, client: Callable[..., Client]) -> None:
    before = models.NominationSource.objects.filter(organisation="RXW", merged_in=None).count()
    run = models.MergePart.objects.filter(organisation="RXW").latest("run").run_id
    assert coordinator.post(f"/RYZ/merge/{run}/undo/").status_code == 404
    assert client("coordinator").post(f"/RYZ/merge/{run}/undo/").status_code == 404
    assert models.NominationSource.objects.filter(organisation="RXW", merged_in=None).count() == before


def test_a_question_is_answered_and_answered_anew(coordinator: Client) -> None:
    bring_in(coordinator, doubtful())
    merge(coordinator)
    (asked,) = list_open("RYZ")
    url = f"/RYZ/merge/questions/{asked.one}/{asked.other}/"
    page = coordinator.get(url)
    assert "Speaks for one" in text(page) and "Later she brought soup" in text(page)
    answer = coordinator.post(url, {"answer": "apart"}, follow=True)
    assert "No question is left" in text(answer)
    assert "two nominations" in text(coordinator.get("/RYZ/merge/questions/"))
    coordinator.post(url, {"answer": "same"})
    assert "1 joined" in text(merge(coordinator))
    assert coordinator.post(url, {"answer": "perhaps"}).url == url
    assert {"viewed question", "answered question"} <= set(actions())
    assert models.Decision.objects.latest("pk").by == "Coordinator Ryz (coordinator.ryz)"


def test_who_wishes_no_name_is_named_only_when_asked_for_and_that_is_recorded(coordinator: Client) -> None:
    bring_in(coordinator, doubtful(anonymous=True))
    merge(coordinator)
    (asked,) = list_open("RYZ")
    pages = [f"/RYZ/merge/questions/{asked.one}/{asked.other}/", f"/RYZ/import/submission/{asked.other}/"]
    for url in pages:
        assert "Jo Bloggs" not in text(coordinator.get(url))
        assert "Jo Bloggs" in text(coordinator.get(f"{url}?names=show"))
        events = AuditEvent.objects.filter(action__startswith="viewed").order_by("-pk")[:2]
        assert [event.detail for event in events] == ["with the name of an anonymous nominator", ""]


def test_the_mapping_page_doesnt_tell_who_nominated(coordinator: Client) -> None:
    page = coordinator.get(upload(coordinator, csv_text(msforms([answers()]))).url)
    assert "Ann Brown" not in text(page) and "ann@example.org" not in text(page)
    assert "A•• B••••" in text(page)
