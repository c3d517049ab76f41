"""What world of nominations to make: how many, and which share of them is of which kind."""

import datetime
import math
from dataclasses import dataclass, field, fields

from forms.errors import UsageError

MOST_ORGANISATIONS = 999


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities. The first five say how a nomination came in and add up to 1.

    All are the project's own estimates; no figures were found.
    """

    card: float = 0.45
    electronic: float = 0.40
    card_and_form: float = 0.08
    """The same story told on a card and through a form."""
    twice_on_form: float = 0.03
    edited: float = 0.04
    """Sent once, then changed: a later export holds the same submission with other words."""

    team: float = 0.15
    """Of nominations, those for a team."""
    off_list: float = 0.10
    """Of persons' nominations, those for somebody on no staff list."""
    double_thanks: float = 0.10
    """Of nominations, those where several people thank one nominee within days."""
    same_day: float = 0.4
    """Of double thanks, those all on one day."""
    same_event: float = 0.3
    """Of double thanks, those about one event, such as by two of a family."""
    same_words: float = 0.02
    """One nominator, two nominees, nearly the same words."""
    thanked_again: float = 0.02
    """One nominator thanks the same nominee again, weeks apart, for something else."""
    generic: float = 0.08
    """A few words that many people write."""
    generic_told_twice: float = 0.01
    """The same among those told twice: who takes the trouble to tell it twice has something to tell."""
    copy: float = 0.02
    """Of cards, those that are photocopies of another card."""
    unfilled: float = 0.05
    """Cards scanned with nothing on them, for each filled one."""

    twins: float = 0.03
    """Of staff, those with another's name on another ward."""
    double_barrelled: float = 0.03
    named_nominator: float = 0.6
    name_missing_once: float = 0.3
    """Of stories told twice by somebody who gives a name, those where it is on one of the two only."""
    no_team: float = 0.25
    """Of persons' nominations, those that name no ward."""

    def __post_init__(self) -> None:
        for entry in fields(self):
            if not 0.0 <= getattr(self, entry.name) <= 1.0:
                raise UsageError(f"The share '{entry.name}' is {getattr(self, entry.name)}; it must be from 0 to 1.")
        if not math.isclose(total := sum(self.ways), 1.0, abs_tol=1e-6):
            raise UsageError(
                "The shares card, electronic, card_and_form, twice_on_form and edited say how a nomination came in; "
                f"they must add up to 1, not to {total:g}."
            )

    @property
    def ways(self) -> tuple[float, float, float, float, float]:
        """How nominations came in, in the order of `world.Way`."""
        return self.card, self.electronic, self.card_and_form, self.twice_on_form, self.edited


@dataclass(frozen=True, slots=True)
class Plan:
    """A world of nominations; the same plan makes the same world."""

    count: int = 1000
    """True nominations, over all organisations."""
    organisations: int = 4
    seed: int = 1
    staff: int = 600
    """On the list of each organisation."""
    wards: int = 25
    first_day: datetime.date = datetime.date(2023, 1, 9)
    last_day: datetime.date = datetime.date(2024, 12, 13)
    shares: Shares = field(default_factory=Shares)

    def __post_init__(self) -> None:
        if not 1 <= self.organisations <= MOST_ORGANISATIONS:
            raise UsageError(f"{self.organisations} organisations: there may be 1 to {MOST_ORGANISATIONS}.")
        if self.count < 1 or self.staff < 1 or self.wards < 2:
            raise UsageError("A world needs at least 1 nomination, 1 member of staff and 2 wards.")
        if (self.last_day - self.first_day).days < 100:
            raise UsageError("A world needs at least 100 days from its first day to its last.")

    @property
    def first_export(self) -> datetime.date:
        """The day of the first export of each form; the second comes after the last day."""
        return self.first_day + (self.last_day - self.first_day) * 3 // 4

    @property
    def second_export(self) -> datetime.date:
        """The day of the later export, which holds everything, edits too."""
        return self.last_day + datetime.timedelta(days=20)
