"""A store that an older version of the program made is brought up to date with all that is in it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pipeline.records import Status
from pipeline.sources import card_source, nomination_id
from pipeline.store import models
from pipeline.store.decisions import decide, decide_pair
from pipeline.store.merge_history import merges_of
from pipeline.store.merging import open_questions, undo_merge_of
from pipeline.store.organisations import save_profile
from pipeline.store.register import nominations_of
from pipeline.store.setup import open_store
from pipeline.store.waiting import rebuild_waiting
from tests.store.builders import CORNERS, card_number, make_fields, make_layouts, make_profile
from tests.store.fixtures import close_store
from tests.store.sources import groups, make_submission, merged, register, take

AT = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
IN_DOUBT = {field.name: replace(field, status=Status.REVIEW) for field in make_fields() if field.content == "story"}
FIRST, SECOND = card_source(card_number(1)), card_source(card_number(1), 2)


def migrate(name: str) -> Any:
    """Bring the store to a migration, whichever it is at; return its models of then."""
    executor = MigrationExecutor(connection)
    executor.migrate([("store", name)])
    return MigrationExecutor(connection).loader.project_state([("store", name)]).apps


def keep_as_then(apps: Any, number: str, copy: int, page: int, **values: Any) -> None:
    """Keep a card as version 0.2 did."""
    table = {model.__name__: model.objects for model in apps.get_app_config("store").get_models()}
    batch, _ = table["Batch"].get_or_create(id="2026-08-01-1", defaults={"paths_key": "x", "created": AT})
    row = table["Page"].create(
        batch=batch, position=page, file="old.pdf", number=page, sha256="", suffix=".jpg",
        received=date(2026, 8, 1), outcome="cards", created=AT,
    )  # fmt: skip
    card = table["Card"].create(number=number, copy=copy, organisation="RXW", ward="W21", fingerprint="F1F1F1F1")
    sighting = table["Sighting"].create(card=card, page=row, place=0, filled=True, ink=b"a", current=True)
    run = table["ReadingRun"].create(
        sighting=sighting, created=AT, filled=True, corners_px=CORNERS, alignment_by="marks", residual_mm=0.1,
        page_from_card=[], px_per_mm=10.0, nominee_staff="S00123", nominee_staff_confidence=0.9, nominee_ward="",
        nominee_ward_confidence=0.0,
    )  # fmt: skip
    for place, field in enumerate(make_fields(**values)):
        table["Reading"].create(
            run=run, position=place, field=field.name, content=field.content, value=field.value, raw="",
            confidence=0.9, status=field.status.value, alternatives=[], outline_px=[],
        )  # fmt: skip
    source = card_source(number, copy)
    nomination = table["Nomination"].create(id=nomination_id(source), organisation="RXW")
    table["NominationSource"].create(source=source, nomination=nomination, received_at=AT, card=card)


def decide_as_then(apps: Any, **said: Any) -> None:
    apps.get_model("store", "Decision").objects.create(by="Ann", at=AT, **said)


@pytest.fixture
def old_store(tmp_path: Path, store: Path, store_url: str | None) -> Path:
    """A store of version 0.2: two copies of a card, what was decided of each, and that they are two nominations."""
    save_profile(make_profile())
    apps = migrate("0002_calibration")
    keep_as_then(apps, card_number(1), 1, 1, **IN_DOUBT)
    keep_as_then(apps, card_number(1), 2, 2)
    decide_as_then(apps, kind="value", source=FIRST, field="impact", value="As decided.")
    decide_as_then(apps, kind="value", source=SECOND, field="nominee_staff", value="S00124")
    decide_as_then(apps, kind="apart", source=FIRST, other_source=SECOND)
    close_store()
    open_store(store, store_url)
    return store


def test_ids_and_decisions_are_kept(old_store: Path) -> None:
    assert register() == {nomination_id(FIRST): (FIRST,), nomination_id(SECOND): (SECOND,)}
    by_source = {row.sources[0].id: row for row in nominations_of("RXW")}
    assert (by_source[FIRST].impact, by_source[FIRST].nominee_staff_id) == ("As decided.", "S00123")
    assert by_source[SECOND].nominee_staff_id == "S00124"
    assert {row.received_at for row in by_source.values()} == {"2026-08-01"}
    assert set(models.Decision.objects.values_list("organisation", flat=True)) == {"RXW"}


def test_what_waits_is_known(old_store: Path) -> None:
    (row,) = models.WaitingField.objects.all()
    assert (row.card.number, row.field, row.content_order) == (card_number(1), "action", 5)
    assert rebuild_waiting() == 1


def test_merging_goes_on_from_there(old_store: Path) -> None:
    merged()
    assert groups() == {frozenset({FIRST}), frozenset({SECOND})}, "they were decided to be two"
    assert open_questions(["RXW"]) == []
    said = {field.name: field.value for field in make_fields() if field.status is not Status.BLANK}
    take(make_submission(1, **{**said, "consent": ()}))
    decide_pair("msforms:1", FIRST, same=True, by="Bob")
    merged()
    assert groups() == {frozenset({FIRST, "msforms:1"}), frozenset({SECOND})}
    assert decide(FIRST, "impact", "Another.", "Bob", make_layouts()).new


def test_an_empty_store_too(tmp_path: Path, store: Path, store_url: str | None) -> None:
    migrate("0002_calibration")
    close_store()
    open_store(store, store_url)
    assert not models.NominationSource.objects.exists()


def test_merges_of_then_are_told_and_taken_back_by_organisation(store: Path, store_url: str | None) -> None:
    apps = migrate("0004_sources")
    runs = apps.get_model("store", "MergeRun").objects
    all_run, own_run = (runs.create(at=AT, organisation=code, result={"new": 1}) for code in ("", "RXW"))
    for code, run in (("RXW", own_run), ("RXW", all_run), ("RYZ", all_run)):
        name = f"{code}-{run.pk}"
        apps.get_model("store", "NominationSource").objects.create(
            organisation=code, source=name, key=name, own_id=name, nomination=name, received_at=AT, merged_in=run
        )
    close_store()
    open_store(store, store_url)
    (last, first), (other,) = merges_of("RXW"), merges_of("RYZ")
    assert (last.run, last.new, last.last) == (own_run.pk, 1, True)
    assert (first.run, first.new, other.run) == (all_run.pk, None, all_run.pk)
    undo_merge_of("RXW", last.run, "Ann")
    assert undo_merge_of("RYZ", other.run, "Tom").waiting == 1
    assert undo_merge_of("RXW", first.run, "Ann").waiting == 1
