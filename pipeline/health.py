"""Examines an installation: system tools, models, fonts, libraries and the home."""

import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from forms.errors import CompassionError
from forms.template_file import load_template, template_names
from forms.typeface import register_fonts
from pipeline.calibrate import shipped_calibration
from pipeline.engines.handprint import Handprint
from pipeline.engines.language import load_language
from pipeline.engines.lines import LineReader
from pipeline.engines.tesseract import Tesseract
from pipeline.records import Image, Strip
from pipeline.settings import FILE_NAME, read_settings

_LIBRARIES = ("Django", "onnxruntime", "opencv-python", "pypdfium2", "reportlab", "zxing-cpp")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, str | bool]:
        """The finding as a JSON object."""
        return asdict(self)


def examine(home: Path) -> list[Finding]:
    """Look at everything the project needs."""
    return [
        Finding("Python", True, platform.python_version()),
        *(Finding(name, True, version(name)) for name in _LIBRARIES),
        _look("Tesseract (printed text)", _tesseract),
        _look("Poppler (odd PDF files)", _poppler),
        _look("Reader of boxes", _box_reader),
        _look("Reader of lines", _line_reader),
        _look("Language model", _language),
        _look("Calibration", lambda: ", ".join(sorted(shipped_calibration().curves)) or "none"),
        _look("Fonts and card templates", _cards),
        _look(f"Settings ({home / FILE_NAME})", lambda: _settings(home)),
        _look(f"Home ({home})", lambda: _home(home)),
    ]


def _look(what: str, find: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, find())
    except CompassionError as error:
        return Finding(what, False, "not usable", str(error))
    except OSError as error:
        return Finding(what, False, "not found", str(error))


def _tesseract() -> str:
    return Tesseract().version


def _poppler() -> str:
    program = shutil.which("pdftoppm")
    if program is None:
        raise FileNotFoundError("Install it, on Debian or Ubuntu with: sudo apt install poppler-utils")
    answer = subprocess.run([program, "-v"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    return (answer.stderr or answer.stdout).splitlines()[0].removeprefix("pdftoppm version ")


def _box_reader() -> str:
    engine = Handprint()
    engine.read([Strip(_blot(), windows=((0, 96),), inked=(True,), alphabet="0123456789")])
    return f"{engine.name} {engine.version}, reads"


def _line_reader() -> str:
    engine = LineReader()
    engine.read([Strip(_blot())])
    return f"{engine.name} {engine.version}, reads"


def _blot() -> Image:
    blot = np.full((48, 96), 255, dtype=np.uint8)
    blot[20:28, 20:70] = 0
    return blot


def _language() -> str:
    return f"{len(load_language().lexicons[0].words):,} words"


def _cards() -> str:
    register_fonts()
    return ", ".join(load_template(name).name for name in template_names())


def _settings(home: Path) -> str:
    settings = read_settings(home)
    return f"{settings.accept:g} wrong in a thousand accepted fields"


def _home(home: Path) -> str:
    if not home.is_dir():
        return "not made yet; `compassion load` makes it"
    return f"{shutil.disk_usage(home).free / 1e9:.1f} GB free"
