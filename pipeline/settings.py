"""What may be set in a home's `settings.toml`, with a default for each. Every fault is reported at once."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forms.errors import ConfigurationError
from forms.template import CONTENTS

FILE_NAME = "settings.toml"
WRONG_PER_THOUSAND = 2.0
"""Of the fields that are accepted, how many in a thousand may be wrong. One person keying makes 0.4 errors in
a thousand fields, handprint read by machine 3.4 to 6.7 (Paulsen 2012)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the project behaves in one home."""

    accept: float = WRONG_PER_THOUSAND
    """Wrong fields per thousand accepted, for contents that have no figure of their own."""
    accept_by_content: Mapping[str, float] = field(default_factory=dict)

    def wrong_per_thousand(self, content: str) -> float:
        """Return how many of a thousand accepted fields of this content may be wrong."""
        return self.accept_by_content.get(content, self.accept)


def read_settings(home: Path) -> Settings:
    """Read `settings.toml` in `home`; the defaults when there is none. Raises ConfigurationError."""
    file = home / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(file), [f"not readable as UTF-8 text: {error}"]) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(file), [f"not readable as TOML: {error}"]) from error
    faults: list[str] = []
    settings = _settings_of(table, faults)
    if faults:
        raise ConfigurationError(str(file), faults)
    return settings


def _settings_of(table: dict[str, Any], faults: list[str]) -> Settings:
    for key in table.keys() - {"accept"}:
        faults.append(f"unknown key '{key}'; allowed is [accept]")
    accept = table.get("accept", {})
    if not isinstance(accept, dict):
        faults.append(f"'accept' must be a table, [accept], not {accept!r}")
        return Settings()
    by_content: dict[str, float] = {}
    for key, value in accept.items():
        if key == "wrong_per_thousand":
            continue
        if key not in CONTENTS:
            allowed = ", ".join(("wrong_per_thousand", *CONTENTS))
            faults.append(f"[accept]: unknown key '{key}'; allowed are {allowed}")
        elif not isinstance(value, dict):
            faults.append(f"[accept]: '{key}' must be a table, [accept.{key}], not {value!r}")
        else:
            for inner in value.keys() - {"wrong_per_thousand"}:
                faults.append(f"[accept.{key}]: unknown key '{inner}'; allowed is wrong_per_thousand")
            if "wrong_per_thousand" in value:
                by_content[key] = _figure(value, f"[accept.{key}]", faults)
    return Settings(_figure(accept, "[accept]", faults), by_content)


def _figure(table: dict[str, Any], where: str, faults: list[str]) -> float:
    value = table.get("wrong_per_thousand", WRONG_PER_THOUSAND)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= 1000:
        faults.append(f"{where}: 'wrong_per_thousand' must be a number from 0 to 1000, not {value!r}")
        return WRONG_PER_THOUSAND
    return float(value)
