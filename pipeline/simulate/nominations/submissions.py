"""Sends nominations through electronic forms: when, under which id, and what was changed afterwards."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.records import Value
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.reading_errors import mistype
from pipeline.simulate.nominations.retell import Style, drawn_style
from pipeline.simulate.nominations.telling import Telling, edited_telling, told_values
from pipeline.simulate.nominations.words import form_wordings, pick
from pipeline.simulate.nominations.world import LONDON, Form, FormKind, SimulatedSource, Submission

_CAPITALS = 0.04
_TYPED_WRONG = ((0.7, 0.0008), (0.3, 0.006))
"""Share of people, and of their characters that are mistyped."""
_LINE_BREAKS = 0.15
_CORRECTED = 0.2
"""How many texts Word has put its own quotes and dashes into."""
_MICROSOFT = (FormKind.MICROSOFT_WORKBOOK, FormKind.MICROSOFT_CSV)
_FIRST_FORMS = (
    (FormKind.MICROSOFT_WORKBOOK, FormKind.GOOGLE, FormKind.ODK, FormKind.KOBO),
    (FormKind.MICROSOFT_CSV, FormKind.KOBO),
    (FormKind.GOOGLE, FormKind.ODK),
)
"""Of the first organisations, so that a small world has every kind; the others draw theirs."""
_NAMES = ("Leading with Compassion", "Compassion nominations", "Say thank you", "LwC nomination form")


@dataclass(frozen=True, slots=True)
class ToldOnForm:
    """A telling that is sent through a form."""

    telling: Telling
    case: str
    form: FormKind
    edited: bool = False


def drawn_forms(number: int, rng: np.random.Generator) -> tuple[Form, ...]:
    """Draw the forms of organisation `number`, from 1; at most one of each make."""
    if number <= len(_FIRST_FORMS):
        kinds: tuple[FormKind, ...] = _FIRST_FORMS[number - 1]
    else:
        microsoft = pick((FormKind.MICROSOFT_WORKBOOK, FormKind.MICROSOFT_CSV), rng)
        others = (FormKind.GOOGLE, FormKind.ODK, FormKind.KOBO)
        kinds = (microsoft, *(kind for kind in others if rng.random() < 0.3))
    questions, answers = form_wordings()
    # Every wording in turn, beginning anywhere.
    start = int(rng.random() * len(questions))
    names = [_NAMES[int(n)] for n in rng.permutation(len(_NAMES))]
    return tuple(
        Form(
            kind=kind,
            name=names[place],
            questions=questions[(start + place) % len(questions)],
            # A sheet of Google's joins answers with commas, so whoever makes a form there learns to use none.
            answers=answers[-1] if kind is FormKind.GOOGLE else pick(answers, rng),
            stamps=int(rng.integers(3)),
        )
        for place, kind in enumerate(kinds)
    )


def make_submissions(
    told: Sequence[ToldOnForm], organisation: str, plan: Plan, rng: np.random.Generator
) -> tuple[Submission, ...]:
    """Return the submissions of every form, in the order in which each form received them."""
    sent = [(_moment(each.telling.day, rng), each) for each in told]
    made: list[Submission] = []
    for form in FormKind:
        of_form = sorted((entry for entry in sent if entry[1].form is form), key=lambda entry: entry[0])
        for number, (moment, each) in enumerate(of_form, start=1):
            made.append(_submission(each, number, moment, organisation, plan, rng))
    return tuple(made)


def _moment(day: datetime.date, rng: np.random.Generator) -> datetime.datetime:
    """A second of that day, between six and midnight."""
    seconds = int(rng.integers(6 * 3600, 24 * 3600 - 1))
    clock = datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60, tzinfo=LONDON)
    return datetime.datetime.combine(day, clock)


def _submission(
    each: ToldOnForm, number: int, moment: datetime.datetime, organisation: str, plan: Plan, rng: np.random.Generator
) -> Submission:  # fmt: skip
    telling, key = each.telling, _key(each.form, rng)
    style = drawn_style(rng, _CAPITALS)
    source = SimulatedSource(
        id=_source_id(each.form, number, key),
        organisation=organisation,
        paper=False,
        received_at=moment,
        values=_typed(telling, style, each.form, rng),
        statuses={},
        nominee_staff="",
        nomination=telling.thanks.id,
        person=telling.thanks.nominee.key,
        case=each.case,
    )
    started = moment - datetime.timedelta(seconds=int(rng.integers(60, 1200)))
    submission = Submission(source, each.form, number, key, started, telling.naming.whole)
    return _edited(submission, telling, style, plan, rng) if each.edited else submission


def _typed(telling: Telling, style: Style, form: FormKind, rng: np.random.Generator) -> dict[str, Value]:
    """Return what stands in the form's fields: slips of the fingers, and what Word makes of quotes and dashes."""
    values = told_values(telling, style)
    slips = _TYPED_WRONG[int(rng.random() > _TYPED_WRONG[0][0])][1]
    broken = form is FormKind.GOOGLE and rng.random() < _LINE_BREAKS
    for name in ("action", "impact"):
        text = mistype(str(values[name]), slips, rng)
        if form in _MICROSOFT and rng.random() < _CORRECTED:
            text = text.replace("'", "’").replace("; ", " – ").replace(", ", " – ", 1)
        values[name] = text.replace(". ", ".\n") if broken else text
    return values


def _edited(submission: Submission, telling: Telling, style: Style, plan: Plan, rng: np.random.Generator) -> Submission:
    """Open a submission again between the two exports."""
    values = _typed(edited_telling(telling, rng), style, submission.form, rng)
    days = (plan.last_day - plan.first_export).days
    day = plan.first_export + datetime.timedelta(days=1 + int(rng.random() * days))
    return replace(
        submission,
        source=replace(submission.source, values=values),
        first_version=submission.source,
        edited_at=_moment(day, rng),
        edited_key=_uuid(rng) if submission.form is FormKind.KOBO else "",
    )


def _uuid(rng: np.random.Generator) -> str:
    return str(uuid.UUID(bytes=rng.bytes(16), version=4))


def _key(form: FormKind, rng: np.random.Generator) -> str:
    if form is FormKind.ODK:
        return f"uuid:{_uuid(rng)}"
    return _uuid(rng) if form is FormKind.KOBO else ""


def _source_id(form: FormKind, number: int, key: str) -> str:
    """Return the id as the register shows it; for Google, the row (its key is made from the content by the reader)."""
    if form is FormKind.GOOGLE:
        return f"google:row-{number + 1}"
    if form in _MICROSOFT:
        return f"msforms:{number}"
    return f"{'odk' if form is FormKind.ODK else 'kobo'}:{key}"
