from pathlib import Path

import pytest

from forms.errors import ConfigurationError, ExitCode, UsageError
from forms.organisation import Organisation, StaffMember, Ward, read_profile

ORGANISATION = 'code = "RXW"\nname = "Shrewsbury and Telford"\nscheme = "Leading with Compassion"\n'
WARDS = "code,name\nW21,Ward 21\nW07,Ward 7\n"
STAFF = "staff_id,first_name,last_name,job_title,ward\nS1,Zoë,O'Neill,Nurse,W07\nS2,Jo,Bloggs,,\n"


def write_profile(folder: Path, **files: str | bytes | None) -> Path:
    """A sound profile; `organisation`, `wards` and `staff` replace a file, or leave it out when None."""
    contents = {"organisation": ORGANISATION, "wards": WARDS, "staff": STAFF, **files}
    for name, content in contents.items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (folder / (f"{name}.toml" if name == "organisation" else f"{name}.csv")).write_bytes(data)
    return folder


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError, match="cannot be used") as caught:
        read_profile(folder)
    assert caught.value.exit_code == ExitCode.BAD_CONFIGURATION
    return caught.value.faults


def test_a_whole_profile(tmp_path: Path) -> None:
    profile = read_profile(write_profile(tmp_path))
    assert profile.organisation == Organisation("RXW", "Shrewsbury and Telford", "Leading with Compassion")
    assert profile.wards == (Ward("W21", "Ward 21"), Ward("W07", "Ward 7"))
    assert profile.staff == (
        StaffMember("S1", "Zoë", "O'Neill", "Nurse", "W07"),
        StaffMember("S2", "Jo", "Bloggs", "", ""),
    )


def test_the_lists_are_optional(tmp_path: Path) -> None:
    profile = read_profile(write_profile(tmp_path, wards=None, staff=None))
    assert (profile.wards, profile.staff, profile.has_wards, profile.has_staff) == ((), (), False, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    toml = ORGANISATION.replace("Telford", "Télford").encode(encoding)
    profile = read_profile(write_profile(tmp_path, organisation=toml, staff=STAFF.encode(encoding)))
    assert profile.organisation.name == "Shrewsbury and Télford"
    assert profile.staff[0].first_name == "Zoë"


def test_what_spreadsheets_do_to_csv(tmp_path: Path) -> None:
    staff = (
        "Notes;STAFF_ID ;First_Name;last_name;job_title;ward\r\n;;;;;\r\n"
        'new; S1 ;"Mary\r\nAnn" ; Smith ;"Sister; acting";W21;;\r\n'
    )
    (member,) = read_profile(write_profile(tmp_path, staff=staff)).staff
    assert member == StaffMember("S1", "Mary Ann", "Smith", "Sister; acting", "W21")


def test_every_fault_of_all_files_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        write_profile(
            tmp_path,
            organisation='code = "rxw"\nscheme = 3\nsubmit_url = "www.example.org"\ncolour = "blue"\n',
            wards="code,name\nW21,Ward 21\nW21,Again\nW 7,Ward 7\nW8,\n",
            staff="staff_id,first_name,last_name,job_title,ward\nS1,A,B,,W99\nS1,C,D,,W99\n,E,,,\nS4,,,,W21\n",
        )
    )
    assert faults == (
        "organisation.toml: unknown key 'colour'; "
        "allowed are code, name, scheme, return_to, privacy_notice, submit_url",
        "organisation.toml: 'name' is missing",
        "organisation.toml: 'scheme' must be text in quotes, not 3",
        "organisation.toml: 'code' is 'rxw'; it must be the ODS code, 3 to 6 capital letters and digits, such as RXW",
        "organisation.toml: 'submit_url' is 'www.example.org'; "
        "it must be a whole web address that begins with https:// or http://",
        "wards.csv line 3: ward 'W21' is there twice; a code may stand once only",
        "wards.csv line 4: 'code' is 'W 7'; it must be 1 to 20 letters, digits, '.', '_' or '-', "
        "and begin with a letter or digit",
        "wards.csv line 5: 'name' is empty",
        "staff.csv line 3: staff_id 'S1' is there twice; an id may stand once only",
        "staff.csv line 4: 'staff_id' is empty",
        "staff.csv line 5: 'first_name' and 'last_name' are both empty",
        "staff.csv line 2, 3: ward 'W99' is not in wards.csv, which has W 7, W21, W8",
    )


def test_missing_columns(tmp_path: Path) -> None:
    faults = faults_of(write_profile(tmp_path, wards="ward,name\nW21,x\n", staff="staff_id,name\nS1,x\n"))
    assert faults[0] == "wards.csv line 1: column 'code' is missing; needed are code, name"
    assert [fault for fault in faults if "'job_title' is missing" in fault]


def test_staff_on_wards_without_a_list_of_wards(tmp_path: Path) -> None:
    (fault,) = faults_of(write_profile(tmp_path, wards=None))
    assert fault == "staff.csv: names wards, but there is no wards.csv beside it; add one, or leave 'ward' empty"


def test_too_many_values_in_a_row(tmp_path: Path) -> None:
    (fault,) = faults_of(write_profile(tmp_path, wards="code,name\nW21,Ward 21, first floor\n", staff=None))
    assert fault == ("wards.csv line 2: 3 values for 2 columns; put quotes around a value that holds a comma")


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    (fault,) = faults_of(write_profile(tmp_path, organisation="code = RXW"))
    assert fault.startswith("organisation.toml: not readable as TOML: ")


@pytest.mark.parametrize("url", ["https://forms.example.org/abc?x=1", "http://intranet/form", ""])
def test_good_addresses(tmp_path: Path, url: str) -> None:
    toml = f'{ORGANISATION}submit_url = "{url}"\n'
    assert read_profile(write_profile(tmp_path, organisation=toml)).organisation.submit_url == url


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://", "https://a b", "https://[x", "http://a:99999"])
def test_bad_addresses(tmp_path: Path, url: str) -> None:
    (fault,) = faults_of(write_profile(tmp_path, organisation=f'{ORGANISATION}submit_url = "{url}"\n'))
    assert "'submit_url' is" in fault


def test_there_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        read_profile(tmp_path / "none")
    with pytest.raises(UsageError, match=r"has no organisation\.toml"):
        read_profile(tmp_path)
