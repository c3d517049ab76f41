from tests.store.fixtures import (  # noqa: F401
    empty_postgres,
    empty_sqlite,
    postgres_server,
    store,
    store_url,
)
