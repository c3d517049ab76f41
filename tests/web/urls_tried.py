"""The arguments with which every URL is tried by everybody who may not see it."""

from collections.abc import Callable
from typing import Any

Value = int | str | Callable[[], int | str]
"""An argument, or what looks it up in the sample home: something that is RXW's."""


def rxw_exception() -> int:
    from tests.web.exceptions import an_exception

    return an_exception()


def rxw_person() -> int:
    from tests.web.site import make_person

    return int(make_person("ward", "RXW", name="only.rxw").pk)


def rxw_batch() -> str:
    from pipeline.store import models

    return models.Batch.objects.filter(organisation="RXW").latest("created").pk


def rxw_page() -> int:
    from pipeline.store import models

    return models.Page.objects.filter(batch=rxw_batch(), outcome="cards").earliest("pk").pk


def rxw_job() -> int:
    from django.utils import timezone

    from pipeline.store import models

    given = {"kind": "read", "by": "Ann", "at": timezone.now(), "state": "failed"}
    return models.Job.objects.get_or_create(organisation="RXW", folder="0" * 32, defaults=given)[0].pk


def rxw_upload() -> str:
    from pipeline.store.import_uploads import keep_upload

    return keep_upload(
        "RXW", "Ann", "export.csv", [b"Nominee's name,What did they do?\nSue Smith,She sat with me.\n"]
    ).token


def rxw_readings() -> str:
    from pipeline.store.import_uploads import keep_upload

    return keep_upload("RXW", "Ann", "readings.json", [b"[{}]"]).token


def rxw_import() -> int:
    from pipeline.store import models

    return models.ImportRun.objects.filter(organisation="RXW", form__isnull=False).latest("pk").pk


def rxw_form() -> int:
    from pipeline.store import models

    return models.Form.objects.filter(organisation="RXW").latest("pk").pk


def rxw_merge() -> int:
    from pipeline.store import models

    return models.MergePart.objects.filter(organisation="RXW").latest("pk").run_id


def rxw_source(place: int) -> int:
    from pipeline.store import models

    return models.NominationSource.objects.filter(organisation="RXW", submission__isnull=False).order_by("pk")[place].pk


def rxw_card() -> int:
    from pipeline.store import models

    return int(models.Card.objects.filter(organisation="RXW").order_by("pk")[0].pk)


def rxw_nomination() -> str:
    from pipeline.store import models

    return str(models.NominationSource.objects.filter(organisation="RXW", card__isnull=False)[0].nomination)


def rxw_card_number() -> str:
    from pipeline.store import models

    return str(models.NominationSource.objects.filter(organisation="RXW", card__isnull=False)[0].card.number)


SAMPLES: dict[str, dict[str, Value]] = {
    "start": {},
    "people:start": {},
    "people:add": {},
    "people:edit": {"pk": rxw_person},
    "people:link": {"pk": rxw_person},
    "people:log": {},
    "importing:start": {},
    "importing:mapping": {"token": rxw_upload},
    "importing:readings": {"token": rxw_readings},
    "importing:discard": {"token": rxw_upload},
    "importing:run": {"pk": rxw_import},
    "importing:refused": {"pk": rxw_import},
    "importing:form": {"pk": rxw_form},
    "importing:sites": {},
    "importing:submission": {"pk": lambda: rxw_source(0)},
    "merging:start": {},
    "merging:run": {},
    "merging:progress": {},
    "merging:merge": {"run": rxw_merge},
    "merging:undo": {"run": rxw_merge},
    "merging:questions": {},
    "merging:question": {"one": lambda: rxw_source(0), "other": lambda: rxw_source(1)},
    "merging:picture": {"one": lambda: rxw_source(0), "other": lambda: rxw_source(1), "side": 1},
    "printing:start": {},
    "register:start": {},
    "register:export": {},
    "register:nomination": {"nomination": rxw_nomination},
    "register:change": {"nomination": rxw_nomination, "field": "action"},
    "register:withdraw": {"nomination": rxw_nomination},
    "register:picture": {"nomination": rxw_nomination, "card": rxw_card_number, "copy": 1},
    "scanning:start": {},
    "scanning:upload": {},
    "scanning:job": {"pk": rxw_job},
    "scanning:progress": {"pk": rxw_job},
    "scanning:again": {"pk": rxw_job},
    "scanning:give-up": {"pk": rxw_job},
    "scanning:unclaimed": {},
    "scanning:batch": {"batch": rxw_batch},
    "scanning:close": {"batch": rxw_batch},
    "scanning:open": {"batch": rxw_batch},
    "scanning:pages": {"batch": rxw_batch, "outcome": "cards"},
    "scanning:page": {"pk": rxw_page},
    "scanning:picture": {"pk": rxw_page},
    "scanning:small": {"pk": rxw_page},
    "reviewing:start": {},
    "reviewing:next": {},
    "reviewing:decide": {"card": rxw_card, "field": "action"},
    "reviewing:back": {},
    "reviewing:keep": {},
    "reviewing:leave": {},
    "reviewing:suggest": {"card": rxw_card, "field": "nominee_last_name"},
    "reviewing:crop": {"card": rxw_card, "field": "action"},
    "reviewing:around": {"card": rxw_card, "field": "action"},
    "reviewing:card": {"card": rxw_card},
    "reviewing:grid": {},
    "reviewing:accept": {},
    "reviewing:grid-crop": {"card": rxw_card, "field": "action"},
    "reviewing:answers": {},
    "reviewing:decide-answer": {},
    "placing:start": {},
    "placing:number": {},
    "placing:page": {"pk": rxw_exception},
    "placing:aside": {"pk": rxw_exception},
    "placing:state": {"pk": rxw_exception},
    "placing:picture": {"pk": rxw_exception, "turn": 90},
    "placing:printed-number": {"pk": rxw_exception},
}
"""By the URL's name; the organisation is given besides."""


def arguments_of(name: str, organisation: str) -> dict[str, Any]:
    """Return the arguments of a URL, looked up."""
    found = {key: value() if callable(value) else value for key, value in SAMPLES[name].items()}
    return {"organisation": organisation, **found}
