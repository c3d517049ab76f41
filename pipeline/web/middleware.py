"""What happens around every view."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import add_never_cache_headers

from forms.errors import CompassionError
from pipeline.web.errors import say
from pipeline.web.numbers import LARGEST

_KEEP_SECONDS = 300
"""How often a session is written anew while somebody works: not at every click, for each is a write."""

_NUL = "\0"
"""No keyboard types it, and PostgreSQL neither keeps nor looks up a text that holds it."""

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def keep_session(get_response: GetResponse) -> GetResponse:
    """Keep whoever works on signed in, but not a computer left alone with a page that asks by itself how far it is."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        by_itself = request.method == "GET" and "HX-Request" in request.headers
        if request.user.is_authenticated and not by_itself:
            now = int(time.time())
            if now - request.session.get("kept", 0) > _KEEP_SECONDS:
                request.session["kept"] = now
        return get_response(request)

    return answer


def never_cache(get_response: GetResponse) -> GetResponse:
    """Keep pages out of caches: after signing out, "back" must show nothing. Views may say otherwise."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse | HttpResponseBase) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return answer


def forget_odd_cookies(get_response: GetResponse) -> GetResponse:
    """Leave out cookies that no database can look up; this program sends none of that kind."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if _NUL in value]:
            del request.COOKIES[name]
        return get_response(request)

    return answer


class RefusesOddInput:
    """Answers what no page of ours sends and no database takes: 400 to a NUL, 404 to a number beyond all ids."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address."""
        if _NUL in request.path or _holds_nul(request.GET):
            raise BadRequest("There is a NUL in the address.")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, named: Mapping[str, Any]
    ) -> None:
        """Look at the address's numbers, and at the form."""
        if any(isinstance(value, int) and value > LARGEST for value in named.values()):
            raise Http404("There is no such page.")
        # Of other views Django has read the form by now, to find its token. These do it themselves when they know where
        # the files may go: to look here would take the files in.
        reads_itself = getattr(view, "csrf_exempt", False)
        if not reads_itself and _holds_nul(request.POST):
            raise BadRequest("There is a NUL in the form.")


def _holds_nul(given: QueryDict) -> bool:
    return any(_NUL in text for name, values in given.lists() for text in (name, *values))


class PlainErrors:
    """Shows what a person can mend as a page with its message."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the message; anything else is a fault of the program."""
        if isinstance(exception, CompassionError):
            return say(request, 400, "That didn't work", str(exception))
        return None
