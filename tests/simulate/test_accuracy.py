"""The scorecard: what is counted, with what doubt, and a small run of the whole."""

import datetime
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import main
from pipeline.fit_curves import calibration_error
from pipeline.lists import make_lists
from pipeline.records import Status
from pipeline.simulate.accuracy import measures as m
from pipeline.simulate.accuracy.cards import MISSING, CardResult, FieldResult, measure_cards, read_scan
from pipeline.simulate.accuracy.ink import ink_jobs, plain_picture
from pipeline.simulate.accuracy.measures import CONTENTS, Item, items_of, measures_of
from pipeline.simulate.accuracy.picture import write_picture
from pipeline.simulate.accuracy.plan import Plan, jobs_of
from pipeline.simulate.accuracy.scorecard import Scorecard, as_markdown
from pipeline.simulate.accuracy.statistics import Share, error_by_acceptance, rate_over
from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.names import sample_organisation
from pipeline.simulate.print_run import printed_cards
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.split import split_of
from pipeline.simulate.stacks import Desk as FillingDesk
from pipeline.simulate.stacks import scanned
from pipeline.stack import read_page
from pipeline.workers import Desk, make_reader


def make_field(**changes: Any) -> FieldResult:
    parts: dict[str, Any] = {
        "card": "c", "condition": "grey300", "writer": "w", "style": "mixed", "name": "date", "content": "date",
        "truth": "2020-01-02", "value": "2020-01-02", "status": Status.ACCEPTED.value, "confidence": 0.99,
        "probability": 0.9, "curve": "date", "right": True, "errors": 0, "length": 8, "others": {},
    }  # fmt: skip
    return FieldResult(**{**parts, **changes})


def make_card(*fields: FieldResult, **changes: Any) -> CardResult:
    parts: dict[str, Any] = {
        "card": "c", "condition": "grey300", "writer": "w", "style": "mixed", "found": True, "on_list": True,
        "matched": True, "boxes": 0, "seen_ticked": 0, "fields": fields,
    }  # fmt: skip
    return CardResult(**{**parts, **changes})


def make_nominee(first: dict[str, Any] | None = None, last: dict[str, Any] | None = None) -> tuple[FieldResult, ...]:
    name: dict[str, Any] = {"content": "name", "truth": "PRIYA", "value": "PRIYA", "length": 5}
    return (
        make_field(**{**name, "name": "nominee_first_name", **(first or {})}),
        make_field(**{**name, "name": "nominee_last_name", **(last or {})}),
    )


class TestShares:
    @given(st.integers(0, 500), st.integers(0, 500))
    def test_interval_holds_the_share(self, hits: int, misses: int) -> None:
        share = Share(hits, hits + misses)
        low, high = share.interval
        assert 0 <= low <= share.share <= high <= 1

    def test_wilson(self) -> None:
        # Newcombe 1998, table I.
        assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=1e-4)
        assert Share(0, 20).interval == pytest.approx((0.0, 0.1611), abs=1e-4)

    def test_one_bad_writer_makes_the_rate_doubtful(self) -> None:
        writers = [f"w{n % 10}" for n in range(200)]
        even = rate_over(writers, [1] * 200, [10] * 200)
        uneven = rate_over(writers, [10 if w == "w0" else 0 for w in writers], [10] * 200)
        assert even.rate == uneven.rate == pytest.approx(0.1)
        assert even.interval == pytest.approx((0.1, 0.1))
        assert uneven.interval[1] > 0.2

    def test_calibration_error(self) -> None:
        rng = np.random.default_rng(0)
        confidence = rng.uniform(0.5, 1, 20_000)
        right = rng.random(20_000) < confidence
        assert calibration_error(confidence, right) < 0.012
        assert calibration_error(confidence * 0.8, right) == pytest.approx(0.15, abs=0.01)
        assert calibration_error(np.zeros(0), np.zeros(0)) == 0

    def test_acceptance_takes_ties_together(self) -> None:
        shares, wrong = error_by_acceptance([0.9, 0.9, 0.8, 0.7], [True, False, True, False])
        assert shares.tolist() == [0.5, 0.75, 1.0]
        assert wrong.tolist() == [0.5, pytest.approx(1 / 3), 0.5]


