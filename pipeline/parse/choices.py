"""What a row of tick boxes says: one choice or several, with boxes blacked out to take a tick back."""

from collections.abc import Sequence
from itertools import product

from pipeline.engines.ticks import EMPTY, STRUCK, TICKED
from pipeline.records import Reading

_NEGLIGIBLE = 1e-4


def read_single(options: Sequence[str], boxes: Sequence[Reading]) -> tuple[list[tuple[str, float]], str]:
    """Return choices with their probabilities, best first, and why a person must look (`""` when none must).

    `""` is "nothing ticked". Two ticks, or a blacked-out box alone, are for a person.
    """
    shares: dict[str, float] = {}
    doubtful = {"two": 0.0, "struck": 0.0}
    for states, probability in _states(boxes):
        ticked = [option for option, state in zip(options, states, strict=True) if state == TICKED]
        if len(ticked) > 1:
            doubtful["two"] += probability
        elif not ticked and STRUCK in states:
            doubtful["struck"] += probability
        value = ticked[0] if len(ticked) == 1 else ""
        shares[value] = shares.get(value, 0.0) + probability
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])
    if doubtful["two"] > 0.5:
        return [("", shares[""])], "more than one box is ticked"
    if doubtful["struck"] > 0.5:
        return [("", shares[""])], "a box is blacked out and no other is ticked"
    return ranked, ""


def read_multiple(options: Sequence[str], boxes: Sequence[Reading]) -> tuple[list[tuple[tuple[str, ...], float]], str]:
    """Return sets of choices with their probabilities, best first, and why a person must look."""
    shares: dict[tuple[str, ...], float] = {}
    lone = 0.0
    for states, probability in _states(boxes):
        ticked = tuple(option for option, state in zip(options, states, strict=True) if state == TICKED)
        shares[ticked] = shares.get(ticked, 0.0) + probability
        if not ticked and STRUCK in states:
            lone += probability
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])
    return ranked, "a box is blacked out and no other is ticked" if lone > 0.5 else ""


def _states(boxes: Sequence[Reading]) -> list[tuple[tuple[str, ...], float]]:
    """All likely combinations of what the boxes are, with their probabilities; 3^n of them at most, mostly one."""
    each = []
    for box in boxes:
        shares = dict(box.alternatives)
        each.append([(state, p) for state in (EMPTY, TICKED, STRUCK) if (p := shares.get(state, 0.0)) > _NEGLIGIBLE])
    combined = []
    for combination in product(*each):
        probability = 1.0
        for _, p in combination:
            probability *= p
        if probability > _NEGLIGIBLE**2:
            combined.append((tuple(state for state, _ in combination), probability))
    total = sum(p for _, p in combined) or 1.0
    return [(states, p / total) for states, p in combined]
