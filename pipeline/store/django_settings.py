"""The Django settings that every way of starting shares: `open_store`, the tools that check types and write
migrations, and later the web application, which adds its own."""

from typing import Any

INSTALLED_APPS = ["pipeline.store"]
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
}
COMPASSION_HOME = ""
"""The folder that holds page images, settings and, by default, the database."""
