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


@cache
def mark_modules(corner: int) -> Modules:
    """The 6x6 modules of a corner's mark: ArUco 4x4_50, its id the corner's place, clockwise from the top left."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, corner, 6) == 0)


def code_modules(text: str) -> Modules:
    """The modules of a QR code, without its quiet zone. Raises ConfigurationError when the text is too long."""
    # Large modules matter more than error correction on blurred scans: the fewest modules, then the strongest level;
    # level L only where nothing else fits.
    codes = [_encode(text, level) for level in "HQM"]
    best = min(codes, key=len)
    if len(best) > MOST_MODULES:
        best = _encode(text, "L")
    if len(best) > MOST_MODULES:
        raise ConfigurationError("QR code", [f"{text!r} is too long for a code that can be read from paper"])
    return best


def _encode(text: str, level: str) -> Modules:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    picture: NDArray[np.uint8] = np.asarray(code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
    return np.equal(picture, 0)
