"""Keeps in memory what is made from an organisation's profile, and makes it anew when that was loaded since."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from pipeline.store import models
from pipeline.store.setup import store_home

_KEPT = 8
"""Organisations: those that people work on just now."""

Made = TypeVar("Made")


class PerProfile(Generic[Made]):
    """What `make` makes of an organisation's code."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        self._make = make
        self._kept: OrderedDict[tuple[str, str], tuple[datetime | None, Made]] = OrderedDict()
        self._guard = Lock()

    def of(self, organisation: str) -> Made:
        """Return what was made of the profile as it stands."""
        key = (str(store_home()), organisation)
        loaded = models.Organisation.objects.filter(code=organisation).values_list("loaded_at", flat=True).first()
        with self._guard:
            if key in self._kept and self._kept[key][0] == loaded:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        made = self._make(organisation)
        with self._guard:
            self._kept[key] = (loaded, made)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made
