"""What the product imports is what setup.cfg says it needs."""

import configparser
import re
import sys
from importlib.metadata import packages_distributions

from tests.test_layers import ROOT, project_imports

MADE_WITH = {"onnx", "onnx2torch", "torch"}
"""What only `pipeline/training` imports: the extra `train` brings it."""


def declared() -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"].split()
    return {re.split(r"[^A-Za-z0-9-]", line)[0].lower() for line in lines}


def test_every_import_is_declared() -> None:
    brings = packages_distributions()
    for module, names in project_imports().items():
        tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"forms", "pipeline", ""}
        if module.startswith("pipeline.training"):
            tops -= MADE_WITH
        if module == "pipeline.web.frontend.build_backend":
            tops -= {"setuptools"}  # which builds the wheel, and isn't needed by it
        for top in tops:
            packages = {package.lower() for package in brings.get(top, [])}
            assert packages & declared(), f"{module} imports {top}, which is not in setup.cfg's install_requires"


def test_every_declared_package_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    for package in declared():
        assert f"\n{package.replace('_', '-')}==" in lock, f"{package} is not in requirements.lock: run make lock"
