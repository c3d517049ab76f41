"""Says in words why two statements may be one nomination, or may not."""

from pipeline.merge.comparisons import COMPARISONS
from pipeline.merge.match import Pair
from pipeline.merge.story_grams import shared, story_grams
from pipeline.merge.table import written_day
from pipeline.statement import Statement

_WORDS = {(comparison.name, level.name): level.words for comparison in COMPARISONS for level in comparison.all_levels}


def reasons(pair: Pair, one: Statement, other: Statement) -> tuple[str, ...]:
    """Return the reasons, the weightiest first, such as `same nominee on the staff list +7.1`; in bits."""
    parts = sorted(pair.parts, key=lambda part: (-abs(part.weight), part.comparison))
    filled = {"share": _share(one, other), "days": _days(*(written_day(said) or 0 for said in (one, other)))}
    filled["received"] = _days(one.received_at.toordinal(), other.received_at.toordinal())
    return tuple(f"{_WORDS[part.comparison, part.level].format(**filled)} {part.weight:+.1f}" for part in parts)


def _share(one: Statement, other: Statement) -> str:
    share = shared(*(story_grams(said.text("action"), said.text("impact")) for said in (one, other)))
    return f"{share:.0%}".replace("%", " %")


def _days(one: int, other: int) -> str:
    apart = abs(one - other)
    return "less than a day" if not apart else "1 day" if apart == 1 else f"{apart} days"
