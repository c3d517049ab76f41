import json
from datetime import date
from pathlib import Path

from pipeline.simulate.sample_form import write_sample_form
from pipeline.submissions.propose import missing, propose
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.recognise import recognise
from pipeline.submissions.records import Kind, Submission
from pipeline.submissions.tables import read_table

SAMPLES = Path(__file__).parent.parent.parent / "samples"


def test_the_sample_form_tells_stories_of_the_sample_cards(tmp_path: Path) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    table = read_table(write_sample_form(expected["pages"], tmp_path))
    columns = propose(table, recognise(table.header))
    assert columns.kind is Kind.MSFORMS
    assert missing(columns) == []
    rows = list(read_submissions(table, columns, date(2026, 11, 27)))
    assert all(isinstance(row, Submission) for row in rows)
    stories = {card["fields"]["action"].lower() for page in expected["pages"] for card in page["cards"]}
    told = [str(row.values["action"]).lower() in stories for row in rows if isinstance(row, Submission)]
    assert told == [True, True, True, False, False]


def test_it_is_the_one_in_the_samples(tmp_path: Path) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    made = read_table(write_sample_form(expected["pages"], tmp_path))
    (kept,) = (SAMPLES / "electronic").iterdir()
    assert list(read_table(kept).rows()) == list(made.rows())
