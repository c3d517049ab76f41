"""Works out whom a nomination means after a person has put a name right: the machine's match no longer
holds."""

from pipeline.records import FieldReading, Match, Status, Value
from pipeline.store.listed import Listed, lists_of, plain_name

_NAME = ("nominee_first_name", "nominee_last_name")
_TEAM = ("nominee_team",)


class Names:
    """The lists of organisations, looked at once each."""

    def __init__(self) -> None:
        self._lists: dict[str, Listed] = {}

    def staff(self, organisation: str, name: str) -> frozenset[str]:
        """Return the ids of the active staff of that very name."""
        return self._of(organisation).staff_ids.get(plain_name(name), frozenset())

    def wards(self, organisation: str, name: str) -> frozenset[str]:
        """Return the codes of the active wards of that very name."""
        return self._of(organisation).ward_codes.get(plain_name(name), frozenset())

    def _of(self, organisation: str) -> Listed:
        if organisation not in self._lists:
            self._lists[organisation] = lists_of(organisation)
        return self._lists[organisation]


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


def _only(found: frozenset[str]) -> Match:
    return Match(next(iter(found)), 1.0) if len(found) == 1 else Match()


def _changed(fields: tuple[str, ...], read: tuple[FieldReading, ...], decided: tuple[FieldReading, ...]) -> bool:
    said = any(field.name in fields and field.status is Status.DECIDED for field in decided)
    return said and plain_name(_text(fields, read)) != plain_name(_text(fields, decided))


def _text(names: tuple[str, ...], fields: tuple[FieldReading, ...]) -> str:
    values: dict[str, Value] = {field.name: field.value for field in fields}
    return " ".join(str(values.get(name, "")) for name in names)
