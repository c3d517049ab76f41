"""Who is offered while a name is typed."""

from pathlib import Path

import pytest

from forms.organisation import StaffMember, Ward
from pipeline.store.listed import suggest_people, suggest_wards
from pipeline.store.organisations import save_profile
from tests.store.builders import make_profile

STAFF = (
    StaffMember("S1", "Priya", "Patel", "Nurse", "W07"),
    StaffMember("S2", "Susan", "O'Neill-Smith", "Porter", ""),
    StaffMember("S3", "Sam", "Patel", "Nurse", "W21"),
    StaffMember("S4", "José", "Pérez", "Doctor", ""),
)


@pytest.fixture(autouse=True)
def lists(store: Path) -> None:
    save_profile(make_profile(staff=STAFF, wards=(Ward("W21", "Ward 21"), Ward("ITU", "Intensive Care"))))


@pytest.mark.parametrize(
    ("typed", "name", "other", "found"),
    [
        ("pat", "last", "", ["S1", "S3"]),
        ("PAT", "last", "SAM", ["S3", "S1"]),
        ("perez", "last", "", ["S4"]),
        ("PATAL", "last", "", ["S1", "S3"]),
        ("S", "first", "", ["S2", "S3"]),
        ("sam p", "", "", ["S3"]),
        ("patel", "", "", ["S1", "S3"]),
        ("", "last", "", []),
        ("XY", "last", "", []),
    ],
)
def test_people(typed: str, name: str, other: str, found: list[str]) -> None:
    assert [one.staff_id for one in suggest_people("RXW", typed, name, other)] == found
    assert suggest_people("RYZ", typed, name, other) == []


def test_wards() -> None:
    assert [one.code for one in suggest_wards("RXW", "care")] == ["ITU"]
    assert [one.name for one in suggest_wards("RXW", "wrd 21")] == ["Ward 21"]


def test_a_list_loaded_anew() -> None:
    assert suggest_people("RXW", "patel")
    save_profile(make_profile(staff=STAFF[1:2]))
    assert suggest_people("RXW", "patel") == []


def test_out_of_twenty_thousand() -> None:
    many = tuple(StaffMember(f"M{n}", f"Given{n}", f"Family{n * 7919 % 20000}", "", "") for n in range(20000))
    save_profile(make_profile(staff=many))
    assert len(suggest_people("RXW", "FAMLY1234", "last")) == 6
