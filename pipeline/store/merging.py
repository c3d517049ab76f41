"""Merges what is in the store, keeps what came of it, and takes it back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from forms.errors import UsageError
from pipeline.merge import TOGETHER, Decided, Link, Merged, merge
from pipeline.merge.match import Weights
from pipeline.statement import People, Statement
from pipeline.store import models
from pipeline.store.database import merging, plainly
from pipeline.store.merge_weights import present_weights
from pipeline.store.setup import store_home
from pipeline.store.statements import people_of, statements_of

_CHUNK = 500
_LINK_STATES = models.Link.State


@dataclass(slots=True)
class MergeResult:
    """What a merge did."""

    new: int = 0
    """Nominations that are new."""
    joined: int = 0
    """Sources and nominations that went into another nomination."""
    split: int = 0
    """Nominations that came out of another one."""
    unchanged: int = 0
    """Nominations that are as they were."""
    contradictions: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of sources whose decisions newer ones contradict."""

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {"new": self.new, "joined": self.joined, "split": self.split, "unchanged": self.unchanged}

    def add(self, other: "MergeResult") -> None:
        """Count what another one counted, too."""
        self.new += other.new
        self.joined += other.joined
        self.split += other.split
        self.unchanged += other.unchanged
        self.contradictions += other.contradictions


def run_merge(organisation: str, by: str) -> MergeResult:
    """Merge one organisation's sources by the present weights, for whoever asked for it."""
    return merge_store([organisation], present_weights(), by=by)


def merge_store(
    organisations: Sequence[str],
    weights: Weights | None = None,
    done: Callable[[int], None] = lambda count: None,
    by: str = "",
) -> MergeResult:
    """Merge the sources of some organisations, each in a transaction of its own; tell `done` how many are merged.

    Stopped at any moment, the next merge comes to the same. A merge that changes nothing leaves no trace. One merge
    runs at a time: another waits.
    """
    result = MergeResult()
    with merging(store_home()):
        run = models.MergeRun(
            at=timezone.now(), organisation=organisations[0] if len(organisations) == 1 else "", by=by, result={}
        )
        for codes, statements in _batches(organisations):
            people: dict[str, People] = {code: people_of(code) for code in codes}
            merged = merge(statements, people, [said for code in codes for said in _pair_decisions(code)], weights)
            for code in codes:
                _keep(run, code, _part(merged, code), result)
            done(len(codes))
    return result


def _batches(organisations: Sequence[str]) -> Iterator[tuple[list[str], list[Statement]]]:
    codes: list[str] = []
    statements: list[Statement] = []
    for code in organisations:
        codes.append(code)
        statements += statements_of(code)
        if len(statements) >= TOGETHER:
            yield codes, statements
            codes, statements = [], []
    if codes:
        yield codes, statements


def _pair_decisions(organisation: str) -> Iterator[Decided]:
    """Yield what people said of two sources, by keys, oldest first; only the newest word on each pair."""
    kinds = models.Decision.Kind
    rows = models.Decision.objects.filter(organisation=organisation, kind__in=(kinds.SAME, kinds.APART))
    newest: dict[tuple[str, str], str] = {}
    for one, other, kind in rows.order_by("pk").values_list("source", "other_source", "kind"):
        newest.pop((one, other), None)
        newest[one, other] = kind
    names = {name for pair in newest for name in pair}
    sources = models.NominationSource.objects.filter(organisation=organisation, source__in=names)
    keys = dict(sources.values_list("source", "key"))
    for (one, other), kind in newest.items():
        if one in keys and other in keys:
            yield Decided(keys[one], keys[other], kind == kinds.SAME.value)


def _part(merged: Merged, organisation: str) -> Merged:
    """Return what a merge found of one of its organisations."""

    def links(all_links: Sequence[Link]) -> tuple[Link, ...]:
        return tuple(link for link in all_links if link.one.organisation == organisation)

    groups = tuple(members for members in merged.groups if members[0].organisation == organisation)
    keys = {said.key for members in groups for said in members}
    contradictions = tuple(pair for pair in merged.contradictions if pair[0] in keys)
    return Merged(groups, links(merged.joined), links(merged.questions), contradictions)


