"""A card template: what is asked and how much room there is. `forms.template_file` reads it from TOML."""

from dataclasses import dataclass, field

KINDS = ("boxes", "lines", "choice")
CONTENTS = ("name", "place", "date", "contact", "story", "tick")
PAGE_SIZES = {"A4": (210.0, 297.0), "A5": (148.5, 210.0), "A6": (105.0, 148.5)}
"""Portrait, in millimetres; A5 and A6 as halves of a cut A4 sheet, half a millimetre wider than ISO's."""
PER_SHEET = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes of what is printed, in millimetres at scale 1. The defaults suit an A5 card."""

    margin: float = 9.8
    """From the trim's left and right edge to the writing."""
    mark: float = 8.0
    mark_inset: float = 8.0
    """From the trim to a corner mark's outer edge: printers cut off up to 6 mm."""
    code: float = 18.0
    header: float = 26.2
    """From the top trim to the first field."""
    box_width: float = 5.4
    box_height: float = 6.5
    box_gap: float = 1.1
    group_gap: float = 1.6
    """Extra room between the groups of a date."""
    line: float = 6.7
    tick: float = 4.3
    option: float = 5.2
    """Height of one row of tick boxes."""
    label: float = 3.6
    """Height of a field's label."""
    gap: float = 1.8
    """Between one field and the next."""
    footer: float = 16.4
    """From the last field to the bottom trim."""
    title: float = 4.6
    """Size of the title's type."""
    small: float = 2.3
    """Size of the small print's type, and of help."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One question, as the template states it."""

    name: str
    kind: str
    content: str
    label: str
    help: str = ""
    optional: bool = True
    boxes: int = 0
    groups: tuple[int, ...] = ()
    lines: int = 0
    options: tuple[Option, ...] = ()
    columns: int = 0
    multiple: bool = False
    beside: bool = False
    """Stands to the right of the field before, instead of below it."""
    width: float = 0.0
    """For lines and choices; 0 for all the room there is."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the card says besides its labels."""

    title: str
    introduction: str = ""
    online: str = ""
    """Caption of the web form's QR code; without it there is none, and no room is kept for it."""
    post: str = ""
    """Where to post a filled card, when the organisation's profile doesn't say."""
    return_to: str = ""
    """Stands before the place that the profile names, unless that is a sentence of its own."""
    web_address: str = ""
    """Stands before the web form's address."""
    privacy: str = ""
    """When the profile has no privacy notice."""


@dataclass(frozen=True, slots=True)
class Template:
    """A card template, checked."""

    name: str
    version: int
    language: str
    size: str
    per_sheet: tuple[int, ...]
    geometry: Geometry
    texts: Texts
    fields: tuple[FieldSpec, ...]
    source: str = field(repr=False, compare=False, default="")
    """The TOML text it was read from."""
