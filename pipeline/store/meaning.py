"""Works out whom a nomination means after a person has put a name right: the machine's match no longer
holds."""

from collections.abc import Iterable

from pipeline.records import FieldReading, Match, Status, Value
from pipeline.store import models

_NAME = ("nominee_first_name", "nominee_last_name")
_TEAM = ("nominee_team",)


class Names:
    """Names of staff and wards by organisation, fetched when first asked for."""

    def __init__(self) -> None:
        self._staff: dict[str, dict[str, set[str]]] = {}
        self._wards: dict[str, dict[str, set[str]]] = {}

    def staff(self, organisation: str, name: str) -> set[str]:
        """Return the ids of the active staff of that very name."""
        if organisation not in self._staff:
            rows = models.StaffMember.objects.filter(organisation=organisation, active=True)
            self._staff[organisation] = _by_name(
                (f"{first} {last}", staff_id)
                for staff_id, first, last in rows.values_list("staff_id", "first_name", "last_name")
            )
        return self._staff[organisation].get(_plain(name), set())

    def wards(self, organisation: str, name: str) -> set[str]:
        """Return the codes of the active wards of that very name."""
        if organisation not in self._wards:
            rows = models.Ward.objects.filter(organisation=organisation, active=True)
            self._wards[organisation] = _by_name((name, code) for code, name in rows.values_list("code", "name"))
        return self._wards[organisation].get(_plain(name), set())


def meant(
    organisation: str, read: tuple[FieldReading, ...], decided: tuple[FieldReading, ...], names: Names
) -> tuple[Match | None, Match | None]:
    """Return the member of staff and the ward that decided values mean; None where the machine's match still
    holds.

    Only a name that one entry of the list has exactly is taken to mean it.
    """
    staff = ward = None
    if _changed(_NAME, read, decided):
        staff = _only(names.staff(organisation, _text(_NAME, decided)))
    if _changed(_TEAM, read, decided):
        ward = _only(names.wards(organisation, _text(_TEAM, decided)))
    return staff, ward


def _only(found: set[str]) -> Match:
    return Match(next(iter(found)), 1.0) if len(found) == 1 else Match()


def _changed(fields: tuple[str, ...], read: tuple[FieldReading, ...], decided: tuple[FieldReading, ...]) -> bool:
    said = any(field.name in fields and field.status is Status.DECIDED for field in decided)
    return said and _plain(_text(fields, read)) != _plain(_text(fields, decided))


def _text(names: tuple[str, ...], fields: tuple[FieldReading, ...]) -> str:
    values: dict[str, Value] = {field.name: field.value for field in fields}
    return " ".join(str(values.get(name, "")) for name in names)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _by_name(entries: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, key in entries:
        found.setdefault(_plain(name), set()).add(key)
    return found
