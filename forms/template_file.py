"""Reads a card template from its TOML file. Every fault is reported at once."""

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from forms.errors import ConfigurationError, UsageError
from forms.fit import layout_faults
from forms.flow import lay_out
from forms.template import (
    CONTENTS,
    KINDS,
    PAGE_SIZES,
    PER_SHEET,
    FieldSpec,
    Geometry,
    Option,
    Template,
    Texts,
)
from forms.wording import set_words

TEMPLATE_KEYS = ("name", "version", "language", "page", "geometry", "texts", "fields")
PAGE_KEYS = ("size", "per_sheet")
TEXT_KEYS = ("title", "introduction", "online", "post", "return_to", "web_address", "privacy")
FIELD_KEYS = (
    "name", "kind", "content", "label", "help", "optional",
    "boxes", "groups", "lines", "options", "columns", "multiple", "beside", "width",
)  # fmt: skip
OPTION_KEYS = ("value", "label")

_TEMPLATE_NAME = re.compile(r"[a-z0-9-]{1,20}")
"""It is printed in the card's QR code, which has little room."""
_ANSWER_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Of a field or an option: it becomes a key in JSON and a column's heading."""
_NAME_RULES = {
    _TEMPLATE_NAME: "1 to 20 small letters, digits and hyphens",
    _ANSWER_NAME: "small letters, digits and underscores, beginning with a letter",
}
_MOST = 100
"""Boxes, lines or columns; more would not fit on any card."""
_LONGEST = 300.0
"""Millimetres."""


