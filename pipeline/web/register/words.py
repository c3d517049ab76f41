"""What the register holds, in words for people."""

from datetime import date

from pipeline.records import Value
from pipeline.register import Channel, NominationStatus
from pipeline.statement import Standing
from pipeline.store.card_questions import Question, asked_by

LABELS = {
    "nominee_first_name": "First name",
    "nominee_last_name": "Last name",
    "nominee_team": "Ward or team",
    "action": "What they did",
    "impact": "What it meant",
    "date": "Date",
    "nominator_type": "Nominated by",
    "nominator_name": "Nominator’s name",
    "nominator_contact": "Nominator’s e-mail or telephone",
    "consent": "Consent",
    "nominee_staff": "Member of staff",
    "nominee_ward": "Ward on the list",
    "withdrawn": "Withdrawn",
}
CHANNELS = {Channel.PAPER: "Paper", Channel.ELECTRONIC: "Web form", Channel.BOTH: "Both"}
STATUSES = {
    NominationStatus.COMPLETE: ("Complete", "green"),
    NominationStatus.REVIEW: ("Waits for review", "yellow"),
    NominationStatus.QUESTION: ("Open question", "orange"),
    NominationStatus.WITHDRAWN: ("Withdrawn", "grey"),
}
"""Each status in words, and the colour of its tag."""
STANDINGS = {
    Standing.BLANK: "",
    Standing.UNREADABLE: "written, but nobody could read it",
    Standing.REVIEW: "read by machine, waits for review",
    Standing.ACCEPTED: "read by machine",
    Standing.ELECTRONIC: "typed in a form",
    Standing.DECIDED: "settled by a person",
}


def question_of(field: str) -> Question | None:
    """Return what the standard card asks in a field; None when it has no such field."""
    asked = asked_by("")
    return asked.questions.get(field) if asked else None


def in_words(field: str, value: Value | None) -> str:
    """Return what a field says as people say it; nothing for nothing."""
    if value is None:
        return "could not be read"
    parts = [value] if isinstance(value, str) else list(value)
    question = question_of(field)
    if question and question.choices:
        labels = {choice.value: choice.label for choice in question.choices}
        return "; ".join(labels.get(part, part) for part in parts)
    text = "; ".join(parts)
    return _day(text) if field == "date" else text


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"
