"""Streams the files of a request to the home, so that they are neither held in memory nor stored elsewhere first."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from pipeline.store.uploads import MAX_UPLOAD_BYTES, Intake, check_room, too_large

_REST_BYTES = 5_000_000
"""What a request holds besides the files: their names, and the lines between."""


class Receiver(FileUploadHandler):
    """Hands every piece of every file on to an intake; Django itself keeps none."""

    def __init__(self, request: HttpRequest, intake: Intake) -> None:
        super().__init__(request)
        self.intake = intake

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.intake.begin(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece."""
        self.intake.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """End a file."""
        self.intake.end()


def check_size(request: HttpRequest) -> None:
    """Refuse what is too large, or too large for the disk, before any of it is stored."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > MAX_UPLOAD_BYTES + _REST_BYTES:
        raise too_large()
    check_room(size)
