"""What imports of electronic submissions leave in the store."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from forms.errors import NothingReadError
from forms.organisation import Organisation
from pipeline.store import models
from pipeline.store.organisations import save_profile
from pipeline.store.register import nominations_of
from pipeline.store.setup import open_store
from pipeline.store.submissions import save_submissions
from pipeline.submissions.records import RefusedRow, Submission
from tests.store.builders import make_profile
from tests.store.fixtures import close_store
from tests.store.sources import SENT, counts, make_export, make_submission, register, source_names, take


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def action() -> str:
    (nomination,) = nominations_of("RXW")
    return nomination.action


def test_new_rows_become_nominations() -> None:
    result = take(make_submission(1), make_submission(2, action="He ran."), RefusedRow(4, "Date", "no date"))
    assert (result.rows, *counts(result)) == (3, 2, 0, 0, 1)
    assert result.counts()["refused"] == [{"row": 4, "column": "Date", "reason": "no date"}]
    first, second = nominations_of("RXW")
    assert (first.sources[0].id, first.sources[0].row, first.sources[0].source) == ("msforms:1", 2, "Compassion")
    assert (second.action, second.channel, second.nominee_staff_id) == ("He ran.", "electronic", "S00123")


def test_the_same_file_again_is_not_even_looked_at() -> None:
    take(make_submission(), sha256="a")

    def rows() -> Iterator[Submission]:
        raise AssertionError("it was read")
        yield make_submission()

    again = save_submissions(make_export(sha256="a"), rows())
    assert (again.rows, again.unchanged) == (1, 1)


def test_a_file_with_refused_rows_is_looked_at_again() -> None:
    take(make_submission(1), RefusedRow(3, "", "no id"), sha256="a")
    assert counts(take(make_submission(1), make_submission(2), sha256="a")) == (1, 0, 1, 0)


def test_another_mapping_reads_the_same_file_anew() -> None:
    take(make_submission(action="One column."), sha256="a")
    result = take(make_submission(action="Another column."), sha256="a", mapping="other", mapping_given=True)
    assert counts(result) == (0, 1, 0, 0)
    assert action() == "Another column."


def test_the_first_mapping_again_reads_as_at_first() -> None:
    first, second = make_submission(action="One column."), make_submission(action="Another column.")
    take(first, sha256="a")
    take(second, sha256="a", mapping="other")
    result = take(first, sha256="a", mapping_new=True)
    assert counts(result) == (0, 1, 0, 0)
    assert action() == "One column."


def test_the_same_rows_in_another_file_change_nothing() -> None:
    before = take(make_submission(1), make_submission(2, action="He ran."))
    assert before.new == 2
    moved = [make_submission(2, action="He ran.", row=2), make_submission(1, row=3)]
    assert counts(take(*moved, file="Compassion(1-2).csv")) == (0, 0, 2, 0)
    assert models.SubmissionVersion.objects.count() == 2


def test_an_edit_is_a_new_version_with_its_history() -> None:
    take(make_submission(action="He ran."))
    result = take(make_submission(action="He ran fast.", revision="2026-12-01"), file="later.xlsx")
    assert counts(result) == (0, 1, 0, 0)
    assert action() == "He ran fast."
    told = models.SubmissionVersion.objects.order_by("number").values_list("number", "current", "run__file")
    assert list(told) == [(1, False, "Compassion(1-2).xlsx"), (2, True, "later.xlsx")]


def test_an_older_export_afterwards_changes_nothing() -> None:
    old, new = make_submission(action="He ran."), make_submission(action="He ran fast.", revision="2026-12-01")
    take(old)
    take(new)
    result = take(old, make_submission(2, action="They sang."))
    assert counts(result) == (1, 0, 1, 0)
    assert {row.action for row in nominations_of("RXW")} == {"He ran fast.", "They sang."}
    assert "older than what is known" in str(result.notes)


def test_an_older_export_that_comes_first_now_changes_nothing() -> None:
    take(make_submission(action="He ran fast.", revision="2026-12-01"))
    assert counts(take(make_submission(action="He ran."))) == (0, 0, 1, 0)
    assert action() == "He ran fast."
    assert models.SubmissionVersion.objects.count() == 2


def test_an_edit_that_takes_an_edit_back_stands() -> None:
    take(make_submission(action="He ran."))
    take(make_submission(action="He ran fast.", revision="2026-12-01"))
    assert counts(take(make_submission(action="He ran.", revision="2026-12-02"))) == (0, 1, 0, 0)
    assert action() == "He ran."


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_versions_in_any_order(order: tuple[int, ...]) -> None:
    """The last by revision stands, and the submission came in when its earliest version did."""
    versions = [
        make_submission(action="A", received_at=SENT + timedelta(hours=1)),
        make_submission(action="B", received_at=SENT, revision="1"),
        make_submission(action="A", received_at=SENT - timedelta(hours=1), revision="2"),
        make_submission(action="C", received_at=SENT + timedelta(hours=2), revision="1b"),
    ]
    for place in order:
        take(versions[place])
    (nomination,) = nominations_of("RXW")
    assert (nomination.action, nomination.received_at) == ("A", "2026-11-18T08:30:00+00:00")


def test_forms_of_one_kind_are_told_apart() -> None:
    take(make_submission(1))
    take(make_submission(1), form="Ward 7's form")
    take(make_submission(1), form="Compassion", kind="kobo")
    assert source_names() == ["kobo:1", "msforms:1", "msforms:Ward 7's form:1"]
    assert len(register()) == 3


def test_one_id_with_another_start_time_is_another_submission() -> None:
    """A form that was emptied counts from 1 again."""
    take(make_submission(1))
    result = take(make_submission(1, key="1 2027-01-02T11:00:00", action="He ran."))
    assert counts(result) == (1, 0, 0, 0)
    assert source_names() == ["msforms:1", "msforms:1@2027-01-02T11:00:00"]


def test_organisations_are_apart() -> None:
    save_profile(make_profile(organisation=Organisation("RL1", "Robert Jones", "Compassion"), wards=(), staff=()))
    take(make_submission(1))
    take(make_submission(1, action="He ran."), organisation="RL1")
    assert (source_names("RXW"), source_names("RL1")) == (["msforms:1"], ["msforms:1"])
    assert not register("RXW").keys() & register("RL1").keys()


def test_what_no_field_holds_is_kept() -> None:
    take(make_submission(kept={"Shift": "night", "Email": "a@b.example"}))
    (version,) = models.SubmissionVersion.objects.all()
    assert version.kept == {"Shift": "night", "Email": "a@b.example"}


def test_characters_that_no_database_keeps() -> None:
    odd = "\x00 \ud800 \udce9"
    row = make_submission(action=f"He {odd} ran.", kept={odd: odd}, notes=(odd,))
    keyed = make_submission(2, key=odd, number=odd)
    export = {"form": odd, "file": odd, "mapping": odd, "kept_columns": (odd,)}
    for unchanged in (0, 1):
        result = take(row, RefusedRow(3, odd, odd), keyed, **export)
        assert counts(result) == (1 - unchanged, 0, unchanged, 2)
    assert action().startswith("He")


def test_ids_of_any_length_are_taken_or_refused() -> None:
    rows = [make_submission(n + 1, number="é" * n, key="é" * n) for n in (195, 200, 201, 5000)]
    result = take(*rows, kind="odk", form="F" * 150)
    assert counts(result) == (2, 0, 0, 2)
    again = take(*rows, kind="odk", form="G" * 150)
    assert counts(again) == (2, 0, 0, 2)


def test_near_misses_are_shown_where_rows_have_no_ids() -> None:
    first = make_submission(number="20261118T093000Z-a", key="20261118T093000Z-a", received_at=SENT)
    take(first, kind="google")
    edited = replace(first, number="20261118T093000Z-b", key="20261118T093000Z-b", values={"action": "Edited."})
    again = replace(first, number="20261118T094000Z-a", key="20261118T094000Z-a", received_at=SENT + timedelta(1))
    result = take(edited, again, kind="google")
    assert result.new == 2
    (_, stamp), (_, words) = result.near_misses
    assert "at the very time of google:20261118T093000Z-a" in stamp
    assert "says what google:20261118T093000Z-a says" in words


def test_withdrawn_by_the_forms_owners() -> None:
    take(make_submission(), kind="odk")
    assert [row.status for row in nominations_of("RXW")] == ["complete"]
    take(make_submission(withdrawn=True, revision="1"), kind="odk")
    assert [row.status for row in nominations_of("RXW")] == ["withdrawn"]


def test_an_import_that_fails_leaves_nothing() -> None:
    take(make_submission(1))
    before = register()

    def rows() -> Iterator[Submission]:
        yield from (make_submission(n, action="Edited.", revision="9") for n in range(1, 1201))
        raise NothingReadError("The file ends here.")

    with pytest.raises(NothingReadError):
        save_submissions(make_export(sha256="b", form="Compassion"), rows())
    with pytest.raises(NothingReadError):
        save_submissions(make_export(sha256="b", form="Another"), rows())
    assert register() == before
    assert (models.ImportRun.objects.count(), models.Form.objects.count()) == (1, 1)


_IMPORT = """
import sys, time
from pathlib import Path
from pipeline.store.setup import open_store
open_store(Path(sys.argv[1]), sys.argv[2] or None)
from pipeline.store.submissions import save_submissions
from tests.store.sources import make_export, make_submission
def rows():
    for number in range(1, 1300):
        yield make_submission(number)
    print("half-way", flush=True)
    time.sleep(60)
save_submissions(make_export(), rows())
"""


def test_killed_half_way_nothing_is_kept(store: Path, store_url: str | None) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORT, str(store), store_url or ""],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "half-way\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    close_store()
    open_store(store, store_url)
    assert register() == {}
    assert not models.ImportRun.objects.exists()
    assert counts(take(*(make_submission(number) for number in range(1, 1300)))) == (1299, 0, 0, 0)
