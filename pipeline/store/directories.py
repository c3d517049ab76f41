"""Keeps, in memory, the directories that nominees are looked up in: of 6,000 people one takes a while to make."""

from pipeline.merge.nominees import Directory
from pipeline.store.per_profile import PerProfile
from pipeline.store.statements import people_of

_directories = PerProfile(lambda organisation: Directory(people_of(organisation)))


def directory_of(organisation: str) -> Directory:
    """Return an organisation's staff and wards to look nominees up in, made anew when its profile was loaded since."""
    return _directories.of(organisation)
