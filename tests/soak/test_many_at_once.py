"""Twenty people at work while a stack is read: nobody waits long for a page."""

import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

import cv2
import numpy as np
import pytest

from pipeline.decode import decode_colour
from pipeline.store import models
from tests.pipeline.paper import nameless, scan
from tests.store.test_uploads import upload
from tests.web.exceptions import keep_exception
from tests.web.homes import SAMPLES
from tests.web.site import make_person, serving, session_of

pytestmark = pytest.mark.soak

PAGES, LONGEST = 60, 400
AIM_MS = 500
PAUSE = (1.0, 3.0)
"""Seconds that somebody looks at a page; people look longer."""
DECIDED = 0.1
"""Of the fields looked at: there are few in the home, and six people would soon be through them."""
PEOPLE = {"ward": 4, "admin": 6, "quality-lead": 6, "coordinator": 4}


class Person:
    """Somebody's browser: one connection, one session, and the milliseconds that each page took."""

    def __init__(self, url: str, session: str, seed: int) -> None:
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.cookies = {"sessionid": session}
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []
        self.dice = Random(seed)

    def ask(self, name: str, url: str, form: dict[str, str] | None = None, *, pause: bool = True) -> str:
        begun = time.perf_counter()
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        body = None if form is None else urlencode(form)
        self.connection.request("GET" if form is None else "POST", url, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.took[name].append(1000 * (time.perf_counter() - begun))
        for told in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = told.partition(";")[0].partition("=")
            self.cookies[key] = value
        if answer.status >= 400:
            self.faults.append(f"{answer.status} {url}")
        if pause:
            time.sleep(self.dice.uniform(*PAUSE))
        return text


def ward(person: Person) -> None:
    person.ask("start", "/RXW/")
    person.ask("print", "/RXW/print/")


def admin(person: Person) -> None:
    person.ask("start", "/RXW/")
    person.ask("scan list", "/RXW/scan/")
    person.ask("exceptions", "/RXW/exceptions/")
    (page,) = models.Page.objects.filter(file="lost.pdf").values_list("pk", flat=True)
    person.ask("exception", f"/RXW/exceptions/{page}/", pause=False)
    person.ask("exception's picture", f"/RXW/exceptions/{page}/picture/0/")
    person.ask("number while typed", "/RXW/exceptions/number/?number=RXW-7K3")


def quality_lead(person: Person) -> None:
    person.ask("review", "/RXW/review/")
    for _ in range(5):
        text = person.ask("field to review", "/RXW/review/next/", pause=False)
        for crop in re.findall(r'<img[^>]* src="([^"]*/review/crop/[^"]*)"', text)[:1]:
            person.ask("its crop", unescape(crop))
        action = re.search(r'<form[^>]* action="([^"]*/review/decide/[^"]*)"', text)
        if action is None:
            return
        if person.dice.random() > DECIDED:
            continue
        inputs = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', text)
        form = {name: unescape(value) for name, value in inputs} | {"button": "unreadable"}
        person.ask("decision", unescape(action[1]), form)


def coordinator(person: Person) -> None:
    person.ask("start", "/RXW/")
    text = person.ask("register", "/RXW/register/")
    person.ask("register searched", "/RXW/register/?q=" + person.dice.choice(["night", "smile", "ward", "kind"]))
    nominations = re.findall(r'href="(/RXW/register/N-[A-Z0-9]+/)"', text)
    if not nominations:
        return
    text = person.ask("nomination", person.dice.choice(nominations), pause=False)
    for picture in re.findall(r'src="(/RXW/register/[^"]*/picture/[^"]*)"', text)[:1]:
        person.ask("its picture", unescape(picture))


WORK: dict[str, Callable[[Person], None]] = {
    "ward": ward, "admin": admin, "quality-lead": quality_lead, "coordinator": coordinator,
}  # fmt: skip


def stack() -> Iterator[tuple[str, bytes]]:
    """Scans of one glass with two cards, each time a little further down, so that no image is a duplicate."""
    glass = decode_colour((SAMPLES / "stacks" / "glass-2.jpg").read_bytes())
    for n in range(PAGES):
        _, data = cv2.imencode(".jpg", np.roll(glass, n, axis=0))
        yield f"scan {n}.jpg", data.tobytes()


def people(url: str) -> Iterator[tuple[Person, Callable[[Person], None]]]:
    for role, count in PEOPLE.items():
        for n in range(count):
            someone = make_person(role, name=f"{role}.{n}")
            yield Person(url, session_of(someone), n), WORK[role]


def work_until(ended: threading.Event, person: Person, work: Callable[[Person], None]) -> None:
    from django.db import connections

    try:
        time.sleep(person.dice.uniform(0, PAUSE[1]))
        while not ended.is_set():
            work(person)
    except Exception as error:  # noqa: BLE001 (told by the test)
        person.faults.append(repr(error))
    finally:
        connections.close_all()


def tell(took: dict[str, list[float]]) -> float:
    """Print the table; return the 95th percentile of all."""
    everything = sorted(ms for some in took.values() for ms in some)
    for name, some in [*sorted(took.items()), ("all", everything)]:
        print(f"{name:20} {len(some):5} times {statistics.median(some):6.0f} ms, 95th {_95th(some):6.0f} ms")
    return _95th(everything)


def _95th(some: list[float]) -> float:
    return sorted(some)[int(0.95 * (len(some) - 1))]


def test_twenty_people_while_a_stack_is_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_exception(scan(nameless(marks=True), dpi=200))
    scans = list(stack())
    with serving(home) as site:
        twenty = list(people(site.url))
        assert len(twenty) == 20
        job = upload(*scans, piece=1 << 20)
        ended = threading.Event()
        threads = [threading.Thread(target=work_until, args=(ended, *one)) for one in twenty]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        while job.state != models.Job.State.DONE and time.monotonic() - begun < LONGEST:
            time.sleep(1)
            job.refresh_from_db()
        read = time.monotonic() - begun
        ended.set()
        for thread in threads:
            thread.join()
    took: dict[str, list[float]] = defaultdict(list)
    for person, _ in twenty:
        for name, some in person.took.items():
            took[name] += some
    with capsys.disabled():
        pages = models.Page.objects.filter(batch=job.batch_id).count()
        print(f"\n20 people; a stack of {pages} pages was read in {read:.0f} s")
        slow = tell(took)
    assert not [fault for person, _ in twenty for fault in person.faults]
    assert job.state == models.Job.State.DONE
    assert slow < AIM_MS
