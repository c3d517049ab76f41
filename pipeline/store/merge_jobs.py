"""Asks for a merge in the background, and tells how far it is."""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pipeline.store import models
from pipeline.store.database import lock

_STATES = models.Job.State


def ask_for_merge(organisation: str, by: str) -> models.Job:
    """Let a worker merge an organisation. Where one waits for that already, it is the same one."""
    with transaction.atomic():
        lock([f"merge job:{organisation}"])
        waiting = _jobs(organisation).filter(state=_STATES.WAITING).first()
        return waiting or models.Job.objects.create(
            kind=models.Job.Kind.MERGE,
            organisation=organisation,
            by=by,
            at=timezone.now(),
            folder=uuid.uuid4().hex,
        )


def merge_job(organisation: str) -> models.Job | None:
    """Return the merge of an organisation that was asked for last."""
    return _jobs(organisation).order_by("-pk").first()


def is_under_way(job: models.Job) -> bool:
    """Whether a merge waits or runs."""
    return job.state in (_STATES.WAITING, _STATES.RUNNING)


def _jobs(organisation: str) -> QuerySet[models.Job]:
    return models.Job.objects.filter(organisation=organisation, kind=models.Job.Kind.MERGE)
