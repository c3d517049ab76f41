"""Writes an organisation's register to a file, as a command or a page hands it out."""

from pathlib import Path

from pipeline.store.register import register_of
from pipeline.write_register import OpenQuestion, write_register


def write_register_of(organisation: str, path: Path, *, with_anonymous: bool = False) -> int:
    """Write an organisation's register in the form that the path's ending names; return how many nominations it holds.

    Raises UsageError for an organisation that was never loaded and for another ending, OSError when the file can't be
    written.
    """
    register = register_of(organisation, with_anonymous=with_anonymous)
    ids = {source.id: nomination.nomination_id for nomination in register.nominations for source in nomination.sources}
    questions = [
        OpenQuestion(
            question.sources,
            (ids.get(question.sources[0], ""), ids.get(question.sources[1], "")),
            question.probability,
            question.reasons,
        )
        for question in register.questions
    ]
    return write_register(path, register.nominations, questions, register.thanked)
