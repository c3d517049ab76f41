"""Fields and values in the words that people know from the card."""

from datetime import date

from pipeline.store.card_questions import asked_by


def field_words(field: str) -> str:
    """Return what the standard card asks in a field, or the field's name in plain letters."""
    asked = asked_by("")
    question = asked.questions.get(field) if asked else None
    return question.label if question else field.replace("_", " ").capitalize()


def value_words(field: str, content: str, value: str) -> str:
    """Return a value, told as one text, as people say it."""
    if content == "date":
        return day_words(value)
    if content != "tick":
        return value
    if not value:
        return "Nothing is ticked"
    asked = asked_by("")
    question = asked.questions.get(field) if asked else None
    labels = {choice.value: choice.label for choice in question.choices} if question else {}
    return "; ".join(labels.get(part, part) for part in value.split("; "))


def day_words(value: str) -> str:
    """Return a day as people write it, and that it hasn't come yet; the text itself when it is no day."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    words = f"{day.day} {day:%B %Y}"
    return f"{words}, which is still to come" if day > date.today() else words
