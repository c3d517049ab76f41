"""Keeps the layers apart, by looking at every import in the source (those inside functions too)."""

import ast
import functools
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ON_TOP = ("pipeline.store", "pipeline.commands", "pipeline.web")
"""What sits on the stages; only these import Django."""
APART = ("pipeline.simulate", "pipeline.training")
"""What makes samples and models, beside the daily work."""
FRAMES = ("django", "click", "rich")
LEARNING = ("torch", "onnx")
"""What makes models. Only training needs them; reading runs models by onnxruntime."""


def layer(module: str) -> str:
    """Return the layer that a module of the project belongs to."""
    parts = module.split(".")
    if parts[0] == "forms":
        return "forms"
    if len(parts) > 1 and parts[1] in ("store", "commands", "web", "simulate", "training"):
        return parts[1]
    return "stages"


FORBIDDEN = {
    "forms": ("pipeline", *FRAMES, *LEARNING),
    "stages": (*ON_TOP, "pipeline.simulate", "pipeline.training", *FRAMES, *LEARNING),
    "simulate": (*ON_TOP, "pipeline.training", "django", "click", *LEARNING),
    "training": (*ON_TOP, "django", "click"),
    "store": (
        "pipeline.commands",
        "pipeline.web",
        "pipeline.simulate",
        "pipeline.training",
        "click",
        *LEARNING,
    ),
    "web": ("pipeline.commands", "pipeline.simulate", "pipeline.training", "click", *LEARNING),
    "commands": ("pipeline.training", *LEARNING),
}


def imports_of(source: str, module: str, *, package: bool = False) -> set[str]:
    """Return the dotted names that a module imports; `from a import b` gives both `a` and `a.b`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            above = parts[: len(parts) - node.level + package] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {str(name.value) for name in node.args[:1] if isinstance(name, ast.Constant)}
    return found


def source_files() -> dict[str, Path]:
    """Return every module of the project by its dotted name."""
    files = sorted([*ROOT.glob("forms/**/*.py"), *ROOT.glob("pipeline/**/*.py")])
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


@functools.cache
def project_imports() -> dict[str, set[str]]:
    return {
        module: imports_of(file.read_text(encoding="utf-8"), module, package=file.name == "__init__.py")
        for module, file in source_files().items()
    }


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("module", source_files())
def test_module_keeps_to_its_layer(module: str) -> None:
    forbidden = FORBIDDEN[layer(module)]
    wrong = {name for name in project_imports()[module] if any(within(name, other) for other in forbidden)}
    assert not wrong, f"{module} ({layer(module)}) must not import {', '.join(sorted(wrong))}"


def test_imports_run_in_no_circle() -> None:
    modules = project_imports()
    uses: dict[str, set[str]] = {}
    for module, names in modules.items():
        # A package that gathers its own modules, and a module that names its package, are no circle.
        kin = {name for name in modules if within(name, module) or within(module, name)}
        uses[module] = (names & modules.keys()) - kin
    tuple(graphlib.TopologicalSorter(uses).static_order())  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    ("line", "module", "found"),
    [
        ("import pipeline.store.pages as pages", "forms.draw", "pipeline.store.pages"),
        ("from pipeline import store", "forms.draw", "pipeline.store"),
        ("def f():\n    from django.db import models", "pipeline.find", "django.db"),
        ("from .store import pages", "pipeline.find", "pipeline.store"),
        ("from ..store import pages", "pipeline.engines.ticks", "pipeline.store.pages"),
        ("import importlib\nimportlib.import_module('torch')", "pipeline.find", "torch"),
    ],
)
def test_every_way_to_import_is_seen(line: str, module: str, found: str) -> None:
    assert found in imports_of(line, module)


def test_relative_import_in_a_package() -> None:
    assert "pipeline.engines.ticks" in imports_of("from . import ticks", "pipeline.engines", package=True)
