"""When each row came in: the time stamps of a table, read in the order that the file as a whole tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.submissions.date_order import Evidence, decide_orders
from pipeline.submissions.records import ColumnMap, Kind, Table
from pipeline.submissions.stamps import Stamp, read_stamp

_NO_DATE = Stamp(None, None)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
"""Time stamps of forms lie between; another is no time stamp."""
_SHOWN = 60
_AS = {"dmy": "day/month/year", "mdy": "month/day/year"}


@dataclass(frozen=True, slots=True)
class Times:
    """The dates and times of a table, by column and then row, and the order they are read in."""

    columns: Mapping[str, Sequence[Stamp | None]]
    """None where the cell is empty; a stamp that is nothing where it is no date."""
    orders: Mapping[str, str]
    zone: ZoneInfo

    def moment(self, column: str, place: int) -> datetime | None:
        """Return what the cell in a row says, aware; None when it says nothing or could mean two days."""
        stamp = self.columns[column][place]
        moment = stamp.by(self.orders[column]) if stamp else None
        if moment is None or not _FIRST_YEAR <= moment.year < _LAST_YEAR:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def day(self, column: str, place: int) -> str:
        """Return the day that the cell in a row says, as an ISO date; empty when it says none."""
        stamp = self.columns[column][place]
        moment = stamp.by(self.orders[column]) if stamp else None
        return moment.date().isoformat() if moment else ""

    def why_not(self, column: str, place: int, text: str) -> str:
        """Say why a cell is no moment."""
        stamp = self.columns[column][place]
        text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        if stamp is None:
            return "there is no time stamp"
        if stamp.both and not self.orders[column]:
            return (
                f"'{text}' is {_day(stamp.dmy)} or {_day(stamp.mdy)}, and nothing in the file tells which; "
                'say dates = "dmy" or dates = "mdy" in a mapping'
            )
        if stamp.ordered and self.orders[column] and not stamp.nothing:
            order = self.orders[column]
            return f"there is no such day as '{text}', read as {_AS[order]} like the rest"
        if stamp.ordered or stamp is not _NO_DATE:
            return f"there is no such day or time as '{text}'"
        return f"'{text}' is no time stamp"


def _day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else "no day"


def read_times(table: Table, column_map: ColumnMap, today: date) -> Times:
    """Read all columns of a table that hold dates, and tell in which order each is written."""
    started = column_map.key[1] if column_map.kind is Kind.MSFORMS and len(column_map.key) > 1 else ""
    modified = column_map.modified if column_map.kind is not Kind.ODK else ""
    stamps = {name: _read(table.cells(name)) for name in (column_map.received, started, modified) if name}
    typed = {name: _read(table.cells(name)) for name in column_map.columns("date") if name not in stamps}
    columns = {**stamps, **typed}
    if column_map.dates or not column_map.received:
        orders = dict.fromkeys(columns, column_map.dates)
    else:
        evidence = Evidence(
            stamps=stamps,
            received=column_map.received,
            typed=typed,
            started=started,
            ids=table.cells(column_map.key[0]) if started else (),
            texts=table.cells(column_map.received),
        )
        orders = decide_orders(evidence, today)
    return Times(columns, orders, ZoneInfo(column_map.time_zone))


def _read(cells: Sequence[str]) -> list[Stamp | None]:
    """Read a column; the same text is read once."""
    known: dict[str, Stamp | None] = {"": None}
    for cell in cells:
        if cell not in known:
            known[cell] = read_stamp(cell) or _NO_DATE
    return [known[cell] for cell in cells]
