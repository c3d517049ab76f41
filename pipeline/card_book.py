"""The cards that can be read: each known layout and what it looks like with nothing written on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import pypdfium2

from forms.flow import lay_out
from forms.layout import CardLayout
from forms.organisation import Organisation
from forms.printing import empty_card
from forms.template import Template
from forms.template_file import load_template, parse_template, template_names
from pipeline.records import CARD_PX_PER_MM, Image

# The head and foot differ by organisation; what reading compares against is what all cards of a template share.
_NOBODY = Organisation(code="XXX", name=" ", scheme="", return_to=" ", privacy_notice=" ", submit_url="")


@dataclass(frozen=True, slots=True)
class KnownCard:
    """One layout that cards may have been printed with."""

    template: Template
    layout: CardLayout


class CardBook:
    """Finds layouts by the fingerprint in a card's code."""

    def __init__(self, sources: Iterable[str] = ()) -> None:
        """`sources`: the TOML texts of further templates; the shipped ones are always known."""
        templates = [load_template(name) for name in template_names()]
        templates += [parse_template(source) for source in sources]
        self._cards = {}
        for template in templates:
            layout = lay_out(template).card
            self._cards[layout.fingerprint] = KnownCard(template, layout)

    def cards(self) -> Iterable[KnownCard]:
        """All known layouts."""
        return self._cards.values()

    def find(self, fingerprint: str) -> KnownCard | None:
        """Return the layout of that fingerprint, if it is known."""
        return self._cards.get(fingerprint)


@lru_cache(maxsize=8)
def empty_picture(template: Template) -> Image:
    """Picture an unwritten card of a template at `CARD_PX_PER_MM`, grey; code and number are left out."""
    document = pypdfium2.PdfDocument(empty_card(template, _NOBODY))
    try:
        # Rendered twice as fine and brought down: pdfium rounds the picture's size up and stretches the page over it.
        bitmap = document[0].render(scale=2 * CARD_PX_PER_MM * 25.4 / 72, grayscale=True)
        picture = bitmap.to_numpy().reshape(bitmap.height, bitmap.width)
        layout = lay_out(template).card
        size = (round(layout.width * CARD_PX_PER_MM), round(layout.height * CARD_PX_PER_MM))
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    finally:
        document.close()
