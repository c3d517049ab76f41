import pytest

from pipeline.merge.nominees import Directory, Nominee, initials, team_words
from pipeline.merge.person_names import person_name
from pipeline.statement import People
from tests.merge.builders import make_people, make_statement, review, staff

PEOPLE = make_people(
    staff("S1", "Priya", "Patel", "W07"),
    staff("S2", "Susan", "Smith", "W07"),
    staff("S3", "Susan", "Smith", "W12"),
    staff("S4", "Robert", "Fielding-Brown", "W12"),
    staff("S5", "Zoë", "O'Neill"),
    staff("S6", "Mary Ann", "Okafor", "ICU"),
    staff("S7", "Rebecca", "Fielding", "W07"),
)
DIRECTORY = Directory(PEOPLE)


@pytest.mark.parametrize(
    ("first", "last", "team", "staff_id"),
    [
        ("PRIYA", "PATEL", "", "S1"),
        ("Patel", "Priya", "", "S1"),
        ("", "Priya Patel", "", "S1"),
        ("Nurse Priya", "Patel", "", "S1"),
        ("Bob", "Fielding-Brown", "", "S4"),
        ("ROBERT", "FIELDING BROWN", "", "S4"),
        ("Robert", "Brown", "", "S4"),
        ("ZOE", "ONEILL", "", "S5"),
        ("Zoe", "O’Neill", "W12", "S5"),
        ("Mary", "Okafor", "", "S6"),
        ("Sue", "Smith", "W07", "S2"),
        ("Sue", "Smith", "W12", "S3"),
        # An initial or a slip of the pen counts on the member's own ward only.
        ("P", "Patel", "W07", "S1"),
        ("P", "Patel", "", ""),
        ("Pria", "Patel", "W07", "S1"),
        ("Pria", "Patel", "", ""),
        # Two of one name, and somebody on another ward than the one that is listed.
        ("Sue", "Smith", "", ""),
        ("Sue", "Smith", "ICU", ""),
        ("Priya", "Patel", "W12", ""),
        # A ward that is on no list says nothing against anybody.
        ("Priya", "Patel", "BLUEBELL LODGE", "S1"),
        # One name alone, nobody, and somebody else of that last name.
        ("Priya", "", "", ""),
        ("", "Patel", "W07", ""),
        ("Dilip", "Patel", "W07", ""),
        ("Olga", "Brandt", "", ""),
        ("", "", "", ""),
    ],
)
def test_who_of_the_staff_is_meant(first: str, last: str, team: str, staff_id: str) -> None:
    assert DIRECTORY.staff_id(person_name(first, last), team) == staff_id


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("Ward 7", "W07"),
        ("The Ward 7 team", "W07"),
        ("w07", "W07"),
        ("W07 Ward 7", "W07"),
        ("7", "W07"),
        ("WARD 12", "W12"),
        ("Intensive Care", "ICU"),
        ("ITU", "ICU"),
        ("Critical care unit", "ICU"),
        ("A&E", "EDU"),
        ("Casualty", "EDU"),
        ("ED", "EDU"),
        ("SAU", "SRG"),
        ("Surgical Assesment Unit", "SRG"),
        ("surgical", "SRG"),
        ("Ward 7 night staff", "W07"),
        # On no list: the words that tell it, by the usual name of its kind.
        ("Bluebell Lodge", "BLUEBELL LODGE"),
        ("Cleaners", "DOMESTIC SERVICES"),
        ("Ward 9", "9"),
        ("The team", "THE TEAM"),
        ("", ""),
        ("&!", ""),
    ],
)
def test_which_team_is_meant(text: str, team: str) -> None:
    assert DIRECTORY.team(text) == team


def test_a_name_that_two_wards_share_means_neither() -> None:
    two = Directory(People(wards={"A": "Acute Medical Unit", "B": "Medical Day Unit"}))
    assert two.team("Medical") == "MEDICAL"


def test_team_words_and_initials() -> None:
    assert team_words("The Ward 7 Team") == team_words("ward 7") == "7"
    assert initials("Intensive Therapy Unit") == "ITU"
    assert (initials("Maternity"), initials("Ward 7")) == ("", "")


def test_a_nominee_as_a_statement_tells() -> None:
    said = make_statement(nominee_team="The ward 7 team")
    assert DIRECTORY.nominee(said) == Nominee(person_name("Priya", "Patel"), "W07", True, "S1")
    elsewhere = make_statement(nominee_team="Ward 9")
    assert DIRECTORY.nominee(elsewhere) == Nominee(person_name("Priya", "Patel"), "9", False, "S1")


def test_a_name_that_waits_for_a_person_is_not_looked_up() -> None:
    said = make_statement("card:A", nominee_first_name=review("PRIYA"))
    assert DIRECTORY.nominee(said).staff == ""
    read = make_statement("card:A", nominee_first_name=review("PRIYA"), staff="S1")
    assert DIRECTORY.nominee(read).staff == "S1"


def test_a_persons_word_that_it_is_nobody_on_the_list_stands() -> None:
    assert DIRECTORY.nominee(make_statement(staff_decided=True)).staff == ""
    assert DIRECTORY.nominee(make_statement(staff_decided=True, staff="S5")).staff == "S5"


def test_the_ward_that_was_meant_goes_before_the_words() -> None:
    assert DIRECTORY.nominee(make_statement(nominee_team="Wrad 7O", ward="W12")).team == "W12"
