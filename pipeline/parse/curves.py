"""Names the calibration curve for a value: by its content, and by how it was arrived at."""

from forms.layout import FieldLayout
from pipeline.calibrate import DOUBTFUL
from pipeline.records import Match

NOMINEE = ("nominee_first_name", "nominee_last_name")
TEAM = "nominee_team"
LISTED, OPEN = "listed", "open"


def curve_of(field: FieldLayout, reason: str, staff: Match, ward: Match) -> str:
    """Return `name.listed` for a name that a list knows, `name.open` for one spelled letter by letter, …

    `reason`: why a person must look, whatever the probability: such values are right far less often. A name that
    was taken from a list is right far more often than one that had to be spelled, at the same raw probability.
    """
    if reason:
        return f"{field.content}.{DOUBTFUL}"
    if field.kind != "boxes" or field.content not in ("name", "place"):
        return field.content
    meant = staff.value if field.name in NOMINEE else ward.value if field.name == TEAM else ""
    return f"{field.content}.{LISTED if meant else OPEN}"
