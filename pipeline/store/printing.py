"""Keeps the ledger of print runs and the templates they were printed from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from forms.numbers import CardNumber, parse_number, run_numbers
from pipeline.store import models


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template, as its TOML file says it."""

    fingerprint: str
    name: str
    version: int
    toml: str


@dataclass(frozen=True, slots=True)
class PrintRun:
    """One print run; the numbers of its cards follow from it."""

    organisation: str
    token: str
    count: int
    ward: str
    template: str
    fingerprint: str
    per_sheet: int
    printed_at: datetime
    first: int = 1

    def numbers(self) -> Iterator[CardNumber]:
        """Yield the numbers of the run's cards."""
        return run_numbers(self.organisation, self.token, self.count, self.first)


def record_run(
    organisation: str,
    token: str,
    count: int,
    template: TemplateText,
    *,
    ward: str = "",
    per_sheet: int = 2,
    first: int = 1,
) -> bool:
    """Enter a print run in the ledger, before its cards are handed out.

    False, with nothing entered, when the token was given to another run already: draw another. The
    organisation must have been loaded.
    """
    try:
        with transaction.atomic():
            save_template(template)
            models.PrintRun.objects.create(
                organisation_id=organisation,
                token=token,
                first=first,
                count=count,
                ward=ward,
                template_id=template.fingerprint,
                per_sheet=per_sheet,
                printed_at=timezone.now(),
            )
    except IntegrityError:
        if models.PrintRun.objects.filter(token=token).exists():
            return False
        raise
    return True


def save_template(template: TemplateText) -> None:
    """Keep a template, so that cards printed from it can be read here."""
    models.TemplateSource.objects.update_or_create(
        fingerprint=template.fingerprint,
        defaults={"name": template.name, "version": template.version, "toml": template.toml},
    )


def kept_templates() -> list[TemplateText]:
    """Return every template that was kept."""
    rows = models.TemplateSource.objects.order_by("name", "version", "fingerprint")
    return [TemplateText(row.fingerprint, row.name, row.version, row.toml) for row in rows]


def kept_template(fingerprint: str) -> TemplateText | None:
    """Return the template of a fingerprint; None when none was kept."""
    row = models.TemplateSource.objects.filter(fingerprint=fingerprint).first()
    return TemplateText(row.fingerprint, row.name, row.version, row.toml) if row else None


def run_of(number: str) -> PrintRun | None:
    """Return the print run that this card came from; None when it wasn't minted here."""
    card = parse_number(number)
    if card is None:
        return None
    row = (
        models.PrintRun.objects.filter(token=card.token, organisation=card.organisation)
        .select_related("template")
        .first()
    )
    if row is None or not row.first <= card.index < row.first + row.count:
        return None
    return _record(row)


def minted_here(number: str) -> bool:
    """Whether this store's ledger has a card of that number."""
    return run_of(number) is not None


def print_runs(organisation: str, ward: str | None = None) -> list[PrintRun]:
    """Return an organisation's print runs, or one ward's, the newest first."""
    rows = models.PrintRun.objects.filter(organisation=organisation).select_related("template")
    if ward is not None:
        rows = rows.filter(ward=ward)
    return [_record(row) for row in rows.order_by("-printed_at", "-pk")]


def _record(row: models.PrintRun) -> PrintRun:
    return PrintRun(
        organisation=row.organisation_id,
        token=row.token,
        count=row.count,
        ward=row.ward,
        template=row.template.name,
        fingerprint=row.template_id,
        per_sheet=row.per_sheet,
        printed_at=row.printed_at,
        first=row.first,
    )
