"""What no page of ours sends is answered as not understood or not found; never does it break the program."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.web.access import Role
from pipeline.web.numbers import LARGEST, number
from tests.web.exceptions import an_exception
from tests.web.site import make_person
from tests.web.urls_tried import SAMPLES, arguments_of, rxw_upload

pytestmark = pytest.mark.slow
BEYOND = 99999999999999999999
"""More than a database's largest whole number."""
LONG = "9" * 5_000
"""More digits than Python makes a number of."""
STREAMED = ("scanning:upload", "importing:start")
"""They read their forms themselves."""
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def everybody(home: Path) -> Client:
    """Somebody of all roles."""
    for role in Role:
        person = make_person(role.value, name="all.roles")
    one = Client()
    one.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return one


def url_of(name: str, **changed: Any) -> str:
    return reverse(name, kwargs={**arguments_of(name, "RXW"), **changed})


def both_ways(client: Client, url: str) -> set[int]:
    return {client.get(url).status_code, client.post(url).status_code}


def test_numbers_beyond_all_ids_are_not_found(everybody: Client) -> None:
    for name in SAMPLES:
        for key, value in arguments_of(name, "RXW").items():
            if isinstance(value, int):
                for odd in (LARGEST + 1, BEYOND):
                    url = url_of(name, **{key: odd})
                    assert both_ways(everybody, url) == {404}, url
                # In two steps, because Python makes no text of so large a number either.
                url = url_of(name, **{key: BEYOND}).replace(str(BEYOND), LONG)
                assert both_ways(everybody, url) == {404}, name


def test_numbers_as_large_as_an_id_may_be_are_looked_up(everybody: Client) -> None:
    for name in SAMPLES:
        for key, value in arguments_of(name, "RXW").items():
            if isinstance(value, int):
                url = url_of(name, **{key: LARGEST})
                assert both_ways(everybody, url) <= {302, 404, 405}, url


def test_a_nul_in_an_address_is_not_understood(everybody: Client) -> None:
    for name in SAMPLES:
        arguments = arguments_of(name, "RXW")
        url = reverse(name, kwargs=arguments)
        assert both_ways(everybody, f"{url}?x=%00") == {400}, url
        assert both_ways(everybody, f"{url}?%00=x") == {400}, url
        for value in arguments.values():
            if isinstance(value, str):
                odd = url.replace(f"/{value}/", f"/{value[:2]}%00{value[2:]}/")
                assert both_ways(everybody, odd) == {400}, odd


def test_a_nul_in_a_form_is_not_understood(everybody: Client) -> None:
    for name in (one for one in SAMPLES if one not in STREAMED):
        for given in ({"x": "a\0b"}, {"a\0b": "x"}):
            assert everybody.post(url_of(name), given).status_code == 400, name
            assert everybody.post(url_of(name), urlencode(given), FORM).status_code == 400, name


@pytest.mark.parametrize("name", STREAMED)
def test_forms_with_files_are_left_to_those_who_stream_them(name: str, everybody: Client) -> None:
    for given in ({"received": "\0"}, {"paths": "\0"}, {"x": "\0"}):
        assert everybody.post(url_of(name), given).status_code == 400
        assert everybody.post(url_of(name), urlencode(given), FORM).status_code == 400


def test_the_page_is_our_own_and_kept_nowhere(client: Callable[..., Client], home: Path) -> None:
    answer = client("coordinator").get("/RXW/register/?words=%00")
    assert "That can&#x27;t be understood" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not list(home.glob("logs/*"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"/RXW/review/back/?before={BEYOND}", 302),
        (f"/RXW/review/back/?before={LONG}", 302),
        (f"/RXW/register/?page={LONG}", 200),
        (f"/RXW/people/log/?page={LONG}", 200),
        ("/RXW/people/log/?day=0001-01-01", 200),
        ("/RXW/people/log/?day=9999-12-31", 200),
        ("/RXW/register/%FF/", 404),
        ("/RXW/exceptions/number/?number=%FF", 200),
    ],
)
def test_odd_words_in_an_address_count_as_none(url: str, expected: int, everybody: Client) -> None:
    assert everybody.get(url).status_code == expected


@pytest.mark.parametrize("odd", [str(BEYOND), LONG, "²", "٣", "-1", "x"])
def test_odd_numbers_in_a_form_count_as_none(odd: str, everybody: Client) -> None:
    told = {"source": "msforms:x", "field": "action", "value": "y", "seen": odd}
    assert everybody.post("/RXW/review/answers/decide/", told).status_code == 400
    shown = {"field": "date", "value": "x", "shown": [odd], "odd": [odd]}
    assert everybody.post("/RXW/review/alike/accept/", shown).status_code == 302


@pytest.mark.parametrize("odd", [str(BEYOND), LONG, "²", "-1", "x"])
def test_odd_turns_and_columns_count_as_none(odd: str, everybody: Client) -> None:
    assert everybody.get(url_of("placing:page", pk=an_exception()), {"turn": odd}).status_code == 200
    mapping = url_of("importing:mapping", token=rxw_upload())
    assert everybody.post(mapping, {"action-0": odd, "consent-0": odd}).status_code == 400


def test_a_user_name_longer_than_any_is_refused_in_words(client: Callable[..., Client], home: Path) -> None:
    from axes.models import AccessAttempt

    for length in (151, 5_000):
        answer = client().post("/sign-in/", {"username": "a" * length, "password": "x"})
        assert answer.status_code == 200
        assert "A user name has no more than 150 characters." in answer.content.decode()
    assert not AccessAttempt.objects.exists()
    # ½ becomes three characters: what counts is what is looked up.
    assert client().post("/sign-in/", {"username": "½" * 150, "password": "x"}).status_code == 200
    assert not AccessAttempt.objects.exists()


def test_a_cookie_with_a_nul_counts_as_none(home: Path) -> None:
    answer = Client().get("/RXW/", headers={"cookie": r'sessionid="abcdefgh\000"'})
    assert answer.status_code == 403
    assert "Sign in" in answer.content.decode()


def test_a_number_has_few_digits_and_nothing_else() -> None:
    assert [number(text) for text in ("0", "7", "007", str(LARGEST))] == [0, 7, 7, LARGEST]
    odd = ("", "-1", "+1", " 1", "1\n", "1.0", "1_0", "²", "٣", str(LARGEST + 1), LONG)
    assert {number(text, -1) for text in odd} == {-1}
