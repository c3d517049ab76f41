"""The arguments with which every URL is tried by everybody who may not see it."""

from collections.abc import Callable
from typing import Any

Value = int | str | Callable[[], int | str]
"""An argument, or what looks it up in the sample home: something that is RXW's."""


def rxw_exception() -> int:
    from tests.web.exceptions import an_exception

    return an_exception()


def rxw_person() -> int:
    from tests.web.site import make_person

    return int(make_person("ward", "RXW", name="only.rxw").pk)


SAMPLES: dict[str, dict[str, Value]] = {
    "start": {},
    "people:start": {},
    "people:add": {},
    "people:edit": {"pk": rxw_person},
    "people:link": {"pk": rxw_person},
    "people:log": {},
    "scanning:start": {},
    "scanning:upload": {},
    "scanning:job": {"pk": 1},
    "scanning:progress": {"pk": 1},
    "scanning:again": {"pk": 1},
    "scanning:give-up": {"pk": 1},
    "scanning:unclaimed": {},
    "scanning:batch": {"batch": "2026-11-22-1"},
    "scanning:close": {"batch": "2026-11-22-1"},
    "scanning:open": {"batch": "2026-11-22-1"},
    "scanning:pages": {"batch": "2026-11-22-1", "outcome": "cards"},
    "scanning:page": {"pk": 1},
    "scanning:picture": {"pk": 1},
    "scanning:small": {"pk": 1},
    "placing:start": {},
    "placing:number": {},
    "placing:page": {"pk": rxw_exception},
    "placing:aside": {"pk": rxw_exception},
    "placing:state": {"pk": rxw_exception},
    "placing:picture": {"pk": rxw_exception, "turn": 90},
    "placing:printed-number": {"pk": rxw_exception},
}
"""By the URL's name; the organisation is given besides."""


def arguments_of(name: str, organisation: str) -> dict[str, Any]:
    """Return the arguments of a URL, looked up."""
    found = {key: value() if callable(value) else value for key, value in SAMPLES[name].items()}
    return {"organisation": organisation, **found}
