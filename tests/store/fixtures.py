"""A real store in a temporary folder, copied from one that is made once a session.

A conftest.py that imports this also lets its tests import models at the top.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from pipeline.store.database import DATABASE_FILE
from pipeline.store.setup import open_store

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.store.django_settings")
django.setup()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("empty")
    open_store(home, create=True)
    from django.db import connections

    connections.close_all()
    return home / DATABASE_FILE


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Path]:
    """The home of an open, empty store."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(empty_database, home / DATABASE_FILE)
    open_store(home)
    yield home
    from django.db import connections

    connections.close_all()
