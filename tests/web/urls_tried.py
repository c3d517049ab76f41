"""The arguments with which every URL is tried by everybody who may not see it."""

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "start": {},
    "people:start": {},
    "people:add": {},
    "people:edit": {"pk": 1},
    "people:link": {"pk": 1},
    "people:log": {},
}
"""By the URL's name; the organisation is given besides."""
