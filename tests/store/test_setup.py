import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from forms.errors import UsageError
from pipeline.store.database import DATABASE_FILE, database_of
from pipeline.store.models import Organisation
from pipeline.store.setup import open_store, store_home
from tests.store.fixtures import close_store
from tests.store.postgres import create_database

_OPEN = (
    "import sys; from pathlib import Path; from pipeline.store.setup import open_store; "
    "open_store(Path(sys.argv[1]), sys.argv[2] or None, create=True); "
    "from pipeline.store.models import Organisation; print(Organisation.objects.count())"
)


def open_elsewhere(home: Path, url: str | None = None) -> str:
    """Open the store in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", _OPEN, str(home), url or ""],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parent.parent.parent,
    ).stdout


def test_there_is_no_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.raises(UsageError, match=r"There is no store in .*Run 'compassion load DIR'"):
        open_store(home)
    assert not home.exists()


def test_a_folder_alone_is_no_store(tmp_path: Path) -> None:
    (tmp_path / ".gitkeep").touch()
    with pytest.raises(UsageError, match="There is no store"):
        open_store(tmp_path)


def test_a_store_that_was_begun_only_is_none(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).touch()
    with pytest.raises(UsageError, match="There is no store"):
        open_store(tmp_path)
    open_store(tmp_path, create=True)
    assert not Organisation.objects.exists()


def test_the_tables_fit_the_models(store: Path) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_sqlite_is_safe_for_several_processes(tmp_path: Path) -> None:
    open_store(tmp_path, create=True)
    from django.db import connection

    with connection.cursor() as cursor:
        told = {}
        for name in ("journal_mode", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {name}")
            told[name] = cursor.fetchone()[0]
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 60_000}


def test_another_home_may_be_opened(tmp_path: Path) -> None:
    open_store(tmp_path / "one", create=True)
    Organisation.objects.create(code="RXW", name="x", scheme="y", loaded_at="2026-11-22T00:00:00Z")
    open_store(tmp_path / "two", create=True)
    assert (store_home(), Organisation.objects.count()) == (tmp_path / "two", 0)
    open_store(tmp_path / "one")
    assert (store_home(), Organisation.objects.count()) == (tmp_path / "one", 1)


@pytest.mark.slow
def test_processes_that_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: open_elsewhere(tmp_path / "home"), range(4))) == ["0\n"] * 4


@pytest.mark.slow
@pytest.mark.postgres
def test_processes_that_start_at_once_on_postgresql(tmp_path: Path, postgres_server: str) -> None:
    url = create_database(postgres_server, "at-once")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: open_elsewhere(tmp_path, url), range(4))) == ["0\n"] * 4


@pytest.mark.postgres
def test_an_empty_database_is_no_store(tmp_path: Path, postgres_server: str) -> None:
    with pytest.raises(UsageError, match="There is no store in this database"):
        open_store(tmp_path, create_database(postgres_server, "nothing-yet"))


def test_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_text("a letter, put here by mistake" * 50)
    with pytest.raises(UsageError, match="can't be opened: file is not a database"):
        open_store(tmp_path)


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="can't be made: Not a directory"):
        open_store(tmp_path / "file" / "home", create=True)


def test_a_store_of_a_newer_version(tmp_path: Path) -> None:
    open_store(tmp_path, create=True)
    close_store()
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as database, database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', '')")
    with pytest.raises(UsageError, match=r"written by a newer version .*9999_later"):
        open_store(tmp_path)


def test_an_older_store_is_brought_up_to_date(tmp_path: Path) -> None:
    from django.core.management import call_command

    open_store(tmp_path, create=True)
    call_command("migrate", "store", "zero", verbosity=0)
    close_store()
    open_store(tmp_path, create=True)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://somewhere/name", "must begin with postgresql://"),
        ("postgresql://host/", "names no database"),
        ("postgresql://host:port/name", "is not a whole address"),
        ("postgresql://user:secret@127.0.0.1:1/name", r"The database at 127\.0\.0\.1 can't be opened"),
    ],
)
def test_databases_that_cannot_be_used(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        open_store(tmp_path / "home", url, create=True)
    assert "secret" not in str(caught.value)


def test_a_url_says_all_that_a_connection_needs(tmp_path: Path) -> None:
    database = database_of(tmp_path, "postgresql://jo%40x:a%2Fb@db.example.org:5433/cards?sslmode=require")
    wanted = {"NAME": "cards", "USER": "jo@x", "PASSWORD": "a/b", "HOST": "db.example.org", "PORT": "5433"}
    assert {name: database[name] for name in wanted} == wanted
    assert database["OPTIONS"] == {"connect_timeout": 10, "sslmode": "require"}
