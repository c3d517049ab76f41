from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError

from forms.flow import lay_out
from forms.template_file import load_template
from pipeline.store import printing
from pipeline.store.layouts import known_layouts
from pipeline.store.organisations import save_profile
from tests.store.builders import TEMPLATE, card_number, make_profile


@pytest.fixture
def loaded(store: Path) -> None:
    save_profile(make_profile())


@pytest.mark.usefixtures("loaded")
def test_a_print_run_is_in_the_ledger() -> None:
    assert printing.record_run("RXW", "7K3F9QZ", 20, TEMPLATE, ward="W21", per_sheet=2)
    run = printing.run_of(card_number(20))
    assert run is not None
    assert (run.ward, run.template, run.fingerprint, run.per_sheet) == ("W21", "nomination", "F1F1F1F1", 2)
    assert [str(number) for number in run.numbers()] == [card_number(index) for index in range(1, 21)]
    assert printing.print_runs("RXW") == printing.print_runs("RXW", "W21") == [run]
    assert printing.print_runs("RXW", "W07") == []


@pytest.mark.usefixtures("loaded")
def test_what_was_minted_here() -> None:
    printing.record_run("RXW", "7K3F9QZ", 20, TEMPLATE)
    assert printing.minted_here(card_number(1))
    assert not printing.minted_here(card_number(21))
    assert not printing.minted_here(card_number(1, organisation="RL1"))
    assert not printing.minted_here(card_number(1, token="0000000"))
    assert not printing.minted_here("RXW-7K3F9QZ-0001-?")


@pytest.mark.usefixtures("loaded")
def test_a_token_is_given_once() -> None:
    assert printing.record_run("RXW", "7K3F9QZ", 20, TEMPLATE)
    assert not printing.record_run("RXW", "7K3F9QZ", 5, TEMPLATE)
    assert [run.count for run in printing.print_runs("RXW")] == [20]


@pytest.mark.usefixtures("store")
def test_an_organisation_must_have_been_loaded() -> None:
    with pytest.raises(IntegrityError):
        printing.record_run("RXW", "7K3F9QZ", 20, TEMPLATE)


@pytest.mark.usefixtures("store")
def test_templates_are_kept_by_their_layout() -> None:
    template = load_template("nomination")
    before = known_layouts()
    shipped = lay_out(template).card
    assert before[shipped.fingerprint] == shipped
    toml = template.source.replace('name = "nomination"', 'name = "ours"')
    printing.save_template(printing.TemplateText(shipped.fingerprint, "ours", 1, toml))
    broken = replace(TEMPLATE, toml="name = 3")
    printing.save_template(broken)
    assert printing.kept_template(TEMPLATE.fingerprint) == broken
    assert printing.kept_template("nowhere") is None
    assert len(printing.kept_templates()) == 2
    assert known_layouts() == before
