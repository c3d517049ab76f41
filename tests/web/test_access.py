"""Nobody sees what doesn't concern them: every URL, as everybody."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pipeline.web.access import Role
from tests.web.site import make_person
from tests.web.urls_tried import SAMPLES, arguments_of

pytestmark = pytest.mark.slow
OPEN = {"home", "sign-in", "sign-out", "first-administrator", "choose-password", "password-chosen"}
"""What concerns no organisation."""


def urls(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from urls(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}", pattern


@pytest.fixture
def everything(home: Path) -> dict[str, URLPattern]:
    return {name: pattern for name, pattern in urls() if name not in OPEN}


def status(client: Client, url: str) -> int:
    """Ask by GET, or by POST where only that is answered."""
    answer = client.get(url)
    return client.post(url).status_code if answer.status_code == 405 else answer.status_code


def test_every_url_is_tried_and_guarded(everything: dict[str, URLPattern]) -> None:
    assert set(SAMPLES) == set(everything), "add it to tests/web/urls_tried.py"
    unguarded = [name for name, pattern in everything.items() if not getattr(pattern.callback, "needs", None)]
    assert not unguarded, "wrap it in `needs`"


def test_nobody_is_asked_to_sign_in(everything: dict[str, URLPattern], client: Callable[..., Client]) -> None:
    nobody = client()
    for name in everything:
        url = reverse(name, kwargs=arguments_of(name, "RXW"))
        assert status(nobody, url) == 403, url


@pytest.mark.parametrize("role", list(Role))
def test_people_of_another_organisation_find_nothing(
    role: Role, everything: dict[str, URLPattern], client: Callable[..., Client]
) -> None:
    stranger = client(role.value, "RYZ")
    for name in everything:
        url = reverse(name, kwargs=arguments_of(name, "RXW"))
        assert status(stranger, url) == 404, url


@pytest.mark.parametrize("role", list(Role))
def test_another_role_is_refused(role: Role, everything: dict[str, URLPattern], client: Callable[..., Client]) -> None:
    colleague = client(role.value)
    for name, pattern in everything.items():
        needed: Any = pattern.callback
        if role not in needed.needs:
            url = reverse(name, kwargs=arguments_of(name, "RXW"))
            assert status(colleague, url) == 403, url


def test_what_is_anothers_is_not_found_under_ones_own_code(
    everything: dict[str, URLPattern], client: Callable[..., Client]
) -> None:
    for role in Role:
        everybody = make_person(role.value, "RYZ", name="all.roles")
    asks = Client()
    asks.force_login(everybody, backend="django.contrib.auth.backends.ModelBackend")
    for name in everything:
        of_rxw = {key: value for key, value in arguments_of(name, "RXW").items() if key != "organisation"}
        if of_rxw:
            url = reverse(name, kwargs={**of_rxw, "organisation": "RYZ"})
            assert status(asks, url) in (403, 404), url


def test_whoever_has_left_is_out_at_once(client: Callable[..., Client]) -> None:
    leaver = client("coordinator")
    assert leaver.get("/RXW/").status_code == 200
    person = make_person("coordinator")
    person.memberships.all().delete()
    assert leaver.get("/RXW/").status_code == 404
    person.is_active = False
    person.save()
    assert leaver.get("/RXW/").status_code == 403
