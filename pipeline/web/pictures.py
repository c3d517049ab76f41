"""Hands out files that concern somebody, by way of a view that looked at who asks."""

import mimetypes
from pathlib import Path

from django.http import FileResponse, HttpResponse

_PICTURES = {".jpg": "image/jpeg", ".png": "image/png"}


def picture_response(data: bytes, suffix: str) -> HttpResponse:
    """Return a picture; only what is one by our own doing gets here."""
    response = HttpResponse(data, content_type=_PICTURES[suffix])
    # Kept for the few minutes that somebody goes to and fro, on their own computer only.
    response["Cache-Control"] = "private, max-age=300"
    return response


def download_response(content: bytes | Path, file_name: str) -> HttpResponse | FileResponse:
    """Return a file to be saved. One given by its path is removed once it is open, so nothing is left behind."""
    kind = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return response
    stream = content.open("rb")
    content.unlink()
    return FileResponse(stream, as_attachment=True, filename=file_name, content_type=kind)
