"""A link by which somebody chooses a password leads no further than whoever made it may go."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pipeline.web.models import AuditEvent
from tests.web.site import PASSWORD, make_person

pytestmark = pytest.mark.slow

In = Callable[..., Client]


def link_for(administrator: Client, person: Any) -> str:
    page = administrator.post(f"/RXW/people/{person.pk}/link/").content.decode()
    return re.findall(r"/password/[^\s\"<]+", page)[0]


def choose(link: str) -> bool:
    """Choose a password by a link; return whether it was kept."""
    nobody = Client()
    form = nobody.get(link, follow=True)
    url = form.redirect_chain[-1][0] if form.redirect_chain else link
    answer = nobody.post(url, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    return answer.status_code == 302


def test_a_link_opens_no_organisation_that_was_joined_later(client: In, home: Path) -> None:
    person = make_person("ward", name="ben.okafor")
    link = link_for(client("administrator"), person)
    make_person("coordinator", "RYZ", name="ben.okafor")
    assert not choose(link)
    assert not AuditEvent.objects.filter(action="chose a password").exists()


def test_a_link_holds_for_nobody_who_looks_after_all_since(client: In, home: Path) -> None:
    person = make_person("ward", name="ben.okafor")
    link = link_for(client("administrator"), person)
    person.is_superuser = True
    person.save()
    assert not choose(link)


def test_another_role_in_the_same_organisation_leaves_a_link_as_it_is(client: In, home: Path) -> None:
    person = make_person("ward", name="ben.okafor")
    link = link_for(client("administrator"), person)
    make_person("coordinator", name="ben.okafor")
    assert choose(link)
    assert not choose(link), "it works once"


def test_a_chosen_password_is_in_each_organisations_log(client: In, home: Path) -> None:
    person = make_person("ward", name="ben.okafor")
    make_person("coordinator", "RYZ", name="ben.okafor")
    administrator = client("administrator")
    make_person("administrator", "RYZ", name="administrator.rxw")
    assert choose(link_for(administrator, person))
    told = AuditEvent.objects.filter(action="chose a password").order_by("organisation")
    assert list(told.values_list("organisation", "person", "subject")) == [
        (code, "Ben Okafor (ben.okafor)", "ben.okafor") for code in ("RXW", "RYZ")
    ]
