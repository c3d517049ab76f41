"""Builders of what other sites and electronic forms send, for the store: plain ones, changed where a test says so."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.merge.match import shipped_weights
from pipeline.readings_file import RefusedCard, SentCard
from pipeline.records import Match
from pipeline.store import models
from pipeline.store.merging import MergeResult, merge_store
from pipeline.store.register import nominations_of
from pipeline.store.sent_cards import save_sent_cards
from pipeline.store.submissions import ExportFile, ImportResult, save_submissions
from pipeline.submissions.records import FIELDS, RefusedRow, Submission
from tests.store.builders import CORNERS, card_number, make_fields

SENT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
STORY = "She sat with my mother all night, held her hand and sang the songs of her childhood in Polish."
IMPACT = "Mother slept in peace, and none of us were afraid any longer of the morning."
_VALUES: dict[str, Any] = {
    "nominee_first_name": "Priya", "nominee_last_name": "Patel", "nominee_team": "Ward 7",
    "nominator_type": "patient", "action": STORY, "impact": IMPACT,
    "nominator_name": "Jo Bloggs", "nominator_contact": "jo@example.org", "date": "2026-11-18",
    "consent": ("share_with_nominee",),
}  # fmt: skip


def make_submission(place: int = 1, /, **changes: Any) -> Submission:
    """A submission; names of the card's fields change what it says."""
    said = {name: changes.pop(name) for name in FIELDS if name in changes}
    parts = {
        "number": str(place),
        "key": f"{place} 2026-11-18T09:30:00",
        "received_at": SENT + timedelta(minutes=place),
        "revision": "",
        "row": place + 1,
        "values": {**_VALUES, **said},
        "kept": {"Email": "anonymous"},
    }
    return Submission(**{**parts, **changes})


def make_export(**changes: Any) -> ExportFile:
    """An export file; its digest is of its name unless said."""
    parts = {
        "organisation": "RXW",
        "kind": "msforms",
        "form": "Compassion",
        "file": "Compassion(1-2).xlsx",
        "mapping": 'kind = "msforms"\n',
        "mapping_given": False,
        "fields": frozenset(FIELDS),
    }
    parts |= changes
    parts.setdefault("sha256", hashlib.sha256(ascii(parts["file"]).encode()).hexdigest())
    return ExportFile(**parts)  # type: ignore[arg-type]


def take(*rows: Submission | RefusedRow, **export: Any) -> ImportResult:
    """Import some rows; of another file each time, unless said."""
    export.setdefault("sha256", hashlib.sha256(repr(rows).encode()).hexdigest())
    return save_submissions(make_export(**export), rows)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, len(result.refused)


def make_sent_card(**changes: Any) -> SentCard:
    """A card as another site read it; `values` change its fields."""
    number = changes.pop("number", card_number())
    values = changes.pop("values", {})
    parts = {
        "row": 1,
        "number": number,
        "copy": 1,
        "organisation": number.split("-")[0],
        "ward": "W21",
        "batch": "2026-11-20-1",
        "file": "box.pdf",
        "page": 1,
        "received": date(2026, 11, 20),
        "corners_px": CORNERS,
        "alignment_by": "marks",
        "residual_mm": 0.12,
        "fields": make_fields(**values),
        "nominee_staff": Match("S00123", 0.98),
        "nominee_ward": Match("W07", 0.97),
    }
    return SentCard(**{**parts, **changes})


def send(*cards: SentCard | RefusedCard, **changes: Any) -> ImportResult:
    """Import some readings; of another file each time, unless said."""
    parts = {
        "organisation": "RXW",
        "file": "readings.json",
        "sha256": hashlib.sha256(repr(cards).encode()).hexdigest(),
        "received": date(2026, 11, 21),
    }
    return save_sent_cards(cards=cards, **{**parts, **changes})


def merged(*codes: str) -> MergeResult:
    return merge_store(codes or ("RXW",), shipped_weights())


def register(code: str = "RXW") -> dict[str, tuple[str, ...]]:
    """The ids of an organisation's nominations, each with its sources."""
    return {row.nomination_id: tuple(source.id for source in row.sources) for row in nominations_of(code)}


def groups(code: str = "RXW") -> set[frozenset[str]]:
    return {frozenset(sources) for sources in register(code).values()}


def source_names(organisation: str = "RXW") -> list[str]:
    rows: Iterable[str] = models.NominationSource.objects.filter(organisation=organisation).values_list(
        "source", flat=True
    )
    return sorted(rows)
