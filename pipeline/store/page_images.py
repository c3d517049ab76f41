"""Keeps page images as they came, in `pages/` of the home, each under the hash of its bytes."""

import os
import tempfile
from pathlib import Path

from pipeline.records import Page
from pipeline.store.setup import store_home


def image_path(sha256: str, suffix: str) -> Path:
    """Where the image of that hash is, or would be."""
    return store_home() / "pages" / sha256[:2] / f"{sha256}{suffix}"


def keep_image(page: Page) -> None:
    """Write the page's image; whole or not at all, and on the disk when this returns."""
    path = image_path(page.sha256, page.suffix)
    if not page.data or (path.is_file() and path.stat().st_size == len(page.data)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page.data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
