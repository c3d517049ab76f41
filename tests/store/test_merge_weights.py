from pathlib import Path

import pytest
from django.utils import timezone

from forms.errors import UsageError
from pipeline.merge.match import shipped_weights, weights_text
from pipeline.store import merge_weights, models
from pipeline.store.decisions import decide_pair
from pipeline.store.merge_weights import estimate_weights, present_weights
from pipeline.store.organisations import save_profile
from tests.store.builders import make_profile
from tests.store.sources import make_submission, merged, take

STORIES = ("She sat with my mother all night and sang.", "He carried up all the trays when the lift was broken.")


@pytest.fixture(autouse=True)
def organisation(store: Path) -> Path:
    save_profile(make_profile())
    return store


def take_told_twice(count: int) -> None:
    """Stories told twice each, and one that is like the first but another nominee's."""
    rows = [
        make_submission(
            n, nominee_last_name=f"Name{n // 2 * 37 % 101}", action=f"{STORIES[n // 2 % 2]} On day {n // 2}."
        )
        for n in range(2, 2 * count + 2)
    ]
    take(*rows, make_submission(1, nominee_first_name="Zoe", nominee_last_name="Quill", action=STORIES[0]))


def test_the_programs_own_weights_until_there_are_others() -> None:
    assert present_weights() == shipped_weights()
    own = weights_text(shipped_weights(), "Of the store.")
    models.MergeWeights.objects.create(at=timezone.now(), toml=own, pairs=300)
    for broken in ("", "x = [", 'prior = "x"', "[nominee]\n"):
        models.MergeWeights.objects.create(at=timezone.now(), toml=broken, pairs=300)
    assert present_weights() == shipped_weights()


def test_too_little_to_learn_from() -> None:
    take_told_twice(5)
    merged()
    with pytest.raises(UsageError, match=r"There are \d+ pairs .*; 200 are needed"):
        estimate_weights(["RXW"])
    assert not models.MergeWeights.objects.exists()


def test_weights_are_learnt_kept_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_weights, "_ENOUGH", 10)
    take_told_twice(30)
    merged()
    joined = models.Link.objects.filter(state="joined", probability__gte=0.99).count()
    decide_pair("msforms:1", "msforms:4", same=False, by="Ann")
    one = models.Link.objects.filter(state="joined").select_related("one", "other")[0]
    decide_pair(one.one.source, one.other.source, same=False, by="Ann")
    assert f"from {joined - 1} pairs" in estimate_weights(["RXW"])
    (kept,) = models.MergeWeights.objects.all()
    assert kept.pairs == joined - 1
    assert present_weights() != shipped_weights()
    again = weights_text(present_weights(), "Again.")
    estimate_weights(["RXW"])
    assert weights_text(present_weights(), "Again.") == again
