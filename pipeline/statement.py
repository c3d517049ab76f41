"""What one source, a card or an electronic submission, says of a nomination: what merge and register work on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from pipeline.records import Value


class Standing(IntEnum):
    """How far an answer can be relied on; where sources differ, the greater stands."""

    BLANK = 0
    """Nothing was answered."""
    UNREADABLE = 1
    """Written on a card, but a person who looked could not read it."""
    REVIEW = 2
    """Read from a card, and waiting for a person."""
    ACCEPTED = 3
    """Read from a card, surely enough."""
    ELECTRONIC = 4
    """Typed by whoever nominated."""
    DECIDED = 5
    """Said by a person who looked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says in one field."""

    value: Value
    standing: Standing


NO_ANSWER = Answer("", Standing.BLANK)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a nomination came from."""

    id: str
    """Such as `card:RXW-7K3F9QZ-0012-H`."""
    source: str
    """The batch of a card, or the name of an electronic source. Empty, like the file, where another organisation
    scanned the card."""
    file: str
    page: int | None = None
    """For a card."""
    row: int | None = None
    """For a row of a table, as a spreadsheet shows it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One source and all that it says, as it stands now."""

    source: Source
    key: str
    """The source's full name, the same in whatever order sources came in; ids of nominations are made from it."""
    organisation: str
    received_at: datetime
    """Aware. For a card midnight in London of the day that it came in."""
    paper: bool
    answers: Mapping[str, Answer]
    staff: str = ""
    """The id of the member of staff that is meant, as far as the source itself tells (a reading, a decision)."""
    staff_decided: bool = False
    """Whether a person said whom it means; `staff` is then empty for nobody on the list."""
    ward: str = ""
    """The code of the ward that is meant."""
    withdrawn: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        """Its place among sources as they came in; of those that came at one moment, by their names."""
        return self.received_at, self.key.removeprefix(f"{self.organisation}/")

    def answer(self, field: str) -> Answer:
        """Return what it says in a field."""
        return self.answers.get(field, NO_ANSWER)

    def text(self, field: str) -> str:
        """Return what it says in a field as one text."""
        value = self.answer(field).value
        return value if isinstance(value, str) else "; ".join(value)


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """Someone on an organisation's staff list, as the merge needs them."""

    staff_id: str
    first_name: str
    last_name: str
    ward: str
    """The ward's code; empty for someone who belongs to none."""


@dataclass(frozen=True, slots=True)
class People:
    """The lists of one organisation that nominees are looked up in."""

    staff: tuple[StaffEntry, ...] = ()
    wards: Mapping[str, str] = field(default_factory=dict)
    """Names by code."""
