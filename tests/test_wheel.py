"""A wheel holds all that the product needs and nothing else, and works where only it is installed."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOT_SOURCE = ("__pycache__", "*.pyc", ".*", "output", "build", "dist", "*.egg-info")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command and return what it printed; its messages are shown when it fails."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COMPASSION_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that what an earlier build left behind can't get into it."""
    copy = tmp_path_factory.mktemp("build") / "checkout"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE))
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", copy / "out", cwd=copy)
    (built,) = (copy / "out").glob("compassion_cards-*-py3-none-any.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the wheel with the locked versions of what it asks for, nothing else, somewhere new."""
    place = tmp_path_factory.mktemp("elsewhere")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line.removesuffix("\\").strip() for line in lock.splitlines() if line[:1].isalnum()]
    constraints = place / "constraints.txt"
    constraints.write_text("\n".join(pins), encoding="utf-8")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    python = place / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel, cwd=place)
    yield place
    shutil.rmtree(place / "venv")  # most of a gigabyte


def shipped_files() -> set[str]:
    """Return where each file of the packages, code and data, stands in the wheel."""
    if (ROOT / ".git").exists():
        files = run("git", "ls-files", "-z", "forms", "pipeline", "templates", cwd=ROOT).strip("\0").split("\0")
    else:
        files = [str(file.relative_to(ROOT)) for top in ("forms", "pipeline") for file in (ROOT / top).rglob("*.py")]
    return {f"forms/{file}" if file.startswith("templates/") else file for file in files if (ROOT / file).exists()}


def test_wheel_holds_every_module_and_data_file(contents: set[str]) -> None:
    missing = shipped_files() - contents
    assert not missing, "add their packages, or their package_data, to setup.cfg"
    assert {"forms/templates/nomination.toml", "forms/py.typed", "pipeline/py.typed"} <= contents
    assert any(name.startswith("pipeline/models/") and name.endswith(".onnx") for name in contents)


def test_wheel_holds_nothing_else(contents: set[str]) -> None:
    tops = {name.split("/")[0] for name in contents if ".dist-info/" not in name}
    assert tops == {"forms", "pipeline"}
    assert not [name for name in contents if "test" in name or "sample" in name.split("/")[-2]]


def test_wheel_carries_licences(contents: set[str]) -> None:
    names = {name.split("/")[-1] for name in contents}
    assert {"LICENSE", "OFL-AtkinsonHyperlegibleNext.txt", "OFL-Fraunces.txt"} <= names


def test_installed_alone_it_prints_a_card_and_reads_a_page(installed: Path, profile: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    def compassion(*arguments: str | Path) -> str:
        return run(installed / "venv" / "bin" / "compassion", *arguments, cwd=empty)

    where = run(installed / "venv" / "bin" / "python", "-c", "import forms; print(forms.__file__)", cwd=empty)
    assert where.startswith(str(installed))
    compassion("load", profile)
    compassion("print", "--organisation", "RXW", "--count", "2", "--out", "cards.pdf", "--manifest", "cards.json")
    run("pdftoppm", "-r", "200", "-gray", "-png", "cards.pdf", "page", cwd=empty)
    (page,) = empty.glob("page*.png")
    summary = json.loads(compassion("read", page, "--json"))
    assert summary["outcomes"] == {"cards": 1}
    rows: list[dict[str, Any]] = json.loads(compassion("pages", "--json"))
    manifest = json.loads((empty / "cards.json").read_text(encoding="utf-8"))
    printed = {card["card"] for sheet in manifest["pages"] for card in sheet["cards"]}
    assert {card["card"] for row in rows for card in row["cards"]} == printed
    assert len(printed) == 2


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return the folder of a small organisation."""
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "organisation.toml").write_text(
        'code = "RXW"\nname = "Riverside NHS Trust"\nscheme = "Leading with Compassion"\n'
        'return_to = "the box at reception"\nprivacy_notice = "We keep this card for a year."\n',
        encoding="utf-8",
    )
    (folder / "wards.csv").write_text("code,name\nW21,Maple Ward\n", encoding="utf-8")
    (folder / "staff.csv").write_text(
        "staff_id,first_name,last_name,job_title,ward\nS00123,Priya,Patel,Staff Nurse,W21\n", encoding="utf-8"
    )
    return folder
