"""Tells which of the answers that must be there none of a nomination's sources gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.register import missing_fields
from pipeline.statement import Statement


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that must be there and that an electronic submission lacks."""

    said: Statement
    field: str


def missing_answers(statements: Sequence[Statement]) -> tuple[WaitingAnswer, ...]:
    """Return what is missing of a nomination that came electronically alone, given all its sources.

    A card is asked about by its own fields.
    """
    if any(said.paper or said.withdrawn for said in statements):
        return ()
    return tuple(WaitingAnswer(statements[0], field) for field in missing_fields(statements))
