"""What holds of every merge, in small worlds where the same, the like and strangers all occur."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.merge import Decided
from pipeline.statement import Standing, Statement
from tests.merge.builders import (
    GARDEN,
    LETTERS,
    NIGHT,
    STORIES,
    asked_of,
    groups_of,
    make_answer,
    make_people,
    make_statement,
    merged,
    staff,
)

pytestmark = pytest.mark.slow
PEOPLE = make_people(
    staff("S1", "Priya", "Patel", "W07"), staff("S2", "Mark", "Jones", "W12"), staff("S3", "Susan", "Smith", "W07"),
    staff("S4", "Susan", "Smith", "W12"),
)  # fmt: skip
FEW = settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
"""Each merge takes half a second, in which Splink begins."""
NOMINEES = [
    ("Priya", "Patel"), ("PRIVA", "PATEL"), ("P", "Patel"), ("Mark", "Jones"), ("Sue", "Smith"), ("Susan", "Smith"),
    ("Olga", "Brandt"), ("Olga", ""), ("", ""),
]  # fmt: skip
TEAMS = ["", "Ward 7", "ward 12", "ITU", "Intensive Care", "Bluebell Lodge"]
TALES = [*STORIES, NIGHT.replace("a", "o", 9), GARDEN[:110], LETTERS + " " + NIGHT, "Always kind and helpful.", ""]
NOMINATORS = ["", "Jo Bloggs", "JO BLOGG5", "J Bloggs", "Ann Other"]
DATES = ["", "2026-11-20", "2026-11-22", "2026-11-29", "2026-08-01"]
STANDINGS = [Standing.REVIEW, Standing.ACCEPTED]


def world(seed: int, count: int = 24) -> list[Statement]:
    """Statements of two organisations, drawn from a few of everything."""
    rng = random.Random(seed)
    return [_drawn(n, rng) for n in range(count)]


def _drawn(number: int, rng: random.Random) -> Statement:
    paper = rng.random() < 0.5
    first, last = rng.choice(NOMINEES)
    read = {
        name: make_answer(value, rng.choice(STANDINGS) if paper else Standing.ELECTRONIC)
        for name, value in {
            "nominee_first_name": first,
            "nominee_last_name": last,
            "action": rng.choice(TALES),
            "nominator_name": rng.choice(NOMINATORS),
            "date": rng.choice(DATES),
        }.items()
    }
    return make_statement(
        f"{'card' if paper else 'msforms'}:{number}",
        nominee_team=rng.choice(TEAMS),
        organisation=rng.choice(["RXW", "RXW", "RJE"]),
        **read,
    )


SEEDS = st.integers(0, 10**6)


def some_decisions(told: Sequence[Statement], seed: int) -> list[Decided]:
    rng = random.Random(seed)
    ours = [said.key for said in told if said.organisation == "RXW"]
    return [Decided(*rng.sample(ours, 2), same=rng.random() < 0.5) for _ in range(rng.randrange(8)) if len(ours) > 1]


@FEW
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_statements_is_of_no_account(seed: int, rng: random.Random) -> None:
    told = world(seed)
    decisions = some_decisions(told, seed)
    first = merged(*told, people=PEOPLE, decisions=decisions)
    rng.shuffle(told)
    again = merged(*told, people=PEOPLE, decisions=decisions)
    assert again == first


@FEW
@given(SEEDS)
def test_none_is_lost_and_organisations_are_not_mixed(seed: int) -> None:
    told = world(seed)
    found = merged(*told, people=PEOPLE)
    assert sorted(said.key for members in found.groups for said in members) == sorted(said.key for said in told)
    assert all(len({said.organisation for said in members}) == 1 for members in found.groups)
    assert all(link.one.organisation == link.other.organisation for link in (*found.questions, *found.joined))
    alone = [merged(*(s for s in told if s.organisation == code), people=PEOPLE) for code in ("RXW", "RJE")]
    assert groups_of(found) == groups_of(alone[0]) | groups_of(alone[1])
    assert asked_of(found) == asked_of(alone[0]) | asked_of(alone[1])


@FEW
@given(SEEDS, st.integers(1, 6))
def test_what_comes_later_changes_only_what_hangs_together_with_it(seed: int, fresh: int) -> None:
    told = world(seed)
    before, after = merged(*told[:-fresh], people=PEOPLE), merged(*told, people=PEOPLE)
    touched = {said.key for said in told[-fresh:]}
    kin = [*groups_of(before), *asked_of(before), *groups_of(after), *asked_of(after)]
    while grown := [keys for keys in kin if keys & touched and not keys <= touched]:
        touched |= frozenset().union(*grown)
    assert {keys for keys in groups_of(before) if not keys & touched} == {
        keys for keys in groups_of(after) if not keys & touched
    }
    assert {keys for keys in asked_of(before) if not keys & touched} == {
        keys for keys in asked_of(after) if not keys & touched
    }


@FEW
@given(SEEDS, SEEDS)
def test_decisions_win(seed: int, said: int) -> None:
    told = world(seed)
    decisions = some_decisions(told, said)
    found = merged(*told, people=PEOPLE, decisions=decisions)
    nomination = {one.key: n for n, members in enumerate(found.groups) for one in members}
    in_vain = set(found.contradictions)
    for decision in decisions:
        held = (nomination[decision.one] == nomination[decision.other]) is decision.same
        assert held or (decision.one, decision.other) in in_vain
    for newest in decisions[-1:]:
        assert (nomination[newest.one] == nomination[newest.other]) is newest.same
        assert frozenset((newest.one, newest.other)) not in asked_of(found)


@FEW
@given(SEEDS)
def test_the_same_source_under_another_key_is_one_nomination_with_it(seed: int) -> None:
    told = [said for said in world(seed, 12) if said.text("nominee_last_name") and len(said.text("action")) > 60]
    again = [replace(said, key=f"{said.key}-again") for said in told]
    found = merged(*told, *again, people=PEOPLE)
    nomination = {one.key: n for n, members in enumerate(found.groups) for one in members}
    apart = [said.key for said in told if nomination[said.key] != nomination[f"{said.key}-again"]]
    asked = {key for keys in asked_of(found) for key in keys}
    assert set(apart) <= asked


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FIELDS = ["nominee_first_name", "nominee_last_name", "nominee_team", "nominator_name", "nominator_contact", "action"]


@FEW
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, ANYTHING)), min_size=2, max_size=20))
def test_whatever_is_written_is_merged(texts: list[dict[str, str]]) -> None:
    told = [make_statement(f"msforms:{n}", **text) for n, text in enumerate(texts)]
    found = merged(*told, *(replace(said, key=f"{said.key}-again") for said in told), people=PEOPLE)
    assert sum(len(members) for members in found.groups) == 2 * len(told)


def test_such_worlds_hold_links_questions_and_strangers() -> None:
    found = [merged(*world(seed), people=PEOPLE) for seed in range(3)]
    assert all(one.joined and len(one.groups) > 8 for one in found)
    assert any(one.questions for one in found)
