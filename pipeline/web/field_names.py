"""What people call the card's fields."""

import re

FIELD_NAMES = {
    "nominee_name": "Nominee’s whole name",
    "nominee_first_name": "Nominee’s first name",
    "nominee_last_name": "Nominee’s last name",
    "nominee_team": "Ward or team",
    "nominator_type": "Who nominates",
    "action": "What they did",
    "impact": "What the impact was",
    "nominator_name": "Nominator’s name",
    "nominator_contact": "Nominator’s contact",
    "date": "Date",
    "consent": "Consent",
}
VALUE_NAMES = {
    "patient": "Patient",
    "carer": "Carer or relative",
    "staff": "Member of staff",
    "volunteer": "Volunteer",
    "other": "Other",
    "share_with_nominee": "Share with the nominee",
    "share_publicly": "Share publicly",
    "stay_anonymous": "Stay anonymous",
}
_NAME = re.compile(r"\b(" + "|".join(sorted(FIELD_NAMES, key=len, reverse=True)) + r")\b")


def in_words(text: str) -> str:
    """Return a message with the card's fields by the names that people know."""
    return _NAME.sub(lambda found: FIELD_NAMES[found[0]], text)