@transaction.atomic
def _keep(run: models.MergeRun, organisation: str, merged: Merged, total: MergeResult) -> None:
    """Keep what was found of one organisation; the run itself only when anything is other than it was."""
    first = run.pk is None
    if first:
        run.save()
    result = MergeResult()
    sources = {
        row.key: row for row in models.NominationSource.objects.filter(organisation=organisation).iterator(_CHUNK)
    }
    members_before: dict[str, int] = {}
    for row in sources.values():
        members_before[row.nomination] = members_before.get(row.nomination, 0) + 1
    moved, fresh = [], []
    for members in merged.groups:
        rows = [sources[said.key] for said in members]
        _count(rows, members_before, result)
        fresh += [row.pk for row in rows if row.merged_in_id is None]
        for row in rows:
            if row.nomination != rows[0].own_id:
                moved.append(models.MergeMove(run=run, source=row, before=row.nomination, after=rows[0].own_id))
                row.nomination = rows[0].own_id
    models.MergeMove.objects.bulk_create(moved, batch_size=_CHUNK)
    models.NominationSource.objects.bulk_update([move.source for move in moved], ["nomination"], batch_size=_CHUNK)
    for start in range(0, len(fresh), _CHUNK):
        models.NominationSource.objects.filter(pk__in=fresh[start : start + _CHUNK]).update(merged_in=run)
    for one, other in merged.contradictions:
        result.contradictions.append((sources[one].source, sources[other].source))
    links_changed = _keep_links(run, organisation, merged, sources)
    total.add(result)
    if moved or fresh or links_changed:
        models.MergePart.objects.create(run=run, organisation=organisation, result=result.counts())
        run.result = total.counts()
        run.save(update_fields=["result"])
    elif first:
        run.delete()


def _count(rows: Sequence[models.NominationSource], members_before: dict[str, int], result: MergeResult) -> None:
    old = [row for row in rows if row.merged_in_id is not None]
    before = {row.nomination for row in old}
    if not before:
        result.new += 1
        result.joined += len(rows) - 1
        return
    result.joined += len(rows) - len(old) + len(before) - 1
    if len(rows) == len(old) and len(before) == 1:
        if members_before[old[0].nomination] == len(rows):
            result.unchanged += 1
        elif rows[0].own_id != old[0].nomination:
            result.split += 1


def _keep_links(
    run: models.MergeRun, organisation: str, merged: Merged, sources: dict[str, models.NominationSource]
) -> bool:
    """Keep the links that hold now, end those that don't; what stays the same is left as it is."""
    now: dict[tuple[int, int], dict[str, Any]] = {}
    for state, links in ((_LINK_STATES.JOINED, merged.joined), (_LINK_STATES.ASKED, merged.questions)):
        for link in links:
            now[sources[link.one.key].pk, sources[link.other.key].pk] = {
                "state": state.value,
                "weight": link.weight,
                "probability": link.probability,
                "reasons": list(link.reasons),
            }
    ended = []
    for row in models.Link.objects.filter(organisation=organisation, until=None).iterator(_CHUNK):
        told = now.get((row.one_id, row.other_id))
        if told is not None and all(getattr(row, name) == value for name, value in told.items()):
            del now[row.one_id, row.other_id]
        else:
            ended.append(row.pk)
    for start in range(0, len(ended), _CHUNK):
        models.Link.objects.filter(pk__in=ended[start : start + _CHUNK]).update(until=run)
    models.Link.objects.bulk_create(
        [
            models.Link(organisation=organisation, one_id=one, other_id=other, since=run, **told)
            for (one, other), told in now.items()
        ],
        batch_size=_CHUNK,
    )
    return bool(ended or now)


