"""Prints cards: draws the numbers, enters the run in the ledger, and only then hands the PDF out."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from django.db import transaction

from forms.flow import lay_out
from forms.numbers import new_token
from forms.organisation import Organisation, Ward
from forms.printing import PrintOrder, print_cards
from forms.template import Template
from forms.template_file import load_template
from forms.whole_file import whole_file
from pipeline.store.organisations import profile_of, ward_of
from pipeline.store.printing import TemplateText, record_run


class _TokenTakenError(Exception):
    """Another run in this ledger has the random token that was drawn."""


Then = Callable[[PrintOrder], None]
"""Does what belongs to a run's entry in the ledger, within its transaction: both are kept, or neither."""


def print_run(
    organisation: str,
    ward: str,
    template: str,
    per_sheet: int,
    count: int,
    out: Path,
    manifest: Path | None = None,
    then: Then = lambda order: None,
) -> PrintOrder:
    """Print `count` new cards to a PDF, for a ward or, with an empty one, for any; return what was printed.

    `template` is a shipped one's name or a file. The run stands in the ledger before the PDF is there. Raises
    UsageError for an organisation, ward or template that there isn't, and for what `print_cards` refuses.
    """
    profile = profile_of(organisation)
    chosen = ward_of(profile, ward) if ward else Ward("", "")
    loaded = load_template(template)
    while True:
        with suppress(_TokenTakenError):
            return _print_once(loaded, profile.organisation, chosen, per_sheet, count, out, manifest, then)


def _print_once(
    template: Template, organisation: Organisation, ward: Ward, per_sheet: int, count: int, out: Path,
    manifest: Path | None, then: Then,
) -> PrintOrder:  # fmt: skip
    """Print one run. Raises _TokenTakenError, with nothing written, when its random token turns out to be taken.

    The files are moved to their place only after the run is in the ledger, so that no card is about that isn't in it.
    """
    order = PrintOrder(template, organisation, ward.code, per_sheet, new_token(), count, ward_name=ward.name)
    layout = lay_out(template).card
    text = TemplateText(layout.fingerprint, layout.template, layout.version, template.source)
    with ExitStack() as stack:
        pdf = stack.enter_context(whole_file(out))
        listing = stack.enter_context(whole_file(manifest)) if manifest else None
        print_cards(order, pdf, listing)
        with transaction.atomic():
            if not record_run(organisation.code, order.token, count, text, ward=ward.code, per_sheet=per_sheet):
                raise _TokenTakenError
            then(order)
    return order
