"""The records of a simulated world: true nominations, and the cards and submissions in which they came.

A source's id is as the register shows it, and unique within its organisation only.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from forms.organisation import Profile
from pipeline.records import FieldReading, Match, Value
from pipeline.simulate.nominations.plan import Plan

LONDON = ZoneInfo("Europe/London")


class Way(StrEnum):
    """How a nomination came in."""

    CARD = "card"
    ELECTRONIC = "electronic"
    CARD_AND_FORM = "card_and_form"
    TWICE_ON_FORM = "twice_on_form"
    EDITED = "edited"


class FormKind(StrEnum):
    """What an electronic form was made with, and how it is exported."""

    MICROSOFT_WORKBOOK = "msforms.xlsx"
    MICROSOFT_CSV = "msforms.csv"
    GOOGLE = "google"
    ODK = "odk"
    KOBO = "kobo"


@dataclass(frozen=True, slots=True)
class SimulatedSource:
    """A card and copy, or a submission in its latest version, with the truth about it."""

    id: str
    """Such as `card:…`, `msforms:41`. A Google row has no id: `google:` and its row stand in for its key."""
    organisation: str
    paper: bool
    received_at: datetime.datetime
    """Aware, Europe/London. A card's is midnight of the day on which its batch came in."""
    values: dict[str, Value]
    """By field of the standard card: as read, or as somebody typed it; a whole name comes split in three."""
    statuses: dict[str, str]
    """For paper, by field: `accepted`, `review` or `blank`. Otherwise empty."""
    nominee_staff: str
    """For paper, the member of staff whom the reading takes the name for; right or wrong, or empty."""
    nomination: str
    """Truth: the nomination's id. Sources of one nomination share it."""
    person: str
    """Truth: the staff id, `off-list:NUMBER` for somebody on no list, or `team:` and its ward's code or name."""
    case: str
    """Truth: tags joined with `+`: `single`, `told_twice`, `twice_on_form`, `edited`, and what makes it hard:
    `double_thanks`, `same_event`, `same_words_two_people`, `thanked_again`, `generic`, `copy`, `namesake`."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The parts of `case`."""
        return tuple(self.case.split("+"))


@dataclass(frozen=True, slots=True)
class SimulatedCard:
    """A scanned card as it was read, filled in or not."""

    number: str
    copy: int
    ward: str
    """The code of the ward it was printed for; empty when for none."""
    batch: str
    file: str
    page: int
    fields: tuple[FieldReading, ...]
    nominee_staff: Match = field(default_factory=Match)
    nominee_ward: Match = field(default_factory=Match)
    source: SimulatedSource | None = None
    """None when nothing was written on it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A nomination sent through an electronic form."""

    source: SimulatedSource
    form: FormKind
    number: int
    """From 1, in the order in which they came: the ID of Microsoft Forms, and 1 less than the row in the export."""
    key: str
    """`rootUuid` of Kobo, `KEY` of ODK; empty for the others."""
    started: datetime.datetime
    whole_name: str
    """The answer, where one question asks for name and ward together."""
    first_version: SimulatedSource | None = None
    """As it was in the first export, when it was edited since."""
    edited_at: datetime.datetime | None = None
    edited_key: str = ""
    """The `_uuid` that Kobo gives an edited submission."""


@dataclass(frozen=True, slots=True)
class Form:
    """An electronic form of one organisation, and how its questions are worded."""

    kind: FormKind
    name: str
    """As its owner titled it."""
    questions: dict[str, str]
    """By field, in the order of the form; `nominee` asks for a whole name."""
    answers: dict[str, str]
    """By option."""
    stamps: int = 0
    """Which way of writing its time stamps."""


@dataclass(frozen=True, slots=True)
class OrganisationWorld:
    """All that came in for one organisation."""

    profile: Profile
    forms: tuple[Form, ...]
    cards: tuple[SimulatedCard, ...]
    submissions: tuple[Submission, ...]
    nominations: int
    """How many true ones."""

    @property
    def code(self) -> str:
        """The organisation's code."""
        return self.profile.organisation.code

    @property
    def sources(self) -> tuple[SimulatedSource, ...]:
        """Filled cards and submissions, each in its latest version."""
        cards = (card.source for card in self.cards if card.source is not None)
        return (*cards, *(submission.source for submission in self.submissions))


@dataclass(frozen=True, slots=True)
class World:
    """Organisations with everything that came in for them, and the truth about it."""

    plan: Plan
    organisations: tuple[OrganisationWorld, ...]

    @property
    def sources(self) -> Iterator[SimulatedSource]:
        """Every source of every organisation."""
        for organisation in self.organisations:
            yield from organisation.sources
