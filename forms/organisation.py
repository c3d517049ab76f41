"""An organisation's profile: who it is, its wards and its staff, read from a folder of three files.

`organisation.toml` must be there; `wards.csv` and `staff.csv` may be. Every fault of all three is reported at
once.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from forms.errors import ConfigurationError, UsageError

ORGANISATION_KEYS = ("code", "name", "scheme", "return_to", "privacy_notice", "submit_url")
REQUIRED_KEYS = ("code", "name", "scheme")
WARD_COLUMNS = ("code", "name")
STAFF_COLUMNS = ("staff_id", "first_name", "last_name", "job_title", "ward")

_ORGANISATION_CODE = re.compile(r"[A-Z0-9]{3,6}")
_WARD_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
"""It is printed in the card's QR code, which has little room."""
_LONGEST_ID = 100
_SHOWN = 12
"""How many allowed values or lines a message names before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, known by its ODS code. Names change, codes stay."""

    code: str
    name: str
    scheme: str
    return_to: str = ""
    """Where to post a filled card."""
    privacy_notice: str = ""
    submit_url: str = ""
    """The electronic way in, printed on the card."""


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward, team or department."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Someone on the staff list; `ward` is a ward's code, or empty."""

    staff_id: str
    first_name: str
    last_name: str
    job_title: str
    ward: str


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is known of one organisation."""

    organisation: Organisation
    wards: tuple[Ward, ...]
    staff: tuple[StaffMember, ...]
    has_wards: bool = True
    """Whether there was a `wards.csv`; loading a profile without one leaves the wards as they are."""
    has_staff: bool = True
    """The same for `staff.csv`."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a CSV file and the line it began on."""

    line: int
    values: dict[str, str]


def read_profile(folder: Path) -> Profile:
    """Read `organisation.toml`, `wards.csv` and `staff.csv` from `folder`.

    Raises UsageError when there is no such profile, ConfigurationError with every fault of all three files.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder '{folder}'. Give the folder that holds organisation.toml.")
    if not (folder / "organisation.toml").is_file():
        raise UsageError(f"'{folder}' has no organisation.toml, so there is no organisation to load from it.")
    faults: list[str] = []
    organisation = _read_organisation(folder / "organisation.toml", faults)
    wards_file, staff_file = folder / "wards.csv", folder / "staff.csv"
    has_wards, has_staff = wards_file.is_file(), staff_file.is_file()
    wards = _read_wards(wards_file, faults) if has_wards else ()
    staff = _read_staff(staff_file, wards if has_wards else None, faults) if has_staff else ()
    if faults or organisation is None:
        raise ConfigurationError(f"The organisation's profile in {folder}", faults)
    return Profile(organisation, wards, staff, has_wards, has_staff)


def _decode(data: bytes) -> str:
    """Text as Excel and editors save it: UTF-8 with or without a byte order mark, else Windows' code page."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read_organisation(file: Path, faults: list[str]) -> Organisation | None:
    try:
        table = tomllib.loads(_decode(file.read_bytes()))
    except (tomllib.TOMLDecodeError, OSError) as error:
        faults.append(f"{file.name}: not readable as TOML: {error}")
        return None
    found = len(faults)
    for key in table.keys() - set(ORGANISATION_KEYS):
        faults.append(f"{file.name}: unknown key '{key}'; allowed are {', '.join(ORGANISATION_KEYS)}")
    values = {}
    for key in ORGANISATION_KEYS:
        value = table.get(key, "")
        if not isinstance(value, str):
            faults.append(f"{file.name}: '{key}' must be text in quotes, not {value!r}")
            value = "?"
        values[key] = value.strip()
        if key in REQUIRED_KEYS and not values[key]:
            faults.append(f"{file.name}: '{key}' is {'empty' if key in table else 'missing'}")
    if values["code"] not in ("", "?") and not _ORGANISATION_CODE.fullmatch(values["code"]):
        faults.append(
            f"{file.name}: 'code' is '{values['code']}'; it must be the ODS code, 3 to 6 capital letters "
            "and digits, such as RXW"
        )
    if fault := _url_fault(values["submit_url"]):
        faults.append(f"{file.name}: 'submit_url' {fault}")
    return None if len(faults) > found else Organisation(**values)


