"""The same on PostgreSQL, where several share a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from pipeline.store.setup import open_store
from pipeline.web.models import AuditEvent
from pipeline.web.site import Serving, open_site
from tests.store.builders import make_profile
from tests.store.fixtures import close_store, postgres_server  # noqa: F401
from tests.store.postgres import create_database
from tests.web.site import PASSWORD, make_person

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def shared(postgres_server: str, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    from pipeline.store.organisations import save_profile

    url = create_database(postgres_server, tmp_path.name)
    open_store(tmp_path, url, create=True)
    save_profile(make_profile())
    open_site(tmp_path, url, Serving(names=("testserver",)))
    yield url
    close_store()


def test_a_person_signs_in_and_sees_what_waits(shared: str) -> None:
    make_person("coordinator")
    client = Client()
    assert client.get("/RXW/").status_code == 403
    told = {"username": "coordinator.rxw", "password": PASSWORD, "next": "/RXW/"}
    assert client.post("/sign-in/", told).headers["Location"] == "/RXW/"
    page = client.get("/RXW/").content.decode()
    assert "What waits today" in page
    assert client.get("/RYZ/").status_code == 404


def test_the_audit_log_can_be_added_to_only(shared: str) -> None:
    event = AuditEvent.objects.create(organisation="RXW", person="Ann Lee (ann.lee)", action="viewed nomination")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(person="Somebody Else")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.filter(person="Ann Lee (ann.lee)").exists()
