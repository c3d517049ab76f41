"""Whose a page is: of the organisation whose card is on it, and of the one whose scans it came with."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from pipeline.store import models

ELSEWHERE = "among another organisation's scans"
"""Stands for the batch and the file of a page that isn't an organisation's own: how others name theirs isn't told."""


def own_pages(organisation: str) -> QuerySet[models.Page]:
    """Return the pages that people of an organisation may know of: those with a card of theirs, and those of their
    batches.

    A batch of which nobody said whose it is belongs to the only organisation there is, and to none where there are
    several. Pages of batches that another site sent have no picture and are left out.
    """
    card_on_it = models.Sighting.objects.filter(page=OuterRef("pk"), card__organisation=organisation)
    return models.Page.objects.filter(Exists(card_on_it) | own_batches(organisation), batch__origin="")


def own_batches(organisation: str) -> Q:
    """Return the condition on a page that its batch is an organisation's."""
    condition = Q(batch__organisation=organisation)
    if is_only_organisation(organisation):
        condition |= Q(batch__organisation="")
    return condition


def is_only_organisation(organisation: str) -> bool:
    """Whether no other organisation was ever loaded."""
    return set(models.Organisation.objects.values_list("code", flat=True)) == {organisation}


def owns_batch(organisation: str, page: models.Page) -> bool:
    """Whether a page came with an organisation's own scans, and not only has a card of theirs on it."""
    whose = page.batch.organisation
    return whose == organisation or (not whose and is_only_organisation(organisation))


def may_name(organisation: str, page: models.Page) -> bool:
    """Whether an organisation may know the batch and the file of a page on which a card of theirs is.

    Readings of another site were imported for one organisation alone.
    """
    return bool(page.batch.origin) or owns_batch(organisation, page)


def shown_file(organisation: str, page: models.Page) -> str:
    """Return a page's file as an organisation may know it."""
    return page.file if may_name(organisation, page) else ELSEWHERE


def page_of(organisation: str, key: int) -> models.Page | None:
    """Return an organisation's page by its primary key; None when there is none that is theirs."""
    return own_pages(organisation).select_related("batch").filter(pk=key).first()
