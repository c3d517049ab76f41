import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import ConfigurationError
from forms.symbols import Modules, code_modules, mark_modules, online_modules


def read(modules: Modules) -> list[str]:
    picture = np.pad(np.where(modules, 0, 255).astype(np.uint8), 4, constant_values=255)
    return [code.text for code in zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))]


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-%", min_size=8, max_size=70)
    | st.text("abcXYZ/-", min_size=8, max_size=50)
)
def test_code_says_its_text_in_few_modules(text: str) -> None:
    modules = code_modules(text)
    assert read(modules) == [text]
    assert len(modules) <= 33


def test_modules_come_before_error_correction() -> None:
    sizes = [len(code_modules("A" * length)) for length in (38, 39, 61, 62, 90, 91, 114)]
    assert sizes == [25, 29, 29, 33, 33, 33, 33]


def test_text_too_long_for_paper() -> None:
    for text in ("a" * 79, "A" * 115, "a" * 5000):
        with pytest.raises(ConfigurationError, match="too long for a code that can be read from paper"):
            code_modules(text)


def test_address_too_long_for_a_telephone() -> None:
    assert read(online_modules("https://example.org/" + "x" * 130)) == ["https://example.org/" + "x" * 130]
    for length in (300, 5000):
        with pytest.raises(ConfigurationError, match="use a short link"):
            online_modules("https://example.org/" + "x" * length)


def test_each_corner_has_its_mark() -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    for corner in range(4):
        picture = np.pad(np.where(mark_modules(corner), 0, 255).astype(np.uint8), 2, constant_values=255)
        _, ids, _ = detector.detectMarkers(np.kron(picture, np.ones((10, 10), np.uint8)))
        assert ids.ravel().tolist() == [corner]
