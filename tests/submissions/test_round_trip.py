import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.spreadsheet import defused, undefused
from pipeline.submissions.records import Submission
from pipeline.submissions.row_values import line, story
from tests.submissions.exports import Answers, Rows, google, kobo, msforms, odk, take_in, taken, values_of, write_csv
from tests.submissions.exports import write_xlsx as save_workbook

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
WRITERS = [msforms, google, odk, kobo]
Write = Callable[[Iterable[Answers]], Rows]

# No file holds NUL, and half a surrogate pair is no text. In XML, control characters can't stand.
written = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n\t"), max_size=60)
pieces = st.sampled_from(
    ["=1+1", "'", '"', ",", ";", "\n", "\r\n", "🌼", "Zoë", " – ", "@x", "+44", "\t", "né", "sep=;"]
)
texts = (written | st.lists(pieces, max_size=8).map("".join)).filter(
    # What a writer's own apostrophe before a formula means can't be told from a spreadsheet's.
    lambda text: undefused(text.strip()) == text.strip() and undefused(defused(text)) == text
)
types = st.sampled_from(["patient", "carer", "staff", "volunteer", "other", ""])
consents = st.lists(st.sampled_from(["share_with_nominee", "share_publicly", "stay_anonymous"]), unique=True)
ORDER = ["share_with_nominee", "share_publicly", "stay_anonymous"]
submissions = st.fixed_dictionaries(
    {
        "nominee_first_name": texts,
        "nominee_last_name": texts,
        "nominee_team": texts,
        "nominator_type": types,
        "action": texts.map(lambda text: f"She {text}"),
        "impact": texts,
        "nominator_name": texts,
        "nominator_contact": texts,
        "date": st.just("2026-09-13"),
        "consent": consents.map(lambda values: ";".join(sorted(values, key=ORDER.index))),
    }
)


def expected(given: Answers) -> dict[str, str | tuple[str, ...]]:
    stories = ("action", "impact")
    plain = {name: story(text.replace("\r\n", "\n")) if name in stories else line(text) for name, text in given.items()}
    return values_of({**plain, "consent": given["consent"]})


@pytest.mark.parametrize("write", WRITERS)
@settings(suppress_health_check=SLOW, max_examples=40)
@given(st.lists(submissions, min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]), st.sampled_from([8, 16]))
def test_any_text_comes_back_from_csv(
    tmp_path: Path, write: Write, rows: list[Answers], separator: str, bits: int
) -> None:
    path = write_csv(tmp_path / "a.csv", write(rows), separator, f"utf-{bits}")
    assert [found.values for found in taken(path)] == [expected(row) for row in rows]


@pytest.mark.parametrize("write", WRITERS)
@settings(suppress_health_check=SLOW, max_examples=15)
@given(st.lists(submissions, min_size=1, max_size=4))
def test_any_text_comes_back_from_a_workbook(tmp_path: Path, write: Write, rows: list[Answers]) -> None:
    path = save_workbook(tmp_path / "a.xlsx", write(rows))
    assert [found.values for found in taken(path)] == [expected(row) for row in rows]


@pytest.mark.parametrize("write", WRITERS)
@settings(suppress_health_check=SLOW, max_examples=20)
@given(st.lists(submissions, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    tmp_path: Path, write: Write, rows: list[Answers], chance: random.Random
) -> None:
    table = write(rows)
    body = table[1:]
    chance.shuffle(body)

    def known(path: Path) -> dict[str, object]:
        return {found.key: (found.values, found.received_at, found.kept) for found in taken(path)}

    assert known(write_csv(tmp_path / "a.csv", table)) == known(write_csv(tmp_path / "b.csv", [table[0], *body]))


@settings(suppress_health_check=SLOW, max_examples=150)
@given(st.binary(max_size=300) | st.text(st.sampled_from('a,";\n\r\t=é '), max_size=80).map(str.encode))
def test_any_bytes_are_a_table_or_a_clear_error(tmp_path: Path, data: bytes) -> None:
    from forms.errors import NothingReadError

    (tmp_path / "a.csv").write_bytes(b"Timestamp,Nominee,Story\n2026-10-09 11:02,Sue,Kind.\n" + data)
    try:
        found = take_in(tmp_path / "a.csv")
    except NothingReadError:
        return
    assert all(each.row > 1 for each in found)
    assert any(isinstance(each, Submission) for each in found) or b'"' in data or found
