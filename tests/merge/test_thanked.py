"""Nominations by whom they thank."""

import pytest

from pipeline.merge.nominees import Nominee
from pipeline.merge.person_names import person_name
from pipeline.merge.thanked import gather_thanked, one_name


def named(first: str, last: str, team: str = "", staff: str = "") -> Nominee:
    return Nominee(person_name(first, last), team, bool(team), staff)


def gathered(*nominees: Nominee) -> list[tuple[int, ...]]:
    return [thanked.members for thanked in gather_thanked(nominees)]


def test_members_of_staff_by_the_list() -> None:
    assert gathered(named("Sue", "Smith", staff="S1"), named("Ann", "Lee"), named("S", "Smyth", staff="S1")) == [
        (0, 2),
        (1,),
    ]


def test_teams_by_their_ward_or_name() -> None:
    assert gathered(named("", "", "W07"), named("", "", "LODGE"), named("", "", "W07")) == [(0, 2), (1,)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("SUSAN", "SMITH"),
        ("Sue", "Smith"),
        ("S", "Smith"),
        ("Smith", "Susan"),
        ("Susan", "Jones-Smith"),
        ("Susan", "Smith-Jones"),
    ],
)
def test_people_on_no_list_by_names_that_may_be_one(first: str, last: str) -> None:
    assert gathered(named("Susan", "Smith", "W07"), named(first, last, "W07")) == [(0, 1)]


def test_two_of_one_name_on_two_wards_stay_two() -> None:
    assert gathered(named("Sue", "Smith", "W07"), named("Sue", "Smith", "W12")) == [(0,), (1,)]


def test_who_is_named_without_a_ward() -> None:
    without = named("Sue", "Smith")
    assert gathered(without, named("Susan", "Smith", "W07")) == [(0, 1)]
    assert gathered(without, named("Susan", "Smith", "W07"), named("Sue", "Smith", "W12")) == [(0,), (1,), (2,)]
    assert gathered(without, without) == [(0, 1)]


def test_another_first_name_is_another_person() -> None:
    assert gathered(named("Sue", "Smith", "W07"), named("Sarah", "Smith", "W07")) == [(0,), (1,)]


def test_an_initial_that_fits_two_belongs_to_neither() -> None:
    found = gathered(named("Sue", "Smith", "W07"), named("Sarah", "Smith", "W07"), named("S", "Smith", "W07"))
    assert found == [(0,), (1,), (2,)]


def test_nobody() -> None:
    assert gathered() == []


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        (("Sue", "Smith"), ("Susan", "Smith"), True),
        (("Sue", "Smith"), ("", "Smith"), False),
        (("S", "Smith"), ("Tom", "Smith"), False),
        (("Sue", "Smith"), ("Sue", "Jones"), False),
    ],
)
def test_names_that_may_be_one_persons(one: tuple[str, str], other: tuple[str, str], may_be: bool) -> None:
    names = person_name(*one), person_name(*other)
    assert one_name(*names) is one_name(*names[::-1]) is may_be
