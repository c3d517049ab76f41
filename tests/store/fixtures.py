"""A real store in a temporary folder, copied from one that is made once a session.

A conftest.py that imports this also lets its tests import models at the top.
"""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import django
import pytest

from pipeline.store.database import DATABASE_FILE
from pipeline.store.setup import open_store
from tests.store.postgres import create_database, running_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.web.settings")
django.setup()

_numbers = count(1)


def close_store() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("empty")
    open_store(home, create=True)
    close_store()
    return home / DATABASE_FILE


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    open_store(tmp_path_factory.mktemp("empty"), create_database(postgres_server, "empty"), create=True)
    close_store()
    return "empty"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest) -> str | None:
    """The database of the test's store; None for SQLite in its home."""
    if request.param == "sqlite":
        return None
    server: str = request.getfixturevalue("postgres_server")
    return create_database(server, f"store{next(_numbers)}", request.getfixturevalue("empty_postgres"))


@pytest.fixture
def store(tmp_path: Path, store_url: str | None, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The home of an open, empty store."""
    home = tmp_path / "home"
    home.mkdir()
    if store_url is None:
        shutil.copy(request.getfixturevalue("empty_sqlite"), home / DATABASE_FILE)
    open_store(home, store_url)
    yield home
    close_store()
