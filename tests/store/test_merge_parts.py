"""Merging one organisation for somebody, its history, and taking it back without touching any other's."""

from pathlib import Path

import pytest

from forms.errors import UsageError
from forms.organisation import Organisation
from pipeline.store import models
from pipeline.store.decisions import decide_pair
from pipeline.store.import_history import versions_of
from pipeline.store.merge_history import merge_of, merge_waiting, merges_of, moves_of
from pipeline.store.merging import merge_store, run_merge, undo_merge, undo_merge_of
from pipeline.store.organisations import save_profile
from pipeline.store.questions import (
    answer_question,
    list_answered,
    list_open,
    next_open,
    question_of,
    questions_open,
)
from tests.store.builders import make_profile
from tests.store.sources import groups, make_submission, merged, take
from tests.store.test_merging import doubtful_story, everything, send_card, send_doubtful

BY = "Ann Lee (ann.lee)"


@pytest.fixture(autouse=True)
def organisations(store: Path) -> Path:
    save_profile(make_profile())
    save_profile(make_profile(organisation=Organisation("RYZ", "Royal Yarrow", "Compassion")))
    return store


def test_who_merged_and_what_it_did() -> None:
    send_card()
    take(make_submission(1))
    assert merge_waiting("RXW").sources == 2
    assert run_merge("RXW", BY).joined == 1
    (told,) = merges_of("RXW")
    assert (told.by, told.new, told.joined, told.last, told.undone_at) == (BY, 1, 1, True, None)
    (move,) = moves_of("RXW", told.run)
    assert (move.source.partition(":")[0], move.before != move.after) in {("card", True), ("msforms", True)}
    assert merge_waiting("RXW").sources == 0
    assert merges_of("RYZ") == moves_of("RYZ", told.run) == []
    assert merge_of("RYZ", told.run) is None


def test_a_merge_of_all_is_taken_back_for_one_organisation() -> None:
    take(make_submission(1), make_submission(2))
    take(make_submission(1), organisation="RYZ")
    merged("RXW", "RYZ")
    (ours,) = merges_of("RXW")
    (theirs,) = merges_of("RYZ")
    assert ours.run == theirs.run
    assert (ours.new, ours.joined, theirs.new, theirs.joined) == (1, 1, 1, 0), "each its own counts"
    undone = undo_merge_of("RXW", ours.run, BY)
    assert (undone.moved_back, undone.waiting) == (1, 2)
    assert (len(groups("RXW")), merge_waiting("RXW").sources, merge_waiting("RYZ").sources) == (2, 2, 0)
    (ours,), (theirs,) = merges_of("RXW"), merges_of("RYZ")
    assert (ours.undone_by, ours.last, theirs.undone_at, theirs.last) == (BY, False, None, True)
    assert undo_merge().waiting == 1, "the rest of it"
    with pytest.raises(UsageError, match="There is no merge to take back"):
        undo_merge()


def test_only_the_last_merge_of_the_organisation_is_taken_back() -> None:
    take(make_submission(1))
    merged()
    first = merges_of("RXW")[0].run
    take(make_submission(2))
    merged()
    take(make_submission(1), organisation="RYZ")
    run_merge("RYZ", "Tom")
    with pytest.raises(UsageError, match="not the last merge any more"):
        undo_merge_of("RXW", first, BY)
    with pytest.raises(UsageError, match="not the last merge any more"):
        undo_merge_of("RXW", merges_of("RYZ")[0].run, BY)
    # RYZ merged later, which is no matter for RXW.
    undo_merge_of("RXW", merges_of("RXW")[0].run, BY)
    undo_merge_of("RXW", first, BY)
    assert [told.last for told in merges_of("RXW")] == [False, False]
    assert len(groups("RXW")) == 2


def test_taken_back_and_merged_again_comes_to_the_same() -> None:
    send_card()
    take(make_submission(1))
    merged()
    before = everything()
    undo_merge_of("RXW", merges_of("RXW")[0].run, BY)
    run_merge("RXW", BY)
    assert everything() == before


def test_a_question_is_asked_answered_and_answered_anew() -> None:
    send_doubtful()
    merged()
    assert questions_open("RXW") == 1
    (listed,) = list_open("RXW")
    asked = question_of("RXW", listed.one, listed.other)
    assert asked is not None
    assert (asked.answer, asked.names_shown, asked.probability) == (
        "",
        True,
        pytest.approx(listed.probability, abs=1e-3),
    )
    assert {reason.weight > 0 for reason in asked.reasons} <= {True, False} and asked.reasons[0].words
    story = next(pair for pair in asked.fields if pair.field == "action")
    assert not story.alike and doubtful_story() in (story.one, story.other)
    assert next(pair for pair in asked.fields if pair.field == "nominee_last_name").alike
    assert next_open("RXW", listed.one, listed.other) is None
    answer_question("RXW", listed.one, listed.other, same=False, by=BY)
    assert (questions_open("RXW"), merge_waiting("RXW").answers) == (0, 1)
    (answered,) = list_answered("RXW")
    assert (answered.answer, answered.by) == ("apart", BY)
    answer_question("RXW", listed.one, listed.other, same=True, by=BY)
    assert [one.answer for one in list_answered("RXW")] == ["same"]
    assert run_merge("RXW", BY).joined == 1
    assert models.Decision.objects.count() == 2


def test_a_question_without_names_of_those_who_wish_none() -> None:
    consent = ("share_with_nominee", "stay_anonymous")
    take(
        make_submission(1, nominator_name="", nominator_contact="", date=""),
        make_submission(2, nominator_contact="", date="", action=doubtful_story(), impact="Thanks.", consent=consent),
    )
    merge_store(["RXW"])
    (listed,) = list_open("RXW")
    asked = question_of("RXW", listed.one, listed.other)
    assert asked is not None and asked.anonymous and not asked.names_shown
    assert "Jo Bloggs" not in str(asked)
    assert "Jo Bloggs" in str(question_of("RXW", listed.one, listed.other, with_anonymous=True))


def test_one_source_that_wishes_no_names_hides_those_of_its_whole_nomination() -> None:
    unlike = {"nominee_last_name": "Okafor", "action": doubtful_story(), "impact": "Thanks."}
    take(
        make_submission(1, nominator_name="", nominator_contact="", consent=("stay_anonymous",)),
        make_submission(2),
        make_submission(3, nominator_name="Al Smith", nominator_contact="", **unlike),
    )
    decide_pair("msforms:1", "msforms:2", True, BY, "RXW")
    decide_pair("msforms:2", "msforms:3", False, BY, "RXW")
    merged()
    pks = dict(models.NominationSource.objects.values_list("source", "pk"))
    asked = question_of("RXW", pks["msforms:2"], pks["msforms:3"])
    told = versions_of("RXW", pks["msforms:2"])
    assert asked and asked.anonymous and not asked.names_shown
    assert told and told.anonymous and not told.names_shown
    assert "Jo Bloggs" not in f"{asked} {told}"
    other = versions_of("RXW", pks["msforms:3"])
    assert other and not other.anonymous and "Al Smith" in str(other)


def test_a_question_of_another_organisation_is_none() -> None:
    send_doubtful()
    merged()
    (listed,) = list_open("RXW")
    assert question_of("RYZ", listed.one, listed.other) is None
    assert answer_question("RYZ", listed.one, listed.other, same=True, by="Tom") is None
    assert question_of("RXW", listed.one, 10**9) is None
    assert (list_open("RYZ"), list_answered("RYZ"), questions_open("RYZ")) == ([], [], 0)
