"""The frame of the commands: help, errors and exit codes, progress."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from forms.errors import (
    CompassionError,
    ConfigurationError,
    ExitCode,
    MissingDependencyError,
    NothingReadError,
    UsageError,
)
from pipeline.commands import COMMANDS, main, progress
from pipeline.commands.frame import CommandGroup

MINE = ["load", "pages", "export", "decide"]


def run(*arguments: str, home: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["--home", str(home), *arguments])
    return result.exit_code, result.stdout, result.stderr


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make the command `pages` end so."""

    @click.command
    def command() -> None:
        raise error

    load: Callable[[CommandGroup, click.Context, str], click.Command | None] = CommandGroup.get_command
    monkeypatch.setattr(
        CommandGroup,
        "get_command",
        lambda group, context, name: command if name == "pages" else load(group, context, name),
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    code, told, _ = run("--help", home=tmp_path)
    assert code == 0
    for name, summary in COMMANDS.items():
        assert f"  {name} " in told
        assert summary in told
    assert "default: output" in told
    assert "COMPASSION_DATABASE" in told


@pytest.mark.parametrize("name", MINE)
def test_every_command_and_option_has_help(name: str, tmp_path: Path) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert command.short_help == COMMANDS[name]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    assert run(name, "--help", home=tmp_path)[0] == 0


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from pipeline.commands import main; main(['--help'], standalone_mode=False); "
        "print([name for name in ('django', 'numpy', 'pandas', 'cv2', 'rich') if name in sys.modules], file=sys.stderr)"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root)
    assert done.stderr.strip() == "[]"


def test_version(tmp_path: Path) -> None:
    code, told, _ = run("--version", home=tmp_path)
    assert code == 0
    assert told.split()[1][0].isdigit()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("No such ward."), ExitCode.USAGE),
        (MissingDependencyError("Install it."), ExitCode.MISSING_DEPENDENCY),
        (NothingReadError("Nothing."), ExitCode.NOTHING_READ),
        (ConfigurationError("settings.toml", ["one", "two"]), ExitCode.BAD_CONFIGURATION),
    ],
)
def test_errors_become_messages_and_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: CompassionError, code: ExitCode
) -> None:
    fail_with(monkeypatch, error)
    assert run("pages", home=tmp_path) == (code, "", f"Error: {error}\n")


@pytest.mark.parametrize("arguments", [["nonsense"], ["pages", "--nonsense"], ["load"], ["decide"], ["export"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    code, told, complaint = run(*arguments, home=tmp_path)
    assert (code, told) == (ExitCode.USAGE, "")
    assert "Usage:" in complaint


def test_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    code, _, complaint = run("pages", home=tmp_path)
    assert code == 130
    assert "run the same command again" in complaint


def test_a_bug_leaves_a_log_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, ZeroDivisionError("by nought"))
    code, told, complaint = run("pages", home=tmp_path)
    (log,) = (tmp_path / "logs").iterdir()
    assert (code, told) == (ExitCode.BUG, "")
    assert "Error: ZeroDivisionError: by nought\n" in complaint
    assert str(log) in complaint
    assert "Traceback" not in complaint
    assert "Traceback" in log.read_text()


def test_a_bug_without_a_home_leaves_its_log_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fail_with(monkeypatch, ZeroDivisionError())
    run("pages", home=tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (log,) = tmp_path.iterdir()
    assert log.suffix == ".log"


@pytest.mark.parametrize("name", MINE)
def test_without_a_store(tmp_path: Path, name: str) -> None:
    arguments = {
        "load": [str(tmp_path)],
        "pages": [],
        "export": ["--readings", str(tmp_path / "r.json")],
        "decide": ["--same", "a", "b", "--by", "Ann"],
    }
    code, told, complaint = run(name, *arguments[name], home=tmp_path / "home")
    assert (code, told) == (ExitCode.USAGE, "")
    assert ("no organisation.toml" if name == "load" else "There is no store") in complaint
    assert not (tmp_path / "home").exists()


def test_progress_without_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 100, 6))
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))
    assert list(progress.track("abcd", "Reading pages", 4)) == list("abcd")
    out, told = capsys.readouterr()
    assert out == ""
    assert told == "Reading pages: 2 of 4\nReading pages: 4 of 4\n"


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress.progress("Reading pages") as advance:
        advance(2, total=4)
        advance()
    assert capsys.readouterr().out == ""
