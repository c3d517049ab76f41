"""Keeps cards that another site read and sent as a file of readings."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from django.db import transaction
from django.utils import timezone

from pipeline.readings_file import RefusedCard, SentCard
from pipeline.records import Match, Outcome, Value
from pipeline.same_words import says_the_same
from pipeline.sources import card_source, nomination_id
from pipeline.store import models
from pipeline.store.database import lock, lock_all_cards
from pipeline.store.placing import add_nomination, let_speak, midnight, reading_row
from pipeline.store.storable import storable
from pipeline.store.submissions import ImportResult, imported_before
from pipeline.store.waiting import renew_waiting
from pipeline.submissions.records import RefusedRow

_CHUNK = 400


@transaction.atomic
def save_sent_cards(
    organisation: str,
    file: str,
    sha256: str,
    received: date,
    cards: Iterable[SentCard | RefusedCard],
    by: str = "",
) -> ImportResult:
    """Keep what another site read, all of the file or, when anything fails, nothing.

    `received` is the day that cards came in of which the file doesn't tell it. A card that was sent before and says
    the same changes nothing; one that says something else is a new reading of it. A card that was read here, or that
    yet another site sent, is the same card when the words agree, and otherwise the next copy of its number.
    """
    lock([f"import:{organisation}"])
    lock_all_cards()
    if before := imported_before(organisation, sha256, form=None):
        return before
    run = models.ImportRun.objects.create(
        organisation_id=organisation,
        form=None,
        file=storable(file),
        sha256=sha256,
        at=timezone.now(),
        by=by,
        result={},
    )
    keeper = _Keeper(organisation, received)
    keeper.result.run = run.pk
    stream = iter(cards)
    while chunk := list(islice(stream, _CHUNK)):
        keeper.keep(chunk)
    run.result = keeper.result.counts()
    run.save(update_fields=["result"])
    return keeper.result


class _Keeper:
    """Keeps the cards of one file."""

    def __init__(self, organisation: str, received: date) -> None:
        self.organisation = organisation
        self.received = received
        self.result = ImportResult()
        self._batches: dict[str, models.Batch] = {}
        self._position = 0
        self._claimed: dict[int, int] = {}
        """Copies, by primary key, that cards of this file are, and what the file calls each."""

    def keep(self, chunk: Sequence[SentCard | RefusedCard]) -> None:
        """Keep some cards: those of new numbers at one go, the others one by one."""
        self.result.rows += len(chunk)
        for row in chunk:
            if isinstance(row, RefusedCard):
                self.result.refused.append(RefusedRow(row.row, row.column, row.reason))
        told = [row for row in chunk if isinstance(row, SentCard) and self._is_ours(row)]
        known = set(models.Card.objects.filter(number__in={card.number for card in told}).values_list("number", "copy"))
        seen = {number for number, _ in known}
        fresh, others = [], []
        for card in told:
            if card.number in seen:
                others.append(card)
            else:
                fresh.append(card)
            # A second card of that number in this very chunk is compared with the first.
            seen.add(card.number)
        self._add([(card, card.copy) for card in fresh])
        for card in others:
            self._place(card)

    def _is_ours(self, card: SentCard) -> bool:
        if card.organisation == self.organisation:
            return True
        reason = f"it is a card of {card.organisation}, not of {self.organisation}"
        self.result.refused.append(RefusedRow(card.row, "organisation", reason))
        return False

    def _place(self, card: SentCard) -> None:
        """Find the copy that a card of a known number is: sent before, the same words, or a new copy."""
        copies = [
            copy
            for copy in models.Card.objects.filter(number=card.number)
            # Another copy of this file is another card: the other site compared their ink.
            if self._claimed.get(copy.pk, card.copy) == card.copy
        ]
        copies.sort(key=lambda copy: (copy.copy != card.copy, copy.copy))
        for copy in copies:
            before = self._sent_before(copy, card)
            if before is not None and (copy.copy == card.copy or says_the_same(_values(card), _run_values(before))):
                self._claimed[copy.pk] = card.copy
                self._read_again(before, card)
                return
        for copy in copies:
            speaker = copy.sightings.filter(current=True).first()
            if speaker is not None and says_the_same(_values(card), _run_values(speaker)):
                self._claimed[copy.pk] = card.copy
                self._add_sighting(copy, card)
                self.result.changed += 1
                return
        taken = set(models.Card.objects.filter(number=card.number).values_list("copy", flat=True))
        self._add([(card, card.copy if card.copy not in taken else max(taken) + 1)])

    def _sent_before(self, copy: models.Card, card: SentCard) -> models.Sighting | None:
        pages = {"page__batch": self._batch(card), "page__file": storable(card.file), "page__number": card.page}
        return copy.sightings.filter(**pages).order_by("-pk").first()

    def _read_again(self, sighting: models.Sighting, card: SentCard) -> None:
        run = sighting.runs.get(newest=True)
        before = [(row.field, row.value, row.confidence, row.status, row.engine) for row in run.readings.all()]
        now = [
            (row.field, row.value, row.confidence, row.status, row.engine)
            for row in (reading_row(run, position, field) for position, field in enumerate(card.fields))
        ]
        matches = _matches(card.nominee_staff, card.nominee_ward)
        if before == now and all(getattr(run, name) == value for name, value in matches.items()):
            self.result.unchanged += 1
            return
        models.ReadingRun.objects.filter(pk=run.pk).update(newest=False)
        sighting.filled = card.filled
        sighting.save(update_fields=["filled"])
        self._add_runs([(card, sighting)])
        let_speak(sighting.card)
        if card.filled:
            add_nomination(sighting.card, card.received or self.received)
        self.result.changed += 1

    def _add_sighting(self, copy: models.Card, card: SentCard) -> None:
        (sighting,) = self._add_sightings([(card, copy)], current=False)
        self._add_runs([(card, sighting)])
        let_speak(copy)
        if card.filled:
            add_nomination(copy, card.received or self.received)

    def _add(self, told: Sequence[tuple[SentCard, int]]) -> None:
        """Add cards that are new, with all that was read of them."""
        rows = models.Card.objects.bulk_create(
            [
                models.Card(number=card.number, copy=copy, organisation=card.organisation, ward=storable(card.ward))
                for card, copy in told
            ]
        )
        cards = [card for card, _ in told]
        self._claimed.update((row.pk, card.copy) for row, card in zip(rows, cards, strict=True))
        sightings = self._add_sightings(list(zip(cards, rows, strict=True)), current=True)
        self._add_runs(list(zip(cards, sightings, strict=True)))
        renew_waiting(row.pk for row in rows)
        models.NominationSource.objects.bulk_create(
            [
                models.NominationSource(
                    organisation=card.organisation,
                    source=(name := card_source(row.number, row.copy)),
                    key=name,
                    own_id=nomination_id(name),
                    nomination=nomination_id(name),
                    received_at=midnight(card.received or self.received),
                    card=row,
                )
                for card, row in zip(cards, rows, strict=True)
                if card.filled
            ]
        )
        self.result.new += len(told)

    def _add_sightings(self, told: Sequence[tuple[SentCard, models.Card]], *, current: bool) -> list[models.Sighting]:
        pages = self._pages([card for card, _ in told])
        places: dict[int, int] = {}
        sightings = []
        for card, row in told:
            page = pages[card.batch, card.file, card.page]
            if page.pk not in places:
                places[page.pk] = page.sightings.count()
            place = places[page.pk]
            places[page.pk] += 1
            sightings.append(
                models.Sighting(card=row, page=page, place=place, filled=card.filled, ink=b"", current=current)
            )
        return models.Sighting.objects.bulk_create(sightings)

    def _pages(self, cards: Sequence[SentCard]) -> dict[tuple[str, str, int], models.Page]:
        """Return a page for each card, by the other site's batch, file and page number; none of them has an image."""
        wanted = {(card.batch, card.file, card.page): card for card in cards}
        batches = {self._batch(card).pk: card.batch for card in cards}
        found = {
            (batches[page.batch_id], page.file, page.number): page
            for page in models.Page.objects.filter(batch__in=batches, file__in={storable(card.file) for card in cards})
        }
        missing = [card for key, card in wanted.items() if (key[0], storable(key[1]), key[2]) not in found]
        made = models.Page.objects.bulk_create([self._page(card) for card in missing])
        for card, page in zip(missing, made, strict=True):
            found[card.batch, storable(card.file), card.page] = page
        return {key: found[key[0], storable(key[1]), key[2]] for key in wanted}

    def _page(self, card: SentCard) -> models.Page:
        self._position += 1
        return models.Page(
            batch=self._batch(card),
            position=self._position,
            file=storable(card.file),
            number=card.page,
            received=card.received or self.received,
            outcome=Outcome.CARDS.value,
            created=timezone.now(),
        )

    def _batch(self, card: SentCard) -> models.Batch:
        """Return the batch that stands for the other site's, one for each organisation."""
        if card.batch not in self._batches:
            name = storable(card.batch)
            key = hashlib.sha256(f"sent:{self.organisation}:{name}".encode()).hexdigest()
            now = timezone.now()
            self._batches[card.batch], _ = models.Batch.objects.get_or_create(
                paths_key=key,
                defaults={"id": f"sent-{key[:16]}", "origin": name or "sent", "created": now, "finished_at": now},
            )
        return self._batches[card.batch]

    def _add_runs(self, told: Sequence[tuple[SentCard, models.Sighting]]) -> None:
        now = timezone.now()
        runs = models.ReadingRun.objects.bulk_create(
            [
                models.ReadingRun(
                    sighting=sighting,
                    created=now,
                    filled=card.filled,
                    corners_px=[list(corner) for corner in card.corners_px],
                    alignment_by=storable(card.alignment_by),
                    residual_mm=card.residual_mm,
                    page_from_card=[],
                    px_per_mm=0.0,
                    **_matches(card.nominee_staff, card.nominee_ward),
                )
                for card, sighting in told
            ]
        )
        models.Reading.objects.bulk_create(
            [
                reading_row(run, position, field)
                for run, (card, _) in zip(runs, told, strict=True)
                for position, field in enumerate(card.fields)
            ],
            batch_size=1000,
        )


def _matches(staff: Match, ward: Match) -> dict[str, str | float]:
    return {
        "nominee_staff": storable(staff.value),
        "nominee_staff_confidence": staff.confidence,
        "nominee_ward": storable(ward.value),
        "nominee_ward_confidence": ward.confidence,
    }


def _values(card: SentCard) -> dict[str, Value]:
    return {field.name: field.value for field in card.fields}


def _run_values(sighting: models.Sighting) -> dict[str, Value]:
    rows = models.Reading.objects.filter(run__sighting=sighting, run__newest=True).values_list("field", "value")
    return {field: value if isinstance(value, str) else tuple(value) for field, value in rows}
