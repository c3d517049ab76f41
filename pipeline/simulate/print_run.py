"""Prints cards for an organisation and hands them out sheet by sheet, each with its part of the manifest."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forms.organisation import Profile
from forms.printing import PrintOrder, print_cards
from forms.template_file import load_template
from pipeline.simulate.pages import Sheet, printed_sheet

NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 7
RUN = 10
"""Cards in one print run; then the next ward prints."""


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet fresh from the printer, and its cards as the manifest has them."""

    sheet: Sheet
    cards: tuple[Mapping[str, Any], ...]


def printed_cards(
    profile: Profile,
    folder: Path,
    rng: np.random.Generator,
    template: str = "nomination",
    per_sheet: int = 2,
) -> Iterator[PrintedSheet]:
    """Sheets without end, ward after ward; PDF and manifest of the present run lie in `folder`.

    Run tokens come from `rng`, so that the same seed prints the same numbers.
    """
    wards = [ward.code for ward in profile.wards] or [""]
    layout = load_template(template)
    pdf, manifest = folder / "cards.pdf", folder / "cards.json"
    while True:
        token = "".join(NUMBER_ALPHABET[int(n)] for n in rng.integers(len(NUMBER_ALPHABET), size=NUMBER_LENGTH))
        ward = wards[int(rng.integers(len(wards)))]
        print_cards(PrintOrder(layout, profile.organisation, ward, per_sheet, token, RUN), pdf, manifest)
        for entry in json.loads(manifest.read_text(encoding="utf-8"))["pages"]:
            yield PrintedSheet(printed_sheet(pdf, entry["page"]), tuple(entry["cards"]))
