"""What machines find on a card: its corner marks and its QR code, as modules; True is black."""

from functools import cache

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from forms.errors import ConfigurationError
from forms.flow import MOST_MODULES

Modules = NDArray[np.bool_]
"""Square, (modules, modules)."""

_MOST_ONLINE_MODULES = 45
"""QR version 7, up to 154 characters: 0.29 mm a module, which telephones read well; scanners needn't."""
_LONGEST = 160
"""Bytes; more fit into neither."""
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@cache
def mark_modules(corner: int) -> Modules:
    """The 6x6 modules of a corner's mark: ArUco 4x4_50, its id the corner's place, clockwise from the top left."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, corner, 6) == 0)


def code_modules(text: str) -> Modules:
    """The modules of a card's QR code, without its quiet zone. Raises ConfigurationError when the text is too long."""
    length = len(text.encode())
    if length <= _LONGEST:
        modules = _encode(text, _level(length, _ALPHANUMERIC.issuperset(text)))
        if len(modules) <= MOST_MODULES:
            return modules
    raise ConfigurationError("QR code", [f"{text[:80]!r} is too long for a code that can be read from paper"])


def online_modules(url: str) -> Modules:
    """The modules of the QR code that leads to the web form. Raises ConfigurationError when the address is too long."""
    for level in "ML" if len(url.encode()) <= _LONGEST else "":
        modules = _encode(url, level)
        if len(modules) <= _MOST_ONLINE_MODULES:
            return modules
    raise ConfigurationError(
        "QR code", [f"'submit_url' is too long for a QR code on a card; use a short link: {url[:80]}"]
    )


@cache
def _level(length: int, alphanumeric: bool) -> str:
    """The error correction level for a text of that length.

    Large modules matter more than error correction on blurred scans: the fewest modules, then the strongest level;
    level L only where nothing else fits.
    """
    text = ("A" if alphanumeric else "a") * length
    sizes = {level: len(_encode(text, level)) for level in "HQM"}
    best = min(sizes, key=lambda level: sizes[level])
    return best if sizes[best] <= MOST_MODULES else "L"


def _encode(text: str, level: str) -> Modules:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    picture: NDArray[np.uint8] = np.asarray(code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
    return np.equal(picture, 0)
