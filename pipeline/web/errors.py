"""The pages that say what went wrong."""

import sys
import traceback
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def say(request: HttpRequest, status: int, heading: str, message: str) -> HttpResponse:
    """Return a page that says one thing."""
    return render(request, "message.html", {"heading": heading, "message": message}, status=status)


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what can't be understood."""
    return say(request, 400, "That can't be understood", "Go back, look at what you gave, and try again.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer whoever has another role."""
    why = str(exception)
    return say(
        request,
        403,
        "You can't see this page",
        f"{why} Ask an administrator of your organisation if you need it.".strip(),
    )


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what isn't there, or isn't theirs."""
    return say(request, 404, "There is no such page", "It may have been moved, or the address was typed wrongly.")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that didn't come from our own page, or from one that is too old."""
    return say(
        request,
        403,
        "This page is too old",
        "You have signed in again since it was opened, or your browser refuses cookies. Go back, load the page anew, "
        "and try again.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a fault of the program; what led to it is in a log file."""
    log = Path(settings.COMPASSION_HOME) / "logs" / f"compassion-{datetime.now():%Y%m%d-%H%M%S-%f}.log"
    try:
        log.parent.mkdir(exist_ok=True)
        log.write_text(f"{request.method} {request.path}\n{traceback.format_exc()}", encoding="utf-8")
        where = f"What led to it is in the file {log.name}, in the folder logs of the home."
    except OSError:
        where = "Its log could not be written."
    print(f"A fault of the program. {where}", file=sys.stderr)
    return say(request, 500, "Something is wrong with the program", f"{where} Nothing that you saved is lost.")
