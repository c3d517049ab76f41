"""Serves the application: waitress, with whitenoise for what is no secret."""

import socket
from collections.abc import Callable
from typing import Any

import waitress
from django.core.handlers.wsgi import WSGIHandler

from forms.errors import UsageError
from pipeline.web.site import Serving

THREADS = 8
"""Requests at a time. Each waits for the database more than it works."""
MAX_REQUEST_BYTES = (1 << 30) + (16 << 20)
"""A little over what an upload may hold, so that the upload's own page can say so; anything larger is cut off."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 takes any that is free. Raises UsageError when it is taken, or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"Port {port} of {host} can't be used: {error.strerror or error}. Perhaps Compassion Cards is running "
            "already; otherwise give another port with --port."
        ) from error
    return listening


def serve(listening: socket.socket, serving: Serving) -> None:
    """Serve until interrupted."""
    options: dict[str, Any] = {
        "sockets": [listening],
        "threads": THREADS,
        "max_request_body_size": MAX_REQUEST_BYTES,
        "ident": "",
        "channel_timeout": 120,
    }
    if serving.proxies:
        # waitress then tells Django who asked, and that they did so by TLS.
        options |= {
            "trusted_proxy": "*",
            "trusted_proxy_count": serving.proxies,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
            "clear_untrusted_proxy_headers": True,
        }
    waitress.serve(application(), **options)


def application() -> Callable[..., Any]:
    """Return the WSGI application."""
    return WSGIHandler()
