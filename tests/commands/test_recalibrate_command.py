"""`compassion recalibrate`, from readings and decisions in a store to what is read next."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from forms.flow import lay_out
from forms.template_file import load_template
from pipeline.calibrate import FILE_NAME, Calibration, home_calibration, read_calibration
from pipeline.commands.read import _desk
from pipeline.fit_curves import fit_curve
from pipeline.records import Status
from pipeline.store import batches, models
from pipeline.store.decisions import decide
from pipeline.store.layouts import known_layouts
from pipeline.store.pages import keep_page
from tests.commands.test_commands import run, write_profile
from tests.store.builders import (
    card_number,
    make_card_reading,
    make_field,
    make_fields,
    make_page,
    make_page_reading,
    same_writing,
)

CARDS = 110


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Calibration:
    """Of readers who say what is true."""
    rng = np.random.default_rng(0)
    raw = 1 / (1 + np.exp(-rng.normal(2, 2, 3000)))
    curve = fit_curve(raw, rng.random(3000) < raw)
    assert curve is not None
    made = Calibration({"name": curve, "date": curve})
    monkeypatch.setattr("pipeline.calibrate.shipped_calibration", lambda: made)
    return made


def keep_cards(shipped: Calibration, count: int, version: str = "") -> None:
    """Read cards whose nominator's name waits; raw probabilities say 0.6 to 0.9."""
    fingerprint = lay_out(load_template("nomination")).card.fingerprint
    cards = []
    for n, p in enumerate(np.linspace(0.6, 0.9, count), start=1):
        waiting = make_field(
            name="nominator_name", value="JO BLOGGS", status=Status.REVIEW, probability=float(p),
            confidence=shipped.apply("name.open", float(p)), calibration=f"name.open {version or shipped.version}",
        )  # fmt: skip
        card = make_card_reading(number=card_number(n), fields=make_fields(nominator_name=waiting))
        cards.append(replace(card, identity=replace(card.identity, fingerprint=fingerprint)))
    batch = batches.open_batch("/scans").id
    keep_page(batch, 1, make_page(1), make_page_reading(*cards), date(2026, 11, 20), same_writing)
    batches.finish_batch(batch)


def said(n: int, right_in: int) -> str:
    """Every `right_in`-th name was right, the others are put right."""
    return "jo  bloggs" if n % right_in == 0 else "JO BRIGGS"


def decide_cards(count: int, right_in: int) -> None:
    """Keep decisions at once; `decide` looks each card up."""
    models.Decision.objects.bulk_create(
        models.Decision(
            kind=models.Decision.Kind.VALUE, source=f"card:{card_number(n)}", field="nominator_name",
            value=said(n, right_in), by="Ann", at=timezone.now(),
        )
        for n in range(1, count + 1)
    )  # fmt: skip


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    assert run(store, "load", write_profile(tmp_path / "profile"))[0] == 0
    return store


def recalibrated(home: Path, *options: str) -> Any:
    code, told, complaint = run(home, "recalibrate", *options, "--json")
    assert code == 0, complaint
    return json.loads(told)


def test_too_few_decisions_are_refused(home: Path, shipped: Calibration) -> None:
    keep_cards(shipped, 20)
    decide_cards(20, 2)
    code, told, complaint = run(home, "recalibrate")
    assert (code, told) == (2, "")
    assert "too few decisions" in complaint
    assert "name 20" in complaint
    assert not (home / FILE_NAME).exists()


def test_decisions_on_older_readings_do_not_count(home: Path, shipped: Calibration) -> None:
    keep_cards(shipped, CARDS, version="0ld")
    decide_cards(CARDS, 2)
    code, _, complaint = run(home, "recalibrate")
    assert code == 2
    assert f"{CARDS} more were made on readings of older readers" in complaint
    assert "read --again" in complaint


def test_probabilities_follow_the_decisions(home: Path, shipped: Calibration) -> None:
    keep_cards(shipped, CARDS)
    layouts = known_layouts()
    for n in range(1, CARDS + 1):
        decide(f"card:{card_number(n)}", "nominator_name", said(n, 4), "Ann", layouts)
    before = shipped.apply("name.open", 0.8)
    tried = recalibrated(home, "--dry-run")
    assert not (home / FILE_NAME).exists()
    table = recalibrated(home)
    assert tried == table | {"saved": False}
    (name,) = (row for row in table["contents"] if row["content"] == "name")
    assert (name["decided"], name["put_right"], name["fitted"]) == (CARDS, 0, True)
    assert name["error_after"] < 0.5 * name["error_before"]
    own = home_calibration(home)
    assert own is not None
    # One in four was right of what was believed at some 0.75.
    assert own.apply("name.open", 0.8) < 0.4 < 0.7 < before
    assert own.curves["date"] == shipped.curves["date"]
    assert _desk(home).calibration == own
    # What was learnt comes from the shipped curves each time, never from what was learnt before.
    assert recalibrated(home)["version"] == table["version"]


def test_it_is_told_in_words(home: Path, shipped: Calibration) -> None:
    keep_cards(shipped, CARDS)
    decide_cards(CARDS, 4)
    code, told, _ = run(home, "recalibrate", "--organisation", "RXW")
    assert code == 0
    assert f"name: {CARDS} decided, 0 accepted ones put right; calibration error" in told
    assert f"Saved in {home / FILE_NAME}" in told
    assert read_calibration(home / FILE_NAME).notes["organisation"] == "RXW"
    assert run(home, "recalibrate", "--undo")[1] == "The calibration that ships is used again.\n"
    assert not (home / FILE_NAME).exists()
    assert run(home, "recalibrate", "--undo")[1] == "There was nothing to undo.\n"


def test_one_of_older_readers_is_left_aside_and_said(
    home: Path, shipped: Calibration, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_cards(shipped, CARDS)
    decide_cards(CARDS, 4)
    recalibrated(home)
    newer = Calibration({"name": shipped.curves["name"]})
    monkeypatch.setattr("pipeline.calibrate.shipped_calibration", lambda: newer)
    assert _desk(home).calibration is None
    assert "left aside" in capsys.readouterr().err


def test_an_unknown_organisation(home: Path, shipped: Calibration) -> None:
    code, _, complaint = run(home, "recalibrate", "--organisation", "XXX")
    assert code == 2
    assert "never loaded" in complaint


def test_undo_stands_alone(home: Path) -> None:
    assert run(home, "recalibrate", "--undo", "--dry-run")[0] == 2
