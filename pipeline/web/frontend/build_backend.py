"""The build backend: setuptools, with the frontend built first, so that every wheel has it."""

import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(*args: Any, **kwargs: Any) -> str:
    """Build a wheel, as PEP 517 has it."""
    _build_frontend()
    name: str = build_meta.build_wheel(*args, **kwargs)
    return name


def build_editable(*args: Any, **kwargs: Any) -> str:
    """Build an editable installation, as PEP 660 has it."""
    _build_frontend()
    name: str = build_meta.build_editable(*args, **kwargs)
    return name


def _build_frontend() -> None:
    sys.path.insert(0, str(Path(__file__).parents[3]))
    try:
        from pipeline.web.frontend.build import build

        build()
    finally:
        sys.path.pop(0)
