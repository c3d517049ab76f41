"""Keeps page images as they came, in `pages/` of the home, each under the hash of its bytes."""

import time
from contextlib import suppress
from pathlib import Path

from forms.whole_file import whole_file
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
    with whole_file(path) as beside:
        beside.write_bytes(page.data)
    _sweep(path.parent)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half written, part of somebody's card. Nothing takes a minute to write."""
    for part in folder.glob(".*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > 60:
                part.unlink()
