"""Writes a world as the files that would lie on a desk, and the truth about every source beside them.

FOLDER/truth.json
FOLDER/SIM001/organisation/         a profile, as `compassion load` takes it
FOLDER/SIM001/readings.json         as `compassion export --readings` writes it
FOLDER/SIM001/first/                an export of each form, when three quarters of the time had passed
FOLDER/SIM001/later/                another of each after the end: everything, edits too
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.records import FieldReading, Match
from pipeline.simulate.names import write_profile
from pipeline.simulate.nominations.exports import file_name, rows_on, write_export
from pipeline.simulate.nominations.world import OrganisationWorld, SimulatedCard, SimulatedSource, Submission, World

_CORNERS = ((98.0, 88.0), (1851.0, 90.0), (1849.0, 2570.0), (96.0, 2568.0))
"""Where a card lies on its page: about the same on each, in pixels at 300 dpi."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a source stands in the files."""

    file: str
    """Relative to the world's folder."""
    row: int | None = None
    """As a spreadsheet shows it; None for a card."""


def write_world(world: World, folder: Path) -> None:
    """Write all files of a world into `folder`, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {
        "seed": world.plan.seed,
        "organisations": {each.code: _write_organisation(each, world, folder) for each in world.organisations},
    }
    _write_json(truth, folder / "truth.json")


def _write_organisation(organisation: OrganisationWorld, world: World, folder: Path) -> dict[str, Any]:
    """Write an organisation's files and return the truth about its sources."""
    home = folder / organisation.code
    write_profile(organisation.profile, home / "organisation")
    _write_json(readings_rows(organisation), home / "readings.json")
    places: dict[int, list[_Place]] = {}
    days = (world.plan.first_export, world.plan.second_export)
    for name, day in zip(("first", "later"), days, strict=True):
        (home / name).mkdir(exist_ok=True)
        for form in organisation.forms:
            rows = rows_on([sent for sent in organisation.submissions if sent.form is form.kind], day)
            file = home / name / file_name(form, len(rows), second=name == "later")
            write_export(form, rows, file)
            for line, row in enumerate(rows, start=2):
                place = _Place(file.relative_to(folder).as_posix(), line)
                places.setdefault(id(row.submission), []).append(place)
    cards = [_card_truth(card.source, organisation.code) for card in organisation.cards if card.source]
    return {
        "nominations": organisation.nominations,
        "sources": [*cards, *(_submission_truth(sent, places[id(sent)]) for sent in organisation.submissions)],
    }


def readings_rows(organisation: OrganisationWorld) -> list[dict[str, Any]]:
    """Return an organisation's cards as `compassion export --readings` has them, unfilled ones too."""
    cards = sorted(organisation.cards, key=lambda card: (card.number, card.copy))
    return [_readings_row(card, organisation.code) for card in cards]


def _readings_row(card: SimulatedCard, organisation: str) -> dict[str, Any]:
    return {
        "card": card.number,
        "copy": card.copy,
        "organisation": organisation,
        "ward": card.ward,
        "batch": card.batch,
        "file": card.file,
        "page": card.page,
        "corners_px": [list(corner) for corner in _CORNERS],
        "alignment": {"by": "marks", "residual_mm": 0.08},
        "fields": {field.name: _field(field) for field in card.fields},
        "nominee_staff": _match(card.nominee_staff),
        "nominee_ward": _match(card.nominee_ward),
    }


def _field(field: FieldReading) -> dict[str, Any]:
    return {
        "value": field.value if isinstance(field.value, str) else list(field.value),
        "raw": field.raw,
        "confidence": _probability(field.confidence),
        "status": field.status.value,
        "engine": field.engine,
        "alternatives": [[text, _probability(probability)] for text, probability in field.alternatives],
    }


def _match(match: Match) -> dict[str, Any]:
    return {"value": match.value, "confidence": _probability(match.confidence)}


def _probability(probability: float) -> float:
    return min(round(probability, 5), 0.99999)


def _card_truth(source: SimulatedSource, organisation: str) -> dict[str, Any]:
    return {"id": source.id, **_truth(source), "in": [{"file": f"{organisation}/readings.json"}]}


def _submission_truth(sent: Submission, places: Sequence[_Place]) -> dict[str, Any]:
    """A Google row has no id before it is read: where it stands must do."""
    known = "" if sent.source.id.startswith("google:") else sent.source.id
    where = [{"file": place.file, "row": place.row} for place in places]
    return {"id": known, **_truth(sent.source), "in": where}


def _truth(source: SimulatedSource) -> dict[str, str]:
    return {"nomination": source.nomination, "person": source.person, "case": source.case}


def _write_json(content: Any, path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
