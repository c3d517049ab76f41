"""Lets a person put right what a nomination says, by decisions on its sources."""

from django.db import transaction

from forms.errors import UsageError
from pipeline.records import Value
from pipeline.register import standing_answer, standing_name
from pipeline.statement import Statement
from pipeline.store import models
from pipeline.store.decided import MATCHES, WITHDRAWN
from pipeline.store.decisions import Decided, decide
from pipeline.store.layouts import known_layouts
from pipeline.store.statements import statements_of

_NAME = ("nominee_first_name", "nominee_last_name")
_OF_ALL = (*MATCHES, WITHDRAWN, "consent")
"""What is true of the nomination as a whole, and so decided on each of its sources: sources that a later merge takes
apart keep it, and of consent the narrower always counts."""


def put_right(organisation: str, nomination: str, field: str, value: str, by: str) -> list[Decided]:
    """Say what a field of a nomination says; return the decisions that were taken for it.

    It is decided on the source whose answer stands, and on another only where that one's answer would stand then.
    Raises UsageError when there is no such nomination or field, or no such value, with nothing decided.
    """
    rows = models.NominationSource.objects.filter(organisation=organisation, nomination=nomination)
    names = list(rows.values_list("source", flat=True))
    if not names:
        raise UsageError(f"There is no nomination '{nomination}'.")
    layouts = known_layouts()
    taken: list[Decided] = []
    with transaction.atomic():
        while source := _next(statements_of(organisation, names), field, taken):
            taken.append(decide(source, field, value, by, layouts, organisation))
    if not taken:
        raise UsageError(f"Nomination '{nomination}' has no source here that could say what '{field}' is.")
    return taken


def _next(statements: list[Statement], field: str, taken: list[Decided]) -> str:
    """Return the source to decide on next; empty when the nomination says what was decided."""
    done = {decided.source for decided in taken}
    if field in _OF_ALL:
        asked = [said for said in statements if field != "consent" or field in said.answers]
        return next((said.source.id for said in asked if said.source.id not in done), "")
    if taken and _stands(statements, field) == taken[-1].value:
        return ""
    speaks = _speaker(statements, field)
    return speaks.source.id if speaks and speaks.source.id not in done else ""


def _stands(statements: list[Statement], field: str) -> Value:
    if field in _NAME:
        named = standing_name(statements)
        return named.answer(field).value if named else ""
    return standing_answer(statements, field).value


def _speaker(statements: list[Statement], field: str) -> Statement | None:
    """Return the source whose answer stands; where none answers, the first that was asked."""
    if field in _NAME and (named := standing_name(statements)):
        return named
    stands = standing_answer(statements, field)
    in_order = sorted(statements, key=lambda said: (field not in said.answers, said.order))
    return next((said for said in in_order if said.answer(field) is stands), in_order[0] if in_order else None)