class TestItems:
    def test_a_nominee_is_first_and_last_name_together(self) -> None:
        (item,) = items_of(make_card(*make_nominee(last={"right": False, "confidence": 0.5, "errors": 2})))
        assert (item.content, item.right, item.stands, item.errors, item.length) == (m.ON_LIST, False, True, 2, 10)
        assert item.confidence == pytest.approx(0.99 * 0.5)
        (item,) = items_of(make_card(*make_nominee(last={"status": Status.REVIEW.value}), on_list=False))
        assert (item.content, item.right, item.stands) == (m.NOT_ON_LIST, True, False)

    def test_nothing_written_and_nothing_read_is_no_value(self) -> None:
        empty = make_field(truth="", value="", status=Status.BLANK.value)
        assert not list(items_of(make_card(empty)))
        invented = make_field(truth="", value="2020-01-02", right=False)
        assert [item.right for item in items_of(make_card(invented))] == [False]

    def test_writing_taken_for_empty_stands_and_is_wrong(self) -> None:
        missed = make_field(value="", status=Status.BLANK.value, right=False)
        (item,) = items_of(make_card(missed))
        assert (item.stands, item.right) == (True, False)

    def test_a_card_that_is_not_found_is_not_right(self) -> None:
        lost = make_field(value="", status=MISSING, right=False, errors=8)
        (item,) = items_of(make_card(lost, found=False))
        assert (item.stands, item.right) == (False, False)


def find(cards: list[CardResult], row: str, name: str) -> tuple[int, int]:
    (found,) = [
        x for x in measures_of(cards, []) if (x.table, x.row, x.name, x.reader) == ("content", row, name, "own")
    ]
    return found.hits, found.count


def test_pulled_onto_the_list() -> None:
    wrong = {"right": False, "value": "PRIA"}
    cards = [
        make_card(*make_nominee(wrong), on_list=False, matched=True, card="a"),
        make_card(*make_nominee(wrong), on_list=False, matched=False, card="b"),
        make_card(*make_nominee({**wrong, "status": Status.REVIEW.value}), on_list=False, matched=True, card="c"),
        make_card(*make_nominee(), on_list=False, matched=False, card="d"),
        make_card(*make_nominee(wrong), on_list=True, matched=True, card="e"),
    ]
    assert find(cards, m.NOT_ON_LIST, m.PULLED) == (1, 4)
    assert find(cards, m.NOT_ON_LIST, m.WRONG) == (2, 3)
    assert find(cards, m.ON_LIST, m.WRONG) == (1, 1)


def test_empty_boxes_are_counted() -> None:
    cards = [make_card(make_field(), boxes=6), make_card(make_field(), boxes=5, seen_ticked=1)]
    assert find(cards, "tick", m.FALSE_TICKS) == (1, 11)


def test_what_is_expected_to_be_wrong_stands_beside_what_is() -> None:
    fields = [make_field(confidence=0.9, right=n > 1, curve="date") for n in range(10)]
    empty = make_field(truth="", value="", status=Status.BLANK.value, confidence=0.998, curve="blank.boxes")
    found = {(x.table, x.row, x.name): x for x in measures_of([make_card(*fields, empty)], [])}
    expected = found["content", m.ALL, m.EXPECTED]
    assert (expected.value, expected.hits, expected.count) == (pytest.approx(1.0), 2, 10)
    assert found["content", m.ALL, m.ERROR].value == pytest.approx(0.1)
    assert found["content", m.ALL, m.COMPLETE].count == 11
    assert found["curve", "date", m.SAID].value == pytest.approx(0.9)
    assert found["curve", "date", m.RIGHT].hits == 8


def test_the_same_plan_has_the_same_jobs() -> None:
    plan = Plan(cards=23, conditions=("grey300", "cut", "worn"))
    jobs = list(jobs_of(plan))
    assert sum(job.cards for job in jobs) == 23
    assert [job.number for job in jobs] == list(range(len(jobs)))
    by_condition = [sum(j.cards for j in jobs if j.condition == c) for c in plan.conditions]
    assert by_condition == [8, 8, 7]


def test_pen_strokes_are_drawn_at_one_height() -> None:
    for size in (10, 1000):
        strokes = [np.array([[0, 0], [size, size / 2]], np.float32), np.array([[size, 0]], np.float32)]
        picture = plain_picture(strokes, 64)
        rows = np.flatnonzero((picture < 128).any(axis=1))
        assert rows[0] >= 8
        assert 58 <= rows[-1] - rows[0] <= 66


def test_the_picture_is_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    items = [
        Item(content, str(n), "grey300", "w", "mixed", bool(rng.random() < 0.9), True, float(rng.random()), 0, 1, {})
        for content in CONTENTS
        for n in range(40)
    ]
    write_picture(items, tmp_path / "curve.svg", "some cards")
    text = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert all(content in text for content in CONTENTS)
    assert "some cards" in text


