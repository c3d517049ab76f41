"""Where things stand: nothing on anything else, nothing off the card, or the faults say so."""

from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from forms.fit import layout_faults, overlap
from forms.flow import MOST_MODULES, lay_out, sheet_scale
from forms.layout import Box, CardLayout
from forms.sheet import sheet_of
from forms.template import FieldSpec, Geometry, Option, Template, Texts
from forms.template_file import load_template, template_names

STROKE = 0.3
ROUNDING = 0.002


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    """Draw sizes around the usual ones; some are too small, and some leave no room."""
    changed = draw(st.sets(st.sampled_from([key.name for key in fields(Geometry)]), max_size=4))
    values = {key: getattr(Geometry(), key) * draw(st.floats(0.9, 1.3, allow_nan=False)) for key in changed}
    return Geometry(**{"header": 36.0} | values)


@st.composite
def specs(draw: st.DrawFn, name: str) -> FieldSpec:
    kind = draw(st.sampled_from(["boxes", "lines", "choice"]))
    usual: dict[str, Any] = {"label": draw(st.sampled_from(["", "Label"])), "beside": draw(st.integers(0, 3)) == 0}
    if kind == "boxes":
        boxes = draw(st.integers(1, 14))
        groups = (boxes // 2, boxes - boxes // 2) if boxes > 1 and draw(st.booleans()) else ()
        return FieldSpec(name, kind, "name", boxes=boxes, groups=groups, **usual)
    width = draw(st.sampled_from([0.0, 40.0, 90.0]))
    if kind == "lines":
        return FieldSpec(name, kind, "story", lines=draw(st.integers(1, 6)), width=width, **usual)
    options = tuple(Option(f"o{n}", "Option") for n in range(draw(st.integers(1, 6))))
    return FieldSpec(name, kind, "tick", options=options, columns=draw(st.integers(0, 3)), width=width, **usual)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    size = draw(st.sampled_from(["A4", "A5", "A6"]))
    return Template(
        name="drawn",
        version=1,
        language="en-GB",
        size=size,
        per_sheet=({"A4": 1, "A5": 2, "A6": 4}[size],),
        geometry=draw(geometries()),
        texts=Texts("Title", online=draw(st.sampled_from(["", "Online"]))),
        fields=tuple(draw(specs(f"field_{n}")) for n in range(draw(st.integers(1, 5)))),
    )


def answers(card: CardLayout) -> list[Box]:
    """Return every space for writing, frames and ruling included."""
    framed = [box for field in card.fields for box in (*field.cells, *(option.box for option in field.options))]
    half = STROKE / 2 - ROUNDING
    lines = [
        Box(line.x, line.y + STROKE / 2, line.width, line.height - ROUNDING)
        for field in card.fields
        for line in field.lines
    ]
    return [Box(b.x - half, b.y - half, b.width + 2 * half, b.height + 2 * half) for b in framed] + lines


@settings(max_examples=150)
@given(templates())
@example(load_template("nomination"))
@example(load_template("pocket"))
def test_without_faults_nothing_stands_on_anything_else(template: Template) -> None:
    faults = layout_faults(template)
    event("with faults" if faults else "without")
    if faults:
        return
    flow = lay_out(template)
    card, geometry = flow.card, template.geometry
    spaces = answers(card)
    fixed = [*card.marks, card.code, card.number]
    for one, other in combinations(spaces, 2):
        assert not overlap(one, other)
    for space in spaces:
        assert not any(overlap(space, box) for box in fixed)
        assert geometry.margin - STROKE <= space.x
        assert space.x + space.width <= card.width - geometry.margin + STROKE
        assert space.y + space.height <= card.height - geometry.footer + STROKE
    for mark in card.marks:
        assert min(mark.x, mark.y, card.width - mark.x - mark.width, card.height - mark.y - mark.height) >= 8.0 - 1e-6
    assert card.code.width / MOST_MODULES >= 0.5
    assert card.number.x >= 0 and not any(overlap(card.number, box) for box in (*card.marks, card.code))


@settings(max_examples=150)
@given(templates())
def test_faults_name_what_runs_off(template: Template) -> None:
    card = lay_out(template).card
    floor, right = card.height - template.geometry.footer, card.width - template.geometry.margin
    faults = "\n".join(layout_faults(template))
    for field in card.fields:
        boxes = [*field.cells, *field.lines, *(option.box for option in field.options)]
        if any(box.y + box.height > floor + 0.01 for box in boxes):
            assert f"field {field.name}: runs off the page" in faults
        if any(box.x + box.width > right + 0.01 for box in boxes):
            assert f"field {field.name}: too wide" in faults


@given(templates())
def test_a_layout_holds_what_the_template_asks(template: Template) -> None:
    card = lay_out(template).card
    assert [field.name for field in card.fields] == [spec.name for spec in template.fields]
    for field, spec in zip(card.fields, template.fields, strict=True):
        assert (field.kind, field.content, field.multiple) == (spec.kind, spec.content, spec.multiple)
        assert (len(field.cells), len(field.lines), len(field.options)) == (spec.boxes, spec.lines, len(spec.options))
        assert all(later.x >= earlier.x for earlier, later in zip(field.cells, field.cells[1:], strict=False))


@given(templates(), st.data())
def test_fingerprint_is_of_the_geometry_not_the_wording(template: Template, data: st.DataObject) -> None:
    name = lay_out(template).card.fingerprint
    assert len(name) == 8 and int(name, 16) >= 0
    words = st.text("abc é", min_size=1, max_size=9)
    reworded = tuple(
        replace(
            spec,
            label=data.draw(words) if spec.label else "",
            help=data.draw(words),
            options=tuple(Option(option.value, data.draw(words)) for option in spec.options),
        )
        for spec in template.fields
    )
    texts = Texts(*(data.draw(words) for _ in fields(Texts)))
    assert lay_out(replace(template, fields=reworded, texts=texts, name="other")).card.fingerprint == name


@pytest.mark.parametrize("key", [key.name for key in fields(Geometry)])
def test_fingerprint_follows_what_moves(key: str, nomination: Template) -> None:
    moved = replace(nomination, geometry=replace(nomination.geometry, **{key: getattr(nomination.geometry, key) + 0.1}))
    one, other = lay_out(nomination).card, lay_out(moved).card
    same = replace(one, fingerprint="") == replace(other, fingerprint="")
    assert same == (key in ("footer", "title", "small"))
    assert (one.fingerprint == other.fingerprint) == same


def test_fingerprint_follows_what_is_asked(nomination: Template) -> None:
    first, *rest = nomination.fields
    names = {lay_out(nomination).card.fingerprint}
    for change in ({"name": "nominee"}, {"content": "place"}, {"boxes": 13}):
        changed = replace(nomination, fields=(replace(first, **change), *rest))
        names.add(lay_out(changed).card.fingerprint)
    assert len(names) == 4


def test_shipped_layouts_are_those_that_were_printed() -> None:
    """Cards are out there: a change of these is a new layout, and the old template has to stay readable."""
    printed = {name: lay_out(load_template(name)).card.fingerprint for name in template_names()}
    assert printed == {"nomination": "28656689", "pocket": "026620FC"}


def test_boxes_of_the_standard_card_are_large_and_apart(nomination: Template) -> None:
    card = lay_out(nomination).card
    assert 17.5 <= card.code.width <= 18.5
    for field in card.fields:
        assert all(cell.width >= 5.2 and cell.height >= 6.5 for cell in field.cells)
        assert all(b.x - a.x - a.width >= 1.0 - 1e-6 for a, b in zip(field.cells, field.cells[1:], strict=False))


@pytest.mark.parametrize(
    ("size", "per_sheet", "scale"),
    [("A5", 2, 1.0), ("A6", 4, 1.0), ("A4", 1, 1.0), ("A5", 1, 2**0.5), ("A6", 1, 2.0), ("A5", 4, 0.5**0.5)],
)
def test_scale_of_a_sheet(size: str, per_sheet: int, scale: float) -> None:
    assert sheet_scale(size, per_sheet) == pytest.approx(scale, rel=2e-3)


@pytest.mark.parametrize("size", ["A4", "A5", "A6"])
@pytest.mark.parametrize("per_sheet", [1, 2, 4])
def test_cards_share_a_sheet_of_a4(size: str, per_sheet: int) -> None:
    sheet = sheet_of(size, per_sheet)
    assert sorted((sheet.width, sheet.height)) == [210.0, 297.0]
    assert len(sheet.cards) == per_sheet
    assert all(b.x >= 0 and b.x + b.width <= sheet.width + 1e-6 for b in sheet.cards)
    assert all(b.y >= 0 and b.y + b.height <= sheet.height + 1e-6 for b in sheet.cards)
    assert not any(overlap(one, other) for one, other in combinations(sheet.cards, 2))
    ratios = {round(box.width / box.height, 6) for box in sheet.cards}
    assert len(ratios) == 1
