"""A nomination's story as lines to read."""

from collections.abc import Iterator
from typing import Any

_LONGEST = 100


def explained(told: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that tell what `store.explain` found."""
    yield f"Nomination {told['nomination_id']} of {told['organisation']}"
    if told["earlier_ids"]:
        yield f"  also known as {', '.join(told['earlier_ids'])}"
    row = told["register"]
    if row is not None:
        nominee = " ".join(filter(None, (row["nominee_first_name"], row["nominee_last_name"]))) or row["nominee_team"]
        yield f"  for {nominee or 'nobody named'}; came in {row['received_at']} by {row['channel']}; {row['status']}"
    for source in told["sources"]:
        yield from _source(source)
    if told["links"]:
        yield "\nWhy they are one nomination"
    for link in told["links"]:
        yield f"  {' and '.join(link['sources'])}: {link['weight']:+.1f} bits in all"
        yield from (f"    {reason}" for reason in link["reasons"])
    if told["decisions"]:
        yield "\nWhat people decided"
    yield from (f"  {_decision(decision)}" for decision in told["decisions"])
    if told["questions"]:
        yield "\nOpen questions"
    for question in told["questions"]:
        yield f"  {' and '.join(question['sources'])}: the same, with a probability of {question['probability']:.0%}?"
        yield from (f"    {reason}" for reason in question["reasons"])
    if told["merges"]:
        yield "\nMerges"
    yield from (f"  {one['at']}: {one['source']} went from {one['from']} to {one['to']}" for one in told["merges"])


def _source(source: dict[str, Any]) -> Iterator[str]:
    yield f"\n{source['id']}, which came in {source['received_at']}"
    yield from (f"  {line}" for line in source["history"])
    for field, said in source["says"].items():
        value = said["value"] if isinstance(said["value"], str) else "; ".join(said["value"])
        if value:
            mark = "*" if said["stands"] else " "
            yield f"  {mark} {field:20} {_short(value)}   ({said['standing']})"
    if source.get("withdrawn"):
        yield "  withdrawn"


def _decision(decision: dict[str, Any]) -> str:
    who = f"{decision['by']}, {decision['at']}"
    for word in ("same", "apart"):
        if word in decision:
            return f"{' and '.join(decision[word])} are {word} ({who})"
    value = decision["value"] if isinstance(decision["value"], str) else "; ".join(decision["value"] or ())
    return f"{decision['source']}: {decision['field']} is '{_short(value)}' ({who})"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
