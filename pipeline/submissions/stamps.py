"""Reads dates and time stamps as form systems write them: each way it can be read, for the file to choose."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_TIME = r"""
    (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?
    \s*(?P<half>[ap]\.?\s?m\.?)?
    \s*(?P<zone>z|(?:utc|gmt|bst)?\s?[+-]\d{1,2}(?::?\d{2})?|utc|gmt|bst)?(?:\s*\([^)]*\))?
"""
_CLOCK = rf"(?:(?:\s*[t,]\s*|\s+|\s+at\s+){_TIME})?"
_ISO = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_CLOCK}", re.VERBOSE | re.I)
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})[-/.](?P<other>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_CLOCK}", re.X | re.I
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<name>[a-z]{{3,9}})\.?,?[\s-]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){_CLOCK}",
    re.VERBOSE | re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_CLOCK}",
    re.VERBOSE | re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_051
"""1 January 2000 to 1 January 2100, as Excel counts days."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, perhaps with a time, and what it is in British and in American order.

    Both are the same where the order doesn't matter; None where there is no such day. Naive unless the text names
    its time zone.
    """

    dmy: datetime | None
    mdy: datetime | None
    ordered: bool = False
    """Whether it is written as numbers whose order matters, such as 10/9/2026 and 10/10/2026."""

    def by(self, order: str) -> datetime | None:
        """Return what it is in an order, `dmy` or `mdy`; in none, what it is either way, else None."""
        if order:
            return self.dmy if order == "dmy" else self.mdy
        return self.dmy if self.dmy == self.mdy else None if self.dmy and self.mdy else self.dmy or self.mdy

    @property
    def both(self) -> bool:
        """Whether it means two different days."""
        return self.dmy is not None and self.mdy is not None and self.dmy != self.mdy

    @property
    def nothing(self) -> bool:
        """Whether there is no such day or time, in either order."""
        return self.dmy is None and self.mdy is None


def read_stamp(text: str) -> Stamp | None:
    """Read a date or time stamp; None when the text is none."""
    text = " ".join(text.split())
    if found := _ISO.fullmatch(text):
        return _clear(found, int(found["month"]), int(found["day"]))
    if found := _NUMBERS.fullmatch(text):
        first, other = int(found["first"]), int(found["other"])
        return Stamp(_moment(found, other, first), _moment(found, first, other), ordered=True)
    if found := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        month = _month(found["name"])
        return _clear(found, month, int(found["day"])) if month else None
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL:
        # Days since 30 December 1899, as Excel counts; rounded to the second, for it keeps fractions of a day.
        moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(text) * 86_400))
        return Stamp(moment, moment)
    return None


def _clear(found: re.Match[str], month: int, day: int) -> Stamp:
    moment = _moment(found, month, day)
    return Stamp(moment, moment)


def _month(name: str) -> int:
    name = name.lower()
    for number, (short, long) in enumerate(zip(_MONTHS, _MONTH_NAMES, strict=True), 1):
        if name.startswith(short) and (long.startswith(name) or name == "sept"):
            return number
    return 0


def _moment(found: re.Match[str], month: int, day: int) -> datetime | None:
    year = int(found["year"])
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if half := (found["half"] or "").lower():
        if hour == 0:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0) if hour <= 12 else hour
    try:
        return datetime(
            year + 2000 if year < 100 else year, month, day, hour, minute, second, tzinfo=_zone(found["zone"])
        )
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | ZoneInfo | None:
    """Return the time zone that `Z`, `GMT+1` or `+01:00` names; None for none."""
    if not text:
        return None
    text = text.lower().replace(" ", "")
    if text == "bst":
        return timezone(timedelta(hours=1))
    found = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if not found:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset >= timedelta(hours=24):
        raise ValueError("no such time zone")
    return timezone(-offset if found[1] == "-" else offset)
