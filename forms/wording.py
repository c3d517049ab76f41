"""Sets the card's words in lines of type, and says which don't fit or can't be printed. Draws nothing."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from forms.fit import fixed_print, overlap
from forms.flow import Flow, PlacedField
from forms.layout import Box
from forms.organisation import Organisation
from forms.template import Geometry, Template
from forms.typeface import BOLD, REGULAR, SEMIBOLD, TITLE, missing_glyphs, text_width

INK = "#1E2D3A"
WARM = "#A8412A"
HEART = 3.4
"""Width of the heart before the scheme's name."""
_SIZES = tuple(1 - step / 40 for step in range(9))
"""Text is set up to a fifth smaller to make it fit."""
_LEADING = 1.2
_TITLE_LEADING = 1.1
_EDGE = 4.8
"""From the last line of print to the trim: office printers leave up to 4 mm white."""
_LONGEST_ADDRESS = 48
"""Characters; nobody types a longer web address from paper."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one font."""

    text: str
    font: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of type: its left end and baseline, from the card's top left corner."""

    x: float
    baseline: float
    size: float
    pieces: tuple[Piece, ...]
    colour: str = INK

    @property
    def width(self) -> float:
        """How far it reaches."""
        return pieces_width(self.pieces, self.size)


@dataclass(frozen=True, slots=True)
class Wording:
    """All words that the cards of a print run share."""

    lines: tuple[Line, ...]
    heart: tuple[float, float]
    """Centre of the heart."""
    faults: tuple[str, ...]


def set_words(template: Template, flow: Flow, organisation: Organisation | None = None, ward_name: str = "") -> Wording:
    """Set everything but the card number. Without an organisation: only what the template says itself."""
    header, heart, faults = _set_header(template, flow, organisation)
    lines = list(header)
    for placed in flow.placed:
        set_lines, found = _set_field(placed, template.geometry)
        lines += set_lines
        faults += found
    footer, found = _set_footer(template, flow, organisation)
    lines += footer
    faults += found
    if organisation and organisation.submit_url and template.texts.online:
        box = flow.online_label
        lines.append(_label(template.texts.online, Box(box.x, box.y, box.width, template.geometry.label)))
        if lines[-1].width > box.width:
            faults.append(f"texts: 'online' is {lines[-1].width:.0f} mm wide; there are {box.width:.0f} mm")
    faults += _collisions(lines, flow, bool(template.texts.online))
    if ward_name and not any(overlap(flow.ward, placed.area) for placed in flow.placed):
        lines.append(set_right(Piece(ward_name, REGULAR), flow.ward, template.geometry.small))
    return Wording(tuple(lines), heart, tuple(dict.fromkeys(faults + _unprintable(lines))))


def set_right(piece: Piece, box: Box, size: float) -> Line:
    """Set one line against the right edge of a box: smaller if it must be, then cut short."""
    text = piece.text
    size *= min(1.0, max(box.width / max(text_width(text, piece.font, size), 0.1), _SIZES[-1]))
    while text_width(text, piece.font, size) > box.width + 0.01:
        text = text.removesuffix("…")[:-1].rstrip() + "…"
    width = text_width(text, piece.font, size)
    return Line(box.x + box.width - width, box.y + box.height - 0.7, size, (Piece(text, piece.font),))


def pieces_width(pieces: Iterable[Piece], size: float) -> float:
    """Width of pieces set one after the other."""
    return sum(text_width(piece.text, piece.font, size) for piece in pieces)


def _collisions(lines: Iterable[Line], flow: Flow, with_online: bool) -> Iterator[str]:
    """Find lines that stand on a mark, a code or the number, or leave the card."""
    fixed = fixed_print(flow, with_online)
    for line in lines:
        extent = Box(line.x, line.baseline - 0.7 * line.size, line.width, 0.9 * line.size)
        text = "".join(piece.text for piece in line.pieces)
        for name, box in fixed.items():
            if overlap(extent, box):
                yield f"the text {text!r} stands on {name}"
        if extent.x + extent.width > flow.card.width - _EDGE:
            yield f"the text {text!r} runs off the card"


def _unprintable(lines: Iterable[Line]) -> list[str]:
    faults = []
    for line in lines:
        text = "".join(piece.text for piece in line.pieces)
        for missing in dict.fromkeys(c for piece in line.pieces for c in missing_glyphs(piece.text, piece.font)):
            name = unicodedata.name(missing, "unnamed")
            faults.append(f"{text!r}: the card's fonts have no {missing!r} (U+{ord(missing):04X}, {name.lower()})")
    return faults


def _set_header(
    template: Template, flow: Flow, organisation: Organisation | None
) -> tuple[list[Line], tuple[float, float], list[str]]:
    geometry, texts = template.geometry, template.texts
    left = geometry.mark_inset + geometry.mark + 3.0
    width, bottom = flow.card.code.x - 4.0 - left, geometry.header - 1.0
    if flow.card.number.x < left + width:
        bottom = min(bottom, flow.card.number.y)
    scheme, name = (organisation.scheme, organisation.name) if organisation else ("", "")
    lines: list[Line] = []
    heart = (left + HEART / 2, geometry.mark_inset + 1.3)
    for shrink in _SIZES:
        small, large = geometry.small * shrink, geometry.title * shrink
        indent = HEART + 0.9
        owners = _wrap([Piece(f"{scheme} · {name}" if scheme else name, SEMIBOLD)], small, width - indent)
        if len(owners) > 1 and scheme:
            owners = [row for text in (scheme, name) for row in _balance(Piece(text, SEMIBOLD), small, width - indent)]
        title = _balance(Piece(texts.title, TITLE), large, width)
        introduction = _wrap([Piece(texts.introduction, REGULAR)], small, width)
        y = geometry.mark_inset - 0.35
        lines, y = _stack(owners, left + indent, y, small, _LEADING, WARM)
        more, y = _stack(title, left, y + 0.5, large, _TITLE_LEADING, INK)
        lines += more
        more, y = _stack(introduction, left, y + 1.1, small, _LEADING, INK)
        lines += more
        widest = max((line.x + line.width for line in lines), default=0.0)
        if y <= bottom and widest <= left + width + 0.01:
            return lines, heart, []
    room = f"{width:.0f} x {bottom - geometry.mark_inset:.0f} mm"
    return lines, heart, [f"the header (scheme, name, title and introduction) does not fit into its {room}; shorten it"]