@dataclass(frozen=True, slots=True)
class Question:
    """Two sources of which a person is asked whether they are one nomination."""

    organisation: str
    sources: tuple[str, str]
    probability: float
    reasons: tuple[str, ...]


def open_questions(organisations: Sequence[str]) -> list[Question]:
    """Return what people are asked, the likeliest first; what was decided since the last merge is left out."""
    kinds = models.Decision.Kind
    decided = set(
        models.Decision.objects.filter(organisation__in=organisations, kind__in=(kinds.SAME, kinds.APART)).values_list(
            "organisation", "source", "other_source"
        )
    )
    rows = models.Link.objects.filter(organisation__in=organisations, until=None, state=_LINK_STATES.ASKED)
    # By keys, not by when they were asked, so that the order of imports and merges doesn't count.
    in_order = rows.order_by("organisation", "-probability", plainly("one__key"), plainly("other__key"))
    told = in_order.values_list("organisation", "one__source", "other__source", "probability", "reasons")
    return [
        Question(code, (one, other), round(probability, 4), tuple(reasons))
        for code, one, other, probability, reasons in told
        if (code, *sorted((one, other))) not in decided
    ]


@dataclass(frozen=True, slots=True)
class Undone:
    """A merge that was taken back."""

    at: str
    """When it ran, ISO."""
    moved_back: int
    waiting: int
    """Sources that wait again for a merge to take them in."""


def undo_merge() -> Undone:
    """Take back the last merge that changed anything. Raises UsageError when there is none.

    Decisions stay, so that the next merge follows them again.
    """
    with merging(store_home()), transaction.atomic():
        standing = models.MergePart.objects.filter(undone_at=None).select_related("run")
        last = standing.order_by("-run").first()
        if last is None:
            raise UsageError("There is no merge to take back.")
        parts = [_undo(part, "") for part in standing.filter(run=last.run)]
    return Undone(parts[0].at, sum(part.moved_back for part in parts), sum(part.waiting for part in parts))


def undo_merge_of(organisation: str, run: int, by: str, then: Callable[[Undone], None] = lambda undone: None) -> Undone:
    """Take back what a merge changed of one organisation, which must be the last that changed anything of it.

    Whatever else that merge did stays: sources, links and ids of two organisations have nothing to do with each
    other. `then` is called within the transaction: one around this would hold the database while it waits for a merge
    that itself waits for the database. Raises UsageError when it isn't the last, such as when another has run
    meanwhile.
    """
    with merging(store_home()), transaction.atomic():
        part = last_part(organisation)
        if part is None or part.run_id != run:
            raise UsageError("This is not the last merge any more, so it can't be taken back. See what ran since.")
        undone = _undo(part, by)
        then(undone)
        return undone


def last_part(organisation: str) -> models.MergePart | None:
    """Return the last merge of an organisation that changed anything and still stands."""
    parts = models.MergePart.objects.filter(organisation=organisation, undone_at=None)
    return parts.select_related("run").order_by("-run").first()


def _undo(part: models.MergePart, by: str) -> Undone:
    run, code = part.run, part.organisation
    moves = list(run.moves.filter(source__organisation=code).select_related("source"))
    for move in moves:
        move.source.nomination = move.before
    models.NominationSource.objects.bulk_update([move.source for move in moves], ["nomination"], batch_size=_CHUNK)
    waiting = run.sources.filter(organisation=code).update(merged_in=None)
    run.links.filter(organisation=code).delete()
    run.ended_links.filter(organisation=code).update(until=None)
    run.moves.filter(source__organisation=code).delete()
    part.undone_at, part.undone_by = timezone.now(), by
    part.save(update_fields=["undone_at", "undone_by"])
    if not run.parts.filter(undone_at=None).exists():
        run.undone_at = part.undone_at
        run.save(update_fields=["undone_at"])
    return Undone(_moment(run), len(moves), waiting)


def _moment(run: models.MergeRun) -> str:
    return timezone.localtime(run.at).isoformat(timespec="seconds")
