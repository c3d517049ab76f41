"""The one-time link by which the first administrator comes to be."""

import hashlib
import hmac
import secrets
from pathlib import Path

from django.contrib.auth.models import User

from pipeline.store.setup import store_home
from pipeline.web.private_file import write_private

_FILE = "first-link.sha256"


def first_link() -> str | None:
    """Return the path of a new link; None when there is an administrator already. An earlier link holds no longer."""
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return None
    token = secrets.token_urlsafe(24)
    _file().unlink(missing_ok=True)
    write_private(_file(), _hash(token))
    return f"/first/{token}/"


def is_first_link(token: str) -> bool:
    """Whether this is the token of the link that holds now."""
    try:
        kept = _file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return hmac.compare_digest(kept, _hash(token))


def forget_link() -> None:
    """Let the link hold no longer."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return store_home() / _FILE


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
