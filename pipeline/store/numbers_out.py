"""Suggests card numbers: those printed here and not yet come back that are most like what somebody typed."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from rapidfuzz import fuzz, process

from forms.numbers import CardNumber, parse_number
from pipeline.store import models
from pipeline.store.printing import PrintRun, print_runs

_RUNS, _AROUND = 4, 60
_LEAST_ALIKE = 60


def numbers_out(organisation: str, typed: str, batch: str | None = None, most: int = 5) -> list[str]:
    """Return numbers of this organisation that are still out, the likest first.

    With nothing typed they are those next to the cards of the batch, which came from the same print runs.
    """
    runs = {run.token: run for run in print_runs(organisation)}
    text = typed.upper().replace(" ", "-")
    if not text:
        return _beside(organisation, runs, batch, most)
    tokens = process.extract(_part(text, 1) or text, list(runs), scorer=fuzz.partial_ratio, limit=_RUNS)
    index = "".join(filter(str.isdigit, _part(text, 2)))
    near = [_near(runs[token], int(index[:9]) if index else None) for token, alike, _ in tokens if alike > 40]
    out = _still_out(organisation, list(chain.from_iterable(near)))
    found = process.extract(text, out, scorer=fuzz.ratio, limit=most, score_cutoff=_LEAST_ALIKE)
    return [number for number, _, _ in found]


def _part(text: str, place: int) -> str:
    parts = text.split("-")
    return parts[place] if len(parts) > place else ""


def _near(run: PrintRun, index: int | None) -> Iterable[str]:
    """The numbers of a run around an index, or its first ones."""
    middle = run.first if index is None else index
    first = max(run.first, min(middle, run.first + run.count - 1) - _AROUND)
    last = min(run.first + run.count, first + 2 * _AROUND)
    return (str(CardNumber(run.organisation, run.token, at)) for at in range(first, last))


def _beside(organisation: str, runs: dict[str, PrintRun], batch: str | None, most: int) -> list[str]:
    seen = models.Card.objects.filter(organisation=organisation, sightings__page__batch=batch) if batch else None
    numbers = (
        [number for text in seen.values_list("number", flat=True) if (number := parse_number(text))] if seen else []
    )
    common = [token for token, _ in Counter(number.token for number in numbers).most_common() if token in runs]
    out: list[str] = []
    for token in common:
        indexes = sorted(number.index for number in numbers if number.token == token)
        out += _still_out(organisation, list(_near(runs[token], indexes[len(indexes) // 2])))
    return out[:most]


def _still_out(organisation: str, numbers: list[str]) -> list[str]:
    back = set(
        models.Card.objects.filter(organisation=organisation, number__in=numbers).values_list("number", flat=True)
    )
    return [number for number in numbers if number not in back]
