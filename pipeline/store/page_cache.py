"""Keeps the last few page images decoded: a page is looked at field by field, and decoding it is what takes long."""

from collections import OrderedDict
from threading import Lock

from pipeline.decode import decode
from pipeline.records import Image
from pipeline.store.page_images import image_path
from pipeline.store.setup import store_home

_MOST_BYTES = 200_000_000
"""Some twenty pages of A4 at 300 dpi in grey. A larger page is kept alone."""

_pages: "OrderedDict[tuple[str, str], Image]" = OrderedDict()
_guard = Lock()
_decoding: dict[tuple[str, str], Lock] = {}


def decoded_page(sha256: str, suffix: str) -> Image:
    """Return a page's image in grey. Raises OSError when it isn't in the home, DecodeError when it is damaged."""
    key = (str(store_home()), sha256)
    with _guard:
        turn = _decoding.setdefault(key, Lock())
    # Many fields of one page are asked for at once; one of them decodes it, the others wait.
    with turn:
        with _guard:
            if key in _pages:
                _pages.move_to_end(key)
                return _pages[key]
        page = decode(image_path(sha256, suffix).read_bytes())
        with _guard:
            _pages[key] = page
            while len(_pages) > 1 and sum(one.nbytes for one in _pages.values()) > _MOST_BYTES:
                _pages.popitem(last=False)
            _decoding.pop(key, None)
    return page
