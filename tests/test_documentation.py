"""Whatever a person can type or set is explained: in `--help`, and in the README."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import openpyxl
import pytest

from forms import organisation, template_file
from forms.errors import ConfigurationError, ExitCode
from forms.template import Geometry
from pipeline.commands import COMMANDS, main
from pipeline.settings import FILE_NAME, read_settings
from pipeline.submissions import mapping_file
from pipeline.submissions.mapping_file import apply_mapping, parse_mapping
from pipeline.submissions.read_rows import read_submissions
from pipeline.submissions.records import Submission
from pipeline.submissions.tables import read_table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def commands(group: click.Command = main, name: str = "compassion") -> Iterator[tuple[str, click.Command]]:
    """Return every command below the group, by what one types."""
    yield name, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for child in group.list_commands(context):
            found = group.get_command(context, child)
            assert found is not None
            yield from commands(found, f"{name} {child}")


def options() -> list[tuple[str, click.Option]]:
    found = []
    for name, command in commands():
        found += [(name, each) for each in command.params if isinstance(each, click.Option)]
    return found


def template_keys() -> set[str]:
    keys = {key for name, keys in vars(template_file).items() if name.endswith("_KEYS") for key in keys}
    return keys | {key.name for key in dataclasses.fields(Geometry)}


def settings_keys(tmp_path: Path) -> set[str]:
    """Return the keys that the settings name themselves as allowed when they meet one that isn't."""
    (tmp_path / FILE_NAME).write_text("nonesuch = 1\n[accept]\nnonesuch = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        read_settings(tmp_path)
    lists = re.findall(r"allowed (?:is|are) (.*)", "\n".join(raised.value.faults))
    return {key.strip("[] ") for line in lists for key in line.split(",")}


def unexplained(names: set[str]) -> set[str]:
    """Return those of the names that the README never shows as code."""
    code = " ".join(re.findall(r"```.*?```|`[^`\n]+`", README.read_text(encoding="utf-8"), re.DOTALL))
    return {name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code)}


def test_every_command_is_in_the_readme() -> None:
    assert not unexplained({name for name, _ in commands()})


def test_every_option_is_in_the_readme() -> None:
    assert not unexplained({max(option.opts, key=len) for _, option in options()})


@pytest.mark.parametrize("name", ["compassion", *(f"compassion {name}" for name in COMMANDS)])
def test_command_explains_itself(name: str) -> None:
    command = dict(commands())[name]
    assert command.help, f"{name} has no help"
    described = command.get_help(click.Context(command, info_name=name, parent=click.Context(main)))
    assert name in described


def test_every_option_has_help_and_shows_its_default() -> None:
    silent = [f"{name} {option.opts[0]}" for name, option in options() if not option.help]
    assert not silent
    hidden = []
    for name, option in options():
        given = not option.required and option.default not in (None, False, ()) and not option.is_flag
        context = click.Context(main, **main.context_settings)
        shows = option.show_default if option.show_default is not None else context.show_default
        if given and not callable(option.default) and not shows:
            hidden.append(f"{name} {option.opts[0]}")
    assert not hidden


def test_every_exit_code_is_in_the_readme() -> None:
    rows = re.findall(r"^\|\s*`?(\d+)`?\s*\|", README.read_text(encoding="utf-8"), re.MULTILINE)
    missing = {str(code.value) for code in ExitCode} - set(rows)
    assert not missing, "the README has a table of exit codes, one a row"


def test_every_template_key_is_in_the_readme() -> None:
    assert not unexplained(template_keys())


def test_every_profile_key_and_column_is_in_the_readme() -> None:
    keys = {*organisation.ORGANISATION_KEYS, *organisation.WARD_COLUMNS, *organisation.STAFF_COLUMNS}
    assert not unexplained(keys)


def test_every_setting_is_in_the_readme(tmp_path: Path) -> None:
    keys = settings_keys(tmp_path)
    assert {"accept", "wrong_per_thousand", "name"} <= keys
    assert not unexplained(keys)


def test_the_examples_in_the_readme_work(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (settings,) = (text for text in examples if "[accept]" in text)
    (template,) = (text for text in examples if "[[fields]]" in text)
    (tmp_path / FILE_NAME).write_text(settings, encoding="utf-8")
    assert read_settings(tmp_path).wrong_per_thousand("name") == 5
    assert template_file.parse_template(template).fields


def test_the_mapping_in_the_readme_works(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (mapping,) = (text for text in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[choices" in text)
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Responses"
    sheet.append(["Ref", "Sent", "Changed", "Who?", "You", "What did they do?"])
    sheet.append(["7", "5/10/2026 09:00", "", "Sue Smith", "I work here", "She stayed."])
    workbook.save(tmp_path / "table.xlsx")
    given = parse_mapping(mapping, "the README")
    table = read_table(tmp_path / "table.xlsx", given.sheet)
    (row,) = read_submissions(table, apply_mapping(given, table), date(2026, 11, 27))
    assert isinstance(row, Submission)
    assert (row.number, row.received_at.month, row.values["nominator_type"]) == ("7", 10, "staff")
    assert not unexplained(set(mapping_file.KEYS))


def test_pictures_in_the_readme_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures
    assert all(0 < (ROOT / picture).stat().st_size <= 150_000 for picture in pictures)


@pytest.mark.parametrize("target", ["setup", "demo", "test", "soak", "bench", "samples", "lock", "lint"])
def test_every_make_target_is_in_the_readme(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert not unexplained({f"make {target}"})


def test_changelog_begins_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
