"""The arguments with which every URL is tried by everybody who may not see it."""

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "start": {},
    "people:start": {},
    "people:add": {},
    "people:edit": {"pk": 1},
    "people:link": {"pk": 1},
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
}
"""By the URL's name; the organisation is given besides."""
