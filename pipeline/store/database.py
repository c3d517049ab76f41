"""The two kinds of database: an SQLite file in the home, or PostgreSQL when several machines share it."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connection
from django.db.models import F
from django.db.models.functions import Collate
from django.db.utils import DatabaseError

from forms.errors import UsageError

DATABASE_FILE = "compassion.sqlite3"
_MIGRATING_FILE = "migrating.lock"
_MERGING_FILE = "merging.lock"
_WORKING_FILE = "working.lock"
_CARD = "card:"
"""How names of locks on cards begin; alone it stands for all of them."""
_BUSY_SECONDS = 60
"""How long a write waits for another process's before it gives up; a page is kept in some hundredths of a
second."""
_KEPT_OPEN = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
"""The server's threads keep their connections: opening one costs as much as all that a page asks."""
_URL_FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"


def database_of(home: Path, url: str | None) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, or for the SQLite file in `home`. Raises
    UsageError."""
    if url:
        return _postgresql(url)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        **_KEPT_OPEN,
        "NAME": str(home / DATABASE_FILE),
        # A transaction that first reads and then writes would fail, rather than wait, when another process
        # writes in between; so each one takes the lock at its beginning.
        "OPTIONS": {"timeout": _BUSY_SECONDS, "transaction_mode": "IMMEDIATE"},
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        name, port = unquote(parts.path.lstrip("/")), parts.port
    except ValueError:
        raise UsageError(f"--database is not a whole address; give it as {_URL_FORM}.") from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise UsageError(f"--database must begin with postgresql://; give it as {_URL_FORM}.")
    if not name:
        raise UsageError(f"--database names no database; give it as {_URL_FORM}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        **_KEPT_OPEN,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
    }


def applied_migrations(app: str) -> set[str]:
    """Return the names of the migrations of `app` that the database has had. Raises UsageError when out of
    reach."""
    try:
        with connection.cursor() as cursor:
            if "django_migrations" not in connection.introspection.table_names(cursor):
                return set()
            cursor.execute("SELECT name FROM django_migrations WHERE app = %s", [app])
            return {name for (name,) in cursor.fetchall()}
    except DatabaseError as error:
        where = connection.settings_dict["HOST"] or connection.settings_dict["NAME"]
        raise UsageError(f"The database at {where} can't be opened: {str(error).strip()}") from error


@contextmanager
def migrating(home: Path) -> Iterator[None]:
    """Keep every other process from migrating meanwhile; the lock goes when this process does, however it
    ends."""
    with alone("migrate", home / _MIGRATING_FILE):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # Kept in the file: readers don't wait for writers, nor writers for readers.
                cursor.execute("PRAGMA journal_mode = WAL")
        yield


@contextmanager
def merging(home: Path) -> Iterator[None]:
    """Keep every other process from merging meanwhile, but not from reading and importing. Raises UsageError when
    another one merges for too long."""
    try:
        with alone("merge", home / _MERGING_FILE):
            yield
    except sqlite3.OperationalError as error:
        raise UsageError("Another merge is running; wait until it has ended, and run this again.") from error


@contextmanager
def alone(name: str, file: Path) -> Iterator[None]:
    """Wait until no other process holds `name`, and hold it; `file` stands for it where there is no server."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_lock_number(name)])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_lock_number(name)])
        return
    # SQLite's own lock on a file beside: held by the operating system, so never left behind.
    with closing(sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def working(home: Path) -> Iterator[bool]:
    """Be the one worker of this store, if no other is; yield whether. The lock goes when this process does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_lock_number("work")])
            (held,) = cursor.fetchone()
        try:
            yield held
        finally:
            if held:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_lock_number("work")])
        return
    with closing(sqlite3.connect(home / _WORKING_FILE, timeout=0, isolation_level=None)) as beside:
        try:
            beside.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        yield True


def lock(names: Iterable[str]) -> None:
    """Within a transaction, wait until no other one holds any of these names, then hold them until it ends.

    SQLite has one writer at a time already.
    """
    wanted = set(names)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            if any(name.startswith(_CARD) for name in wanted):
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_number(_CARD)])
            for number in sorted({_lock_number(name) for name in wanted}):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def lock_all_cards() -> None:
    """The same for every card at once: a file of many thousands would need more locks than a server has."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_number(_CARD)])


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def plainly(field: str) -> Collate:
    """Order by `field` character by character, which every database then does alike."""
    return Collate(F(field), "C" if connection.vendor == "postgresql" else "BINARY")
