"""Templates, an organisation, and print runs looked at as pictures."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from forms.organisation import Organisation
from forms.printing import PrintOrder, print_cards
from forms.template import Template
from forms.template_file import load_template

DPI = 200
MM = DPI / 25.4
"""Pixels a millimetre."""


@dataclass(frozen=True)
class Printed:
    """A print run on disk."""

    order: PrintOrder
    pdf: Path
    manifest: dict[str, Any]

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        """Yield each page as RGB."""
        with pypdfium2.PdfDocument(self.pdf) as document:
            for page in document:
                yield page.render(scale=DPI / 72, rev_byteorder=True).to_numpy()[:, :, :3].copy()


@pytest.fixture(scope="session")
def nomination() -> Template:
    return load_template("nomination")


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return Organisation("RXW", "Riverside NHS Trust", "Leading with Compassion", submit_url="https://example.org/f/1")


@pytest.fixture
def make_order(nomination: Template, organisation: Organisation) -> Callable[..., PrintOrder]:
    def make(**changes: Any) -> PrintOrder:
        usual = {"template": nomination, "organisation": organisation, "ward": "W21", "per_sheet": 2}
        return PrintOrder(**usual | {"token": "7K3F9QZ", "count": 3} | changes)

    return make


@pytest.fixture
def print_run(tmp_path: Path, make_order: Callable[..., PrintOrder]) -> Callable[..., Printed]:
    def run(**changes: Any) -> Printed:
        order = make_order(**changes)
        pdf, manifest = tmp_path / "cards.pdf", tmp_path / "cards.json"
        print_cards(order, pdf, manifest)
        return Printed(order, pdf, json.loads(manifest.read_text(encoding="utf-8")))

    return run
