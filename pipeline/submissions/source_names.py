"""Names an electronic source after its file, so that next month's export of one form is the same source."""

import re
from pathlib import Path

_ADDED = re.compile(r"\s*\(\d+(?:-\d+)?\)$|\s+-\s+Form[ _]Responses[ _]\d+$", re.IGNORECASE)
"""What downloads add: Microsoft the range of ids, browsers a count, Google the sheet."""


def source_name(path: Path) -> str:
    """Return the file's name without its ending and without what downloads add, such as `(1-900)` or ` (1)`."""
    name = path.stem.strip()
    while (shorter := _ADDED.sub("", name)) and shorter != name:
        name = shorter.strip()
    return name
