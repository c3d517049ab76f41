"""A running server, and the people who use it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.web.site import Serving, open_site
from tests.commands.stack_runs import COMMAND

PASSWORD = "three odd words"


def open_home(home: Path) -> None:
    """Open a home in this process as the server does, for hosts that tests use."""
    open_site(home, serving=Serving(names=("testserver",)))


@dataclass(frozen=True)
class Site:
    """A running server."""

    url: str
    home: Path
    said: str
    """What it said at its start."""

    def session(self, role: str, organisation: str) -> str:
        """Return the session key of somebody of that role alone, signed in."""
        return session_of(make_person(role, organisation))


def session_of(person: Any) -> str:
    """Sign somebody in; return the session key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


def make_person(role: str, organisation: str = "RXW", name: str = "", ward: str = "") -> Any:
    """Return somebody who has that role in that organisation and no other; made at the first call."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group, User

    from pipeline.web.models import Membership

    username = name or f"{role}.{organisation.lower()}"
    first, last = username.replace("-", " ").title().split(".") if "." in username else (username.title(), "Person")
    person, new = User.objects.get_or_create(username=username, defaults={"first_name": first, "last_name": last})
    if new:
        person.password = make_password(PASSWORD)
        person.save()
    group = Group.objects.get(name=role)
    Membership.objects.get_or_create(user=person, organisation_id=organisation, group=group, defaults={"ward": ward})
    return person


@contextmanager
def serving(home: Path, *options: str, database: str | None = None) -> Iterator[Site]:
    """Run `compassion serve` on a free port until the end of the block."""
    where = ["--home", str(home), *(["--database", database] if database else [])]
    process = subprocess.Popen(
        [*COMMAND, *where, "serve", "--port", "0", *options], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    said = ""
    try:
        assert process.stdout is not None
        while "is at" not in said:
            line = process.stdout.readline()
            assert line, f"the server ended: {said}"
            said += line
        (url,) = re.findall(r"is at (\S+)", said)
        yield Site(url, home, said)
    finally:
        process.terminate()
        try:
            process.wait(15)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
