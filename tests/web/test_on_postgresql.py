"""The same on PostgreSQL, where several share a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from pipeline.store.setup import open_store
from pipeline.web.access import Role
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


def test_what_postgresql_takes_in_no_text_is_not_understood(shared: str) -> None:
    everybody = signed_in(*Role)
    for url in (
        "/RXW/people/log/?person=%00", "/RXW/people/log/?subject=%00", "/RXW/register/?words=%00",
        "/RXW/register/a%00b/", "/RXW/register/N-1/picture/a%00/1/", "/RXW/review/alike/?field=%00&value=a",
    ):  # fmt: skip
        assert everybody.get(url).status_code == 400, url
    for url, told in (
        ("/RXW/review/answers/decide/", {"source": "a\0", "field": "action", "value": "x"}),
        ("/RXW/review/alike/accept/", {"field": "\0", "value": "x", "shown": ["1"]}),
        ("/RXW/scan/unclaimed/", {"batch": "\0"}),
        ("/sign-in/", {"username": "a\0", "password": "x"}),
    ):
        assert everybody.post(url, told).status_code == 400, url


def test_numbers_beyond_all_ids_are_not_found(shared: str) -> None:
    everybody = signed_in(*Role)
    for number in ("99999999999999999999", "9" * 18):
        for place in ("merge/questions/{}/1/", "merge/{}/", "review/suggest/{}/date/", "people/{}/", "scan/page/{}/"):
            url = f"/RXW/{place.format(number)}"
            assert everybody.get(url).status_code == 404, url
        for text in (number, "9" * 5_000):
            assert everybody.get(f"/RXW/review/back/?before={text}").status_code == 302
            shown = {"field": "date", "value": "x", "shown": [text], "odd": [text]}
            assert everybody.post("/RXW/review/alike/accept/", shown).status_code == 302


def test_whoever_has_not_signed_in_breaks_nothing(shared: str) -> None:
    for length in (150, 151, 300, 5_000):
        answer = Client().post("/sign-in/", {"username": "a" * length, "password": "x" * length})
        assert answer.status_code == 200, length
        assert ("no more than 150 characters" in answer.content.decode()) == (length > 150)
    assert Client().get("/RXW/", headers={"cookie": r'sessionid="abcdefgh\000"'}).status_code == 403


def signed_in(*roles: Role) -> Client:
    """Return a browser of somebody who has these roles."""
    for role in roles:
        person = make_person(role.value, name="all.roles")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client
