"""What happens around every view."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from forms.errors import CompassionError
from pipeline.web.errors import say

_KEEP_SECONDS = 300
"""How often a session is written anew while somebody works: not at every click, for each is a write."""

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
