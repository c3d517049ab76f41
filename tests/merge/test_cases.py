"""One nomination or two: what the merge makes of pairs and triples that people know from their work."""

from typing import Any

import pytest

from pipeline.merge import Decided
from pipeline.statement import Answer, Standing
from tests.merge.builders import (
    FAREWELL,
    GARDEN,
    LETTERS,
    NIGHT,
    asked_of,
    groups_of,
    make_people,
    make_statement,
    merged,
    review,
    staff,
    verdict,
)

MISREAD = (
    NIGHT.replace("operation", "operatian").replace("blanket", "hlanket").replace("anaesthetic", "anacsthetie")
    .replace("trolley", "troley").replace("morning", "morninq")
)  # fmt: skip
PEOPLE = make_people(
    staff("S1", "Priya", "Patel", "W07"),
    staff("S2", "Mark", "Jones", "W12"),
    staff("S3", "Susan", "Smith", "W07"),
    staff("S4", "Susan", "Smith", "W12"),
)


# --- told twice --------------------------------------------------------------------------------------------------


def test_told_on_a_card_and_by_a_web_form() -> None:
    card = make_statement(
        "card:A", action=review(MISREAD), nominee_first_name=review("PRIVA"), nominator_name="J BLOGGS"
    )
    assert verdict(card, make_statement()) == "one"


def test_told_twice_on_one_form() -> None:
    assert verdict(make_statement("msforms:1"), make_statement("msforms:2", impact="We all felt safe.")) == "one"


def test_an_edit_that_drops_half_the_story() -> None:
    shorter = NIGHT.split(". ")[0]
    assert verdict(make_statement("msforms:1"), make_statement("msforms:2", action=shorter)) == "one"


@pytest.mark.parametrize("missing", ["date", "nominator_name", "nominator_type"])
def test_a_card_with_something_left_empty(missing: str) -> None:
    assert verdict(make_statement("card:A", **{missing: ""}), make_statement()) == "one"


@pytest.mark.parametrize("field", ["date", "nominee_first_name", "nominator_name"])
def test_a_card_with_something_badly_read(field: str) -> None:
    badly = {"date": "2016-11-20", "nominee_first_name": "PRLYA", "nominator_name": "JO BIOGGS"}[field]
    assert verdict(make_statement("card:A", **{field: review(badly)}), make_statement()) == "one"


def test_told_three_times() -> None:
    told = [make_statement("card:A", action=MISREAD), make_statement("msforms:1"), make_statement("odk:K")]
    assert len(merged(*told).groups) == 1


# --- two thanks --------------------------------------------------------------------------------------------------


def test_two_people_thank_one_nominee_on_one_day() -> None:
    other = make_statement("msforms:2", action=GARDEN, nominator_name="Ann Other", nominator_type="patient")
    assert verdict(make_statement("msforms:1"), other, PEOPLE) == "two"


def test_one_person_thanks_one_nominee_again_for_something_else() -> None:
    again = make_statement("msforms:2", action=LETTERS, date="2026-09-01")
    assert verdict(make_statement("msforms:1"), again, PEOPLE) == "two"


def test_a_photocopied_card_with_anothers_story() -> None:
    copy = make_statement("card:A/2", action=FAREWELL, nominator_name="Ann Other")
    assert verdict(make_statement("card:A"), copy) == "two"


@pytest.mark.parametrize(
    "other",
    [
        {"nominee_first_name": "Mark", "nominee_last_name": "Jones"},
        {"nominee_first_name": "Olga", "nominee_last_name": "Brandt"},
        {"nominee_first_name": "", "nominee_last_name": "", "nominee_team": "Ward 12"},
    ],
    ids=["both listed", "one listed", "a team"],
)
def test_one_nominator_praises_two_in_the_same_words(other: dict[str, Any]) -> None:
    assert verdict(make_statement("msforms:1"), make_statement("msforms:2", **other), PEOPLE) != "one"


def test_two_people_on_no_list_praised_in_the_same_words() -> None:
    one = make_statement("msforms:1", nominee_first_name="Olga", nominee_last_name="Brandt")
    two = make_statement("msforms:2", nominee_first_name="Tom", nominee_last_name="Fisher")
    assert verdict(one, two, PEOPLE) == "two"


def test_two_listed_wards_praised_in_the_same_words() -> None:
    nobody = {"nominee_first_name": "", "nominee_last_name": ""}
    one = make_statement("msforms:1", nominee_team="Ward 7", **nobody)
    assert verdict(one, make_statement("msforms:2", nominee_team="Ward 12", **nobody)) == "two"


def test_two_teams_on_no_list_praised_in_the_same_words_are_asked_about() -> None:
    nobody = {"nominee_first_name": "", "nominee_last_name": ""}
    one = make_statement("msforms:1", nominee_team="Bluebell Lodge", **nobody)
    assert verdict(one, make_statement("msforms:2", nominee_team="Falcon Crew", **nobody)) == "asked"


def test_another_first_name_in_the_same_words_is_asked_about() -> None:
    # Two of one family, or one person by a short form that nobody knows.
    one = make_statement("msforms:1", nominee_first_name="Harpreet", nominee_last_name="Popescu")
    assert verdict(one, make_statement("msforms:2", nominee_first_name="Happy", nominee_last_name="Popescu")) == "asked"


def test_short_generic_words_by_two_people() -> None:
    one = make_statement("msforms:1", action="Always kind and helpful.")
    other = make_statement("msforms:2", action="Always kind and helpful", nominator_name="Ann Other")
    assert verdict(one, other, PEOPLE) != "one"


