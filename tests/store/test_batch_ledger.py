from collections.abc import Sequence

import pytest

from forms.errors import UsageError
from pipeline.records import Outcome, PageReading
from pipeline.store import batch_ledger, batches, models
from pipeline.store.batch_ledger import CountDiffersError, close_batch, ledger_of, open_again
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from tests.store.builders import RECEIVED, make_card_reading, make_page, make_page_reading, make_profile, same_writing

pytestmark = pytest.mark.usefixtures("store")

BY = "Ann Lee (ann.lee)"
READINGS = (
    make_page_reading(make_card_reading()),
    PageReading(Outcome.BLANK),
    PageReading(Outcome.FOREIGN),
    PageReading(Outcome.EXCEPTION, "no code"),
    PageReading(Outcome.UNREADABLE, "torn"),
)


def make_batch(
    organisation: str = "RXW", readings: Sequence[PageReading] = READINGS, again: int = 0, finish: bool = True
) -> models.Batch:
    batch = batches.open_batch(f"/scans {models.Batch.objects.count()}", RECEIVED, organisation).id
    for number, reading in enumerate(readings, 1):
        page = make_page(number, content=f"{batch} {number}")
        keep_page(batch, number, page, reading, RECEIVED, same_writing)
    for number in range(1, again + 1):
        page = make_page(number, "again.pdf", content=f"{batch} {number}")
        keep_page(batch, 1000 + number, page, readings[number - 1], RECEIVED, same_writing)
    if finish:
        batches.finish_batch(batch)
    return models.Batch.objects.get(pk=batch)


def load(*codes: str) -> None:
    for code in codes:
        profile = make_profile()
        object.__setattr__(profile.organisation, "code", code)
        save_profile(profile)


def test_every_page_is_accounted_for() -> None:
    batch = make_batch(again=2)
    ledger = ledger_of(batch)
    assert ledger.pages == 7
    assert ledger.counts == {
        Outcome.CARDS: 1, Outcome.BLANK: 1, Outcome.FOREIGN: 1, Outcome.EXCEPTION: 1, Outcome.UNREADABLE: 1,
        Outcome.DUPLICATE: 2,
    }  # fmt: skip
    assert (ledger.cards, ledger.holds, ledger.closed) == (1, True, None)
    (first, second) = batch_ledger.pages_with(batch, Outcome.DUPLICATE)
    assert (first.file, first.number, second.number) == ("again.pdf", 1, 2)
    original = batch_ledger.original_of("RXW", first)
    assert original is not None
    assert (original.file, original.number) == ("stack.pdf", 1)


def test_an_uploaded_file_without_a_row_is_seen() -> None:
    batch = make_batch()
    job = models.Job.objects.create(kind="read", organisation="RXW", by=BY, at=batch.created, batch=batch, folder="f")
    for place, name in enumerate(("stack.pdf", "lost.pdf")):
        models.Upload.objects.create(job=job, position=place, name=name, stored=f"{place}.pdf", size=1)
    ledger = ledger_of(batch)
    assert (ledger.lost, ledger.holds) == (("lost.pdf",), False)


def test_a_batch_closes_when_the_count_agrees() -> None:
    batch = make_batch()
    assert batch_ledger.waiting("RXW") == 1
    closing = close_batch(batch, BY, 5)
    assert (closing.counted, closing.pages, closing.by, closing.reason) == (5, 5, BY, "")
    assert ledger_of(batch).closed == closing
    assert batch_ledger.waiting("RXW") == 0
    with pytest.raises(UsageError, match=r"closed already, by Ann Lee"):
        close_batch(batch, "Bob", 5)


@pytest.mark.parametrize(("counted", "said"), [(6, "1 page fewer.*stuck together"), (3, "2 pages more.*backs")])
def test_the_difference_is_said_and_a_reason_kept(counted: int, said: str) -> None:
    batch = make_batch()
    with pytest.raises(CountDiffersError, match=said):
        close_batch(batch, BY, counted, " ")
    assert ledger_of(batch).closed is None
    assert close_batch(batch, BY, counted, "One sheet was a cover.").reason == "One sheet was a cover."


def test_a_closed_batch_can_be_opened_again_and_nothing_is_erased() -> None:
    batch = make_batch()
    with pytest.raises(UsageError, match="open already"):
        open_again(batch, BY, "")
    close_batch(batch, BY, 5)
    open_again(batch, "Bob", "Another sheet turned up.")
    assert ledger_of(batch).closed is None
    assert batch_ledger.waiting("RXW") == 1
    close_batch(batch, BY, 6, "Uploaded apart.")
    assert [(row.closed, row.by) for row in ledger_of(batch).closings] == [(True, BY), (False, "Bob"), (True, BY)]


def test_a_batch_that_is_being_read_does_not_close() -> None:
    batch = make_batch(finish=False)
    assert batch_ledger.waiting("RXW") == 0
    with pytest.raises(UsageError, match="still being read"):
        close_batch(batch, BY, 5)


def test_batches_belong_to_their_organisation() -> None:
    load("RXW")
    own, nobodys = make_batch("RXW"), make_batch("")
    assert list(batch_ledger.batches_of("RXW")) == [nobodys, own]
    load("RYZ")
    other = make_batch("RYZ")
    assert list(batch_ledger.batches_of("RXW")) == [own]
    assert batch_ledger.batch_of("RXW", other.pk) is None
    assert list(batch_ledger.nobodys_batches()) == [nobodys]
    assert batch_ledger.give_batch(nobodys.pk, "RXW")
    assert not batch_ledger.give_batch(other.pk, "RXW"), "it has an owner"
    assert batch_ledger.batch_of("RXW", nobodys.pk) == nobodys


def test_lines_of_a_list() -> None:
    closed, open_again_, new = make_batch(), make_batch(readings=READINGS[:2]), make_batch(readings=())
    close_batch(closed, BY, 5)
    close_batch(open_again_, BY, 2)
    open_again(open_again_, BY, "")
    lines = batch_ledger.batch_lines([new, open_again_, closed])
    assert [(line.batch, line.pages, line.exceptions, line.closed) for line in lines] == [
        (new, 0, 0, False), (open_again_, 2, 0, False), (closed, 5, 1, True),
    ]  # fmt: skip


def test_the_original_of_another_organisation_is_not_told() -> None:
    load("RXW", "RYZ")
    make_batch("RYZ", [PageReading(Outcome.BLANK)])
    theirs = models.Page.objects.get()
    mine = batches.open_batch("/mine", RECEIVED, "RXW").id
    page = make_page(1, "mine.pdf", content=f"{theirs.batch_id} 1")
    keep_page(mine, 1, page, PageReading(Outcome.BLANK), RECEIVED, same_writing)
    row = models.Page.objects.get(batch=mine)
    assert row.outcome == "duplicate"
    assert batch_ledger.original_of("RXW", row) is None
    assert batch_ledger.original_of("RYZ", row) == theirs
