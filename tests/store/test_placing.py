"""Copies under every order of sightings, and under several processes at once."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Outcome
from pipeline.store import batches, models
from pipeline.store.batches import open_batch, summary
from pipeline.store.cards import current_cards
from pipeline.store.pages import keep_page, page_rows
from tests.store.builders import (
    RECEIVED,
    card_number,
    make_card_reading,
    make_empty_card_reading,
    make_page,
    make_page_reading,
    same_writing,
)

sightings = st.tuples(st.integers(1, 3), st.sampled_from(["", "a", "b", "c"]))
"""A card's index, and whose writing is on it; empty for a card that is."""
pages = st.lists(st.tuples(st.integers(1, 6), st.lists(sightings, max_size=3)), min_size=1, max_size=8)
"""Each page's image (so that some come twice) and the cards on it."""


def empty_tables() -> None:
    for model in (
        models.NominationSource,
        models.Reading,
        models.ReadingRun,
        models.Sighting,
        models.Card,
        models.Page,
        models.Batch,
    ):
        model.objects.all().delete()


@pytest.mark.slow
@pytest.mark.parametrize("store_url", [None], ids=["sqlite"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches_of_pages=st.lists(pages, min_size=1, max_size=2))
def test_copies_never_change_and_the_ledger_adds_up(
    store: Path, batches_of_pages: list[list[tuple[int, list[tuple[int, str]]]]]
) -> None:
    empty_tables()
    writing: dict[tuple[str, int], str] = {}
    copies_so_far: dict[str, int] = defaultdict(int)
    seen_images = set()
    for paths, given_pages in enumerate(batches_of_pages):
        batch = open_batch(f"/scans/{paths}").id
        for position, (image, cards) in enumerate(given_pages, 1):
            readings = [
                make_card_reading(number=card_number(index), writing=hand)
                if hand
                else make_empty_card_reading(number=card_number(index))
                for index, hand in cards
            ]
            page = make_page(position, content=f"image {image}")
            kept = keep_page(batch, position, page, make_page_reading(*readings), RECEIVED, same_writing)
            if image in seen_images:
                assert (kept.outcome, kept.cards) == (Outcome.DUPLICATE, ())
                continue
            seen_images.add(image)
            assert len(kept.cards) == len(cards)
            for (index, hand), (number, copy) in zip(cards, kept.cards, strict=True):
                assert number == card_number(index)
                # Copies count up from 1 without a gap, and each has one hand for ever.
                assert copy <= copies_so_far[number] + 1
                copies_so_far[number] = max(copies_so_far[number], copy)
                if hand:
                    assert writing.setdefault((number, copy), hand) == hand
                else:
                    assert copy == 1
        outcomes = summary(batch)["outcomes"]
        assert sum(outcomes.values()) == len(given_pages) == len(list(page_rows(batch)))
        batches.finish_batch(batch)
    now = {(card.number, card.copy): card for card in current_cards()}
    assert len(now) == models.Card.objects.count() == sum(copies_so_far.values())
    assert {key for key, card in now.items() if card.filled} == set(writing)
    # No hand has two copies of one number.
    assert len({(number, hand) for (number, _), hand in writing.items()}) == len(writing)
    assert models.NominationSource.objects.count() == len(writing)


_KEEP = """
import sys
from pathlib import Path
from pipeline.store.setup import open_store
home, url, paths, hands = sys.argv[1:]
open_store(Path(home), url or None)
from pipeline.store.batches import finish_batch, open_batch
from pipeline.store.pages import keep_page
from tests.store.builders import *
batch = open_batch(paths).id
for number in range(1, 21):
    hand = hands[number % len(hands)]
    reading = make_page_reading(make_card_reading(writing=hand), make_card_reading(writing=hand, number=card_number(2)))
    page = make_page(number, paths, content=f"{number}" if number % 5 == 0 else None)
    keep_page(batch, number, page, reading, RECEIVED, same_writing)
finish_batch(batch)
print(batch)
"""


@pytest.mark.slow
@pytest.mark.parametrize("together", ["apart", "one batch"])
def test_processes_that_keep_pages_at_once(store: Path, store_url: str | None, together: str) -> None:
    """Whether each has a batch of its own or all work on the same paths, nothing is doubled and nothing lost."""
    root = Path(__file__).parent.parent.parent
    paths = ["/one", "/two", "/three"] if together == "apart" else ["/one"] * 3
    working = [
        subprocess.Popen(
            [sys.executable, "-c", _KEEP, str(store), store_url or "", path, hands],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        for path, hands in zip(paths, ["abc", "cdb", "eaf"], strict=True)
    ]
    ids = [process.communicate(timeout=120)[0].strip() for process in working]
    assert [process.returncode for process in working] == [0, 0, 0]
    rows = list(page_rows())
    if together == "apart":
        assert len(set(ids)) == 3
        assert len(rows) == 60
        # Four images are in each of the three batches.
        assert [row["outcome"] for row in rows].count("duplicate") == 8
    else:
        assert len(rows) == 20 * len(set(ids))
        assert [row["outcome"] for row in rows].count("cards") == 20
    hands = models.Sighting.objects.values_list("card__number", "card__copy", "ink")
    by_copy: dict[tuple[str, int], set[bytes]] = defaultdict(set)
    for number, copy, ink in hands:
        by_copy[number, copy].add(bytes(ink))
    assert all(len(inks) == 1 for inks in by_copy.values())
    for number in (card_number(1), card_number(2)):
        inks = [inks for (owner, _), inks in by_copy.items() if owner == number]
        assert len(inks) == len({ink for held in inks for ink in held})
    assert models.Sighting.objects.filter(current=True).count() == models.Card.objects.count()