def _url_fault(url: str) -> str:
    """Say what is wrong with a web address; empty when nothing is, or when there is none."""
    if url in ("", "?"):
        return ""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if whole and not re.search(r"[\s<>\"]", url):
        return ""
    return f"is '{url}'; it must be a whole web address that begins with https:// or http://"


def _read_wards(file: Path, faults: list[str]) -> tuple[Ward, ...]:
    wards: dict[str, Ward] = {}
    for row in _rows(file, WARD_COLUMNS, faults):
        code, name = row.values["code"], row.values["name"]
        where = f"{file.name} line {row.line}:"
        if not _WARD_CODE.fullmatch(code):
            faults.append(
                f"{where} 'code' is '{code}'; it must be 1 to 20 letters, digits, '.', '_' or '-', and "
                "begin with a letter or digit"
            )
        elif code in wards:
            faults.append(f"{where} ward '{code}' is there twice; a code may stand once only")
        if not name:
            faults.append(f"{where} 'name' is empty")
        wards.setdefault(code, Ward(code, name))
    return tuple(wards.values())


def _read_staff(file: Path, wards: tuple[Ward, ...] | None, faults: list[str]) -> tuple[StaffMember, ...]:
    """Read the staff list; `wards` is None when there is no list of wards to hold it against."""
    staff: dict[str, StaffMember] = {}
    codes = {ward.code for ward in wards or ()}
    unknown: dict[str, list[int]] = {}
    for row in _rows(file, STAFF_COLUMNS, faults):
        member = StaffMember(**row.values)
        where = f"{file.name} line {row.line}:"
        if not member.staff_id:
            faults.append(f"{where} 'staff_id' is empty")
        elif member.staff_id in staff:
            faults.append(f"{where} staff_id '{member.staff_id}' is there twice; an id may stand once only")
        if len(member.staff_id) > _LONGEST_ID:
            faults.append(f"{where} 'staff_id' is longer than {_LONGEST_ID} characters")
        if not (member.first_name or member.last_name):
            faults.append(f"{where} 'first_name' and 'last_name' are both empty")
        if member.ward and member.ward not in codes:
            unknown.setdefault(member.ward, []).append(row.line)
        staff.setdefault(member.staff_id, member)
    if unknown and wards is None:
        faults.append(f"{file.name}: names wards, but there is no wards.csv beside it; add one, or leave 'ward' empty")
    elif unknown:
        for ward, lines in unknown.items():
            faults.append(
                f"{file.name} line {_some(lines)}: ward '{ward}' is not in wards.csv, which has {_some(sorted(codes))}"
            )
    return tuple(staff.values())


def _some(values: list[int] | list[str]) -> str:
    shown = ", ".join(str(value) for value in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def _rows(file: Path, columns: tuple[str, ...], faults: list[str]) -> Iterator[_Row]:
    """Yield the rows that hold anything. Other columns are passed over: staff lists come with many."""
    text = _decode(file.read_bytes())
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in columns if name not in header]
        twice = sorted({name for name in columns if header.count(name) > 1})
        for name in missing:
            faults.append(f"{file.name} line 1: column '{name}' is missing; needed are {', '.join(columns)}")
        for name in twice:
            faults.append(f"{file.name} line 1: column '{name}' is there twice")
        if missing or twice:
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                faults.append(
                    f"{file.name} line {line}: {len(cells)} values for {len(header)} columns; put quotes "
                    "around a value that holds a comma"
                )
            elif any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(header) - len(cells))]
                yield _Row(line, {name: " ".join(padded[header.index(name)].split()) for name in columns})
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(f"{file.name} line {reader.line_num}: not readable as CSV: {error}")
