"""Invented people and places for a sample organisation. No real person is meant."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from forms.organisation import Organisation, Profile, StaffMember, Ward

FIRST_NAMES = tuple(
    """Priya Anjali Rohan Arjun Fatima Ayesha Imran Yusuf Zainab Harpreet Gurpreet Sunita Deepak Meera Nadia Tariq Aisha Kiran
Agnieszka Katarzyna Piotr Tomasz Magdalena Zofia Jakub Ewa Rhys Carys Sian Gareth Megan Dylan Nerys Bronwen Owain Eleri
Chidi Ngozi Kwame Abena Folake Tunde Amara Kofi Blessing Grace Patience Emmanuel Siobhan Niamh Aoife Ciaran Sean Roisin
Oliver Jack Harry George Charlie Thomas William James Daniel Matthew Andrew Christopher Stephen Peter Paul Mark Simon Alan
Emily Olivia Charlotte Sophie Lucy Hannah Rebecca Rachel Laura Sarah Susan Margaret Patricia Elizabeth Joanne Tracey Julie
Karen Denise Maureen Jean Dorothy Sheila Sandra Wendy Lorraine Donna Michelle Nicola Claire Helen Alison Gemma Kirsty Fiona
Ian Keith Trevor Derek Colin Barry Nigel Graham Roger Leon Marcus Jermaine Winston Delroy Mei Ling Jia Wei Hiroshi Maria
Carlos Ana Joao Ines Luca Giulia Elena Ivana Petra Mihai Andreea Oksana Vasyl Rosa Jo Al Bo Mary-Jane Anne-Marie Jean-Paul""".split()
)
LAST_NAMES = tuple(
    """Patel Shah Singh Kaur Khan Hussain Ahmed Begum Sharma Gupta Iqbal Mahmood Choudhury Rahman Desai Mistry Nair Fernandes
Kowalska Nowak Wisniewski Lewandowska Zielinski Wojcik Jones Davies Evans Williams Griffiths Llewellyn Pritchard Bevan Rees
Okafor Adeyemi Mensah Boateng Nkosi Eze Abubakar Oyelaran Osei Danjuma O'Connor O'Brien O'Neill Murphy Kelly Byrne Doyle
Smith Taylor Brown Wilson Johnson Robinson Wright Thompson Walker White Green Hall Wood Harris Clarke Jackson Turner Hill
Cooper Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen Scott Watson Parker Young Bennett Shaw Bailey Carter
Cox Marshall Ellis Rowley Tranter Machin Beech Colclough Wedgwood Bloor Podmore Salt Heath Whitehouse Onions Gough Preece
Higgins Fernley Ashworth Longbottom Featherstone Bartholomew Cholmondeley Fitzgerald McDonald MacLeod McKenzie Fraser Campbell
Chen Wong Li Nguyen Tanaka Santos Silva Ferreira Costa Rossi Popescu Ionescu Horvat Kovacs Shevchenko D'Souza D'Angelo
Smith-Jones Clarke-Hughes Evans-Price Ali-Khan Taylor-Brown Reid Ng Wu Ogden Yates Vaughan Quigley Underhill Zaman""".split()
)
WARD_NAMES = (
    "Ward 7 Stroke Unit", "Maple Ward", "Oak Ward", "Willow Ward", "Children's Ward", "Maternity", "Acute Medical Unit",
    "Emergency Department", "Intensive Care", "Day Surgery", "Theatres", "Fracture Clinic", "Outpatients", "Radiology",
    "Pharmacy", "Pathology", "Physiotherapy", "Community Nursing", "Hospital at Home", "Palliative Care", "Dialysis Unit",
    "Endoscopy", "Eye Clinic", "Cardiology", "Ward 22 Respiratory", "Ward 9 Elderly Care", "Memory Service", "Porters",
    "Catering", "Domestic Services", "Chaplaincy", "Discharge Lounge", "Renal Unit", "Ward 15 Trauma", "Neonatal Unit",
)  # fmt: skip
JOBS = (
    "Staff Nurse", "Healthcare Assistant", "Ward Sister", "Charge Nurse", "Doctor", "Consultant", "Physiotherapist", "Porter",
    "Ward Clerk", "Occupational Therapist", "Midwife", "Radiographer", "Pharmacist", "Housekeeper", "Receptionist",
    "Dietitian", "Student Nurse", "Paramedic", "Chaplain", "Volunteer Coordinator",
)  # fmt: skip
OTHER_TEAMS = (
    "Night Team", "The whole team", "Switchboard", "Volunteers", "Reception", "Estates", "Security", "Friends Shop", "IT Help Desk",
)  # fmt: skip
NICKNAMES = {
    "Susan": "Sue", "Christopher": "Chris", "Margaret": "Maggie", "Elizabeth": "Liz", "Patricia": "Pat", "Thomas": "Tom",
    "William": "Bill", "Daniel": "Dan", "Matthew": "Matt", "Andrew": "Andy", "Stephen": "Steve", "Rebecca": "Becky",
    "Katarzyna": "Kasia", "Agnieszka": "Aga", "Joanne": "Jo", "Nicola": "Nicky", "Alison": "Ali", "James": "Jim",
    "Magdalena": "Magda", "Emmanuel": "Manny", "Michelle": "Shell", "Peter": "Pete", "Harpreet": "Preet",
}  # fmt: skip


def _pick(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def any_name(rng: np.random.Generator) -> tuple[str, str]:
    """A first and a last name, of anywhere people in Britain come from."""
    return _pick(FIRST_NAMES, rng), _pick(LAST_NAMES, rng)


def sample_wards(rng: np.random.Generator, count: int) -> tuple[Ward, ...]:
    """`count` wards with codes W01, W02, …; numbered ones once the names run out."""
    names = [WARD_NAMES[int(n)] for n in rng.permutation(len(WARD_NAMES))]
    names += [f"Ward {100 + n}" for n in range(max(0, count - len(names)))]
    return tuple(Ward(f"W{number:02d}", name) for number, name in enumerate(names[:count], start=1))


def sample_organisation(rng: np.random.Generator, staff: int = 300, wards: int = 20) -> Profile:
    """An organisation with invented staff, some of them namesakes."""
    places = sample_wards(rng, wards)
    people = []
    for number in range(1, staff + 1):
        first, last = any_name(rng)
        ward = places[int(rng.integers(len(places)))].code
        people.append(StaffMember(f"S{number:05d}", first, last, _pick(JOBS, rng), ward))
    organisation = Organisation(
        code="RXW",
        name="The Shrewsbury and Telford Hospital NHS Trust",
        scheme="Leading with Compassion",
        return_to="Leading with Compassion, Patient Experience Team",
        privacy_notice=(
            "We use what you write here to thank the person you name and to learn what good care looks like. "
            "We share it only as you tick below, and you may ask us to remove it at any time."
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
