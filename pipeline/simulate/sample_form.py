"""Makes the sample export of a web form: some who filled in a sample card told the same story online, some did not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.lists import nicknames

FILE_NAME = "Leading with Compassion nominations(1-5).xlsx"
_HEADER = (
    "ID", "Start time", "Completion time", "Email", "Name", "Last modified time", "Who would you like to nominate?",
    "Which ward or team do they work in?", "I am a...", "How did this person lead with compassion?",
    "What was the impact on you and/or others?", "Your name (optional)", "Your e-mail or telephone (optional)",
    "What may we do with your words?", "How did you hear of the scheme?",
)  # fmt: skip
_TYPES = {
    "patient": "Patient", "carer": "Family member or carer", "staff": "Member of staff", "volunteer": "Volunteer",
    "other": "A neighbour", "": "",
}  # fmt: skip
_CONSENTS = {
    "share_with_nominee": "Share them with the person",
    "share_publicly": "Share them publicly",
    "stay_anonymous": "Please keep my name private",
}
_NO_DATE = "2022-03-01"
_OTHERS: Sequence[Mapping[str, Any]] = (
    {
        "nominee": "Sister Bronwen Cartwright", "team": "Oak Ward", "nominator_type": "carer",
        "action": "When Dad could not settle she found his old band on her phone and danced with him by the window.",
        "impact": "He slept for the first time since the move, and so did we.",
        "nominator_name": "Delroy Hughes", "nominator_contact": "delroy.hughes@example.org", "date": "2022-05-12",
        "consent": ("share_with_nominee", "share_publicly"),
    },
    {
        "nominee": "Everyone in the kitchen", "team": "", "nominator_type": "other",
        "action": "They made Mum the ginger biscuits she grew up with, from a recipe that I had only half remembered.",
        "impact": "She ate, and told us stories of her own mother that we had never heard.",
        "nominator_name": "", "nominator_contact": "", "date": "2022-06-03", "consent": ("share_with_nominee",),
    },
)  # fmt: skip


def write_sample_form(pages: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Write a Microsoft Forms export into `folder`; `pages` are those of `expected.json`. Return its path."""
    from openpyxl import Workbook

    folder.mkdir(parents=True, exist_ok=True)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Form1"
    sheet.append(_HEADER)
    for number, told in enumerate([*_told_again(pages), *_OTHERS], 1):
        sheet.append(_row(number, told))
    path = folder / FILE_NAME
    # A fixed time, so that the same samples are the same file but for the time that the library itself writes.
    workbook.properties.created = datetime(2026, 11, 20)
    workbook.save(path)
    return path


def _told_again(pages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return three stories of cards as their tellers typed them: in other letters, by a short form of the name."""
    cards = [card["fields"] for page in pages for card in page["cards"] if card["fields"].get("nominee_last_name")]
    told = []
    for fields in cards[:3]:
        first = fields["nominee_first_name"]
        short = nicknames().get(first, (first,))[0]
        told.append({**fields, "nominee": f"{short} {fields['nominee_last_name']}".title(), "team": ""})
    return told


def _row(number: int, told: Mapping[str, Any]) -> list[Any]:
    day = date.fromisoformat(told["date"] or _NO_DATE) + timedelta(days=1)
    began = datetime(day.year, day.month, day.day, 9 + number, 12)
    return [
        number, began, began + timedelta(minutes=7), "anonymous", "", None, told["nominee"], told["team"],
        _TYPES[told["nominator_type"]], _sentence(told["action"]), _sentence(told["impact"]),
        told["nominator_name"].title(), told["nominator_contact"],
        "".join(f"{_CONSENTS[tick]};" for tick in told["consent"]), "A poster on the ward",
    ]  # fmt: skip


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
