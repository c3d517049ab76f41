import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.submissions.nominee_names import NomineeName, is_team, split_nominee


@pytest.mark.parametrize(
    ("text", "first", "last", "team", "left"),
    [
        ("Sue Smith", "Sue", "Smith", "", ""),
        ("Dr Sue Smith", "Sue", "Smith", "", "Dr"),
        ("Mrs Smith", "", "Smith", "", "Mrs"),
        ("Nurse Priya", "Priya", "", "", "Nurse"),
        ("Sister Jones", "", "Jones", "", "Sister"),
        ("Sister Mary", "Mary", "", "", "Sister"),
        ("Staff Nurse Sue Smith", "Sue", "Smith", "", "Staff Nurse"),
        ("Smith, Sue", "Sue", "Smith", "", ""),
        ("O'Neill, Anna-Marie", "Anna-Marie", "O'Neill", "", ""),
        ("Sue Smith, Ward 7", "Sue", "Smith", "Ward 7", ""),
        ("Sue Smith (Ward 7)", "Sue", "Smith", "Ward 7", ""),
        ("Sue Smith - Ward 7", "Sue", "Smith", "Ward 7", ""),
        ("Sue Smith – Ward 7", "Sue", "Smith", "Ward 7", ""),
        ("Smith, Sue, Ward 7", "Sue", "Smith", "Ward 7", ""),
        ("Sue Smith from Ward 7", "Sue", "Smith", "Ward 7", ""),
        ("Sue on Ward 7", "Sue", "", "Ward 7", ""),
        ("Priya at A&E reception", "Priya", "", "A&E reception", ""),
        ("Sue Smith, W21", "Sue", "Smith", "W21", ""),
        ("The Ward 7 team", "", "", "The Ward 7 team", ""),
        ("Everyone on W21", "", "", "Everyone on W21", ""),
        ("A&E staff", "", "", "A&E staff", ""),
        ("Ward 7", "", "", "Ward 7", ""),
        ("W21", "", "", "W21", ""),
        ("All the staff on Ward 7", "", "", "All the staff on Ward 7", ""),
        ("Maternity", "", "", "Maternity", ""),
        ("Stroke Unit", "", "", "Stroke Unit", ""),
        ("Maple Ward", "", "", "Maple Ward", ""),
        ("Sue Ward", "Sue", "Ward", "", ""),
        ("Rose Ward", "Rose", "Ward", "", ""),
        ("The Maple Ward team", "", "", "The Maple Ward team", ""),
        ("The whole team", "", "", "The whole team", ""),
        ("Maria van der Berg", "Maria", "van der Berg", "", ""),
        ("Mary Jane Smith", "Mary Jane", "Smith", "", ""),
        ("Susan (Sue) Smith", "Susan (Sue)", "Smith", "", ""),
        ("Sue", "Sue", "", "", ""),
        ("S. Smith", "S.", "Smith", "", ""),
        ("Sue Smith, staff nurse", "Sue", "Smith", "", "staff nurse"),
        ("Sue Smith, staff nurse, Ward 7", "Sue", "Smith", "Ward 7", "staff nurse"),
        ("Sue Smith, lovely lady", "Sue", "Smith, lovely lady", "", ""),
        ("Sue Smith and John Brown", "Sue Smith and John Brown", "", "", ""),
        ("Sue Smith, Cardiology", "Sue", "Smith", "Cardiology", ""),
        ("SUE SMITH", "SUE", "SMITH", "", ""),
        ("Sue Smith (HCA)", "Sue", "Smith", "", "HCA"),
        ("Dr. A. Patel (Emergency Department)", "A.", "Patel", "Emergency Department", "Dr."),
        ("Daisy Hill", "Daisy", "Hill", "", ""),
        ("Emergency Department", "", "", "Emergency Department", ""),
        ("Physiotherapy team", "", "", "Physiotherapy team", ""),
        ("The night staff", "", "", "The night staff", ""),
        ("Ward 21 nurses", "", "", "Ward 21 nurses", ""),
        ("The porters", "", "", "The porters", ""),
        ("Sue Smith\nWard 7", "Sue", "Smith", "Ward 7", ""),
        ("Sue Smith, Maple Ward", "Sue", "Smith", "Maple Ward", ""),
        ("Sue Smith, Rose Ward", "Sue", "Smith", "Rose Ward", ""),
        ("Smith, Dr Sue", "Sue", "Smith", "", "Dr"),
        ("Mr Will Day", "Will", "Day", "", "Mr"),
        ("Grace Day", "Grace", "Day", "", ""),
        ("Kofi Mensah on the Stroke Unit", "Kofi", "Mensah", "Stroke Unit", ""),
        ("Oak Ward team", "", "", "Oak Ward team", ""),
        ("Team Maple", "", "", "Team Maple", ""),
        ("Ward Maple", "", "", "Ward Maple", ""),
        ("Joy House", "Joy", "House", "", ""),
        ("Ann of Green Gables", "Ann of", "Green Gables", "", ""),
        ("Jean-Luc Picard", "Jean-Luc", "Picard", "", ""),
        ("The ladies in the canteen", "", "", "The ladies in the canteen", ""),
        ("the discharge lounge", "", "", "the discharge lounge", ""),
        ("Priya", "Priya", "", "", ""),
        ("Sam and the team on Ward 7", "Sam and the team", "", "Ward 7", ""),
        ("Sue Smith & Ward 7 team", "Sue Smith & Ward 7 team", "", "", ""),
        ("Reception team at Outpatients", "", "", "Reception team at Outpatients", ""),
        ("District Nurses, Oswestry", "", "", "District Nurses, Oswestry", ""),
        ("Sue Smith, District Nurses", "Sue", "Smith", "District Nurses", ""),
        ("Dr Day", "", "Day", "", "Dr"),
        ("Sue Smith, Ludlow Hospital", "Sue", "Smith", "Ludlow Hospital", ""),
        ("Susan SMITH-JONES, Ward 21B", "Susan", "SMITH-JONES", "Ward 21B", ""),
        ("St John Rivers", "St John", "Rivers", "", ""),
        ("nurse", "nurse", "", "", ""),
        ("Isaac Lee Intensive Care", "Isaac", "Lee", "Intensive Care", ""),
        ("Chloe Griffiths Willow Ward", "Chloe", "Griffiths", "Willow Ward", ""),
        ("Anjali Bailey The whole team", "Anjali", "Bailey", "The whole team", ""),
        ("Mary Jane Ward", "Mary Jane", "Ward", "", ""),
        ("Glenys (Porters)", "Glenys", "", "Porters", ""),
        ("Sue Smith (NNU)", "Sue", "Smith", "NNU", ""),
        ("Sue Smith, RN", "Sue", "Smith", "", "RN"),
        ("Sue Smith, Willow", "Sue", "Smith", "Willow", ""),
        ("Smith, Daisy", "Daisy", "Smith", "", ""),
        ("Sue Smith (Children's)", "Sue", "Smith", "Children's", ""),
        ("Niamh Ward - fracture clinic", "Niamh", "Ward", "fracture clinic", ""),
        ("Niamh, Renal Unit", "Niamh", "", "Renal Unit", ""),
        ("Maple Ward, Ludlow Hospital", "", "", "Maple Ward, Ludlow Hospital", ""),
        ("IT Help Desk", "", "", "IT Help Desk", ""),
        ("Hospital at Home", "", "", "Hospital at Home", ""),
        ("Porters", "", "", "Porters", ""),
        ("Nurse D'Angelo", "", "D'Angelo", "", "Nurse"),
        ("Nurse Sutton-Tunnicliffe", "", "Sutton-Tunnicliffe", "", "Nurse"),
        ("Joyce Kaur O'Brien", "Joyce", "Kaur O'Brien", "", ""),
        ("Angela Ruth De La Cruz", "Angela Ruth", "De La Cruz", "", ""),
    ],
)
def test_whole_names(text: str, first: str, last: str, team: str, left: str) -> None:
    found = split_nominee(text)
    assert (found.first, found.last, found.team, " ".join(found.left)) == (first, last, team, left)


def test_more_than_one_is_said() -> None:
    assert split_nominee("Sue Smith and John Brown").several
    assert not split_nominee("Sue Smith, Ward 7 and 8").several
    assert split_nominee("") == NomineeName()


WORDS = ["Sue", "Smith", "Dr", "Ward", "7", "W21", "the", "team", "A&E", "nurse", "from", "on", "and", "O'Neill", "van"]
MARKS = [" ", ", ", " - ", " (", ") ", "; ", " / ", "\n"]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)), min_size=1, max_size=8))
def test_no_word_is_lost_and_none_made_up(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + mark for word, mark in parts)
    found = split_nominee(text)
    said = " ".join([found.first, found.last, found.team, *found.left])
    for mark in ",-()/;":
        text, said = text.replace(mark, " "), said.replace(mark, " ")
    joining = {"from", "on", "the"}
    assert sorted(set(said.split()) | joining) == sorted(set(text.split()) | joining)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    found = split_nominee(text)
    assert bool(text.strip()) == bool(found.first or found.last or found.team)
    assert is_team(text) in (True, False)
