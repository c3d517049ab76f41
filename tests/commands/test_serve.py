"""`compassion serve` and its worker, as processes."""

import json
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.commands.stack_runs import ROOT, compassion
from tests.web.site import serving

pytestmark = pytest.mark.slow
PROFILE = ROOT / "samples" / "organisation"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    compassion(tmp_path / "home", "load", PROFILE)
    return tmp_path / "home"


def test_it_serves_only_where_there_is_a_store(tmp_path: Path) -> None:
    done = compassion(tmp_path / "nowhere", "serve", "--port", "0")
    assert done.returncode == 2
    assert "There is no store" in done.stderr


def test_a_taken_port_is_said(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = compassion(home, "serve", "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_the_first_link_is_shown_until_it_is_used(home: Path) -> None:
    with serving(home) as site:
        assert "/first/" in site.said
        with urllib.request.urlopen(f"{site.url}/sign-in/") as answer:
            assert answer.status == 200
            assert "Sign in" in answer.read().decode()
    with serving(home) as again:
        assert "/first/" in again.said
        assert again.said.split("/first/")[1] != site.said.split("/first/")[1]


def test_doctor_looks_at_the_pages(home: Path) -> None:
    findings = json.loads(compassion(home, "doctor", "--json").stdout)
    (pages,) = [finding for finding in findings if finding["what"].startswith("Web pages")]
    assert pages["ok"]
