"""What a row says, as the card's fields; and what no field holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.records import Value
from pipeline.submissions.answers import answers_in, meaning_of
from pipeline.submissions.choices import CONSENTS
from pipeline.submissions.nominee_names import split_nominee
from pipeline.submissions.recognise import system_columns
from pipeline.submissions.records import WHOLE_NAME, ColumnMap, Kind, Table
from pipeline.submissions.row_times import Times

STORIES = ("action", "impact")
_JOINED_BY = {"action": "\n", "impact": "\n", "nominee_team": ", ", "nominator_contact": ", "}
"""What stands between the answers when several columns feed one field; else a blank."""
_SHOWN = 60


@dataclass(slots=True)
class RowValues:
    """What one row says, in the making."""

    values: dict[str, Value] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table by one mapping."""

    def __init__(self, table: Table, column_map: ColumnMap, times: Times) -> None:
        self._map = column_map
        self._times = times
        self._position = {name: place for place, name in enumerate(table.header)}
        own = system_columns(table.header, column_map.kind)
        used = {column for columns in column_map.fields.values() for column in columns}
        used |= {column_map.received, column_map.modified, *column_map.key, *own.bookkeeping}
        self._kept = [(place, name) for place, name in enumerate(table.header) if name not in used]
        # Microsoft writes `anonymous` for whoever was not signed in.
        self._anonymous = set(own.kept) if column_map.kind is Kind.MSFORMS else set()

    def read(self, place: int, cells: Sequence[str]) -> RowValues:
        """Return what a row says. `place`: the row's, from 0."""
        found = RowValues()
        for name in ("nominee_first_name", "nominee_last_name", "nominee_team"):
            found.values[name] = self._text(name, cells)
        self._whole_name(cells, found)
        self._nominator_type(cells, found)
        for name in ("action", "impact", "nominator_name", "nominator_contact"):
            found.values[name] = self._text(name, cells)
        self._date(place, cells, found)
        self._consent(cells, found)
        for position, name in self._kept:
            cell = cells[position]
            if cell and not (name in self._anonymous and cell.casefold() == "anonymous"):
                found.kept[name] = cell
        return found

    def _text(self, name: str, cells: Sequence[str]) -> str:
        clean = story if name in STORIES else line
        said = [clean(cells[self._position[column]]) for column in self._map.columns(name)]
        return _JOINED_BY.get(name, " ").join(each for each in said if each)

    def _whole_name(self, cells: Sequence[str], found: RowValues) -> None:
        for column in self._map.columns(WHOLE_NAME):
            cell = cells[self._position[column]]
            if not cell:
                continue
            team = str(found.values["nominee_team"])
            named = found.values["nominee_first_name"] or found.values["nominee_last_name"]
            if named or (team and line(cell).casefold() == team.casefold()):
                found.kept[column] = cell
                continue
            name = split_nominee(cell)
            found.values |= {"nominee_first_name": name.first, "nominee_last_name": name.last}
            if not team:
                found.values["nominee_team"] = name.team
            if name.left or (team and name.team):
                found.kept[column] = cell
            if name.several:
                found.notes.append(f"{WHOLE_NAME}: '{_short(cell)}' seems to name more than one; it was not split")

    def _nominator_type(self, cells: Sequence[str], found: RowValues) -> None:
        name = "nominator_type"
        meant: list[str] = []
        unknown: list[tuple[str, str]] = []
        for column, answer, known in self._answers(name, cells):
            meaning = meaning_of(name, column, answer, known)
            meant += [value for value in meaning.values if value not in meant]
            unknown += [] if meaning.understood else [(column, answer)]
        for column, answer in unknown:
            found.kept[column] = "; ".join(filter(None, (found.kept.get(column), answer)))
        if len(meant) > 1:
            found.kept |= {column: cells[self._position[column]] for column in self._map.columns(name)}
            found.notes.append(f"{name}: more than one answer, {' and '.join(meant)}; none was taken")
        elif unknown and not meant:
            found.notes.append(f"{name}: '{_short(unknown[0][1])}' is none of its answers; taken as other")
        found.values[name] = "" if len(meant) > 1 else meant[0] if meant else "other" if unknown else ""

    def _consent(self, cells: Sequence[str], found: RowValues) -> None:
        name = "consent"
        meant: set[str] = set()
        for column, answer, known in self._answers(name, cells):
            meaning = meaning_of(name, column, answer, known)
            meant.update(meaning.values)
            if not meaning.understood:
                found.kept[column] = "; ".join(filter(None, (found.kept.get(column), answer)))
                found.notes.append(f"{name}: '{_short(answer)}' can't be understood; it grants nothing")
        found.values[name] = tuple(value for value in CONSENTS if value in meant)

    def _answers(self, name: str, cells: Sequence[str]) -> list[tuple[str, str, Mapping[str, str]]]:
        """Return column, answer and given meanings for each answer of a choice."""
        found = []
        for column in self._map.columns(name):
            known = self._map.choices.get(column, {})
            found += [(column, answer, known) for answer in answers_in(cells[self._position[column]], known)]
        return found

    def _date(self, place: int, cells: Sequence[str], found: RowValues) -> None:
        found.values["date"] = ""
        for column in self._map.columns("date"):
            if not (cell := cells[self._position[column]]):
                continue
            day = self._times.day(column, place)
            if day and not found.values["date"]:
                found.values["date"] = day
            elif not day:
                found.kept[column] = cell
                found.notes.append(f"date: {self._times.why_not(column, place, cell).replace('time stamp', 'date')}")


def story(text: str) -> str:
    """Return a story without blanks at the ends of its lines."""
    return "\n".join(each.rstrip() for each in text.strip().splitlines())


def line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(text.split())


def _short(text: str) -> str:
    text = line(text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
