from dataclasses import replace
from pathlib import Path

import pytest

from forms.errors import UsageError
from forms.organisation import StaffMember, Ward
from pipeline.store import models
from pipeline.store.organisations import Loaded, organisation_codes, profile_of, save_profile, ward_of
from tests.store.builders import make_profile


def test_a_profile_comes_back_as_it_was(store: Path) -> None:
    assert save_profile(make_profile()) == Loaded("RXW", True, "", 2, 2, 0, 0)
    assert profile_of("RXW") == make_profile()
    assert organisation_codes() == ["RXW"]


def test_those_who_left_are_kept_but_no_longer_offered(store: Path) -> None:
    save_profile(make_profile())
    stayed = make_profile(
        wards=(Ward("W07", "Ward Seven"),), staff=(StaffMember("S00124", "Sue", "Smith", "Porter", "W07"),)
    )
    assert save_profile(stayed) == Loaded("RXW", False, "", 1, 1, 1, 1)
    assert profile_of("RXW") == stayed
    left = models.StaffMember.objects.get(staff_id="S00123")
    assert (left.first_name, left.active) == ("Priya", False)
    assert save_profile(make_profile()) == Loaded("RXW", False, "", 2, 2, 0, 0)
    assert profile_of("RXW") == make_profile()


def test_a_profile_without_lists_leaves_them_as_they_are(store: Path) -> None:
    save_profile(make_profile())
    loaded = save_profile(make_profile(wards=(), staff=(), has_wards=False, has_staff=False))
    assert (loaded.wards, loaded.staff, loaded.wards_gone) == (2, 2, 0)


def test_a_name_that_changed_is_kept_with_its_date(store: Path) -> None:
    save_profile(make_profile())
    organisation = replace(make_profile().organisation, name="A new name")
    assert save_profile(make_profile(organisation=organisation)).earlier_name == "Shrewsbury and Telford Hospital"
    assert profile_of("RXW").organisation.name == "A new name"
    assert [earlier.name for earlier in models.EarlierName.objects.all()] == ["Shrewsbury and Telford Hospital"]


def test_what_is_not_there(store: Path) -> None:
    with pytest.raises(UsageError, match=r"Organisation 'RXW' was never loaded \(loaded: none\)"):
        profile_of("RXW")
    save_profile(make_profile())
    assert ward_of(profile_of("RXW"), "W07") == Ward("W07", "Ward 7")
    with pytest.raises(UsageError, match=r"RXW has no ward 'W99' \(it has: W21, W07\)"):
        ward_of(profile_of("RXW"), "W99")


def test_a_long_staff_list(store: Path) -> None:
    staff = tuple(StaffMember(f"S{number}", "A", "B", "", "") for number in range(3000))
    assert save_profile(make_profile(staff=staff)).staff == 3000
    assert save_profile(make_profile(staff=staff[:1])).staff_gone == 2999
