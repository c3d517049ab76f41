from tests.store.fixtures import empty_database, store  # noqa: F401
