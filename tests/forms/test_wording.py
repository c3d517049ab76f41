"""The card's words: whatever the profile says, they stand in the open, or the faults say why not."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from forms.fit import overlap
from forms.flow import lay_out
from forms.layout import Box
from forms.organisation import Organisation
from forms.template import Template
from forms.template_file import load_template
from forms.typeface import BOLD, REGULAR, SEMIBOLD, TITLE, missing_glyphs, text_width
from forms.wording import Line, Piece, Wording, set_right, set_words

TRUST = Organisation("RXW", "Riverside NHS Trust", "Leading with Compassion")
NAME = "Robert Jones and Agnes Hunt Orthopaedic Hospital NHS Foundation Trust"
NOTICE = "We keep this card for a year to thank the person you nominate and to learn from it. "
words = st.lists(st.sampled_from(["care", "Ward", "compassion", "Shrewsbury", "SY3", "NHS", "&"]), max_size=40).map(
    " ".join
)


def text_of(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


def extent(line: Line) -> Box:
    """From the top of the capitals to the baseline."""
    return Box(line.x, line.baseline - 0.65 * line.size, line.width, 0.65 * line.size)


def footer_of(wording: Wording, template: Template) -> str:
    floor = template.geometry.footer - 2.0
    return " ".join(text_of(line) for line in wording.lines if line.baseline > lay_out(template).card.height - floor)


@given(st.sampled_from(["nomination", "pocket"]), words, words, words, words, st.booleans(), words)
def test_words_stand_in_the_open(
    shipped: str, name: str, scheme: str, return_to: str, notice: str, online: bool, ward: str
) -> None:
    template = load_template(shipped)
    organisation = Organisation("RXW", name, scheme, return_to, notice, "https://example.org/f/1" if online else "")
    flow = lay_out(template)
    card = flow.card
    wording = set_words(template, flow, organisation, ward)
    event("with faults" if wording.faults else "without")
    if wording.faults:
        return
    spaces = [box for f in card.fields for box in (*f.cells, *f.lines, *(option.box for option in f.options))]
    fixed = [*card.marks, card.code, card.number, *([flow.online] if template.texts.online else [])]
    extents = [extent(line) for line in wording.lines]
    for box in extents:
        assert box.x > 5 and box.x + box.width < card.width - 5
        assert box.y > 5 and box.y + box.height < card.height - 5
        assert not any(overlap(box, other) for other in spaces + fixed)
    assert not any(overlap(one, other) for one, other in combinations(extents, 2))


def test_every_word_of_the_profile_is_printed(nomination: Template) -> None:
    organisation = replace(TRUST, name=NAME, privacy_notice=NOTICE * 3, return_to="Mytton Oak Road, Shrewsbury SY3 8XQ")
    wording = set_words(nomination, lay_out(nomination), organisation, "Maple Ward")
    assert wording.faults == ()
    printed = " ".join(text_of(line) for line in wording.lines).split()
    for text in (organisation.name, organisation.scheme, NOTICE, "Mytton Oak Road, Shrewsbury SY3 8XQ.", "Maple Ward"):
        assert all(word in printed for word in text.split())


def test_a_long_name_takes_a_line_of_its_own(nomination: Template) -> None:
    flow = lay_out(nomination)
    short = [text_of(line) for line in set_words(nomination, flow, TRUST).lines[:2]]
    assert short == ["Leading with Compassion · Riverside NHS Trust", "Tell us about someone"]
    long = [text_of(line) for line in set_words(nomination, flow, replace(TRUST, name=NAME)).lines[:3]]
    assert long == ["Leading with Compassion", NAME, "Tell us about someone"]


@pytest.mark.parametrize(
    ("return_to", "printed"),
    [
        ("", "Please post this card in a Leading with Compassion box."),
        ("the box at reception", "Please return this card to the box at reception."),
        ("Put it in the red box.", "Put it in the red box."),
    ],
)
def test_where_to_post_it(nomination: Template, return_to: str, printed: str) -> None:
    wording = set_words(nomination, lay_out(nomination), replace(TRUST, return_to=return_to))
    assert footer_of(wording, nomination).startswith(printed)


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("https://forms.office.com/e/Ab3dEf9hIj", "Or go online: forms.office.com/e/Ab3dEf9hIj."),
        ("https://example.org/", "Or go online: example.org."),
        ("https://example.org/" + "x" * 80, ""),
        ("", ""),
    ],
)
def test_web_address_is_printed_when_it_can_be_typed(nomination: Template, url: str, printed: str) -> None:
    footer = footer_of(set_words(nomination, lay_out(nomination), replace(TRUST, submit_url=url)), nomination)
    assert printed in footer
    assert ("Or go online" in footer) == bool(printed)


def test_one_line_is_made_smaller_then_cut_short() -> None:
    box = Box(10.0, 20.0, 38.0, 3.2)
    usual = set_right(Piece("RXW-7K3F9QZ-0012-H", BOLD), box, 2.9)
    assert (usual.size, usual.x + usual.width) == pytest.approx((2.9, 48.0))
    longest = set_right(Piece("R1LXYZ-7K3F9QZ-999999999-W", BOLD), box, 2.9)
    assert text_of(longest) == "R1LXYZ-7K3F9QZ-999999999-W"
    assert 2.3 < longest.size < 2.9
    cut = set_right(Piece("Ward " * 20, REGULAR), box, 2.3)
    assert text_of(cut).endswith("…")
    assert cut.width <= box.width + 0.01
    assert cut.x >= box.x - 0.01


@pytest.mark.parametrize("font", [REGULAR, SEMIBOLD, BOLD, TITLE])
def test_fonts_have_the_letters_of_the_languages_we_print(font: str) -> None:
    assert missing_glyphs("Llŷr Ŵyn Siân Niamh Ó Łukasz Żółć Győző Çelik Ångström ‘’“”–—… £€ · 0–9 & @", font) == []
    assert missing_glyphs("a☐b✓☐", font) == ["☐", "✓"]
    assert text_width("iii", font, 2.0) < text_width("WWW", font, 2.0)
