"""Tells by its header which system wrote a table, and which of its columns are the system's own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.submissions.records import UK_TIME, Kind


@dataclass(frozen=True, slots=True)
class SystemColumns:
    """Which columns of a header are not questions, by name as it stands there."""

    key: tuple[str, ...] = ()
    received: str = ""
    modified: str = ""
    kept: tuple[str, ...] = ()
    """They may say something of a person, so that they are kept with the submission."""
    bookkeeping: tuple[str, ...] = ()
    """They say nothing of a nomination, and differ between exports of the same one."""
    time_zone: str = UK_TIME

    def all(self) -> frozenset[str]:
        """Return all of them."""
        return frozenset((*self.key, self.received, self.modified, *self.kept, *self.bookkeeping)) - {""}


@dataclass(frozen=True, slots=True)
class _System:
    key: tuple[str, ...] = ()
    received: str = ""
    modified: str = ""
    kept: tuple[str, ...] = ()
    bookkeeping: tuple[str, ...] = field(default=())
    time_zone: str = UK_TIME


_SYSTEMS = MappingProxyType({
    Kind.MSFORMS: _System(
        ("id", "start time"), "completion time", "last modified time", ("email", "name"), ("language",)
    ),
    Kind.GOOGLE: _System((), "timestamp", "", ("email address", "username", "email"), ("score",)),
    Kind.ODK: _System(
        ("key",), "submissiondate", "edits", ("submittername", "reviewstate"),
        ("submitterid", "attachmentspresent", "attachmentsexpected", "status", "deviceid", "formversion", "start",
         "end", "today", "meta-instanceid", "instanceid", "meta-instancename", "instancename", "username",
         "phonenumber", "simserial", "subscriberid", "meta-entity-label"),
        "UTC",
    ),
    Kind.KOBO: _System(
        ("rootuuid", "_uuid"), "_submission_time", "", ("_submitted_by", "_validation_status", "_notes", "_tags"),
        ("_id", "_index", "_parent_index", "_parent_table_name", "_status", "__version__", "_version_", "start", "end",
         "today", "uuid", "instanceid", "instancename", "deprecatedid", "deviceid", "username", "phonenumber",
         "simserial", "subscriberid", "_geolocation", "_attachments", "_xform_id_string", "_bamboo_dataset_id"),
        "UTC",
    ),
    Kind.TABLE: _System(),
})  # fmt: skip
"""Names in small letters; of Kobo, without the group. `start`, `end` and the like are what XLSForms record."""


_FIRST: Mapping[Kind, frozenset[str]] = MappingProxyType({
    kind: frozenset((*own.key, own.received, own.modified, *own.kept, *own.bookkeeping))
    for kind, own in _SYSTEMS.items()
    if kind in (Kind.MSFORMS, Kind.GOOGLE)
})  # fmt: skip
"""A later column of such a name is a question: people do ask for "Name" and "Email"."""


def recognise(header: Sequence[str]) -> Kind:
    """Tell which system wrote a table with this header; `table` when none that is known."""
    names = [_plain(name) for name in header]
    have = set(names)
    if {"id", "start time", "completion time"} <= have:
        return Kind.MSFORMS
    if "key" in have and have & {"submissiondate", "submitterid"} and "KEY" in [name.strip() for name in header]:
        return Kind.ODK
    last = {_last(name) for name in names}
    if "_submission_time" in last and last & {"_id", "_uuid", "rootuuid"}:
        return Kind.KOBO
    if names and names[0] == "timestamp":
        return Kind.GOOGLE
    return Kind.TABLE


def system_columns(header: Sequence[str], kind: Kind) -> SystemColumns:
    """Return which columns of the header are the system's own."""
    system = _SYSTEMS[kind]
    found: dict[str, str] = {}
    block = _own_block(header, kind)
    stamps = {*system.key, system.received, system.modified}
    for place, name in enumerate(header):
        plain = _last(_plain(name)) if kind is Kind.KOBO else _plain(name)
        if place < len(block) or plain in stamps:
            found.setdefault(plain, name)
    return SystemColumns(
        tuple(found[name] for name in system.key if name in found),
        found.get(system.received, ""),
        found.get(system.modified, ""),
        tuple(found[name] for name in system.kept if name in found),
        tuple(found[name] for name in system.bookkeeping if name in found),
        system.time_zone,
    )


def _own_block(header: Sequence[str], kind: Kind) -> Sequence[str]:
    """Return the part of a header in which a system's columns stand: before every question, where it puts them so."""
    own = _FIRST.get(kind)
    if own is None:
        return header
    seen: set[str] = set()
    for place, name in enumerate(header):
        plain = _plain(name)
        # Microsoft's own Name follows its Email; without that, Name is a question.
        question = kind is Kind.MSFORMS and plain == "name" and "email" not in seen
        if plain not in own or plain in seen or question:
            return header[:place]
        seen.add(plain)
    return header


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _last(name: str) -> str:
    return re.split(r"[/:]", name)[-1]
