"""Writes small files that nobody else on the computer may read."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Make a new file of mode 600, never readable by others in between. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
