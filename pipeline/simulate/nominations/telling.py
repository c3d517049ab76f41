"""What somebody means to write when they nominate, once or a second time, by field of the standard card."""

import datetime
from dataclasses import dataclass, replace

import numpy as np

from pipeline.records import Value
from pipeline.simulate.nominations.happenings import Thanks
from pipeline.simulate.nominations.naming import Naming, name_nominator, name_nominee
from pipeline.simulate.nominations.plan import Shares
from pipeline.simulate.nominations.retell import Style, corrected, told_again, written
from pipeline.simulate.nominations.tales import Sentences

_CONSENT = (("share_with_nominee", 0.72), ("share_publicly", 0.48), ("stay_anonymous", 0.12))
_NO_DATE, _NO_TYPE, _NO_CONSENT = 0.15, 0.06, 0.12
_LATEST_DAYS = 5
"""Between two tellings of one story."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A nomination as its nominator means to write it, every letter right, before it is on paper or in a form."""

    thanks: Thanks
    day: datetime.date
    action: Sentences
    impact: Sentences
    naming: Naming
    nominator_name: str
    nominator_contact: str
    nominator_type: str
    date: str
    """ISO, or empty."""
    consent: tuple[str, ...]


def first_telling(thanks: Thanks, shares: Shares, rng: np.random.Generator) -> Telling:
    """Return how a nomination is told the first time."""
    nominator = thanks.nominator
    consent = () if rng.random() < _NO_CONSENT else tuple(name for name, share in _CONSENT if rng.random() < share)
    return Telling(
        thanks=thanks,
        day=thanks.day,
        action=thanks.action,
        impact=thanks.impact,
        naming=name_nominee(thanks.nominee, shares.no_team, rng),
        nominator_name=name_nominator(nominator, rng) if nominator.gives_name else "",
        nominator_contact=nominator.contact if nominator.gives_contact else "",
        nominator_type="" if rng.random() < _NO_TYPE else nominator.kind,
        date="" if rng.random() < _NO_DATE else thanks.day.isoformat(),
        consent=consent,
    )


def second_telling(first: Telling, shares: Shares, last_day: datetime.date, rng: np.random.Generator) -> Telling:
    """Return how the same person tells the same nomination again, some days later, another way."""
    thanks = first.thanks
    day = min(thanks.day + datetime.timedelta(days=int(rng.integers(0, _LATEST_DAYS + 1))), last_day)
    other = first_telling(thanks, shares, rng)
    # Half of them write the day on which it happened, or which they wrote before.
    date = first.date if rng.random() < 0.5 else day.isoformat() if other.date else ""
    missing = rng.random() < shares.name_missing_once
    return replace(
        other,
        day=day,
        action=told_again(thanks.scene, "action", thanks.action, rng),
        impact=told_again(thanks.scene, "impact", thanks.impact, rng) if rng.random() < 0.9 else (),
        nominator_name="" if missing else other.nominator_name,
        nominator_contact=other.nominator_contact if rng.random() < 0.8 else "",
        date=date,
        consent=first.consent if rng.random() < 0.8 else other.consent,
    )


def edited_telling(telling: Telling, rng: np.random.Generator) -> Telling:
    """Return a submission after its writer has opened it again: other words, now and then another consent."""
    consent = telling.consent
    if rng.random() < 0.15:
        consent = () if consent else ("share_with_nominee",)
    return replace(telling, action=corrected(telling.thanks.scene, telling.action, rng), consent=consent)


def told_values(telling: Telling, style: Style) -> dict[str, Value]:
    """Return the values of the standard card's fields, in its order, as somebody of that style writes them."""
    return {
        "nominee_first_name": telling.naming.first,
        "nominee_last_name": telling.naming.last,
        "nominee_team": telling.naming.team,
        "nominator_type": telling.nominator_type,
        "action": written(telling.action, style),
        "impact": written(telling.impact, style),
        "nominator_name": telling.nominator_name,
        "nominator_contact": telling.nominator_contact,
        "date": telling.date,
        "consent": telling.consent,
    }