def _set_footer(template: Template, flow: Flow, organisation: Organisation | None) -> tuple[list[Line], list[str]]:
    geometry, card = template.geometry, flow.card
    left = geometry.mark_inset + geometry.mark + 3.0
    top, width, bottom = card.marks[2].y - 0.1, card.width - 2 * left, card.height - _EDGE
    pieces = [Piece(_sentence(text), font) for text, font in _footer_texts(template, organisation) if text]
    lines: list[Line] = []
    for shrink in _SIZES:
        size = geometry.small * shrink
        lines, y = _stack(_wrap(pieces, size, width), left, top, size, _LEADING, INK)
        if y <= bottom and all(line.width <= width + 0.01 for line in lines):
            return lines, []
    room = f"{width:.0f} x {bottom - top:.0f} mm"
    return lines, [
        f"the footer (where to post it, web address, privacy notice) does not fit into its {room}; shorten it"
    ]


def _footer_texts(template: Template, organisation: Organisation | None) -> Sequence[tuple[str, str]]:
    texts = template.texts
    if organisation is None:
        return (texts.post, BOLD), (texts.privacy, REGULAR)
    post = organisation.return_to or texts.post
    if organisation.return_to and not organisation.return_to.endswith("."):
        post = f"{texts.return_to} {organisation.return_to}"
    address = organisation.submit_url.partition("://")[2].rstrip("/")
    return (
        (post, BOLD),
        (f"{texts.web_address} {address}" if address and len(address) <= _LONGEST_ADDRESS else "", BOLD),
        (organisation.privacy_notice or texts.privacy, REGULAR),
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _set_field(placed: PlacedField, geometry: Geometry) -> tuple[list[Line], list[str]]:
    spec, label = placed.spec, placed.label
    lines, faults = [], []
    end = label.x
    if spec.label:
        lines.append(_label(spec.label, label))
        end += lines[-1].width
    if spec.help:
        lines.append(Line(end + 1.5, _label_baseline(label), geometry.small, (Piece(spec.help, REGULAR),)))
        end += 1.5 + lines[-1].width
    if end > label.x + label.width + 0.01:
        faults.append(
            f"field {spec.name}: label and help are {end - label.x:.1f} mm wide; there are {label.width:.1f} mm"
        )
    columns = spec.columns or max(1, len(spec.options))
    size = geometry.label * 0.68
    for option, choice in zip(placed.layout.options, spec.options, strict=True):
        box = option.box
        middle = box.y + box.height / 2
        lines.append(Line(box.x + box.width + 1.4, middle + size * 0.34, size, (Piece(choice.label, REGULAR),)))
        room = placed.area.width / columns - box.width - 2.0
        if lines[-1].width > room:
            faults.append(
                f"field {spec.name}: the label '{choice.label}' is {lines[-1].width:.1f} mm wide; "
                f"its column has {room:.1f} mm"
            )
    return lines, faults


def _label(text: str, box: Box) -> Line:
    return Line(box.x, _label_baseline(box), box.height * 0.75, (Piece(text, SEMIBOLD),))


def _label_baseline(box: Box) -> float:
    return box.y + box.height * 0.72


def _stack(
    rows: Sequence[tuple[Piece, ...]], x: float, top: float, size: float, leading: float, colour: str
) -> tuple[list[Line], float]:
    """Set rows one below the other; returns them and where they end."""
    lines = [Line(x, top + size * (0.95 + n * leading), size, row, colour) for n, row in enumerate(rows)]
    return lines, top + size * leading * len(rows)


def _wrap(pieces: Sequence[Piece], size: float, width: float) -> list[tuple[Piece, ...]]:
    """Break text into lines at blanks. A word wider than the line stands alone in one that is too wide."""
    words = [Piece(word, piece.font) for piece in pieces for word in piece.text.split()]
    rows: list[list[Piece]] = []
    for word in words:
        if rows and pieces_width(_joined([*rows[-1], word]), size) <= width:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_joined(row) for row in rows]


def _joined(words: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put words together with blanks, each font's run in one piece."""
    joined: list[Piece] = []
    for word in words:
        if joined and joined[-1].font == word.font:
            joined[-1] = Piece(f"{joined[-1].text} {word.text}", word.font)
        else:
            if joined:
                joined[-1] = Piece(f"{joined[-1].text} ", joined[-1].font)
            joined.append(word)
    return tuple(joined)


def _balance(text: Piece, size: float, width: float) -> list[tuple[Piece, ...]]:
    """Break text into as few lines as fit, of lengths as equal as they can be."""
    best = _wrap([text], size, width)
    for narrower in range(1, 20):
        rows = _wrap([text], size, width * (1 - narrower / 40))
        if len(rows) > len(best) or any(pieces_width(row, size) > width for row in rows):
            break
        best = rows
    return best
