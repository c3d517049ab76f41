"""The arguments with which every URL is tried by everybody who may not see it."""

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "start": {},
    "people:start": {},
    "people:add": {},
    "people:edit": {"pk": 1},
    "people:link": {"pk": 1},
    "people:log": {},
    "importing:start": {},
    "importing:mapping": {"token": "0" * 32},
    "importing:readings": {"token": "0" * 32},
    "importing:discard": {"token": "0" * 32},
    "importing:run": {"pk": 1},
    "importing:refused": {"pk": 1},
    "importing:form": {"pk": 1},
    "importing:sites": {},
    "importing:submission": {"pk": 1},
    "merging:start": {},
    "merging:run": {},
    "merging:progress": {},
    "merging:merge": {"run": 1},
    "merging:undo": {"run": 1},
    "merging:questions": {},
    "merging:question": {"one": 1, "other": 2},
    "merging:picture": {"one": 1, "other": 2, "side": 1},
}
"""By the URL's name; the organisation is given besides."""
