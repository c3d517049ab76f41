from pathlib import Path

import pypdfium2
import pytest

from forms.errors import UsageError
from forms.numbers import CardNumber
from pipeline.records import CardReading
from pipeline.store import batches, print_cards, printing
from pipeline.store.organisations import save_profile
from pipeline.store.pages import keep_page
from pipeline.store.print_cards import print_run
from pipeline.store.print_returns import print_runs_of
from tests.store.builders import (
    RECEIVED,
    make_card_reading,
    make_empty_card_reading,
    make_page,
    make_page_reading,
    make_profile,
    same_writing,
)


@pytest.fixture(autouse=True)
def loaded(store: Path) -> None:
    save_profile(make_profile())


def come_back(*cards: CardReading) -> None:
    batch = batches.open_batch("/scans").id
    for number, card in enumerate(cards, 1):
        page = make_page(number, content=repr(card))
        keep_page(batch, number, page, make_page_reading(card), RECEIVED, same_writing)


def test_the_cards_are_printed_and_in_the_ledger(tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    order = print_run("RXW", "W21", "nomination", 2, 5, out)
    assert len(pypdfium2.PdfDocument(out)) == 3
    (run,) = printing.print_runs("RXW", "W21")
    assert list(run.numbers()) == list(order.numbers())
    assert (run.count, run.per_sheet, run.template) == (5, 2, "nomination")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cards.pdf"]


def test_a_token_that_was_drawn_before_is_drawn_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = iter(("7K3F9QZ", "7K3F9QZ", "8K3F9QZ"))
    monkeypatch.setattr(print_cards, "new_token", lambda: next(tokens))
    for _ in range(2):
        print_run("RXW", "", "nomination", 1, 1, tmp_path / "cards.pdf")
    assert [run.token for run in printing.print_runs("RXW")] == ["8K3F9QZ", "7K3F9QZ"]


def test_what_cannot_be_printed_leaves_nothing(tmp_path: Path) -> None:
    for ward, per_sheet, message in (("W99", 2, "no ward 'W99'"), ("W21", 4, "4 to a sheet")):
        with pytest.raises(UsageError, match=message):
            print_run("RXW", ward, "nomination", per_sheet, 3, tmp_path / "cards.pdf")
    assert not list(tmp_path.glob("*.pdf"))
    assert printing.print_runs("RXW") == []


def test_what_came_back_is_counted_for_each_run(tmp_path: Path) -> None:
    first = print_run("RXW", "W21", "nomination", 2, 10, tmp_path / "1.pdf")
    second = print_run("RXW", "W21", "nomination", 2, 4, tmp_path / "2.pdf")
    print_run("RXW", "W07", "nomination", 2, 1, tmp_path / "3.pdf")
    one, other, third = (str(CardNumber("RXW", first.token, index)) for index in (1, 2, 3))
    come_back(
        make_card_reading(number=one, writing="a"),
        make_card_reading(number=one, writing="b"),
        make_card_reading(number=other),
        make_empty_card_reading(number=third),
        make_card_reading(number=str(CardNumber("RYZ", first.token, 4))),
    )
    told = [(one.run.token, one.run.count, one.filled, one.empty, one.copies) for one in print_runs_of("RXW", "W21")]
    assert told == [(second.token, 4, 0, 0, 0), (first.token, 10, 2, 1, 1)]
    assert len(print_runs_of("RXW")) == 3
    assert len(print_runs_of("RXW", most=1)) == 1
