"""What `compassion read` says in the end."""

from typing import Any

import pytest

from pipeline.commands.read import _tell


def told(capsys: pytest.CaptureFixture[str], expected_wrong: float, **fields: int) -> str:
    counts: dict[str, Any] = {"accepted": 312, "review": 68, "blank": 120, **fields}
    _tell({
        "batch": "2026-11-24-1", "pages": 13, "cards": 24, "outcomes": {"cards": 12, "blank": 1},
        "fields": counts, "expected_wrong": expected_wrong,
    })  # fmt: skip
    return capsys.readouterr().out.splitlines()[1]


def test_how_many_accepted_are_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, 0.58) == (
        "312 of 380 fields accepted, about 0.6 of them wrong; 68 wait for a person, 120 left blank."
    )


def test_decided_fields_are_fields_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, 12.4, decided=20) == (
        "312 of 400 fields accepted, about 12 of them wrong; 68 wait for a person, 120 left blank, "
        "20 decided by a person."
    )
