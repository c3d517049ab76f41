from pathlib import Path

import pytest

from forms.errors import ConfigurationError
from pipeline.settings import Settings, read_settings


def write_settings(home: Path, text: str) -> Path:
    (home / "settings.toml").write_text(text, encoding="utf-8")
    return home


def test_without_a_file_all_is_at_its_default(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert Settings().wrong_per_thousand("name") == 2


def test_a_content_may_have_a_figure_of_its_own(tmp_path: Path) -> None:
    text = "[accept]\nwrong_per_thousand = 5\n[accept.date]\nwrong_per_thousand = 0.5\n[accept.name]\n"
    settings = read_settings(write_settings(tmp_path, text))
    assert settings.wrong_per_thousand("date") == 0.5
    assert settings.wrong_per_thousand("story") == 5
    # A table without a figure of its own changes nothing.
    assert settings.wrong_per_thousand("name") == 5


def test_every_fault_at_once(tmp_path: Path) -> None:
    text = (
        "speed = 1\n[accept]\nwrong_per_thousand = 1001\nnames = 3\ndate = 4\n"
        '[accept.story]\nwrong_per_thousand = "2"\nright = 1\n'
    )
    with pytest.raises(ConfigurationError, match="cannot be used") as caught:
        read_settings(write_settings(tmp_path, text))
    assert sorted(caught.value.faults) == [
        "[accept.story]: 'wrong_per_thousand' must be a number from 0 to 1000, not '2'",
        "[accept.story]: unknown key 'right'; allowed is wrong_per_thousand",
        "[accept]: 'date' must be a table, [accept.date], not 4",
        "[accept]: 'wrong_per_thousand' must be a number from 0 to 1000, not 1001",
        "[accept]: unknown key 'names'; allowed are wrong_per_thousand, name, place, date, contact, story, tick",
        "unknown key 'speed'; allowed is [accept]",
    ]


@pytest.mark.parametrize("text", ["[accept", "accept = 3", "[accept]\nwrong_per_thousand = nan"])
def test_broken_files(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"settings\.toml"):
        read_settings(write_settings(tmp_path, text))