def test_short_generic_words_without_nominators_weeks_apart() -> None:
    one = make_statement("msforms:1", action="Thank you so much", nominator_name="")
    other = make_statement("msforms:2", action="Thank you so much", nominator_name="", date="2026-08-01")
    assert verdict(one, other, PEOPLE) != "one"


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Susan", "Fielding"), ("Sue", "Fielding")),
        (("Susan", "Fielding"), ("S", "Fielding")),
        (("Susan", "Fielding"), ("FIELDING", "SUSAN")),
        (("Susan", "Fielding"), ("Sister Susan", "Fielding")),
        (("Susan", "Fielding"), ("", "Susan Fielding")),
        (("Susan", "Fielding-Brown"), ("Susan", "Fielding")),
        (("Susan", "Fielding-Brown"), ("SUSAN", "FIELDING BROWN")),
        (("Zoë", "O'Neill"), ("ZOE", "ONEILL")),
        (("Susan", "Fielding"), ("Susam", "Fieldinq")),
        (("Susan", "Fielding"), ("Susan", "")),
        (("Susan", "Fielding"), ("", "Ms Fielding")),
        (("S", "Fielding"), ("Susan", "")),
        (("Susan", "Fielding"), ("Susen", "")),
    ],
)
def test_one_nominee_by_another_way_of_writing(one: tuple[str, str], other: tuple[str, str]) -> None:
    told = [
        make_statement(key, nominee_first_name=first, nominee_last_name=last)
        for key, (first, last) in (("msforms:1", one), ("card:A", other))
    ]
    assert verdict(*told) == "one"


def test_a_team_by_another_name() -> None:
    nobody = {"nominee_first_name": "", "nominee_last_name": ""}
    told = [
        make_statement(f"msforms:{n}", nominee_team=team, **nobody)
        for n, team in enumerate(("ITU", "Intensive Care", "The Intensive Care Team"))
    ]
    assert len(merged(*told).groups) == 1


def test_twins_on_two_wards_stay_two() -> None:
    sue = {"nominee_first_name": "Sue", "nominee_last_name": "Smith"}
    one = make_statement("msforms:1", nominee_team="Ward 7", **sue)
    other = make_statement("msforms:2", nominee_team="Ward 12", action=GARDEN, **sue)
    assert verdict(one, other, PEOPLE) == "two"
    in_the_same_words = make_statement("msforms:2", nominee_team="Ward 12", **sue)
    assert verdict(one, in_the_same_words, PEOPLE) == "asked"


# --- what a person says ------------------------------------------------------------------------------------------


def test_a_persons_word_joins_strangers() -> None:
    strangers = make_statement("msforms:1"), make_statement("msforms:2", action=GARDEN, nominee_last_name="Fisher")
    said = Decided("RXW/msforms:1", "RXW/msforms:2", same=True)
    assert groups_of(merged(*strangers, decisions=[said])) == {frozenset(("RXW/msforms:1", "RXW/msforms:2"))}


def test_a_persons_word_parts_the_same_story() -> None:
    twice = make_statement("msforms:1"), make_statement("msforms:2")
    found = merged(*twice, decisions=[Decided("RXW/msforms:2", "RXW/msforms:1", same=False)])
    assert len(found.groups) == 2
    assert not found.questions


def test_a_newer_word_stands_and_the_older_one_is_reported() -> None:
    twice = make_statement("msforms:1"), make_statement("msforms:2")
    said = [Decided("RXW/msforms:1", "RXW/msforms:2", same=same) for same in (False, True)]
    found = merged(*twice, decisions=said)
    assert len(found.groups) == 1
    assert found.contradictions == (("RXW/msforms:1", "RXW/msforms:2"),)


def test_a_word_on_what_is_not_there_waits() -> None:
    found = merged(make_statement(), decisions=[Decided("RXW/msforms:1", "RXW/msforms:9", same=True)])
    assert groups_of(found) == {frozenset(("RXW/msforms:1",))}
    assert not found.contradictions


# --- whose they are ----------------------------------------------------------------------------------------------


def test_organisations_are_never_mixed() -> None:
    told = [make_statement(organisation=code) for code in ("RXW", "RJE")]
    found = merged(*told)
    assert groups_of(found) == {frozenset(("RXW/msforms:1",)), frozenset(("RJE/msforms:1",))}
    assert not asked_of(found)


def test_nothing_told_and_one_told() -> None:
    assert merged().groups == ()
    assert len(merged(make_statement()).groups) == 1


def test_a_source_that_says_nothing_stays_alone() -> None:
    empty = dict.fromkeys(("nominee_first_name", "nominee_last_name", "action", "nominator_name", "date"), "")
    told = [make_statement(f"card:{n}", nominator_type="", **empty) for n in "AB"]
    assert verdict(*told) == "two"


def test_a_link_tells_its_reasons() -> None:
    decided = make_statement("card:A", date=Answer("2026-11-22", Standing.DECIDED))
    found = merged(decided, make_statement(), people=PEOPLE)
    (link,) = found.joined
    texts = [reason.rsplit(" ", 1) for reason in link.reasons]
    assert {text for text, _ in texts} >= {
        "same nominee on the staff list",
        "the stories share 100 % of their words",
        "same nominator",
        "written 2 days apart",
    }
    weights = [float(weight) for _, weight in texts]
    assert weights == sorted(weights, key=lambda weight: -abs(weight))
    assert all(weight[0] in "+-" for _, weight in texts)
    assert link.probability > 0.99
