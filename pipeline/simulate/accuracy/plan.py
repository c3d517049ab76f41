"""What is to be measured: whose hands, how many cards, scanned how; cut into jobs that any process can do alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.simulate.font_hands import FontHands
from pipeline.simulate.hands import UnipenHands
from pipeline.simulate.scan import CONDITIONS
from pipeline.simulate.split import Split
from pipeline.simulate.stacks import Hands

CARDS_A_JOB = 5
OWN, PPOCR, TESSERACT = "own", "ppocr", "tesseract"
READERS = (OWN, PPOCR, TESSERACT)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured."""

    handwriting: Path | None = None
    """The folder that holds `unipen/`; without it, handwriting fonts, which are far easier to read."""
    cards: int = 100
    conditions: tuple[str, ...] = tuple(CONDITIONS)
    seed: int = 1
    split: Split = "test"
    staff: int = 3000
    wards: int = 100
    readers: tuple[str, ...] = READERS
    uncalibrated: bool = False
    """Read without any calibration, to fit one."""
    lines: bool = True
    """Whether stories and contacts are read too; boxes and ticks alone take half the time."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some cards under one condition. The same plan has the same jobs, whoever does them."""

    plan: Plan
    condition: str
    number: int
    """Counts all jobs of a plan; seeds what happens in this one."""
    cards: int


def jobs_of(plan: Plan) -> Iterator[Job]:
    """Share the cards out over the conditions, as equally as it goes, a few to a job."""
    number = 0
    for place, condition in enumerate(plan.conditions):
        left = plan.cards // len(plan.conditions) + (place < plan.cards % len(plan.conditions))
        while left > 0:
            yield Job(plan, condition, number, min(CARDS_A_JOB, left))
            left -= CARDS_A_JOB
            number += 1


@cache
def hands_of(handwriting: Path | None, split: Split) -> Hands:
    """Those who fill in the cards; a process loads them once."""
    return UnipenHands(handwriting, split) if handwriting else FontHands()


@cache
def style_of(handwriting: Path | None, split: Split, hand: str) -> str:
    """How a writer writes: `print`, `mixed` or `cursive`, as UNIPEN says of most of their words; `font` for a font."""
    hands = hands_of(handwriting, split)
    if not isinstance(hands, UnipenHands):
        return "font"
    samples = [sample for group in hands.hand(hand.split(" with ")[0]).words.values() for sample in group]
    said = [plain_style(sample.style) for sample in samples]
    return max(sorted(set(said)), key=said.count)


def plain_style(style: str) -> str:
    """UNIPEN's column `style`, plainly; it is empty or `?` for many."""
    return {"PRINTED": "print", "MIXED": "mixed", "CURSIVE": "cursive"}.get(style, "not said")