def test_tables_say_counts_and_intervals() -> None:
    cards = [make_card(make_field(right=n > 2), card=str(n)) for n in range(100)]
    score = Scorecard(Plan(cards=100), 100, 1, tuple(measures_of(cards, [])), ())
    text = as_markdown(score)
    assert "| date | 100 | 97.0 % (91.5 to 99.0) | 100.0 % (96.3 to 100.0) | 3 of 100 (1.03 to 8.45 %)" in text
    assert "easier to read than hands" in text
    assert len(score.as_csv().splitlines()) == len(score.measures) + 1


@pytest.mark.slow
def test_bench_accuracy_on_font_cards(tmp_path: Path) -> None:
    arguments = ["bench", "accuracy", "--cards", "4", "--conditions", "grey300,cut", "--staff", "50", "--workers", "1"]
    ran = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "score"), "--json"])
    assert ran.exit_code == 0, ran.output
    assert "far easier to read than hands" in ran.stderr
    score = json.loads(ran.stdout)
    measures = {(x["table"], x["row"], x["reader"], x["name"]): x for x in score["measures"]}
    assert measures["content", "all", "own", m.FOUND]["hits"] == 4
    assert measures["content", "all", "own", m.RIGHT]["value"] > 0.6
    assert {key[2] for key in measures} == {"own", "ppocr", "tesseract"}
    assert {key[1] for key in measures if key[0] == "condition"} == {"grey300", "cut"}
    written = sorted(path.name for path in (tmp_path / "score").iterdir())
    assert written == ["accuracy.csv", "accuracy.json", "accuracy.md", "accuracy.svg"]


@pytest.mark.slow
def test_a_job_gives_the_same_results_again() -> None:
    (job,) = jobs_of(Plan(cards=2, conditions=("grey300",), staff=50, readers=("own",)))
    assert measure_cards(job) == measure_cards(job)


@pytest.mark.slow
def test_cards_are_read_as_pages_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    profile = sample_organisation(rng, 50, 5)
    desk = FillingDesk(printed_cards(profile, tmp_path, rng), FontHands(), profile, rng)
    page = scanned(desk.card(), CONDITIONS["grey300"], rng).scan.image
    reader = make_reader(Desk(lists={profile.organisation.code: make_lists(profile.staff, profile.wards)}))
    measured = [card.fields for card, _ in read_scan(page, reader)]
    assert measured == [card.fields for card in read_page(page, reader, datetime.date.today()).cards]
    assert measured


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--conditions", "grey300,fog"], "no scanner condition 'fog'"),
        (["--readers", "own,oracle"], "no reader 'oracle'"),
        (["--readers", "ppocr"], "must name 'own'"),
        (["--handwriting", "."], "holds no unipen/"),
    ],
)
def test_what_cannot_be_measured_is_said(arguments: list[str], said: str) -> None:
    ran = CliRunner().invoke(main, ["bench", "accuracy", *arguments])
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_bare_ink_is_of_unseen_writers_and_fit_to_measure_by(tmp_path: Path) -> None:
    """The split is that of training, by the writer's name alone; bad ink and what is struck out is left out."""
    (tmp_path / "unipen").mkdir()
    (tmp_path / "copiste").mkdir()
    heads = "id\tcategory\tcontributor\twriter\tquality\tstyle\tlang\tstrokes\tlabel\n"
    writers = [f"u{n:03d}" for n in range(200)]
    rows = [f"1a-{n:05d}\t1a\tced\t{writer}\tGOOD\tMIXED\ten\t1\t7" for n, writer in enumerate(writers)]
    rows += [f"1a-{n:05d}\t1a\tapp\t{writer}\tGOOD\tMIXED\ten\t1\t7" for n, writer in enumerate(writers)]
    rows += [f"1a-{n:05d}\t1a\tced\t{writer}\tBAD\tMIXED\ten\t1\t7" for n, writer in enumerate(writers)]
    (tmp_path / "unipen" / "unipen_1a.tsv").write_text(heads + "\n".join(rows) + "\n", encoding="utf-8")
    scans = [f"{n}.jpg\t{n:04d}\tp\t{'une >phrase<' if n % 2 else 'une phrase'}" for n in range(200)]
    (tmp_path / "copiste" / "labels.tsv").write_text(
        "file\twriter_doc\tpage\ttext\n" + "\n".join(scans) + "\n", encoding="utf-8"
    )
    chosen: dict[str, set[int]] = {}
    for job in ink_jobs(tmp_path, "test", 1000, 1, ("own",)):
        chosen.setdefault(job.series, set()).update(job.rows)
    assert chosen == {
        "digits": {n for n, writer in enumerate(writers) if split_of(writer) == "test"},
        "scanned lines": {n for n in range(0, 200, 2) if split_of(f"copiste/{n:04d}") == "test"},
    }
