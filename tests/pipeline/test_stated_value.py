import pytest

from forms.errors import UsageError
from forms.layout import Box, FieldLayout, OptionLayout
from pipeline.records import Value
from pipeline.stated_value import stated_value

_BOX = Box(0, 0, 1, 1)
NAME = FieldLayout("nominee_last_name", "boxes", "name")
DATE = FieldLayout("date", "boxes", "date")
STORY = FieldLayout("action", "lines", "story")
ONE = FieldLayout(
    "nominator_type", "choice", "tick", options=(OptionLayout("patient", _BOX), OptionLayout("staff", _BOX))
)
MANY = FieldLayout(
    "consent",
    "choice",
    "tick",
    multiple=True,
    options=(OptionLayout("share_publicly", _BOX), OptionLayout("stay_anonymous", _BOX)),
)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (NAME, "  O'NEILL  SMITH ", "O'NEILL SMITH"),
        (NAME, "", ""),
        (DATE, "2026-11-22", "2026-11-22"),
        (DATE, "2026-11-22 00:00:00", "2026-11-22"),
        (DATE, "1/2/2026", "2026-02-01"),
        (DATE, " 22.11.2026 ", "2026-11-22"),
        (DATE, "06082018", "2018-08-06"),
        (DATE, "6 8 2018", "2018-08-06"),
        (DATE, "6 August 2018", "2018-08-06"),
        (DATE, "16 Sept 2018", "2018-09-16"),
        (DATE, "", ""),
        (STORY, " One. \n Two.\n", "One.\n Two."),
        (ONE, "Patient", "patient"),
        (ONE, " ", ""),
        (MANY, "Stay anonymous; share_publicly; stay_anonymous", ("share_publicly", "stay_anonymous")),
        (MANY, "", ()),
    ],
)
def test_what_a_person_may_type(field: FieldLayout, text: str, value: Value) -> None:
    assert stated_value(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        (DATE, "31/2/2026", "no such day as '31/2/2026'"),
        (DATE, "20181122", "no such day as"),
        (DATE, "6 Movember 2018", "is no date"),
        (DATE, "22/11/26", "is no date; write it as"),
        (DATE, "yesterday", "is no date; write it as"),
        (ONE, "doctor", "nominator_type: 'doctor' is none of its answers, patient, staff"),
        (ONE, "patient; staff", "is none of its answers"),
        (MANY, "share_publicly; maybe", "'maybe' is none of its answers"),
    ],
)
def test_what_can_be_no_value(field: FieldLayout, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        stated_value(field, text)
