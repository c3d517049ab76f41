from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms.errors import UsageError
from forms.organisation import Organisation
from pipeline.register import Nomination
from pipeline.store import models, present_register
from pipeline.store.decisions import decide, decide_pair
from pipeline.store.merging import undo_merge, undo_merge_of
from pipeline.store.organisations import save_profile
from pipeline.store.register import nominations_of, told_nominations
from pipeline.store.register_view import SORTS, Query, find
from pipeline.store.review import waiting_answers
from tests.store.builders import card_number, make_layouts, make_profile
from tests.store.sources import SENT, make_sent_card, make_submission, merged, send, take


@pytest.fixture(autouse=True)
def loaded(store: Path) -> None:
    save_profile(make_profile())


def found(**query: Any) -> list[str]:
    return [row.nominee_first_name for row in find("RXW", Query(**query)).nominations]


def all_found() -> list[Nomination]:
    return list(find("RXW", Query(sort="received_at"), size=10_000).nominations)


def take_three() -> None:
    take(
        make_submission(1, nominee_first_name="Ann", nominee_last_name="Zed", nominee_team="Ward 7"),
        make_submission(2, nominee_first_name="Bob", nominee_last_name="Young", nominee_team="Ward 21", action="Sang."),
        make_submission(3, nominee_first_name="Cy", nominee_last_name="Xu", nominee_team="Ward 21"),
    )


def test_words_and_filters_narrow_what_is_found() -> None:
    take_three()
    assert found() == ["Cy", "Bob", "Ann"]
    assert found(words="young SANG") == ["Bob"]
    assert found(words="msforms:3") == ["Cy"]
    assert found(ward="Ward 21", sort="nominee") == ["Cy", "Bob"]
    assert found(ward="Ward 21", words="zed") == []
    assert found(channel="paper") == []
    assert len(found(month="2026-11", status="complete")) == 3
    assert dict(find("RXW", Query()).choices["ward"]) == {"Ward 21": 2, "Ward 7": 1}


def test_a_ward_is_one_however_it_is_spelt() -> None:
    teams = ("Ward 7", "WARD 7", "Théâtre", "THEATRE", "ward  7", "Ward 7", "Ward 70")
    take(*(make_submission(n, nominee_team=team) for n, team in enumerate(teams, start=1)))
    assert dict(find("RXW", Query()).choices["ward"]) == {"Ward 7": 4, "Théâtre": 2, "Ward 70": 1}
    assert find("RXW", Query(ward="Ward 7")).found == find("RXW", Query(ward="WARD 7")).found == 4


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS), "nonsense"])
def test_every_order_holds_all(sort: str) -> None:
    take_three()
    assert sorted(found(sort=sort)) == ["Ann", "Bob", "Cy"]


def test_a_page_at_a_time() -> None:
    take_three()
    page = find("RXW", Query(sort="received_at"), page=2, size=2)
    assert (page.number, page.pages, page.found, len(page.nominations)) == (2, 2, 3, 1)
    assert find("RXW", Query(), page=99, size=2).number == 2


def test_an_organisation_that_was_never_loaded_has_no_register() -> None:
    with pytest.raises(UsageError, match="never loaded"):
        find("RL1", Query())


_CHANGES: dict[str, Callable[[], object]] = {
    "read": lambda: send(make_sent_card(number=card_number(9))),
    "decided": lambda: decide("msforms:2", "nominee_first_name", "Robert", "Ann", make_layouts(), "RXW"),
    "withdrawn": lambda: decide("msforms:2", "withdrawn", "yes", "Ann", make_layouts(), "RXW"),
    "imported": lambda: take(make_submission(4, nominee_first_name="Di")),
    "merged": merged,
    "joined": lambda: (decide_pair("msforms:1", "msforms:2", True, "Ann", "RXW"), merged()),
    "taken back": lambda: (decide_pair("msforms:1", "msforms:2", True, "Ann", "RXW"), merged(), undo_merge()),
    "loaded": lambda: save_profile(make_profile(staff=())),
}


@pytest.mark.parametrize("what", _CHANGES)
def test_what_has_changed_is_seen_at_once(what: str) -> None:
    take_three()
    send(make_sent_card(number=card_number(1)), make_sent_card(number=card_number(2)))
    assert all_found() == nominations_of("RXW")
    _CHANGES[what]()
    assert all_found() == nominations_of("RXW")


def test_one_organisations_part_of_a_merge_taken_back_is_seen_at_once() -> None:
    save_profile(make_profile(organisation=Organisation("RYZ", "Royal Yarrow", "Compassion")))
    take_three()
    take(make_submission(1), organisation="RYZ")
    decide_pair("msforms:1", "msforms:2", True, "Ann", "RXW")
    merged("RXW", "RYZ")
    assert len(all_found()) == 2
    undo_merge_of("RXW", models.MergePart.objects.get(organisation="RXW").run_id, "Ann")
    assert all_found() == nominations_of("RXW")
    assert len(all_found()) == 3


def test_what_took_a_lower_number_and_came_later_is_seen_at_once() -> None:
    take_three()
    find("RXW", Query())
    for pk, source in ((101, "msforms:2"), (100, "msforms:1"), (99, "msforms:3")):
        values = {"kind": "value", "organisation": "RXW", "field": "withdrawn", "value": "yes", "by": "Ann"}
        models.Decision.objects.create(pk=pk, source=source, at=SENT, **values)
        assert all_found() == nominations_of("RXW")
    assert {row.status for row in all_found()} == {"withdrawn"}


def test_answers_that_lack_are_told_from_the_register_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {"nominee_first_name": "", "nominee_last_name": "", "nominee_team": ""}
    take(make_submission(1, action="", **nobody), make_submission(2, **nobody), make_submission(3))

    def lacking() -> list[tuple[str, str]]:
        return [(answer.said.source.id, answer.field) for answer in waiting_answers("RXW")]

    wanted = [("msforms:1", "nominee_last_name"), ("msforms:1", "action"), ("msforms:2", "nominee_last_name")]
    assert lacking() == wanted
    monkeypatch.setattr(present_register, "told_nominations", None)
    assert lacking() == wanted
    monkeypatch.undo()
    decide("msforms:1", "action", "Sang.", "Ann", make_layouts(), "RXW")
    assert lacking() == [wanted[0], wanted[2]]
    assert list(waiting_answers("NOSUCH")) == []


def test_only_what_was_read_or_decided_on_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    take_three()
    find("RXW", Query())
    made: list[Any] = []

    def telling(organisation: str, ids: Any = None) -> Any:
        made.append(ids)
        return told_nominations(organisation, ids)

    monkeypatch.setattr(present_register, "told_nominations", telling)
    find("RXW", Query())
    decide("msforms:2", "nominee_first_name", "Robert", "Ann", make_layouts(), "RXW")
    assert found(words="robert") == ["Robert"]
    assert [len(ids) for ids in made] == [1]
