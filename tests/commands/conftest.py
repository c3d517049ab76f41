import pytest

from tests.store.fixtures import empty_sqlite, store  # noqa: F401


@pytest.fixture
def store_url() -> None:
    """What the commands do is the same on every database; the store's own tests try both."""
