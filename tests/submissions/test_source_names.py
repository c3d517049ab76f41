from pathlib import Path

import pytest

from pipeline.submissions.source_names import source_name


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Leading with Compassion(1-900).xlsx", "Leading with Compassion"),
        ("Leading with Compassion (1-31).xlsx", "Leading with Compassion"),
        ("responses (1).csv", "responses"),
        ("Nominations - Form Responses 1.csv", "Nominations"),
        ("Nominations (Responses) - Form Responses 1 (2).csv", "Nominations (Responses)"),
        ("Form(1-900) (3).xlsx", "Form"),
        ("Ward 7 (north).csv", "Ward 7 (north)"),
        ("Survey 2026-09-20.csv", "Survey 2026-09-20"),
        ("(1).csv", "(1)"),
    ],
)
def test_next_months_export_is_the_same_source(file: str, name: str) -> None:
    assert source_name(Path("downloads") / file) == name
