"""Safe by default."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from pipeline.web.models import AuditEvent
from pipeline.web.private_file import write_private
from pipeline.web.site import Serving, open_site, secret_key
from tests.web.site import make_person, open_home

pytestmark = pytest.mark.slow


def test_nothing_to_say_about_its_deployment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_site(home, serving=Serving(behind_tls=True))
    said = StringIO()
    try:
        with monkeypatch.context() as changed:
            changed.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # which only these tests set
            call_command("check", deploy=True, fail_level="WARNING", stdout=said, stderr=said)
    finally:
        open_home(home)
    assert not settings.DEBUG


def test_cookies_are_for_the_server_alone(home: Path, client: Callable[..., Client]) -> None:
    answer = client("coordinator").get("/sign-in/")
    for cookie in answer.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_pages_may_run_only_our_own_scripts(client: Callable[..., Client]) -> None:
    answer = client("coordinator").get("/RXW/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]
    text = answer.content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_other_names_are_refused(client: Callable[..., Client]) -> None:
    assert client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_form_without_its_token_is_refused(home: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person("administrator"), backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post("/RXW/people/add/", {"username": "evil"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_sign_in_leads_nowhere_else(client: Callable[..., Client]) -> None:
    make_person("ward")
    answer = client().post(
        "/sign-in/?next=https://evil.example/",
        {"username": "ward.rxw", "password": "three odd words", "next": "https://evil.example/"},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_the_key_is_made_once_and_mended(home: Path) -> None:
    key = secret_key(home)
    assert len(key) > 50
    assert secret_key(home) == key
    (home / "secret.key").unlink()
    write_private(home / "secret.key", "cut")
    assert len(secret_key(home)) > 50


def test_the_audit_log_can_be_added_to_only(home: Path) -> None:
    event = AuditEvent.objects.create(organisation="RXW", person="Ann Lee (ann.lee)", action="viewed nomination")
    event.person = "Somebody Else"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_auditevent")


def test_an_administrator_reaches_no_other_organisation_by_a_link(client: Callable[..., Client]) -> None:
    """Whoever holds the link can become that person."""
    both = make_person("coordinator", "RXW", name="works.for-both")
    make_person("coordinator", "RYZ", name="works.for-both")
    administrator = client("administrator")
    assert administrator.post(f"/RXW/people/{both.pk}/link/").status_code == 403
    only = make_person("ward", "RXW")
    assert administrator.post(f"/RXW/people/{only.pk}/link/").status_code == 200


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client: Callable[..., Client]) -> None:
    asks = client("coordinator")
    session = asks.session
    session["kept"] = 1
    session.save()
    asks.get("/RXW/merge/progress/", headers={"HX-Request": "true"})
    assert asks.session["kept"] == 1
    asks.post("/RXW/merge/progress/", headers={"HX-Request": "true"})
    assert asks.session["kept"] > 1, "whoever types is there"
    session = asks.session
    session["kept"] = 1
    session.save()
    asks.get("/RXW/merge/")
    assert asks.session["kept"] > 1
