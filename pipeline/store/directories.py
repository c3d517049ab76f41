"""Keeps, in memory, the directories that nominees are looked up in: of 6,000 people one takes a while to make."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from pipeline.merge.nominees import Directory
from pipeline.store import models
from pipeline.store.setup import store_home
from pipeline.store.statements import people_of

_KEPT = 8
"""Organisations whose directories are kept: those that people work on just now."""
_directories: "OrderedDict[tuple[str, str], tuple[datetime | None, Directory]]" = OrderedDict()
_guard = Lock()


def directory_of(organisation: str) -> Directory:
    """Return an organisation's staff and wards to look nominees up in, made anew when its profile was loaded since."""
    key = (str(store_home()), organisation)
    loaded = models.Organisation.objects.filter(code=organisation).values_list("loaded_at", flat=True).first()
    with _guard:
        if key in _directories and _directories[key][0] == loaded:
            _directories.move_to_end(key)
            return _directories[key][1]
    directory = Directory(people_of(organisation))
    with _guard:
        _directories[key] = (loaded, directory)
        while len(_directories) > _KEPT:
            _directories.popitem(last=False)
    return directory
