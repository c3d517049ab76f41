"""Opens the store: Django's settings, the database of a home, and its tables brought up to date.

Nothing else of the store may be imported before `open_store` has run, because models need the settings.
"""

import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from forms.errors import UsageError
from pipeline.store import django_settings, migrations
from pipeline.store.database import DATABASE_FILE, database_of

__all__ = ["open_store", "store_home"]


def open_store(
    home: Path, database_url: str | None = None, create: bool = False, more: Mapping[str, Any] | None = None
) -> None:
    """Make `home` the store that all else works on; may be called again with another.

    `create` makes home and tables where there are none. `more` are Django settings beside the store's own.
    Tables of an older version are brought up to date; two processes that start at once don't get in each
    other's way. Raises UsageError when there is no store, when the database can't be reached, or when it was
    written by a newer version of this program.
    """
    home = home.absolute()
    if not create and not database_url and not (home / DATABASE_FILE).is_file():
        raise UsageError(_no_store(f"in '{home}'"))
    database = database_of(home, database_url)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The home '{home}' can't be made: {error.strerror}.") from error
    _configure(home, database, more or {})
    _bring_up_to_date(home, create)


def store_home() -> Path:
    """The folder of the store that is open."""
    return Path(settings.COMPASSION_HOME)


def _no_store(where: str) -> str:
    return (
        f"There is no store {where}. Run 'compassion load DIR' with an organisation's profile first, "
        "or say where the store is with --home or --database."
    )


def _configure(home: Path, database: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Give Django its settings, or, where it has them already, point it to another home."""
    if not settings.configured:
        chosen = {name: getattr(django_settings, name) for name in dir(django_settings) if name.isupper()}
        settings.configure(**{**chosen, **more, "DATABASES": {"default": database}, "COMPASSION_HOME": str(home)})
        django.setup()
        return
    django.setup()
    from django.db import connections

    for name, value in more.items():
        if name not in ("DATABASES", "INSTALLED_APPS"):
            setattr(settings, name, value)
    settings.COMPASSION_HOME = str(home)
    connections.close_all()
    connections.settings.update(connections.configure_settings({"default": database}))
    if "default" in {connection.alias for connection in connections.all(initialized_only=True)}:
        del connections["default"]


def _bring_up_to_date(home: Path, create: bool) -> None:
    """Migrate when the database lacks a migration that this program has.

    The names alone are compared, because loading the migrations themselves would cost every start.
    """
    from pipeline.store.database import applied_migrations, migrating

    known = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    applied = applied_migrations("store")
    if applied == known:
        return
    if not applied and not create:
        raise UsageError(_no_store("in this database"))
    if unknown := applied - known:
        raise UsageError(
            "This store was written by a newer version of Compassion Cards (it has "
            f"{', '.join(sorted(unknown))}). Install that version, or use another store with --home or "
            "--database."
        )
    with migrating(home):
        if applied_migrations("store") != known:
            from django.core.management import call_command

            call_command("migrate", "store", verbosity=0, interactive=False)
