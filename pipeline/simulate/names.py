"""Invented people and places for a sample organisation. No real person is meant."""

import csv
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from forms.organisation import Organisation, Profile, StaffMember, Ward


@dataclass(frozen=True, slots=True)
class NameLists:
    """What `names.toml` holds."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    wards: tuple[str, ...]
    other_teams: tuple[str, ...]
    jobs: tuple[str, ...]
    short: dict[str, str]


@cache
def name_lists() -> NameLists:
    """The invented names shipped with the package."""
    data = tomllib.loads(resources.files("pipeline.simulate").joinpath("names.toml").read_text(encoding="utf-8"))
    lists = {key: tuple(values) for key, values in data.items() if key != "short"}
    return NameLists(**lists, short=dict(data["short"]))


def _pick(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def any_name(rng: np.random.Generator) -> tuple[str, str]:
    """A first and a last name, of anywhere people in Britain come from."""
    return _pick(name_lists().first, rng), _pick(name_lists().last, rng)


def sample_wards(rng: np.random.Generator, count: int) -> tuple[Ward, ...]:
    """`count` wards with codes W01, W02, …; numbered ones once the names run out."""
    known = name_lists().wards
    names = [known[int(n)] for n in rng.permutation(len(known))]
    names += [f"Ward {100 + n}" for n in range(max(0, count - len(names)))]
    return tuple(Ward(f"W{number:02d}", name) for number, name in enumerate(names[:count], start=1))


def sample_organisation(rng: np.random.Generator, staff: int = 300, wards: int = 20) -> Profile:
    """An organisation with invented staff, some of them namesakes."""
    places = sample_wards(rng, wards)
    people = []
    for number in range(1, staff + 1):
        first, last = any_name(rng)
        ward = places[int(rng.integers(len(places)))].code
        people.append(StaffMember(f"S{number:05d}", first, last, _pick(name_lists().jobs, rng), ward))
    organisation = Organisation(
        code="RXW",
        name="The Shrewsbury and Telford Hospital NHS Trust",
        scheme="Leading with Compassion",
        return_to="Leading with Compassion, Patient Experience Team",
        privacy_notice=(
            "We use what you write here to thank the person you name and to learn what good care looks like. "
            "We share it only as you tick above, and you may ask us to remove it at any time."
        ),
    )
    return Profile(organisation, places, tuple(people))


def write_profile(profile: Profile, folder: Path) -> None:
    """Writes `organisation.toml`, `wards.csv` and `staff.csv` as `compassion load` takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    about = profile.organisation
    keys = ("code", "name", "scheme", "return_to", "privacy_notice", "submit_url")
    lines = [f"{key} = {json.dumps(getattr(about, key), ensure_ascii=False)}" for key in keys if getattr(about, key)]
    (folder / "organisation.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "wards.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["code", "name"])
        table.writerows([ward.code, ward.name] for ward in profile.wards)
    with (folder / "staff.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["staff_id", "first_name", "last_name", "job_title", "ward"])
        table.writerows([p.staff_id, p.first_name, p.last_name, p.job_title, p.ward] for p in profile.staff)