class _Faults(list[str]):
    """Collects what is wrong while a table is read."""

    def known(self, table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in table.keys() - set(keys):
            self.append(f"{where}unknown key '{key}'; allowed are {', '.join(keys)}")

    def take(self, table: dict[str, Any], key: str, kind: type, default: Any, where: str) -> Any:
        """Return `table[key]`, or `default` (required when that is None), noting a wrong type."""
        if key not in table:
            if default is None:
                self.append(f"{where}'{key}' is missing")
            return kind() if default is None else default
        value = table[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.append(f"{where}'{key}' must be {_KIND_NAMES[kind]}, not {value!r}")
            return kind() if default is None else default
        return value

    def name(self, table: dict[str, Any], key: str, pattern: re.Pattern[str], where: str) -> str:
        """Return the required `table[key]`, noting when it isn't made as `pattern` says."""
        before = len(self)
        value: str = self.take(table, key, str, None, where)
        if len(self) == before and not pattern.fullmatch(value):
            self.append(f"{where}'{key}' must be {_NAME_RULES[pattern]}, not {value!r}")
        return value


_KIND_NAMES = {
    str: "text", int: "a whole number", float: "a number of millimetres", bool: "true or false",
    list: "a list", dict: "a table",
}  # fmt: skip


def load_template(name_or_path: str) -> Template:
    """Return the shipped template of that name, or the one in a TOML file.

    Raises UsageError when there is neither, ConfigurationError when the file is wrong.
    """
    if name_or_path.endswith(".toml"):
        path = Path(name_or_path)
        try:
            return parse_template(path.read_text(encoding="utf-8"), where=str(path))
        except FileNotFoundError:
            raise UsageError(f"There is no template file {path}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(str(path), [f"the file cannot be read: {error}"]) from error
    names = template_names()
    if name_or_path not in names:
        raise UsageError(
            f"There is no template '{name_or_path}'. Shipped are {', '.join(names)}; "
            "your own is given by its path, ending in .toml."
        )
    return parse_template(
        (_shipped() / f"{name_or_path}.toml").read_text(encoding="utf-8"), where=f"template {name_or_path}"
    )


def template_names() -> list[str]:
    """Return the names of the templates that come with the package."""
    return sorted(entry.name.removesuffix(".toml") for entry in _shipped().iterdir() if entry.name.endswith(".toml"))


def _shipped() -> Any:
    # In a wheel the top-level folder `templates` is the package `forms.templates`; in a checkout it stands beside.
    checkout = Path(__file__).parent.parent / "templates"
    packaged = resources.files("forms") / "templates"
    return packaged if packaged.is_dir() else checkout


def parse_template(text: str, where: str = "template") -> Template:
    """Read a template from TOML text. Raises ConfigurationError with every fault, an overflowing page included."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(where, [f"not valid TOML: {error}"]) from error
    faults = _Faults()
    faults.known(table, TEMPLATE_KEYS, "")
    name = faults.name(table, "name", _TEMPLATE_NAME, "")
    size, per_sheet = _read_page(faults, faults.take(table, "page", dict, {}, ""))
    template = Template(
        name=name,
        version=faults.take(table, "version", int, 1, ""),
        language=faults.take(table, "language", str, "en-GB", ""),
        size=size,
        per_sheet=per_sheet,
        geometry=_read_geometry(faults, faults.take(table, "geometry", dict, {}, "")),
        texts=_read_texts(faults, faults.take(table, "texts", dict, None, "")),
        fields=_read_fields(faults, faults.take(table, "fields", list, None, "")),
        source=text,
    )
    if not faults:
        faults.extend(layout_faults(template))
        faults.extend(set_words(template, lay_out(template)).faults)
    if faults:
        raise ConfigurationError(where, list(faults))
    return template


def _read_page(faults: _Faults, table: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    faults.known(table, PAGE_KEYS, "page: ")
    size = faults.take(table, "size", str, "A5", "page: ")
    if size not in PAGE_SIZES:
        faults.append(f"page: 'size' must be one of {', '.join(PAGE_SIZES)}, not {size!r}")
    per_sheet = tuple(faults.take(table, "per_sheet", list, [1, 2], "page: "))
    if not per_sheet or any(type(count) is not int or count not in PER_SHEET for count in per_sheet):
        faults.append(f"page: 'per_sheet' may hold 1, 2 and 4 only, not {list(per_sheet)!r}")
    return size, per_sheet


def _read_geometry(faults: _Faults, table: dict[str, Any]) -> Geometry:
    keys = tuple(Geometry.__dataclass_fields__)
    faults.known(table, keys, "geometry: ")
    values = {key: faults.take(table, key, float, getattr(Geometry(), key), "geometry: ") for key in keys}
    faults.extend(
        f"geometry: '{key}' must be above 0 and at most {_LONGEST:.0f}, not {value}"
        for key, value in values.items()
        if not 0 < value <= _LONGEST
    )
    return Geometry(**values)


def _read_texts(faults: _Faults, table: dict[str, Any]) -> Texts:
    faults.known(table, TEXT_KEYS, "texts: ")
    title = faults.take(table, "title", str, None, "texts: ")
    if "title" in table and not title.strip():
        faults.append("texts: 'title' is empty")
    return Texts(title, *(faults.take(table, key, str, "", "texts: ") for key in TEXT_KEYS[1:]))


def _read_fields(faults: _Faults, tables: list[Any]) -> tuple[FieldSpec, ...]:
    fields = []
    for position, table in enumerate(tables, start=1):
        if not isinstance(table, dict):
            faults.append(f"field {position}: must be a table, [[fields]]")
            continue
        fields.append(_read_field(faults, table, f"field {table.get('name', position)}: "))
    if fields and fields[0].beside:
        faults.append(f"field {fields[0].name}: 'beside' needs a field before it")
    names = [spec.name for spec in fields]
    faults.extend(f"field {name}: stands there twice" for name in sorted({n for n in names if names.count(n) > 1}))
    if not fields:
        faults.append("there are no fields")
    return tuple(fields)


def _read_field(faults: _Faults, table: dict[str, Any], where: str) -> FieldSpec:
    faults.known(table, FIELD_KEYS, where)
    kind = faults.take(table, "kind", str, None, where)
    content = faults.take(table, "content", str, "tick" if kind == "choice" else None, where)
    spec = FieldSpec(
        name=faults.name(table, "name", _ANSWER_NAME, where),
        kind=kind,
        content=content,
        label=faults.take(table, "label", str, None, where),
        help=faults.take(table, "help", str, "", where),
        optional=faults.take(table, "optional", bool, True, where),
        boxes=faults.take(table, "boxes", int, 0, where),
        groups=tuple(faults.take(table, "groups", list, [], where)),
        lines=faults.take(table, "lines", int, 0, where),
        options=_read_options(faults, faults.take(table, "options", list, [], where), where),
        columns=faults.take(table, "columns", int, 0, where),
        multiple=faults.take(table, "multiple", bool, False, where),
        beside=faults.take(table, "beside", bool, False, where),
        width=faults.take(table, "width", float, 0.0, where),
    )
    faults.extend(where + fault for fault in _field_faults(spec))
    return spec


def _field_faults(spec: FieldSpec) -> list[str]:
    faults = []
    if spec.kind not in KINDS:
        faults.append(f"'kind' must be one of {', '.join(KINDS)}, not {spec.kind!r}")
    if spec.content not in CONTENTS:
        faults.append(f"'content' must be one of {', '.join(CONTENTS)}, not {spec.content!r}")
    if (spec.content == "tick") != (spec.kind == "choice"):
        faults.append("content 'tick' goes with kind 'choice', and only with it")
    if spec.content == "date" and (spec.kind, spec.boxes) != ("boxes", 8):
        faults.append("a date has kind 'boxes' with boxes = 8, DDMMYYYY")
    if spec.groups and (not all(isinstance(n, int) and n > 0 for n in spec.groups) or sum(spec.groups) != spec.boxes):
        faults.append(f"'groups' must be whole numbers that add up to boxes = {spec.boxes}")
    for kind, key, count in (("boxes", "boxes", spec.boxes), ("lines", "lines", spec.lines)):
        if spec.kind == kind and not 1 <= count <= _MOST:
            faults.append(f"'{key}' must say how many, 1 to {_MOST}")
        if spec.kind != kind and count:
            faults.append(f"'{key}' goes with kind '{kind}' only")
    if spec.kind == "choice" and not spec.options:
        faults.append("a choice needs 'options'")
    if spec.kind != "choice":
        keys = ("options", spec.options), ("columns", spec.columns), ("multiple", spec.multiple)
        faults += [f"'{key}' goes with kind 'choice' only" for key, given in keys if given]
    if not 0 <= spec.columns <= _MOST:
        faults.append(f"'columns' must be 0 to {_MOST}, not {spec.columns}")
    if spec.kind == "boxes" and spec.width:
        faults.append("'width' goes with kinds 'lines' and 'choice' only")
    if not 0 <= spec.width <= _LONGEST:
        faults.append(f"'width' must be 0 to {_LONGEST:.0f}, not {spec.width}")
    return faults


def _read_options(faults: _Faults, tables: list[Any], where: str) -> tuple[Option, ...]:
    options = []
    for position, table in enumerate(tables, start=1):
        here = f"{where}option {position}: "
        if not isinstance(table, dict):
            faults.append(f"{here}must be a table with 'value' and 'label'")
            continue
        faults.known(table, OPTION_KEYS, here)
        value = faults.name(table, "value", _ANSWER_NAME, here)
        options.append(Option(value, faults.take(table, "label", str, None, here)))
    values = [option.value for option in options]
    faults.extend(f"{where}option '{v}' stands there twice" for v in sorted({v for v in values if values.count(v) > 1}))
    return tuple(options)
