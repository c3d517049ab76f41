"""Opens the web application over a home: its key, its tables, its settings."""

import os
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.store.setup import open_store
from pipeline.web import settings as web
from pipeline.web.private_file import write_private

_KEY_FILE = "secret.key"
_HERE = ("localhost", "127.0.0.1", "[::1]")
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104


@dataclass(frozen=True, slots=True)
class Serving:
    """How the application is reached."""

    host: str = "127.0.0.1"
    names: Sequence[str] = ()
    """Further names by which browsers call this computer."""
    behind_tls: bool = False
    proxies: int = 0
    """How many servers of one's own stand in front."""


def open_site(home: Path, database_url: str | None = None, serving: Serving | None = None) -> None:
    """Open a home's store for the web, bringing its tables up to date. Raises UsageError when there is none."""
    chosen = {name: getattr(web, name) for name in dir(web) if name.isupper()}
    open_store(home, database_url, more={**chosen, **_safety(serving or Serving())})
    from django.conf import settings

    settings.SECRET_KEY = secret_key(home)
    _migrate(home)
    _forget_old_sessions()


def secret_key(home: Path) -> str:
    """Return the home's own key, made at the first start, for its owner's eyes only."""
    file = home / _KEY_FILE
    with suppress(FileExistsError):
        write_private(file, secrets.token_urlsafe(64))
    key = file.read_text(encoding="utf-8").strip()
    if len(key) < 50:
        # Cut off by a full disk, say: with a new one people only have to sign in again.
        file.unlink()
        return secret_key(home)
    os.chmod(file, 0o600)  # noqa: PTH101
    return key


def _safety(serving: Serving) -> dict[str, Any]:
    everywhere = serving.host in _EVERYWHERE
    machine = (socket.gethostname(), socket.getfqdn()) if everywhere else (serving.host,)
    tls = serving.behind_tls
    return {
        "ALLOWED_HOSTS": sorted({*_HERE, *machine, *serving.names} - {""}),
        "SESSION_COOKIE_SECURE": tls,
        "CSRF_COOKIE_SECURE": tls,
        "SECURE_SSL_REDIRECT": tls,
        "SECURE_HSTS_SECONDS": 31_536_000 if tls else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": tls,
        "SECURE_HSTS_PRELOAD": tls,
    }


def _migrate(home: Path) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from pipeline.store.database import migrating

    def wanting() -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if wanting():
        with migrating(home):
            if wanting():
                call_command("migrate", verbosity=0, interactive=False)


def _forget_old_sessions() -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.filter(expire_date__lt=timezone.now()).delete()
