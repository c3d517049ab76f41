import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import ConfigurationError, ExitCode, UsageError
from forms.template import Geometry
from forms.template_file import load_template, parse_template, template_names

SMALL = """
name = "small"
[texts]
title = "Thank somebody"
[[fields]]
name = "nominee"
kind = "boxes"
content = "name"
label = "Name"
boxes = 12
[[fields]]
name = "you"
kind = "choice"
label = "You are"
options = [{ value = "patient", label = "Patient" }, { value = "staff", label = "Staff" }]
[[fields]]
name = "story"
kind = "lines"
content = "story"
label = "What happened?"
lines = 4
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        parse_template(text)
    assert raised.value.exit_code is ExitCode.BAD_CONFIGURATION
    return list(raised.value.faults)


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_small_template_is_enough() -> None:
    template = parse_template(SMALL)
    assert (template.size, template.per_sheet, template.geometry) == ("A5", (1, 2), Geometry())
    assert template.source == SMALL


def test_shipped_templates() -> None:
    assert template_names() == ["nomination", "pocket"]
    pocket = load_template("pocket")
    assert (pocket.size, pocket.per_sheet) == ("A6", (1, 2, 4))


def test_the_standard_card_has_the_fields_of_the_contract() -> None:
    template = load_template("nomination")
    assert [(spec.name, spec.kind, spec.content) for spec in template.fields] == [
        ("nominee_first_name", "boxes", "name"),
        ("nominee_last_name", "boxes", "name"),
        ("nominee_team", "boxes", "place"),
        ("nominator_type", "choice", "tick"),
        ("action", "lines", "story"),
        ("impact", "lines", "story"),
        ("nominator_name", "boxes", "name"),
        ("nominator_contact", "lines", "contact"),
        ("date", "boxes", "date"),
        ("consent", "choice", "tick"),
    ]
    specs = {spec.name: spec for spec in template.fields}
    least = {"nominee_first_name": 14, "nominee_last_name": 18, "nominee_team": 20, "nominator_name": 20, "date": 8}
    assert all(specs[name].boxes >= boxes for name, boxes in least.items())
    assert specs["nominator_contact"].lines == 1
    assert [option.value for option in specs["nominator_type"].options] == [
        "patient", "carer", "staff", "volunteer", "other",
    ]  # fmt: skip
    assert [option.value for option in specs["consent"].options] == [
        "share_with_nominee", "share_publicly", "stay_anonymous",
    ]  # fmt: skip
    assert specs["consent"].multiple and not specs["nominator_type"].multiple


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "small"', "", "'name' is missing"),
        ('name = "small"', 'name = ""', "'name' must be 1 to 20 small letters, digits and hyphens, not ''"),
        ('name = "small"', 'name = "Große Karte"', "'name' must be 1 to 20 small letters"),
        ('name = "small"', "name = 3", "'name' must be text, not 3"),
        ('name = "small"', 'name = "small"\nversion = "2"', "'version' must be a whole number, not '2'"),
        ('name = "small"', 'name = "small"\nversion = true', "'version' must be a whole number, not True"),
        ('name = "small"', 'name = "small"\ncolour = "red"', "unknown key 'colour'; allowed are name, version"),
        ('name = "small"', 'name = "small"\npage = 3', "'page' must be a table"),
        ("[texts]", '[page]\nsize = "A3"\n[texts]', "page: 'size' must be one of A4, A5, A6, not 'A3'"),
        ("[texts]", "[page]\nper_sheet = [3]\n[texts]", "page: 'per_sheet' may hold 1, 2 and 4 only, not [3]"),
        ("[texts]", "[page]\nper_sheet = []\n[texts]", "page: 'per_sheet' may hold"),
        ("[texts]", '[page]\nper_sheet = [[1], true, "2"]\n[texts]', "page: 'per_sheet' may hold"),
        ("[texts]", "[page]\nper_sheet = [1, 2, 4]\n[texts]", "page: 4 to a sheet prints this card at 71% of its size"),
        ("[texts]", "[geometry]\nline = nan\n[texts]", "geometry: 'line' must be above 0"),
        ("[texts]", "[geometry]\nline = inf\n[texts]", "geometry: 'line' must be above 0"),
        ("[texts]", "[geometry]\nline = -2\n[texts]", "geometry: 'line' must be above 0 and at most 300, not -2"),
        ("[texts]", '[geometry]\nline = "wide"\n[texts]', "geometry: 'line' must be a number of millimetres"),
        ("[texts]", "[geometry]\nlines = 2\n[texts]", "geometry: unknown key 'lines'; allowed are margin, mark,"),
        ("[texts]", "[geometry]\ncode = 15\n[texts]", "geometry: 'code' makes 0.45 mm; at least 0.5 mm"),
        ("[texts]", "[geometry]\nmark_inset = 6\n[texts]", "geometry: 'mark_inset' makes 6 mm; at least 8.0 mm"),
        ("[texts]", "[geometry]\nmark = 6\n[texts]", "geometry: 'mark' makes 6 mm; at least 7.0 mm"),
        ("[texts]", "[geometry]\nbox_width = 4\n[texts]", "geometry: 'box_width' makes 4 mm; at least 5.0 mm"),
        ("[texts]", "[geometry]\nmark = 80\n[texts]", "geometry: the QR code stands on a corner mark"),
        ("[texts]", "[geometry]\nheader = 18\n[texts]", "field you: stands on the card number"),
        ("[texts]", "[geometry]\nheader = 12\n[texts]", "field nominee: stands on corner mark 1"),
        ('title = "Thank somebody"', "", "texts: 'title' is missing"),
        ('title = "Thank somebody"', 'title = " "', "texts: 'title' is empty"),
        ('title = "Thank somebody"', f'title = "{"Thank somebody " * 20}"', "the header (scheme, name, title and"),
        ('title = "Thank somebody"', f'title = "Thank"\nprivacy = "{"private " * 120}"', "the footer (where to"),
        ('title = "Thank somebody"', 'title = "Thank 你"', "the card's fonts have no '你' (U+4F60, cjk unified"),
        ('label = "Name"', 'label = "Name ☐"', "the card's fonts have no '☐' (U+2610, ballot box)"),
        ('label = "Patient"', 'label = "✓ Patient"', "the card's fonts have no '✓' (U+2713, check mark)"),
        ('label = "Name"', "", "field nominee: 'label' is missing"),
        ('label = "Name"', f'label = "{"Name " * 40}"', "field nominee: label and help are"),
        ('label = "Patient"', f'label = "{"Patient " * 20}"', "field you: the label 'Patient Patient"),
        ('kind = "boxes"', 'kind = "squares"', "field nominee: 'kind' must be one of boxes, lines, choice, not 'sq"),
        ('content = "name"', 'content = "age"', "field nominee: 'content' must be one of name, place, date"),
        ('content = "name"', 'content = "tick"', "field nominee: content 'tick' goes with kind 'choice'"),
        ('content = "name"', 'content = "date"', "field nominee: a date has kind 'boxes' with boxes = 8"),
        ("boxes = 12", "boxes = 0", "field nominee: 'boxes' must say how many, 1 to 100"),
        ("boxes = 12", "boxes = 1_000_000_000", "field nominee: 'boxes' must say how many, 1 to 100"),
        ("boxes = 12", "boxes = 30", "field nominee: too wide: it ends at"),
        ("boxes = 12", "boxes = 12\ngroups = [6, 5]", "field nominee: 'groups' must be whole numbers that add up to"),
        ("boxes = 12", 'boxes = 12\ngroups = ["a"]', "field nominee: 'groups' must be whole numbers"),
        ("boxes = 12", "boxes = 12\nlines = 2", "field nominee: 'lines' goes with kind 'lines' only"),
        ("boxes = 12", "boxes = 12\nmultiple = true", "field nominee: 'multiple' goes with kind 'choice' only"),
        ("boxes = 12", "boxes = 12\ncolumns = 2", "field nominee: 'columns' goes with kind 'choice' only"),
        ("boxes = 12", "boxes = 12\nwidth = 30", "field nominee: 'width' goes with kinds 'lines' and 'choice' only"),
        ("boxes = 12", "boxes = 12\nbeside = true", "field nominee: 'beside' needs a field before it"),
        ("boxes = 12", "boxes = 12\nbold = 1", "field nominee: unknown key 'bold'; allowed are name, kind,"),
        ('name = "nominee"', 'name = "Their name"', "field Their name: 'name' must be small letters, digits and"),
        ('name = "nominee"', "", "field 1: 'name' is missing"),
        ('name = "story"', 'name = "you"', "field you: stands there twice"),
        ("lines = 4", "lines = 40", "field story: runs off the page: it ends at"),
        ("lines = 4", "lines = 4\nwidth = 200", "field story: too wide: it ends at"),
        ("lines = 4", "lines = 4\nwidth = -1", "field story: 'width' must be 0 to 300"),
        ('value = "staff"', 'value = "patient"', "field you: option 'patient' stands there twice"),
        ('value = "staff"', 'value = "NHS staff"', "field you: option 2: 'value' must be small letters"),
        ('{ value = "staff", label = "Staff" }', '"staff"', "field you: option 2: must be a table"),
        ('{ value = "staff", label = "Staff" }', '{ value = "a" }', "field you: option 2: 'label' is missing"),
        ('options = [{ value = "patient", label = "Patient" }, { value = "staff", label = "Staff" }]', "",
         "field you: a choice needs 'options'"),
    ],
)  # fmt: skip
def test_each_fault_is_named(old: str, new: str, fault: str) -> None:
    found = faults_of(changed(old, new))
    assert any(line.startswith(fault) or f": {fault}" in line for line in found), found


def test_the_web_forms_code_needs_its_room() -> None:
    full = load_template("nomination").source
    wide = full.replace("width = 52.0", "width = 66.0")
    assert any(line.startswith("field consent: stands on the web form's QR code") for line in faults_of(wide))
    parse_template(re.sub(r'(?m)^online = ".*"$', "", wide))


def test_all_faults_are_told_at_once() -> None:
    text = changed('kind = "boxes"', 'kind = "square"').replace("lines = 4", "lines = 0").replace('"Thank', '" ')
    text = text.replace("[texts]", "[geometry]\nline = 0\n[page]\nsize = 5\n[texts]\nfooter = 1")
    found = "\n".join(faults_of(text))
    for part in (
        "'kind' must be one of",
        "'lines' must say",
        "geometry: 'line'",
        "page: 'size'",
        "unknown key 'footer'",
    ):
        assert part in found


def test_overflow_and_wording_are_told_together() -> None:
    found = "\n".join(faults_of(changed("lines = 4", "lines = 40").replace('"Name"', '"☐"').replace("12", "30")))
    for part in ("runs off the page", "too wide", "'☐'"):
        assert part in found


def test_no_fields() -> None:
    assert faults_of('name = "a"\nfields = []\n[texts]\ntitle = "A"') == ["there are no fields"]


def test_not_toml() -> None:
    assert faults_of("name =")[0].startswith("not valid TOML: ")


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_template(text)


scalars = st.none() | st.booleans() | st.integers(-9, 200) | st.floats(width=32) | st.text("ab -é", max_size=4)


def as_toml(value: object) -> str:
    if value is None:
        return "{}"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


@given(
    st.sampled_from(
        ["version", "per_sheet", "size", "line", "boxes", "groups", "columns", "options", "width", "beside"]
    ),
    scalars | st.lists(scalars, max_size=2),
)
def test_any_value_of_any_key_is_judged(key: str, value: object) -> None:
    """Whatever stands there, the template is taken or its faults are named; nothing else is raised."""
    toml = f"[{', '.join(map(as_toml, value))}]" if isinstance(value, list) else as_toml(value)
    place = {"per_sheet": "[page]\n", "size": "[page]\n", "line": "[geometry]\n"}
    line = f"{key} = {toml}\n"
    if key == "version":
        text = line + SMALL
    elif key in place:
        text = changed("[texts]", f"{place[key]}{line}[texts]")
    elif key == "boxes":
        text = changed("boxes = 12\n", line)
    else:
        text = changed("boxes = 12\n", f"boxes = 12\n{line}")
    try:
        parse_template(text)
    except ConfigurationError as error:
        assert error.faults


def test_your_own_template_by_path(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(SMALL, encoding="utf-8")
    assert load_template(str(own)) == parse_template(SMALL)
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_template(str(own))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        (tmp_path / "folder.toml").mkdir()
        load_template(str(tmp_path / "folder.toml"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("thank-you", "There is no template 'thank-you'. Shipped are nomination, pocket; "),
     ("nowhere/own.toml", "There is no template file nowhere/own.toml."), ("../forms/nomination", "no template")],
)  # fmt: skip
def test_no_such_template(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        load_template(name)


def test_every_key_of_the_geometry_may_be_set(make_geometry: Callable[..., str]) -> None:
    values = {key.name: getattr(Geometry(), key.name) for key in fields(Geometry)}
    assert parse_template(SMALL.replace("[texts]", make_geometry(**values) + "[texts]")).geometry == Geometry()


@pytest.fixture
def make_geometry() -> Callable[..., str]:
    def make(**values: float) -> str:
        return "[geometry]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())

    return make
